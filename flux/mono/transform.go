package mono

import (
	"context"
	"errors"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// Map gives f of the value. f is called by the goroutine that sends the value; its
// panic is the error of the stream. A nil f ends with ErrInvalid. No allocation.
//
// Source: Reactor's Mono.map.
func Map[T, R any](src flux.Publisher[T], f func(v T) R) Mono[R] {
	return Mono[R](flux.Map(From(src), f))
}

// TryMap gives the result of f; an error of f is the error of the stream, as it is.
// Otherwise it is [Map].
//
// Source: Reactor's Mono.map with a function that throws.
func TryMap[T, R any](src flux.Publisher[T], f func(v T) (R, error)) Mono[R] {
	return Mono[R](flux.TryMap(From(src), f))
}

// MapNotNull gives f of the value where f says ok, and is empty otherwise. f is
// called as that of [Map].
//
// Source: Reactor's Mono.mapNotNull.
func MapNotNull[T, R any](src flux.Publisher[T], f func(v T) (r R, ok bool)) Mono[R] {
	return Mono[R](flux.MapNotNull(From(src), f))
}

// Handle calls f with the value, which answers through out with a value, with none,
// or with the end; see flux.Handle.
//
// Source: Reactor's Mono.handle.
func Handle[T, R any](src flux.Publisher[T], f func(v T, out *flux.Step[R])) Mono[R] {
	return Mono[R](flux.Handle(From(src), f))
}

// Cast gives the value as an R; one that is none ends with ErrInvalid. R is named
// at the call, T is inferred: mono.Cast[string](m).
//
// Source: Reactor's Mono.cast.
func Cast[R, T any](src flux.Publisher[T]) Mono[R] { return Mono[R](flux.Cast[R](From(src))) }

// OfType gives the value if it is an R, and is empty otherwise. R is named at the
// call, as for [Cast].
//
// Source: Reactor's Mono.ofType.
func OfType[R, T any](src flux.Publisher[T]) Mono[R] { return Mono[R](flux.OfType[R](From(src))) }

// HasElement tells whether src has a value, when it has come or src has completed.
// The answer waits for demand; an error passes.
//
// Source: Reactor's Mono.hasElement.
func HasElement[T any](src flux.Publisher[T]) Mono[bool] {
	return flux.MonoHasElement(inside.Token{}, From(src))
}

// Optional is a value that may not be there.
type Optional[T any] struct {
	Value T
	OK    bool // there is a value
}

// SingleOptional gives the value, or the zero Optional if src is empty, so that
// what follows runs in both cases. An error passes.
//
// Source: Reactor's Mono.singleOptional.
func SingleOptional[T any](src flux.Publisher[T]) Mono[Optional[T]] {
	return Map(src, func(v T) Optional[T] { return Optional[T]{v, true} }).DefaultIfEmpty(Optional[T]{})
}

// Materialize gives what comes first as a signal: the value, the completion of an
// empty src, or its error, which so is no error of the result. It waits for demand.
//
// Source: Reactor's Mono.materialize.
func Materialize[T any](src flux.Publisher[T]) Mono[flux.Signal[T]] {
	return Map(src, flux.NextSignal[T]).
		OnErrorResume(func(err error) flux.Publisher[flux.Signal[T]] {
			if errors.Is(err, flux.ErrBadRequest) {
				return Error[flux.Signal[T]](err) // what the subscriber did wrong is no signal of src
			}
			return Just(flux.ErrorSignal[T](err))
		}).
		DefaultIfEmpty(flux.CompleteSignal[T]())
}

// Dematerialize turns a signal back into what it is; see flux.Dematerialize.
//
// Source: Reactor's Mono.dematerialize.
func Dematerialize[T any](src flux.Publisher[flux.Signal[T]]) Mono[T] {
	return Mono[T](flux.Dematerialize(From(src)))
}

// Elapsed gives the value with the time since the subscription.
//
// Source: Reactor's Mono.elapsed.
func Elapsed[T any](src flux.Publisher[T]) Mono[flux.ElapsedValue[T]] {
	return Mono[flux.ElapsedValue[T]](flux.Elapsed(From(src)))
}

// Timestamp gives the value with the time at which it came.
//
// Source: Reactor's Mono.timestamp.
func Timestamp[T any](src flux.Publisher[T]) Mono[flux.Timestamped[T]] {
	return Mono[flux.Timestamped[T]](flux.Timestamp(From(src)))
}

// Timed gives the value with the time at which it came and the time since the
// subscription.
//
// Source: Reactor's Mono.timed.
func Timed[T any](src flux.Publisher[T]) Mono[flux.TimedValue[T]] {
	return Mono[flux.TimedValue[T]](flux.Timed(From(src)))
}

// Transform gives the first value of f(src): a function that adds operators stands
// in a chain like one of them. f is called once, now; its panic is the error of
// every subscription. A nil f ends with ErrInvalid.
//
// Source: Reactor's Mono.transform.
func Transform[T, R any, P flux.Publisher[R]](src flux.Publisher[T], f func(src Mono[T]) P) Mono[R] {
	if f == nil {
		return nilFunc[R]("Transform")
	}
	return Mono[R](flux.Transform(From(src), func(one flux.Flux[T]) Mono[R] { return From[R](f(Mono[T](one))) }))
}

// TransformDeferred gives the first value of f(ctx, src) to each subscription anew,
// on the subscribing goroutine; ctx is the subscription's. A panic of f is the
// error of the stream. A nil f ends with ErrInvalid.
//
// Source: Reactor's Mono.transformDeferred, transformDeferredContextual.
func TransformDeferred[T, R any, P flux.Publisher[R]](
	src flux.Publisher[T], f func(ctx context.Context, src Mono[T]) P,
) Mono[R] {
	if f == nil {
		return nilFunc[R]("TransformDeferred")
	}
	return Defer[R](func(ctx context.Context) P { return f(ctx, From(src)) })
}
