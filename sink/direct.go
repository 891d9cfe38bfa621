package sink

import (
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/hub"
	"github.com/freshet-go/freshet/internal/inside"
)

// Direct is a multicast sink without a buffer: an emission calls the subscribers
// one after the other, in order of subscription, on the emitting goroutine. A
// subscriber sees what is emitted while it is subscribed and has demand. Make
// one with [DirectBestEffort] or [DirectAllOrNothing].
//
// Every method may be called by any goroutine and from inside any signal.
// Subscribing and cancelling are O(1) amortised and take about 100 bytes a
// subscription; an emission is O(subscribers), one demand check and one call
// each, and allocates nothing.
type Direct[T any] struct {
	many[T]
	hub    *hub.Hub[T]
	policy hub.Policy
	ledger ledger // of the subscribers with a policy
}

// DirectBestEffort makes a sink whose slow subscribers miss values: one that has
// no demand when a value is emitted is left out, alone, and Stats.Dropped counts
// it. The emission gives FailOverflow only if every subscriber missed it. What a
// slow subscriber gets instead can be chosen for each: see [Policy].
//
// At most one Options is used. Source: Reactor's
// Sinks.many().multicast().directBestEffort().
func DirectBestEffort[T any](o ...Options) *Direct[T] {
	return direct[T](hub.BestEffort, first(o), nil)
}

// DirectAllOrNothing makes a sink that refuses a value with FailOverflow unless
// every subscriber has demand for it, so that all of them see the same values.
//
// At most one Options is used. Source: Reactor's
// Sinks.many().multicast().directAllOrNothing().
func DirectAllOrNothing[T any](o ...Options) *Direct[T] {
	return direct[T](hub.AllOrNothing, first(o), nil)
}

// direct makes a direct sink; vacant, if not nil, is called after the last
// subscriber has left.
func direct[T any](p hub.Policy, o Options, vacant func()) *Direct[T] {
	d := &Direct[T]{policy: p}
	d.hub = d.open(hub.Config{Policy: p, Vacant: vacant}, o)
	return d
}

// Flux gives the sink's output, to chain operators on. It is hot: every
// subscription sees what is emitted from then on, or at once the terminal.
//
// A policy says what becomes of values that a subscriber to this Flux has no
// demand for; without one it misses them, as with [Drop]. More than one policy,
// one of a sink that is not best-effort, or one for another type of value, is an
// error for the subscriber that matches [flux.ErrInvalid].
func (d *Direct[T]) Flux(p ...Policy) flux.Flux[T] {
	if len(p) == 0 {
		return d.flux
	}
	return d.attach(p)
}

// Output lets package flux see the Flux behind the sink, which spares a stage.
func (d *Direct[T]) Output(inside.Token) flux.Flux[T] { return d.flux }

// TryEmit sends v to the subscribers, on the calling goroutine, or hands it to
// the goroutine that is emitting. Before it returns it also sends the values that
// other goroutines handed over meanwhile, without end as long as they go on (see
// Options.Relief). The order of one emitter's values is kept.
//
// It gives, the first that holds: FailTerminated; Handed or FailNonSerialized
// while another emission is in progress; FailZeroSubscriber; FailOverflow; OK.
//
// Source: Reactor's Sinks.Many.tryEmitNext.
func (d *Direct[T]) TryEmit(v T) Result { return results[d.hub.Emit(v)] }

// Stats gives the sink's counts. It is cheap enough to call at any time.
func (d *Direct[T]) Stats() Stats { return d.ledger.on(d.many.Stats()) }
