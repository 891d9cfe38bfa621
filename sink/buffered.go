package sink

import (
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/hub"
)

// Multicast is a sink with one buffer for all its subscribers: a value leaves it
// when every subscriber has demand, and then goes to all of them. The slowest
// subscriber sets the pace, and nobody misses anything until the buffer is full.
// Make one with [MulticastBuffer].
//
// Every method may be called by any goroutine and from inside any signal. An
// emission is O(subscribers); a request takes the sink's lock for a moment.
type Multicast[T any] struct{ many[T] }

// MulticastBuffer makes a sink that keeps at most n values.
//
//   - Before the first subscriber comes values are kept for it, completion too.
//     Later subscribers see what is in the buffer and what follows.
//   - A full buffer refuses: FailZeroSubscriber if nobody is there, FailOverflow
//     otherwise. n is exact; Reactor rounds it up to a power of two of at least 8.
//   - Completion waits behind the buffer; an error cuts in, and the buffer goes to
//     Hooks.Discarded.
//   - When the last subscriber has left the sink is cancelled: the buffer is
//     discarded, emissions give FailCancelled, later subscribers complete at once.
//     Options.KeepOpen has it wait for the next subscriber instead.
//   - An emission that meets another one puts its value into the buffer as well and
//     has an exact result; it is never Handed. Options.HandOff is not used.
//
// n < 1 makes a sink that has failed with an error matching [flux.ErrInvalid].
// Source: Reactor's Sinks.many().multicast().onBackpressureBuffer(n, autoCancel),
// which has n = 256 if none is given.
func MulticastBuffer[T any](n int, o ...Options) *Multicast[T] {
	m, opt := &Multicast[T]{}, first(o)
	h := m.open(hub.Config{Policy: hub.Buffer, Limit: max(n, 0), AutoCancel: !opt.KeepOpen}, opt)
	if n < 1 {
		h.Close(invalid("MulticastBuffer(%d): the buffer must have room for at least 1 value", n))
	}
	return m
}

// Flux gives the sink's output, to chain operators on.
//
// Source: Reactor's Sinks.Many.asFlux.
func (m *Multicast[T]) Flux() flux.Flux[T] { return m.flux }
