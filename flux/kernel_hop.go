package flux

import (
	"context"
	"sync/atomic"
)

// Kernel: the hop
//
// A queue between one source, whose signals are serialized, and a subscriber that
// may be called on another goroutine:
//
//	source ──▶ spsc ──▶ drainer, on exec ──▶ push        Request ──▶ demand
//	   ◀── three quarters of ahead, each time that many were taken ──╯
//
// Because there is one source, a value passes without a lock: it is published, and
// the drainer told to look again, which costs nothing if it was told already and has
// not looked since. The drainer takes several values in one go, and settles with the
// demand and the queue once for all of them.
//
// INVARIANTS
//   - state: idle, nobody drains; draining; again, the drainer is to look again
//     before it leaves. Whoever makes it again where it was idle brings a drainer.
//   - A change is made before state is looked at, and state is taken back to draining
//     before the drainer looks. So no change is missed.
//   - Only the drainer calls down, pops, subtracts demand and releases.
//   - err is written before ended is set; no value is pushed after that.
//   - halt: values that wait are not to be sent any more, because of stopped, a bad
//     request, or an error that cuts in. The drainer looks before each value.
//   - stopped: no signal passes any more; the next drainer discards the queue.
//   - Values popped are told to the queue before more are requested, so that a source
//     that sends what was requested finds room.
type hop[T any] struct {
	hopOptions
	bound int // values that may wait
	queue spsc[T]
	ended atomic.Bool // publishes err
	err   error

	ctx  context.Context
	exec Executor // nil: the drainer is the goroutine of the change
	task func()   // run, for exec
	up   Subscription
	down Subscriber[T]
	push func(T) bool

	count   int          // values taken since the last request; the drainer's
	state   atomic.Int32 // one drainer at a time
	halt    atomic.Bool  // set by any goroutine, inside a batch too
	stopped atomic.Bool  // likewise
	demand  demand
}

type hopOptions struct {
	ahead     int  // values requested ahead
	batch     int  // values requested again at a time
	errorsCut bool // an error does not wait for the values before it
}

const (
	idle = iota
	draining
	again
)

// settleAt is how many values a drainer takes at most before it settles. Only a source
// that sends more than was requested can tell: what is not settled still counts as waiting.
const settleAt = 16

// hopping passes the signals of f on by exec, or without one on the goroutine that
// brings or requests them.
func hopping[T any](f Flux[T], exec Executor, o hopOptions) Flux[T] {
	src := f.source()
	bound := queueBound(o.ahead)
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &hop[T]{hopOptions: o, bound: bound, ctx: ctx, exec: exec, down: s, push: pusher(s)})
	})}
}

func (h *hop[T]) OnSubscribe(s Subscription) {
	h.up = s
	h.down.OnSubscribe(h)
	s.Request(prefetchDemand(h.ahead))
}

func (h *hop[T]) pushes() func(T) bool {
	return func(v T) bool { h.OnNext(v); return true }
}

func (h *hop[T]) OnNext(v T) {
	switch {
	case h.stopped.Load():
		discard(h.ctx, v)
	case h.ended.Load():
		dropNext(h.ctx, v)
	case h.queue.push(v, h.bound):
		h.change()
	default:
		discard(h.ctx, v)
		h.up.Cancel()
		h.end(ErrOverflow)
	}
}

func (h *hop[T]) OnError(err error) { h.end(err) }
func (h *hop[T]) OnComplete()       { h.end(nil) }

func (h *hop[T]) end(err error) {
	if h.ended.Load() || h.stopped.Load() {
		if err != nil {
			dropError(h.ctx, err)
		}
		return
	}
	h.err = err
	h.ended.Store(true)
	if h.cuts() {
		h.halt.Store(true)
	}
	h.change()
}

// cuts tells whether the source ended with an error that does not wait.
func (h *hop[T]) cuts() bool { return h.errorsCut && h.err != nil }

func (h *hop[T]) Request(n int64) {
	h.demand.add(n)
	if n <= 0 {
		h.halt.Store(true)
	}
	h.change()
}

func (h *hop[T]) Cancel() {
	h.up.Cancel()
	if h.stopped.Swap(true) {
		return
	}
	h.halt.Store(true)
	if h.state.Swap(again) == idle {
		h.run() // there is nothing to send: it need not be on exec
	}
}

// change tells the drainer to look again, or brings one.
func (h *hop[T]) change() {
	if h.state.Load() == again || h.state.Swap(again) != idle {
		return
	}
	if h.exec == nil {
		h.run()
		return
	}
	if h.task == nil {
		h.task = h.run // made once, for all the times to come
	}
	h.exec.Execute(h.task)
}

// run drains until nothing has changed since the last look.
func (h *hop[T]) run() {
	for {
		h.state.Store(draining)
		h.pass()
		if h.state.CompareAndSwap(draining, idle) {
			return
		}
	}
}

func (h *hop[T]) pass() {
	defer h.guard()
	for h.look() {
	}
}

// look does what can be done now; false means that there was nothing left to do.
func (h *hop[T]) look() (more bool) {
	if h.stopped.Load() {
		h.release()
		return false
	}
	n := h.demand.load()
	if n < 0 {
		h.up.Cancel()
		h.finish(h.demand.err())
		return false
	}
	ended := h.ended.Load() // before the queue, to which nothing is added after that
	if ended && h.cuts() {
		h.finish(h.err)
		return false
	}
	ready := h.queue.ready()
	if ended && ready == 0 {
		h.finish(h.err)
		return false
	}
	if n = min(n, int64(ready), settleAt); n > 0 {
		h.demand.sub(h.send(n))
		h.queue.tell()
	}
	return n > 0
}

// send passes n values, or fewer if it is halted, and tells how many were taken: a
// value that is rejected costs no demand.
func (h *hop[T]) send(n int64) (sent int64) {
	for ; n > 0 && !h.halt.Load(); n-- {
		if h.push(h.queue.pop()) {
			sent++
		}
		if h.count++; h.count == h.batch {
			h.refill()
		}
	}
	return sent
}

func (h *hop[T]) refill() {
	h.count = 0
	if h.ahead != unlimited {
		h.queue.tell()
		h.up.Request(int64(h.batch))
	}
}

// finish sends the terminal and closes the hop for good.
func (h *hop[T]) finish(err error) {
	down := h.down
	h.stopped.Store(true)
	h.release()
	(&ending{err: err}).deliver(down)
}

// release discards what waits.
func (h *hop[T]) release() {
	h.down, h.push = nil, nil
	for h.queue.ready() > 0 {
		discard(h.ctx, h.queue.pop())
	}
	h.queue.tell()
}

// guard settles a panic from below: the hop is stopped and holds nothing any more.
func (h *hop[T]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := h.down
	h.stopped.Store(true)
	h.release()
	settle(h.ctx, down, p, h.up)
}
