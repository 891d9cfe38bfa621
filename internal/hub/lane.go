package hub

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/freshet-go/freshet/internal/inside"
)

// Lane stands between a hub and one subscriber for whom values are kept while it
// has no demand.
//
// # Kernel: the lane
//
//	hub's pass ──TryOnNext──▶ demand? ──yes──▶ subscriber
//	                             │ no             ▲
//	                             ▼                │ Take
//	                          shelf  ─────────────┘ ◀── Request, on the goroutine
//	                                                    of the subscriber
//
// What is kept, and what becomes of the rest, is the [Shelf]'s. The hub sees a
// subscriber that always takes what it is given; a slow one is served from its own
// requests, beside the hub's baton, so it delays nobody.
//
// Whoever changes something adds one to wip; who raised it from 0 is the drainer
// and sends, everybody else leaves at once.
//
// INVARIANTS
//   - Only the drainer signals down, takes from the shelf and lowers the demand.
//   - Until Open wip is above 0: nothing is sent while the subscriber is being
//     introduced. Open comes before the lane joins the hub, so that no value
//     finds the lane closed.
//   - The emitter looks at the demand after it put something on the shelf, the
//     subscriber at the shelf after it raised the demand; so one of them sees both.
//   - mu guards over and err. stopped is raised once, and no signal is sent after
//     it; the next drainer empties the shelf.
//   - No panic leaves a lane, and runtime.Goexit in a signal leaves it at work.
type Lane[T any] struct {
	ctx   context.Context
	rules *Rules
	up    interface{ Cancel() } // takes the lane out of the hub
	down  Receiver[T]
	try   inside.Conditional[T] // down, if it is one
	shelf Shelf[T]
	cuts  bool // an error does not wait for what is kept

	// The atomics: the hub's holder, the subscriber's goroutine and a canceller
	// meet here.
	wip     atomic.Int32
	stopped atomic.Bool
	demand  atomic.Int64 // what is left of the requests, or bad

	mu   sync.Mutex
	over bool
	err  error
}

// Shelf is what a lane keeps for its subscriber. It guards itself: Put is called
// by the hub's holder, Take and Clear by the lane's drainer.
type Shelf[T any] interface {
	// Put is given a value that cannot be sent now. It tells whether it keeps it;
	// an error ends the subscription.
	Put(v T) (kept bool, err error)
	// Take gives the next value to send, if there is one.
	Take() (v T, ok bool, err error)
	// Empty tells whether Take has nothing to give.
	Empty() bool
	// Clear forgets everything, because the subscription is over.
	Clear()
}

// NewLane makes a lane to down, for a hub with the rules r. up takes the lane out
// of that hub. cuts lets an error overtake what is kept.
func NewLane[T any](ctx context.Context, r *Rules, up interface{ Cancel() }, down Receiver[T], s Shelf[T], cuts bool) *Lane[T] {
	l := &Lane[T]{ctx: ctx, rules: r, up: up, down: down, shelf: s, cuts: cuts}
	l.try, _ = down.(inside.Conditional[T])
	l.wip.Store(1)
	return l
}

// Lane marks s as the subscription of a lane, which has demand for everything
// and says itself what its subscriber missed.
func (s *Sub[T]) Lane() {
	s.picky = true
	s.requested.Store(Unbounded - 1) // counted, so that the pass asks what became of a value
}

// Open begins to send, once OnSubscribe has returned.
func (l *Lane[T]) Open() { l.run() }

// OnNext is TryOnNext.
func (l *Lane[T]) OnNext(v T) { l.TryOnNext(v) }

// TryOnNext sends v or puts it on the shelf; it is false if the subscriber
// misses it.
func (l *Lane[T]) TryOnNext(v T) bool {
	if !l.wip.CompareAndSwap(0, 1) {
		kept := l.keep(v)
		l.change()
		return kept
	}
	if l.direct(v) {
		if l.wip.Add(-1) != 0 {
			l.run()
		}
		return true
	}
	kept := l.keep(v)
	l.run() // and not only if wip says so: a Request may have found the shelf still empty
	return kept
}

// keep puts v on the shelf.
func (l *Lane[T]) keep(v T) bool {
	if l.stopped.Load() {
		return false
	}
	kept, err := l.shelf.Put(v)
	if err != nil {
		l.fail(err)
	}
	return kept
}

// direct sends v past the shelf, if nothing is on it and there is demand.
func (l *Lane[T]) direct(v T) (sent bool) {
	if l.stopped.Load() || l.demand.Load() <= 0 || !l.shelf.Empty() {
		return false
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		if r := recover(); r != nil {
			l.rules.Fault(l.ctx, l, l.down, r)
			return
		}
		l.run() // runtime.Goexit: nobody else would
	}()
	sent = true // also if it panics
	l.send(v)
	returned = true
	return sent
}

// OnComplete ends the subscription after what is kept.
func (l *Lane[T]) OnComplete() { l.end(nil) }

// OnError ends the subscription.
func (l *Lane[T]) OnError(err error) { l.end(err) }

func (l *Lane[T]) end(err error) {
	l.mu.Lock()
	if !l.over {
		l.over, l.err = true, err
	}
	l.mu.Unlock()
	l.change()
}

// fail ends the subscription with an error of its own.
func (l *Lane[T]) fail(err error) {
	l.mu.Lock()
	l.over, l.err, l.cuts = true, err, true
	l.mu.Unlock()
	l.up.Cancel()
	l.change()
}

// Request implements the subscription of the lane's subscriber. With an empty
// shelf it does not become the drainer: a value that came meanwhile would be put
// on the shelf, or missed, for nothing.
func (l *Lane[T]) Request(n int64) {
	if !raise(&l.demand, n) {
		return
	}
	if n <= 0 {
		l.up.Cancel()
	}
	if n <= 0 || !l.shelf.Empty() {
		l.change()
	}
}

// Cancel implements the subscription of the lane's subscriber.
func (l *Lane[T]) Cancel() {
	if !l.stopped.Swap(true) {
		l.up.Cancel()
		l.change()
	}
}

// change tells the drainer, or becomes it.
func (l *Lane[T]) change() {
	if l.wip.Add(1) == 1 {
		l.run()
	}
}

// run drains until nothing has changed since the last look. The caller holds wip
// above 0.
func (l *Lane[T]) run() {
	done := false
	defer func() {
		if !done { // runtime.Goexit in the subscriber
			l.run()
		}
	}()
	for seen := l.wip.Load(); seen != 0; seen = l.wip.Add(-seen) {
		l.pass()
	}
	done = true
}

// pass sends what can be sent now.
func (l *Lane[T]) pass() {
	returned := false
	defer func() {
		if !returned {
			if r := recover(); r != nil {
				l.rules.Fault(l.ctx, l, l.down, r)
			}
		}
	}()
	for l.step() {
	}
	returned = true
}

// step does one thing, and tells whether there may be more to do.
func (l *Lane[T]) step() bool {
	if l.stopped.Load() {
		l.shelf.Clear()
		return false
	}
	n := l.demand.Load()
	if n < 0 {
		l.finish(l.rules.BadRequest(badRequest(n)))
		return false
	}
	l.mu.Lock()
	over, err, cut := l.over, l.err, l.cuts
	l.mu.Unlock()
	switch {
	case over && (cut && err != nil || l.shelf.Empty()):
		l.finish(err)
		return false
	case n == 0:
		return false
	}
	v, ok, err := l.shelf.Take()
	if err != nil {
		l.fail(err)
		return true
	}
	if ok {
		l.send(v)
	}
	return ok
}

// finish sends the terminal.
func (l *Lane[T]) finish(err error) {
	l.stopped.Store(true)
	l.shelf.Clear()
	if err != nil {
		l.down.OnError(err)
		return
	}
	l.down.OnComplete()
}

// send passes v against one demand, which is taken off first, so that the demand
// is exact for whoever sends from inside OnNext.
func (l *Lane[T]) send(v T) {
	l.lower(1)
	if l.try == nil {
		l.down.OnNext(v)
	} else if !l.try.TryOnNext(v) {
		l.lower(-1)
	}
}

// lower takes n off the demand.
func (l *Lane[T]) lower(n int64) {
	for {
		cur := l.demand.Load()
		if cur < 0 || cur == Unbounded || l.demand.CompareAndSwap(cur, cur-n) {
			return
		}
	}
}
