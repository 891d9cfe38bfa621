package flux

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// FirstWithSignal subscribes to all publishers, in order, and follows the one
// that sends the first signal, be it a value, completion or an error; the others
// are cancelled, and those not yet subscribed to never are. Until then each is
// asked for the demand there is, so values of the others may be lost. Without
// publishers it is empty. Signals are sent by the goroutine of the winner.
//
// Source: Reactor's Flux.firstWithSignal.
func FirstWithSignal[T any](srcs ...Publisher[T]) Flux[T] { return racing(srcs, false) }

// FirstWithValue is [FirstWithSignal] in which only a value wins. If none sends
// one, it ends with a [*NoValueError], which matches ErrEmpty.
//
// Source: Reactor's Flux.firstWithValue.
func FirstWithValue[T any](srcs ...Publisher[T]) Flux[T] { return racing(srcs, true) }

// Or is FirstWithSignal(f, other).
//
// Source: Reactor's Flux.or.
func (f Flux[T]) Or(other Publisher[T]) Flux[T] {
	if r, ok := f.src.(raceSource[T]); ok && !r.value {
		return Flux[T]{raceSource[T]{append(slices.Clip(r.srcs), sourceOf(other)), false}}
	}
	return FirstWithSignal(f, other)
}

func racing[T any](srcs []Publisher[T], value bool) Flux[T] {
	switch len(srcs) {
	case 0:
		return Empty[T]()
	case 1:
		return From(srcs[0])
	}
	return Flux[T]{raceSource[T]{sourcesOf(srcs), value}}
}

type raceSource[T any] struct {
	srcs  []source[T]
	value bool // only a value wins
}

func (r raceSource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	x := &race[T]{ctx: ctx, down: s, push: pusher(s), value: r.value, runners: make([]*runner[T], len(r.srcs))}
	if r.value {
		x.losses = make([]error, len(r.srcs))
	}
	for i := range x.runners {
		x.runners[i] = &runner[T]{race: x, index: i}
	}
	s.OnSubscribe(x)
	for i, src := range r.srcs {
		if x.settled() {
			return
		}
		src.subscribe(ctx, x.runners[i])
	}
}

// race is the subscription of a First.
//
// INVARIANTS
//   - mu guards every field but the first ones, and is never held while calling
//     out. winner is set once; only the winner sends down from then on, so that
//     the signals are as serialized as its own.
//   - A runner keeps the demand that came before its subscription (arbiter).
type race[T any] struct {
	ctx     context.Context
	down    Subscriber[T]
	push    func(T) bool
	value   bool
	runners []*runner[T]

	mu     sync.Mutex
	winner *runner[T]
	over   bool
	losses []error // with value: why a runner has no chance any more
	lost   int
}

// runner is the subscriber of one publisher.
type runner[T any] struct {
	arbiter
	race  *race[T]
	index int
	won   bool
}

// win makes r the winner, if there is none yet.
func (r *runner[T]) win() bool {
	if r.won {
		return true
	}
	x := r.race
	x.mu.Lock()
	first := x.winner == nil && !x.over
	if first {
		x.winner = r
	}
	x.mu.Unlock()
	if !first {
		return false
	}
	r.won = true
	for _, other := range x.runners {
		if other != r {
			other.arbiter.Cancel()
		}
	}
	return true
}

// lose tells whether r was the last without a chance.
func (r *runner[T]) lose(why error) (end error) {
	x := r.race
	x.mu.Lock()
	defer x.mu.Unlock()
	x.losses[r.index] = why
	if x.lost++; x.lost < len(x.runners) || x.winner != nil || x.over {
		return nil
	}
	x.over = true
	return &NoValueError{x.losses}
}

// NoValueError is the end of a FirstWithValue whose publishers all ended without
// a value. It matches ErrEmpty.
type NoValueError struct {
	Errs []error // why each had none, in the order of the publishers; ErrEmpty for a completion
}

func (e *NoValueError) Error() string {
	return "FirstWithValue: no publisher sent a value: " + errors.Join(e.Errs...).Error()
}

// Is makes the error match ErrEmpty.
func (e *NoValueError) Is(target error) bool { return target == ErrEmpty }

func (r *runner[T]) OnSubscribe(s Subscription) { r.set(s) }

func (r *runner[T]) OnNext(v T) {
	if !r.TryOnNext(v) {
		r.replace()
	}
}

func (r *runner[T]) TryOnNext(v T) bool {
	if !r.win() {
		discard(r.race.ctx, v)
		return true
	}
	return r.race.push(v)
}

func (r *runner[T]) OnError(err error) {
	switch {
	case r.race.value && !r.won:
		if end := r.lose(err); end != nil {
			r.race.down.OnError(end)
		}
	case r.win():
		r.race.down.OnError(err)
	default:
		dropError(r.race.ctx, err)
	}
}

func (r *runner[T]) OnComplete() {
	switch {
	case r.race.value && !r.won:
		if end := r.lose(ErrEmpty); end != nil {
			r.race.down.OnError(end)
		}
	case r.win():
		r.race.down.OnComplete()
	}
}

func (r *runner[T]) TakePanic(p error) bool { return handPanic(r.race.down, p, r.race) }

// settled tells whether no further publisher need be subscribed to.
func (x *race[T]) settled() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.winner != nil || x.over
}

// followed are the runners that the subscriber's calls go to.
func (x *race[T]) followed() []*runner[T] {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.winner != nil {
		return x.runners[x.winner.index : x.winner.index+1]
	}
	return x.runners
}

func (x *race[T]) Request(n int64) {
	for _, r := range x.followed() {
		r.Request(n)
	}
}

func (x *race[T]) Cancel() {
	x.mu.Lock()
	x.over = true
	x.mu.Unlock()
	for _, r := range x.followed() {
		r.arbiter.Cancel()
	}
}
