package flux

import "context"

// Mono is a stream of at most one value, then completion, or an error. Like a
// Flux it is a description that runs anew for each subscription; the zero Mono
// is empty, and a Mono is immutable and safe for concurrent use.
//
// Its sources, and the operators that change the type, are in package mono. A
// Mono is a [Publisher], so every operator of this package takes it too; where
// one promises a Flux of which you know that it has at most one value, the
// conversion Mono[T](f) says so and checks nothing.
//
// Source: Reactor's Mono.
type Mono[T any] struct{ src source[T] }

// Subscribe starts a subscription, as [Flux.Subscribe] does.
func (m Mono[T]) Subscribe(ctx context.Context, s Subscriber[T]) {
	subscribeWatched(ctx, m.Flux().source(), s)
}

// Flux gives the Mono as a Flux of at most one value.
//
// Source: Reactor's Mono.flux.
func (m Mono[T]) Flux() Flux[T] { return Flux[T](m) }

// Get subscribes, waits for the end and returns the value. An empty Mono gives
// ErrEmpty; errors are those of [Flux.ForEach].
//
// Source: Reactor's Mono.block, which gives null for an empty Mono.
func (m Mono[T]) Get(ctx context.Context) (T, error) { return m.Flux().Last(ctx) }

// GetOptional is [Mono.Get] that tells by ok whether there was a value, rather
// than by ErrEmpty.
//
// Source: Reactor's Mono.blockOptional.
func (m Mono[T]) GetOptional(ctx context.Context) (v T, ok bool, err error) {
	err = await(ctx, m.Flux(), Unbounded, func(w T) error {
		v, ok = w, true
		return nil
	})
	if err != nil {
		var none T
		return none, false, err
	}
	return v, ok, nil
}

// Drain subscribes, waits for the end and lets the value go; errors are those of
// [Flux.ForEach].
//
// Source: Reactor's Mono.then().block().
func (m Mono[T]) Drain(ctx context.Context) error { return m.Flux().Drain(ctx) }

// SubscribeFunc subscribes with two functions and unbounded demand, as
// [Flux.SubscribeFunc] does.
//
// Source: Reactor's Mono.subscribe(Consumer, Consumer, Runnable).
func (m Mono[T]) SubscribeFunc(ctx context.Context, next func(T), done func(error)) Subscription {
	return m.Flux().SubscribeFunc(ctx, next, done)
}

// only is p as something with at most one value, and nil for a nil p, which the
// operators answer.
func only[T any](p Publisher[T]) Publisher[T] {
	if p == nil {
		return nil
	}
	return firstOf(p)
}
