package mono

import (
	"context"

	"github.com/freshet-go/freshet/flux"
)

// Using makes a resource with acquire at each subscription, gives the first value
// of the publisher that use makes with it, and lets it go with release, exactly
// once: before the value goes down, or the end, or after the cancel went on up. So
// an error of release replaces the value. See flux.Using.
//
// Source: Reactor's Mono.using.
func Using[T, R any](
	acquire func(ctx context.Context) (R, error), use func(r R) flux.Publisher[T], release func(r R) error,
) Mono[T] {
	return held(flux.Using(acquire, first(use), release))
}

// UsingLazily is [Using] that releases after the end went down; an error of release
// then goes to the dropped-error hook.
//
// Source: Reactor's Mono.using with eager = false.
func UsingLazily[T, R any](
	acquire func(ctx context.Context) (R, error), use func(r R) flux.Publisher[T], release func(r R) error,
) Mono[T] {
	return Mono[T](flux.UsingLazily(acquire, first(use), release))
}

// UsingWhen takes the first value of resource, gives the first value of the
// publisher that use makes with it, and lets it go by a publisher that cleanup
// makes, once: the value goes down when that has completed. See flux.UsingWhen.
//
// Source: Reactor's Mono.usingWhen.
func UsingWhen[T, R, U any](
	resource flux.Publisher[R], use func(r R) flux.Publisher[T],
	cleanup func(r R, end flux.SignalType, err error) flux.Publisher[U],
) Mono[T] {
	return held(flux.UsingWhen(resource, first(use), cleanup))
}

// held keeps the value back until completion.
func held[T any](f flux.Flux[T]) Mono[T] { return Mono[T](f.TakeLast(1)) }

// first limits what use makes to one value; nil remains nil, for flux to answer.
func first[T, R any](use func(R) flux.Publisher[T]) func(R) flux.Publisher[T] {
	if use == nil {
		return nil
	}
	return func(r R) flux.Publisher[T] { return From(use(r)) }
}
