package flux

import "context"

// Mono is a stream of at most one value, then completion, or an error. Like a
// Flux it is a description that runs anew for each subscription; the zero Mono
// is empty, and a Mono is immutable and safe for concurrent use.
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
