package sink

import (
	"context"
	"fmt"

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
	hub   *hub.Hub[T]
	flux  flux.Flux[T]
	hooks flux.Hooks
}

// DirectBestEffort makes a sink whose slow subscribers miss values: one that has
// no demand when a value is emitted is left out, alone, and Stats.Dropped counts
// it. The emission gives FailOverflow only if every subscriber lacked demand.
//
// At most one Options is used. Source: Reactor's
// Sinks.many().multicast().directBestEffort().
func DirectBestEffort[T any](o ...Options) *Direct[T] { return direct[T](hub.BestEffort, first(o)) }

// DirectAllOrNothing makes a sink that refuses a value with FailOverflow unless
// every subscriber has demand for it, so that all of them see the same values.
//
// At most one Options is used. Source: Reactor's
// Sinks.many().multicast().directAllOrNothing().
func DirectAllOrNothing[T any](o ...Options) *Direct[T] { return direct[T](hub.AllOrNothing, first(o)) }

func direct[T any](p hub.Policy, o Options) *Direct[T] {
	n, invalid := o.handOff()
	d := &Direct[T]{hooks: o.Hooks}
	d.hub = hub.New[T](p, n, o.Strict, hub.Rules{
		BadRequest: func(n int64) error { return fmt.Errorf("Request(%d): %w", n, flux.ErrBadRequest) },
		Panicked:   panicked,
		Report:     report,
		Lost:       func(v any) { dropNext(&d.hooks, v) },
	})
	d.flux = flux.From[T](source[T]{d.hub})
	if invalid != nil {
		d.hub.Close(invalid)
	}
	return d
}

// Flux gives the sink's output, to chain operators on. It is hot: every
// subscription sees what is emitted from then on, or at once the terminal.
func (d *Direct[T]) Flux() flux.Flux[T] { return d.flux }

// Subscribe implements flux.Publisher; it is Flux().Subscribe.
func (d *Direct[T]) Subscribe(ctx context.Context, s flux.Subscriber[T]) { d.flux.Subscribe(ctx, s) }

// TryEmit sends v to the subscribers, on the calling goroutine, or hands it to
// the goroutine that is emitting. Before it returns it may also send values that
// other goroutines handed over meanwhile. The order of one emitter's values is
// kept.
//
// It gives, the first that holds: FailTerminated; Handed or FailNonSerialized
// while another emission is in progress; FailZeroSubscriber; FailOverflow; OK.
//
// Source: Reactor's Sinks.Many.tryEmitNext.
func (d *Direct[T]) TryEmit(v T) Result { return results[d.hub.Emit(v)] }

// TryComplete ends the sink, and every subscription to it, with completion.
// Demand plays no part. If another emission is in progress the completion
// follows what was handed over, and no later value is accepted.
//
// It gives FailTerminated, Handed, OK, or from a Strict sink FailNonSerialized.
// Source: Reactor's Sinks.Many.tryEmitComplete.
func (d *Direct[T]) TryComplete() Result { return results[d.hub.Close(nil)] }

// TryError ends the sink, and every subscription to it, with err; otherwise it
// is like TryComplete. A nil err is replaced by one that matches
// [flux.ErrInvalid].
//
// Source: Reactor's Sinks.Many.tryEmitError.
func (d *Direct[T]) TryError(err error) Result { return results[d.hub.Close(orInvalid(err))] }

// SubscriberCount counts the subscribers of the moment.
//
// Source: Reactor's Sinks.Many.currentSubscriberCount.
func (d *Direct[T]) SubscriberCount() int { return d.hub.Subscribers() }

// Stats gives the sink's counts. It is cheap enough to call at any time.
func (d *Direct[T]) Stats() Stats { return Stats(d.hub.Stats()) }

// Stats are the counts of a sink since it was made, taken at one moment between
// two values. The first of them count values, Delivered and Dropped pairs of a
// value and a subscriber.
type Stats struct {
	Subscribers int   // subscribed now
	Pending     int   // in the hand-off queue now
	Emitted     int64 // reached at least one subscriber
	Refused     int64 // reached nobody for lack of demand
	Lost        int64 // were handed over and then reached nobody, refused ones included
	Delivered   int64 // given to a subscriber
	Dropped     int64 // missed by a subscriber for lack of demand; best effort only
}

// results translates; the hub knows nothing of sinks.
var results = [...]Result{
	hub.Sent:         OK,
	hub.Handed:       Handed,
	hub.Closed:       FailTerminated,
	hub.Overflow:     FailOverflow,
	hub.Contended:    FailNonSerialized,
	hub.NoSubscriber: FailZeroSubscriber,
}

// source is a hub as a publisher that needs no guard.
type source[T any] struct{ hub *hub.Hub[T] }

func (source[T]) KeepsContract(inside.Token) {}

func (s source[T]) Subscribe(ctx context.Context, down flux.Subscriber[T]) {
	sub := s.hub.Prepare(ctx)
	if s.greet(sub, down) {
		s.hub.Join(sub, down)
	}
}

// greet calls OnSubscribe and tells whether it returned.
func (s source[T]) greet(sub *hub.Sub[T], down flux.Subscriber[T]) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			s.hub.Fault(sub, down, r)
		}
	}()
	down.OnSubscribe(sub)
	return true
}

func orInvalid(err error) error {
	if err == nil {
		return fmt.Errorf("%w: sink: the error to emit is nil", flux.ErrInvalid)
	}
	return err
}
