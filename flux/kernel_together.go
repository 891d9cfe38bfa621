package flux

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/freshet-go/freshet/internal/inside"
)

// Kernel: together
//
// Several publishers of at most one value run at the same time, and what comes of
// all of them is one value, or only an end:
//
//	side ──▶ value ─┐
//	side ──▶ value ─┼─▶ result ──▶ subscriber
//	side ──▶ value ─┘
//
// INVARIANTS
//   - The sides are subscribed to by the first Request, in order, and asked for
//     everything; so the result has demand when it is there.
//   - mu guards ups, got, errs, left, empty and over, and is never held while
//     calling out. Who sets over sends the one end: the side that was last, one
//     that cuts in, or a bad Request. A Cancel sets it too, and nothing is sent.
//   - A side writes its value before it ends under mu, and the result is made
//     after the last one did. A value that is not used is discarded by whoever set
//     over, or by its side if that comes later.

// Sides are the operands of one subscription of a zip; only package mono makes
// any.
type Sides struct {
	ctx   context.Context
	all   bool // every side must have a value, and the result is made of them
	delay bool // an end waits for all sides
	down  lifecycle
	make  func() error // makes the result and sends it; an error has not been sent

	sides []side
	asked atomic.Bool // Request comes from any goroutine

	mu    sync.Mutex
	ups   []Subscription // of the sides that run
	got   []bool         // the side has a value
	errs  []error
	left  int
	empty bool // a side ended without a value
	over  bool
	gone  bool // cancelled from below
}

// side is an operand, whatever the type of its value.
type side interface {
	start()
	discard()
}

// MonoZip is what the zips of package mono are made of; only that can call it.
// begin makes the sides of a subscription with [Side], in order, and gives the
// function that makes the result of their values, which the goroutine of the last
// one calls. A side without a value, or with an error, ends it at once and cancels
// the others; with delayed all are waited for, and their errors joined.
func MonoZip[R any](_ inside.Token, delayed bool, begin func(z *Sides) (result func() R)) Mono[R] {
	return Mono[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		z := &Sides{ctx: ctx, all: true, delay: delayed, down: s}
		push, result := pusher(s), begin(z)
		z.make = func() error {
			var r R
			if err := try(func() { r = result() }); err != nil {
				return err
			}
			push(r)
			return nil
		}
		z.begin()
	})}
}

// MonoWhen is what When of package mono is made of; only that can call it. It
// completes when all sides have; otherwise it is [MonoZip].
func MonoWhen(_ inside.Token, delayed bool, begin func(z *Sides)) Mono[struct{}] {
	return Mono[struct{}]{sourceFunc[struct{}](func(ctx context.Context, s Subscriber[struct{}]) {
		z := &Sides{ctx: ctx, delay: delayed, down: s}
		begin(z)
		z.begin()
	})}
}

// Side adds a publisher to the sides of a subscription. The value is there when
// the result is made.
func Side[T any](z *Sides, p Publisher[T]) (value *T) {
	s := &oneSide[T]{z: z, index: len(z.sides), src: sourceOf(p)}
	z.sides = append(z.sides, s)
	return &s.v
}

// begin tells the subscriber.
func (z *Sides) begin() {
	n := len(z.sides)
	z.ups, z.got, z.errs, z.left = make([]Subscription, n), make([]bool, n), make([]error, n), n
	z.down.OnSubscribe(z)
	if n == 0 && !z.finish() {
		z.down.OnComplete()
	}
}

// Request starts the sides, the first time.
func (z *Sides) Request(n int64) {
	if n <= 0 {
		if !z.finish() {
			z.cancelSides()
			z.down.OnError(badRequest(n))
		}
		return
	}
	if z.asked.Swap(true) || z.isGone() {
		return
	}
	for _, s := range z.sides { // also those that come too late, as in Reactor: they are cancelled at once
		s.start()
	}
}

// Cancel cancels the sides.
func (z *Sides) Cancel() {
	z.mu.Lock()
	z.gone = true
	z.mu.Unlock()
	if !z.finish() {
		z.cancelSides()
	}
}

// finish sets over, and tells whether it was set before.
func (z *Sides) finish() (late bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	late, z.over = z.over, true
	return late
}

// cancelSides lets go of the sides that run and of the values there are. The
// caller has set over.
func (z *Sides) cancelSides() {
	z.mu.Lock()
	ups := z.ups
	z.ups = make([]Subscription, len(z.sides))
	z.mu.Unlock()
	for _, up := range ups {
		if up != nil {
			up.Cancel()
		}
	}
	z.discard()
}

func (z *Sides) discard() {
	for i, s := range z.sides {
		z.mu.Lock()
		got := z.got[i]
		z.got[i] = false
		z.mu.Unlock()
		if got {
			s.discard()
		}
	}
}

// started keeps the subscription of a side, unless it is too late for it.
func (z *Sides) started(i int, up Subscription) (ok bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if !z.over {
		z.ups[i] = up
	}
	return !z.over
}

// ended is the end of side i, with a value, without one, or with an error. It
// tells whether that still counted.
func (z *Sides) ended(i int, some bool, err error) (ok bool) {
	z.mu.Lock()
	if z.over {
		z.mu.Unlock()
		return false
	}
	z.ups[i], z.got[i], z.errs[i] = nil, some, err
	z.left--
	z.empty = z.empty || !some
	cut := !z.delay && (err != nil || z.all && !some)
	z.over = cut || z.left == 0
	over, useless := z.over, cut || z.all && z.empty
	z.mu.Unlock()
	if !over {
		return true
	}
	if useless {
		z.cancelSides()
	}
	z.send(useless)
	return true
}

// send sends the end, after the result if there is one.
func (z *Sides) send(useless bool) {
	errs := slices.DeleteFunc(z.errs, func(err error) bool { return err == nil })
	err := joined(errs)
	if err == nil && z.all && !useless {
		err = z.make()
	}
	switch {
	case err != nil:
		z.down.OnError(err)
	case !z.isGone():
		z.down.OnComplete()
	}
}

// isGone tells whether the subscriber cancelled, as it may before its first
// request and when it gets the value.
func (z *Sides) isGone() bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.gone
}

// oneSide is the subscriber of an operand.
type oneSide[T any] struct {
	z     *Sides
	index int
	src   source[T]
	v     T
	done  bool
}

func (s *oneSide[T]) start()   { s.src.subscribe(s.z.ctx, s) }
func (s *oneSide[T]) discard() { discard(s.z.ctx, s.v) }

func (s *oneSide[T]) OnSubscribe(up Subscription) {
	if !s.z.started(s.index, up) {
		up.Cancel()
		return
	}
	up.Request(Unbounded)
}

func (s *oneSide[T]) OnNext(v T) {
	switch {
	case s.done:
		dropNext(s.z.ctx, v)
	case !s.z.all:
		discard(s.z.ctx, v)
	default:
		s.v, s.done = v, true
		if !s.z.ended(s.index, true, nil) {
			discard(s.z.ctx, v)
		}
	}
}

func (s *oneSide[T]) OnError(err error) {
	if s.done || !s.z.ended(s.index, false, err) {
		dropError(s.z.ctx, err)
	}
	s.done = true
}

func (s *oneSide[T]) OnComplete() {
	if !s.done {
		s.done = true
		s.z.ended(s.index, false, nil)
	}
}

func (s *oneSide[T]) TakePanic(p error) bool { return handPanic(s.z.down, p, s.z) }
