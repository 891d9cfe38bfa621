package flux

import (
	"context"
	"sync/atomic"
)

// Kernel: the fold
//
// An aggregate takes every value of its source in, and sends what came of them
// when the source has ended, or as soon as it has seen enough:
//
//	source ──OnNext──▶ add
//	source ──OnComplete──▶ result ──▶ relay ──▶ subscriber
//	   ◀──everything, once──── Request ──▶ relay
//
// INVARIANTS
//   - The source is asked for everything by the subscriber's first Request, or
//     (eager) at the subscription; and no more, but where it insists.
//   - add and result run on the goroutine that owns the source's signals;
//     running is true exactly while add executes. A result is a source, which
//     the relay hands the demand that came so far.
//   - done is set before the result or an error goes down; nothing comes in
//     after it.
//   - What is held is let go of once. Where somebody asked to be told (gated),
//     the gate decides who does it: a Cancel, from any goroutine, that finds no
//     add at work, or else the goroutine of the signals.
type folding[T, R any] struct {
	// add takes a value in; false means that it has seen enough.
	add func(v T) (more bool)
	// result is called once, at the end.
	result func() source[R]
	// drop, if set, discards what is held; it is called instead of result.
	drop func()
	// insists asks the source for everything with each request, not the first alone.
	insists bool
	// spares says that a source which has shown enough is not cancelled.
	spares bool
}

// fold makes a source of an aggregate; begin gives the state of a subscription.
func fold[T, R any](src Publisher[T], begin func(ctx context.Context) folding[T, R]) source[R] {
	return foldSource[T, R]{src: sourceOf(src), begin: begin}
}

// foldEagerly is fold for an aggregate that does not wait for demand to start.
func foldEagerly[T, R any](src Publisher[T], begin func(ctx context.Context) folding[T, R]) source[R] {
	return foldSource[T, R]{src: sourceOf(src), begin: begin, eager: true}
}

type foldSource[T, R any] struct {
	src   source[T]
	begin func(ctx context.Context) folding[T, R]
	eager bool
}

func (src foldSource[T, R]) subscribe(ctx context.Context, s Subscriber[R]) {
	f := &folder[T, R]{ctx: ctx, out: newRelay(s), eager: src.eager}
	if err := try(func() { f.folding = src.begin(ctx) }); err != nil {
		errorSource[R]{err}.subscribe(ctx, s)
		return
	}
	h := hooksOf(ctx)
	f.gated = f.drop != nil && h != nil && h.Discarded != nil
	src.src.subscribe(ctx, f)
}

type folder[T, R any] struct {
	folding[T, R]
	ctx     context.Context
	up      Subscription
	out     relay[R] // sends the result
	gate    gate
	asked   atomic.Bool // Request comes from any goroutine
	eager   bool
	gated   bool
	running bool
	done    bool
}

func (f *folder[T, R]) OnSubscribe(s Subscription) {
	f.up = s
	f.out.down.OnSubscribe(f)
	if f.eager {
		s.Request(Unbounded)
	}
}

func (f *folder[T, R]) OnNext(v T) {
	if f.done {
		dropNext(f.ctx, v)
		return
	}
	if f.gated && !f.gate.enter() {
		discard(f.ctx, v)
		return
	}
	f.running = true
	more := f.add(v)
	f.running = false
	if f.gated && f.gate.leave() != nil {
		f.done = true
		f.drop()
		return
	}
	if !more {
		if !f.spares {
			f.up.Cancel()
		}
		f.finish()
	}
}

func (f *folder[T, R]) OnError(err error) {
	if f.done {
		dropError(f.ctx, err)
		return
	}
	f.done = true
	if f.claim() {
		f.letGo()
	}
	f.out.down.OnError(err)
}

func (f *folder[T, R]) OnComplete() {
	if !f.done {
		f.finish()
	}
}

func (f *folder[T, R]) TakePanic(p error) bool {
	if !f.running {
		return handPanic(f.out.down, p, f.up)
	}
	f.running, f.done = false, true
	f.letGo() // the gate is still entered: a Cancel leaves it to us
	f.up.Cancel()
	f.out.down.OnError(p)
	return true
}

// finish sends the result.
func (f *folder[T, R]) finish() {
	f.done = true
	if !f.claim() {
		return
	}
	var r source[R]
	if err := try(func() { r = f.result() }); err != nil {
		f.letGo()
		r = errorSource[R]{err}
	}
	r.subscribe(f.ctx, &f.out)
}

// claim tells whether what is held is still the signals' to use.
func (f *folder[T, R]) claim() bool {
	if !f.gated {
		return true
	}
	end, _ := f.gate.cut(nil)
	return end != nil
}

func (f *folder[T, R]) letGo() {
	if f.drop != nil {
		f.drop()
	}
}

func (f *folder[T, R]) Request(n int64) {
	f.out.Request(n)
	switch {
	case n <= 0:
		f.up.Request(n)
	case !f.eager && (!f.asked.Swap(true) || f.insists && !begun(&f.out.arbiter)):
		f.up.Request(Unbounded)
	}
}

func (f *folder[T, R]) Cancel() {
	f.out.Cancel()
	f.up.Cancel()
	if f.gated && f.claim() {
		f.drop()
	}
}

// one is the result of an aggregate that is a single value.
func one[R any](v R) source[R] { return justSource[R]{&v} }
