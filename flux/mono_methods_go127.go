//go:build go1.27

package flux

import (
	"context"

	"github.com/freshet-go/freshet/internal/inside"
)

// What package mono has as functions that change the type, as methods; see
// methods_go127.go. Package mono stands above this one, so they repeat its one
// line instead of calling it.

// monoOf takes the first value of p, as mono.From does.
func monoOf[T any](p Publisher[T]) Mono[T] {
	if m, ok := p.(Mono[T]); ok {
		return m
	}
	return From(p).Next()
}

func nilMono[R any](method string) Mono[R] {
	return Mono[R](Error[R](invalid("%s(nil): the function must not be nil", method)))
}

// Map is mono.Map as a method.
func (m Mono[T]) Map[R any](f func(v T) R) Mono[R] { return Mono[R](Map(m, f)) }

// TryMap is mono.TryMap as a method.
func (m Mono[T]) TryMap[R any](f func(v T) (R, error)) Mono[R] { return Mono[R](TryMap(m, f)) }

// MapNotNull is mono.MapNotNull as a method.
func (m Mono[T]) MapNotNull[R any](f func(v T) (r R, ok bool)) Mono[R] {
	return Mono[R](MapNotNull(m, f))
}

// Handle is mono.Handle as a method.
func (m Mono[T]) Handle[R any](f func(v T, out *Step[R])) Mono[R] { return Mono[R](Handle(m, f)) }

// Cast is mono.Cast as a method.
func (m Mono[T]) Cast[R any]() Mono[R] { return Mono[R](Cast[R](m)) }

// OfType is mono.OfType as a method.
func (m Mono[T]) OfType[R any]() Mono[R] { return Mono[R](OfType[R](m)) }

// Transform is mono.Transform as a method.
func (m Mono[T]) Transform[R any, P Publisher[R]](f func(src Mono[T]) P) Mono[R] {
	if f == nil {
		return nilMono[R]("Transform")
	}
	return Mono[R](Transform(m, func(src Flux[T]) Mono[R] { return monoOf[R](f(Mono[T](src))) }))
}

// TransformDeferred is mono.TransformDeferred as a method.
func (m Mono[T]) TransformDeferred[R any, P Publisher[R]](f func(ctx context.Context, src Mono[T]) P) Mono[R] {
	if f == nil {
		return nilMono[R]("TransformDeferred")
	}
	return Mono[R](TransformDeferred(m, func(ctx context.Context, src Flux[T]) Mono[R] { return monoOf[R](f(ctx, Mono[T](src))) }))
}

// FlatMap is mono.FlatMap as a method.
func (m Mono[T]) FlatMap[R any, P Publisher[R]](f func(v T) P) Mono[R] {
	if f == nil {
		return nilMono[R]("FlatMap")
	}
	return Mono[R](MonoFlatMap(inside.Token{}, m, false, func(v T) Publisher[R] { return monoOf[R](f(v)) }))
}

// FlatMapMany is mono.FlatMapMany as a method.
func (m Mono[T]) FlatMapMany[R any, P Publisher[R]](f func(v T) P) Flux[R] {
	if f == nil {
		return nilMono[R]("FlatMapMany").Flux()
	}
	return MonoFlatMap(inside.Token{}, m, true, func(v T) Publisher[R] { return f(v) })
}

// FlatMapIterable is mono.FlatMapIterable as a method.
func (m Mono[T]) FlatMapIterable[R any](f func(v T) []R) Flux[R] { return FlatMapIterable(m, f) }

// DelayUntil is mono.DelayUntil as a method.
func (m Mono[T]) DelayUntil[X any, P Publisher[X]](trigger func(v T) P) Mono[T] {
	if trigger == nil {
		return nilMono[T]("DelayUntil")
	}
	return MonoDelayUntil(inside.Token{}, m, func(v T) Publisher[X] { return trigger(v) })
}

// ZipWhen is mono.ZipWhen as a method.
func (m Mono[T]) ZipWhen[B, R any, P Publisher[B]](other func(a T) P, f func(a T, b B) R) Mono[R] {
	if other == nil || f == nil {
		return nilMono[R]("ZipWhen")
	}
	return m.FlatMap(func(a T) Mono[R] { return monoOf[B](other(a)).Map(func(b B) R { return f(a, b) }) })
}

// Then is mono.Then as a method.
func (m Mono[T]) Then[R any](next Publisher[R]) Mono[R] { return Then(m, next) }

// ThenReturn is mono.ThenReturn as a method.
func (m Mono[T]) ThenReturn[R any](v R) Mono[R] { return Then(m, Mono[R](Just(v))) }

// ThenMany is mono.ThenMany as a method.
func (m Mono[T]) ThenMany[R any](next Publisher[R]) Flux[R] { return ThenMany(m, next) }

// TakeUntilOther is mono.TakeUntilOther as a method.
func (m Mono[T]) TakeUntilOther[U any](other Publisher[U]) Mono[T] {
	return Mono[T](TakeUntilOther(m, other))
}

// DelaySubscriptionUntil is mono.DelaySubscriptionUntil as a method.
func (m Mono[T]) DelaySubscriptionUntil[U any](other Publisher[U]) Mono[T] {
	return Mono[T](DelaySubscriptionUntil(m, other))
}

// TimeoutFirst is mono.TimeoutFirst as a method.
func (m Mono[T]) TimeoutFirst[U any](limit Publisher[U]) Mono[T] {
	return Mono[T](TimeoutFirst(m, limit))
}

// RetryWhenCompanion is mono.RetryWhenCompanion as a method.
func (m Mono[T]) RetryWhenCompanion[U any, P Publisher[U]](companion func(failures Flux[RetrySignal]) P) Mono[T] {
	return Mono[T](RetryWhenCompanion[T, U](m, companion))
}

// CacheInvalidateWhen is mono.CacheInvalidateWhen as a method.
func (m Mono[T]) CacheInvalidateWhen[X any, P Publisher[X]](trigger func(v T) P) Mono[T] {
	if trigger == nil {
		return nilMono[T]("CacheInvalidateWhen")
	}
	return MonoCacheInvalidateWhen(inside.Token{}, m, func(v T) Publisher[X] { return trigger(v) })
}
