package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// Kernel: the drain
//
// A queue between a side that sends when it likes and a subscriber that takes
// what it requested:
//
//	offer, end ──▶ │ queue │ ──▶ push        Request ──▶ demand
//	(any goroutine)         (one drainer)    (any goroutine)
//
// Whoever changes something adds one to wip. The one who raised it from 0 is
// the drainer: it passes values while there are values and demand, takes off
// what it has seen, and goes round again if more was added meanwhile. Everybody
// else returns at once; so nobody waits, and nothing below is called twice at a
// time.
//
// INVARIANTS
//   - Only the drainer calls down, subtracts demand and releases. waits and used are
//     its own.
//   - The open demand is demand less used. used is 0 but with coarse.
//   - mu guards queue, ended and err, and is never held while calling out.
//   - Whoever puts something into the queue adds to wip after it, or is the drainer
//     and raises waits. So while waits is down nothing is queued but by somebody who
//     is still at it, and whose value need not come first.
//   - stopped: no signal passes any more; the next drainer discards the queue.
//   - The drainer is the goroutine of the change.
type drain[T any] struct {
	ctx  context.Context
	up   Subscription // cancelled when the drain fails by itself
	down Subscriber[T]
	push func(T) bool
	// closed, if set, is called by the drainer after it sent the terminal.
	closed func()
	// passed, if set, is called by the drainer when it has sent what it could,
	// with the number of values; but not, with counts, for one that went straight
	// through: who offered it knows that from offer.
	passed func(n int64)
	counts bool
	// again, if set, is called by the drainer for a value that was rejected, and
	// requests one more, as the subscriber would: of an owner that has to ask its
	// source for what a request needs. Otherwise the demand is given back.
	again func()
	// lost, if set, gets what can no longer be sent, in place of the discard hook.
	lost func(T)

	wip     atomic.Int32
	stopped atomic.Bool
	demand  demand

	mu    sync.Mutex
	queue ring[T]
	ended bool
	err   error
	cut   bool // an error does not wait for the queue

	waits bool // the queue was not empty when the drainer last looked
	// coarse, of drains whose demand nobody else looks at: what was sent is counted
	// in used, and taken off all at once when no more is open.
	coarse bool
	used   int64
}

// offer sends v: straight through if nothing is queued, nobody is draining and
// there is demand, which it tells, otherwise through the queue.
func (d *drain[T]) offer(v T) (through bool) {
	if d.wip.CompareAndSwap(0, 1) {
		switch {
		case d.stopped.Load():
			d.lose(v)
		case d.waits || d.requested() <= 0:
			d.enqueue(v)
			d.waits = true
		default:
			d.direct(v)
			through = true
		}
		if d.wip.Add(-1) != 0 {
			d.run()
		}
		return through
	}
	d.enqueue(v)
	d.change()
	return false
}

func (d *drain[T]) enqueue(v T) {
	d.mu.Lock()
	d.queue.push(v)
	d.mu.Unlock()
}

// direct sends v past the queue.
func (d *drain[T]) direct(v T) {
	defer d.guard()
	d.send(v)
	if d.passed != nil && !d.counts {
		d.passed(1)
	}
}

// end sends the terminal: an error, or completion if err is nil.
func (d *drain[T]) end(err error) {
	d.mu.Lock()
	late := d.ended || d.stopped.Load()
	if !late {
		d.ended, d.err = true, err
	}
	d.mu.Unlock()
	if late {
		if err != nil {
			dropError(d.ctx, err)
		}
		return
	}
	d.change()
}

func (d *drain[T]) request(n int64) {
	d.demand.add(n)
	d.change()
}

func (d *drain[T]) cancel() {
	if !d.stopped.Swap(true) {
		d.change()
	}
}

// change tells the drainer, or becomes it.
func (d *drain[T]) change() {
	if d.wip.Add(1) == 1 {
		d.run()
	}
}

// run drains until nothing has changed since the last look. It starts with wip
// above 0, which makes the caller the drainer.
func (d *drain[T]) run() {
	for seen := d.wip.Load(); seen != 0; seen = d.wip.Add(-seen) {
		d.pass()
	}
}

// pass sends what can be sent now.
func (d *drain[T]) pass() {
	defer d.guard()
	for sent := int64(0); ; sent++ {
		if d.stopped.Load() {
			d.release()
			return
		}
		n := d.requested()
		if n < 0 {
			d.up.Cancel()
			d.finish(d.demand.err())
			return
		}
		v, ok, over, err := d.next(n > 0)
		if over {
			d.finish(err)
			return
		}
		if !ok {
			if d.passed != nil && sent > 0 {
				d.passed(sent)
			}
			return
		}
		d.send(v)
	}
}

// send passes v against one demand, which is taken off first, so that the demand
// is exact for whoever sends from inside OnNext; but with coarse.
func (d *drain[T]) send(v T) {
	if d.coarse {
		if d.push(v) {
			d.used++
		}
		return
	}
	d.demand.sub(1)
	switch {
	case d.push(v):
	case d.again != nil:
		d.again()
	default:
		d.demand.add(1)
	}
}

// requested is the open demand; the drainer asks.
func (d *drain[T]) requested() int64 {
	if n := d.demand.load(); n > d.used {
		return n - d.used
	}
	used := d.used
	d.used = 0
	return d.demand.sub(used)
}

// next looks at the queue: a value if one may be sent, or the terminal.
func (d *drain[T]) next(want bool) (v T, ok, over bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.ended && (d.queue.len() == 0 || d.cut && d.err != nil):
		return v, false, true, d.err
	case !want || d.queue.len() == 0:
		d.waits = d.queue.len() > 0
		return v, false, false, nil
	}
	return d.queue.pop(), true, false, nil
}

// finish sends the terminal and closes the drain for good.
func (d *drain[T]) finish(err error) {
	down := d.down
	d.stopped.Store(true)
	d.release()
	(&ending{err: err}).deliver(down)
	if d.closed != nil {
		d.closed()
	}
}

func (d *drain[T]) release() {
	d.mu.Lock()
	q := d.queue
	d.queue = ring[T]{}
	d.mu.Unlock()
	d.down, d.push = nil, nil
	q.drop(d.lose)
}

func (d *drain[T]) lose(v T) {
	if d.lost != nil {
		d.lost(v)
		return
	}
	discard(d.ctx, v)
}

// guard settles a panic from below: the drain is stopped, and goes on only to
// release what it holds.
func (d *drain[T]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := d.down
	d.stopped.Store(true)
	d.release()
	settle(d.ctx, down, p, d.up)
}
