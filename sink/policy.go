package sink

import (
	"context"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/hub"
	"github.com/freshet-go/freshet/internal/inside"
)

// Policy says what one subscriber of a best-effort sink gets instead of values
// that it had no demand for. It is chosen where the subscriber attaches:
//
//	s.Flux(sink.Latest())
//
// A policy costs its subscriber about 190 bytes, and a lock-prefixed instruction
// or two for each value; subscribers without one do not pay for it. What is kept for
// a slow subscriber is sent from inside its next request, on the goroutine that
// requests. Completion waits until what is kept has been sent, an error does not.
//
// What subscribers miss is counted in Stats.Dropped of the sink, and for each
// Flux by [Policy.Count].
type Policy struct {
	name  string
	shelf func(l *ledger, missed *atomic.Int64) any // hub.Shelf of the policy's type, or nil
	plain int                                       // without a type of its own
	count *atomic.Int64
	bad   string // what is wrong with the arguments
}

const (
	typed = iota
	drop
	latest
	kick
)

// Drop leaves the subscriber out while it has no demand. It is what a subscriber
// without a policy gets, and there to be counted.
func Drop() Policy { return Policy{name: "Drop", plain: drop} }

// Latest keeps the newest value: the subscriber gets it when it has demand again,
// and misses those between.
//
// Source: Reactor's Flux.onBackpressureLatest, behind a sink.
func Latest() Policy { return Policy{name: "Latest", plain: latest} }

// Kick ends the subscription with [ErrOverflow], which matches [flux.ErrOverflow],
// when a value finds no demand: for a subscriber that must miss nothing and would
// rather begin anew. Stats.Kicked counts it.
//
// Source: Reactor's Flux.onBackpressureError, behind a sink.
func Kick() Policy { return Policy{name: "Kick", plain: kick} }

// Conflate keeps the newest value of each key, in the order in which the keys
// began to wait: right for quotes of many symbols, states of many devices. What it
// keeps is bounded by the number of keys. key is called by the emitting
// goroutine, only for values that find no demand; its panic is the error of that
// subscription. T must be the sink's.
func Conflate[T any, K comparable](key func(v T) K) Policy {
	p := Policy{name: "Conflate", shelf: func(l *ledger, missed *atomic.Int64) any {
		var s hub.Shelf[T] = &conflated[T, K]{books: books{l, missed}, key: key}
		return s
	}}
	if key == nil {
		p.bad = "Conflate(nil): the function must not be nil"
	}
	return p
}

// Gap tells the subscriber that it missed something: as soon as it has demand
// again, and before the next value, it gets notice(n), n being the number of values
// missed since it last was up to date. A notice uses one demand like any value; a
// value that comes while the notice is on its way is missed too, and told next.
// notice is called by whoever sends, with no lock held; its panic is the error of
// that subscription. T must be the sink's.
func Gap[T any](notice func(missed int64) T) Policy {
	p := Policy{name: "Gap", shelf: func(l *ledger, missed *atomic.Int64) any {
		var s hub.Shelf[T] = &gap[T]{books: books{l, missed}, notice: notice}
		return s
	}}
	if notice == nil {
		p.bad = "Gap(nil): the function must not be nil"
	}
	return p
}

// Count gives the policy with a counter of the values that its subscribers missed.
// Use one for each Flux whose count you want; it may be read at any time.
func (p Policy) Count(missed *atomic.Int64) Policy {
	p.count = missed
	return p
}

// attach gives the Flux of subscribers with a policy.
func (d *Direct[T]) attach(ps []Policy) flux.Flux[T] {
	if d.policy != hub.BestEffort {
		return flux.Error[T](invalid("Flux(%s): only a best-effort sink has policies", ps[0].name))
	}
	if err := checked[T](ps); err != nil {
		return flux.Error[T](err)
	}
	return flux.From[T](d.under(ps))
}

// checked gives what is wrong with the policies of one Flux.
func checked[T any](ps []Policy) error {
	switch {
	case len(ps) == 0:
		return nil
	case len(ps) > 1:
		return invalid("Flux(%s, %s): one policy at most", ps[0].name, ps[1].name)
	case ps[0].bad != "":
		return invalid("%s", ps[0].bad)
	}
	if _, ok := shelfOf[T](ps[0], new(ledger)); !ok {
		var v T
		return invalid("Flux(%s): the policy is not for values of type %T", ps[0].name, v)
	}
	return nil
}

// under gives the sink as its subscribers with these policies see it, which have
// been checked.
func (d *Direct[T]) under(ps []Policy) flux.Publisher[T] {
	if len(ps) == 0 || ps[0].plain == drop && ps[0].count == nil {
		return source[T]{d.hub}
	}
	return &attached[T]{d, ps[0]}
}

// shelfOf makes the shelf of one subscriber; it fails if the policy is for another
// type of value.
func shelfOf[T any](p Policy, l *ledger) (hub.Shelf[T], bool) {
	b := books{l, p.count}
	switch {
	case p.plain == latest:
		return &newest[T]{books: b}, true
	case p.plain == kick:
		return kicking[T]{b}, true
	case p.shelf == nil: // Drop, or the zero Policy
		return dropping[T]{b}, true
	}
	s, ok := p.shelf(b.ledger, b.missed).(hub.Shelf[T])
	return s, ok
}

// attached is the sink as subscribers with a policy see it.
type attached[T any] struct {
	sink   *Direct[T]
	policy Policy
}

func (*attached[T]) KeepsContract(inside.Token) {}

func (a *attached[T]) Subscribe(ctx context.Context, down flux.Subscriber[T]) {
	h := a.sink.hub
	shelf, _ := shelfOf[T](a.policy, &a.sink.ledger)
	sub := h.Prepare(ctx)
	sub.Lane()
	lane := hub.NewLane[T](ctx, &h.Rules, sub, down, shelf, true)
	if greet(ctx, &h.Rules, lane, down) {
		lane.Open()
		h.Join(sub, lane)
	}
}
