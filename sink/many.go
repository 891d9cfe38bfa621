package sink

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/hub"
	"github.com/freshet-go/freshet/internal/inside"
)

// Many is what all sinks of many values share, for code that emits and does not
// care about the kind: [Direct], [Unicast], [Multicast], [Replay].
//
// Source: Reactor's Sinks.Many.
type Many[T any] interface {
	flux.Publisher[T]

	TryEmit(v T) Result
	TryComplete() Result
	TryError(err error) Result

	Emit(v T, h Handler) Result
	EmitComplete(h Handler) Result
	EmitError(err error, h Handler) Result

	SubscriberCount() int
	Stats() Stats
}

// core is what the kinds differ in.
type core[T any] interface {
	emit(v T) Result
	end(err error) Result
	count() int
	stats() Stats
}

// many is the part of a sink that is the same for every kind, each of which
// embeds it.
type many[T any] struct {
	core  core[T]
	flux  flux.Flux[T]
	hooks flux.Hooks
	limit int // of the buffer, if it has bounds; otherwise 0
	// feed is what fills the buffer of a sink that has one. Atomic, because it
	// comes while the sink is at work.
	feed atomic.Pointer[intake[T]]
}

// Subscribe implements flux.Publisher; it is Flux().Subscribe.
func (m *many[T]) Subscribe(ctx context.Context, s flux.Subscriber[T]) { m.flux.Subscribe(ctx, s) }

// TryEmit offers v to the sink. It calls subscribers on the calling goroutine, or
// leaves v to the goroutine that is emitting; in the first case it may also send
// what other goroutines left meanwhile before it returns. The values of one
// emitter keep their order, and all subscribers see one order.
//
// It gives the first that holds: FailTerminated; FailCancelled;
// FailNonSerialized (from a Strict sink during another emission, or when the
// hand-off queue is full); Handed; FailZeroSubscriber; FailOverflow; OK. Which of
// them a kind can give, and when, stands with the kind.
//
// Source: Reactor's Sinks.Many.tryEmitNext.
func (m *many[T]) TryEmit(v T) Result { return m.core.emit(v) }

// TryComplete ends the sink, and every subscription to it, with completion, which
// comes after the values that were accepted before. No later value is accepted.
//
// It gives FailTerminated, FailCancelled, Handed, OK, and from a Strict sink
// FailNonSerialized. Source: Reactor's Sinks.Many.tryEmitComplete.
func (m *many[T]) TryComplete() Result { return m.core.end(nil) }

// TryError ends the sink, and every subscription to it, with err; otherwise it is
// like TryComplete. A nil err is replaced by one that matches [flux.ErrInvalid].
//
// Source: Reactor's Sinks.Many.tryEmitError.
func (m *many[T]) TryError(err error) Result { return m.core.end(orInvalid(err)) }

// SubscriberCount counts the subscribers of the moment. One that has been sent
// the terminal, or has it coming from a replay, does not count.
//
// Source: Reactor's Sinks.Many.currentSubscriberCount.
func (m *many[T]) SubscriberCount() int { return m.core.count() }

// Stats gives the sink's counts. It is cheap enough to call at any time.
func (m *many[T]) Stats() Stats { return m.core.stats() }

// Stats are the counts of a sink since it was made, taken at one moment between
// two values (what subscribers with a policy, those of a replay, and the keys of a
// keyed sink do beside each other is counted as it happens). Emitted, Overflowed
// and Lost count values, Delivered and Dropped pairs of a value and a subscriber.
type Stats struct {
	Subscribers int   // subscribed now
	Pending     int   // waiting now: handed off, in the buffer, or kept for one subscriber
	Emitted     int64 // reached at least one subscriber; of a replay, were stored
	Delivered   int64 // given to a subscriber
	Dropped     int64 // missed by a subscriber for lack of demand; best effort only
	Overflowed  int64 // refused with FailOverflow
	Lost        int64 // were accepted and then reached nobody
	Kicked      int64 // subscriptions that ended with ErrOverflow, see Kick
}

// hubCore is the core of the sinks whose hub carries the values themselves.
type hubCore[T any] struct{ *hub.Hub[T] }

func (c hubCore[T]) emit(v T) Result      { return results[c.Emit(v)] }
func (c hubCore[T]) end(err error) Result { return results[c.Close(err)] }
func (c hubCore[T]) count() int           { return c.Subscribers() }
func (c hubCore[T]) stats() Stats         { return counts(c.Stats()) }

func counts(s hub.Stats) Stats {
	return Stats{
		Subscribers: s.Subscribers, Pending: s.Pending, Emitted: s.Emitted, Delivered: s.Delivered,
		Dropped: s.Dropped, Overflowed: s.Overflowed, Lost: s.Lost,
	}
}

// results translates; the hub knows nothing of sinks.
var results = [...]Result{
	hub.Sent:         OK,
	hub.Handed:       Handed,
	hub.Closed:       FailTerminated,
	hub.Overflow:     FailOverflow,
	hub.Contended:    FailNonSerialized,
	hub.NoSubscriber: FailZeroSubscriber,
	hub.Cancelled:    FailCancelled,
}

// open makes the hub of a sink; bad options make one that has failed.
func (m *many[T]) open(c hub.Config, o Options) *hub.Hub[T] {
	handOff, err := o.handOff()
	m.hooks = o.Hooks
	c.Strict, c.Relief = o.Strict, o.Relief
	if c.Policy != hub.Buffer {
		c.Limit = handOff
	}
	c.Audience = c.Audience && err == nil
	c.Rules = rules(&m.hooks, c.Policy)
	if c.Policy == hub.Buffer && c.Limit < math.MaxInt {
		m.limit = c.Limit
		c.Vacant, c.Taken = m.vacant, m.taken
	}
	h := hub.New[T](c)
	m.core = hubCore[T]{h}
	m.flux = flux.From[T](source[T]{h})
	if err != nil {
		h.Close(err)
	}
	return h
}

func rules(hooks *flux.Hooks, p hub.Policy) hub.Rules {
	r := hub.Rules{
		BadRequest: badRequest,
		Panicked:   panicked,
		Report:     report,
	}
	switch { // only where somebody wants it need a lost value become an any
	case p == hub.Buffer && hooks.Discarded != nil:
		r.Lost = func(v any) { discard(hooks, v) }
	case p != hub.Buffer && hooks.NextDropped != nil:
		r.Lost = func(v any) { dropNext(hooks, v) }
	}
	return r
}

func badRequest(n int64) error { return fmt.Errorf("Request(%d): %w", n, flux.ErrBadRequest) }

// source is a hub as a publisher that needs no guard.
type source[T any] struct{ hub *hub.Hub[T] }

func (source[T]) KeepsContract(inside.Token) {}

func (s source[T]) Subscribe(ctx context.Context, down flux.Subscriber[T]) {
	sub := s.hub.Prepare(ctx)
	if greet(ctx, &s.hub.Rules, sub, down) {
		s.hub.Join(sub, down)
	}
}

// greet calls OnSubscribe and tells whether it returned.
func greet[T any](ctx context.Context, r *hub.Rules, sub flux.Subscription, down flux.Subscriber[T]) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			r.Fault(ctx, sub, down, p)
		}
	}()
	down.OnSubscribe(sub)
	return true
}

func orInvalid(err error) error {
	if err == nil {
		return invalid("the error to emit is nil")
	}
	return err
}

// invalid gives the error for an argument outside its rule.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: sink: %s", flux.ErrInvalid, fmt.Sprintf(format, args...))
}
