package mono

import (
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// FlatMap goes on with the first value of the publisher that f makes of the value;
// it is empty if src is, or that publisher. f is called by the goroutine that sends
// the value; its panic is the error of the stream, and so is an error of either
// side. The demand goes over to the publisher, and a cancel to whichever is at
// work. A nil f ends with ErrInvalid.
//
// Source: Reactor's Mono.flatMap.
func FlatMap[T, R any, P flux.Publisher[R]](src flux.Publisher[T], f func(v T) P) Mono[R] {
	if f == nil {
		return nilFunc[R]("FlatMap")
	}
	return onward(src, func(v T) flux.Publisher[R] { return From[R](f(v)) })
}

// onward is FlatMap to something that is known to have at most one value.
func onward[T, R any](src flux.Publisher[T], f func(v T) flux.Publisher[R]) Mono[R] {
	return Mono[R](flux.MonoFlatMap(inside.Token{}, From(src), false, f))
}

// FlatMapMany goes on with the publisher that f makes of the value, and gives all
// its values. src is asked for its value at the subscription, the publisher for the
// demand there is. Otherwise it is [FlatMap].
//
// Source: Reactor's Mono.flatMapMany(Function).
func FlatMapMany[T, R any, P flux.Publisher[R]](src flux.Publisher[T], f func(v T) P) flux.Flux[R] {
	if f == nil {
		return nilFunc[R]("FlatMapMany").Flux()
	}
	return flux.MonoFlatMap(inside.Token{}, From(src), true, func(v T) flux.Publisher[R] { return f(v) })
}

// FlatMapIterable gives the elements of the slice that f makes of the value; see
// flux.FlatMapIterable.
//
// Source: Reactor's Mono.flatMapIterable.
func FlatMapIterable[T, R any](src flux.Publisher[T], f func(v T) []R) flux.Flux[R] {
	return flux.FlatMapIterable(From(src), f)
}

// FilterWhen gives the value if the publisher that test makes of it gives true
// first; if it gives false, or nothing, the value is discarded. test is called as
// the function of [FlatMap]; an error of the publisher is the error of the stream.
//
// Source: Reactor's Mono.filterWhen.
func FilterWhen[T any, P flux.Publisher[bool]](src flux.Publisher[T], test func(v T) P) Mono[T] {
	if test == nil {
		return nilFunc[T]("FilterWhen")
	}
	return flux.MonoFilterWhen(inside.Token{}, From(src), func(v T) flux.Publisher[T] {
		return onward(From[bool](test(v)).DefaultIfEmpty(false), func(keep bool) flux.Publisher[T] {
			return Just(v).Filter(func(T) bool { return keep })
		})
	})
}

// DelayUntil holds the value back until the publisher that trigger makes of it has
// completed; the values of that are ignored. Both are asked for everything at the
// subscription, and the value waits for demand. An error of the publisher ends the
// stream and cancels src, if that has not ended, and the value is discarded. trigger is called as the function of
// [FlatMap].
//
// Source: Reactor's Mono.delayUntil.
func DelayUntil[T, X any, P flux.Publisher[X]](src flux.Publisher[T], trigger func(v T) P) Mono[T] {
	if trigger == nil {
		return nilFunc[T]("DelayUntil")
	}
	return flux.MonoDelayUntil(inside.Token{}, From(src), func(v T) flux.Publisher[X] { return trigger(v) })
}

// ZipWhen goes on with the first value of the publisher that other makes of the
// value, and gives f of both; it is empty if either has no value. other and f are
// called as the function of [FlatMap].
//
// Source: Reactor's Mono.zipWhen.
func ZipWhen[A, B, R any, P flux.Publisher[B]](src flux.Publisher[A], other func(a A) P, f func(a A, b B) R) Mono[R] {
	if other == nil || f == nil {
		return nilFunc[R]("ZipWhen")
	}
	return onward(src, func(a A) flux.Publisher[R] {
		return Map[B](other(a), func(b B) R { return f(a, b) })
	})
}

// Then lets the value of src go and, when it has completed, gives the first value
// of next; see flux.Then. All values of a src that is no Mono are let go.
//
// Source: Reactor's Mono.then(Mono).
func Then[T, R any](src flux.Publisher[T], next flux.Publisher[R]) Mono[R] {
	return flux.Then(src, next)
}

// ThenReturn lets the value of src go and gives v when it has completed; an error
// passes.
//
// Source: Reactor's Mono.thenReturn.
func ThenReturn[T, R any](src flux.Publisher[T], v R) Mono[R] { return flux.Then(src, Just(v)) }

// ThenMany lets the value of src go and gives all of next when it has completed;
// see flux.ThenMany.
//
// Source: Reactor's Mono.thenMany.
func ThenMany[T, R any](src flux.Publisher[T], next flux.Publisher[R]) flux.Flux[R] {
	return flux.ThenMany(src, next)
}
