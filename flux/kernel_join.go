package flux

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Kernel: join
//
// Whatever happens to a join, a value of a side or the end of a lifetime, becomes
// an event; one drainer at a time plays the events in order:
//
//	left  ──▶ ┐                    ┌──▶ lefts, each with a lifetime
//	right ──▶ ├─ events ─▶ drainer ┤
//	lifetime ▶┘                    └──▶ rights, each with a lifetime
//
// INVARIANTS
//   - wip > 0 means that somebody is playing events; that goroutine alone touches
//     what the events change, calls user functions and calls down.
//   - mu guards events, active and err, and is never held while calling out.
//   - over: the terminal went down or the subscription was cancelled.
type joining[W any] struct {
	ctx  context.Context
	down Subscriber[W]
	push func(W) bool

	wip    solo
	over   atomic.Bool
	demand demand

	mu     sync.Mutex
	events ring[func()]
	active int // sides that have not completed
	err    error

	room    int64           // the demand when the event came, less what it sent
	running bool            // a user function is executing
	closed  func(err error) // cancels upstream and lets go of what is held
	ended   bool            // closed was called
}

// post adds an event.
func (j *joining[W]) post(event func()) {
	j.mu.Lock()
	j.events.push(event)
	j.mu.Unlock()
	j.change()
}

func (j *joining[W]) fail(err error) {
	j.mu.Lock()
	late := j.err != nil || j.over.Load()
	if !late {
		j.err = err
	}
	j.mu.Unlock()
	if late {
		dropError(j.ctx, err)
		return
	}
	j.change()
}

// sideDone counts a side that has completed.
func (j *joining[W]) sideDone() {
	j.mu.Lock()
	j.active--
	j.mu.Unlock()
	j.change()
}

func (j *joining[W]) Request(n int64) {
	j.demand.add(n)
	j.change()
}

func (j *joining[W]) Cancel() {
	if !j.over.Swap(true) {
		j.change()
	}
}

func (j *joining[W]) change() { j.wip.add(j.pass) }

// pass plays one event or sends the end; false means that nothing waits.
func (j *joining[W]) pass() bool {
	defer j.guard()
	if j.over.Load() {
		j.release(nil)
		return false
	}
	bad := j.demand.err()
	j.mu.Lock()
	err := j.err
	var event func()
	if err == nil && bad == nil && j.events.len() > 0 {
		event = j.events.pop()
	}
	end := event == nil && j.active == 0
	j.mu.Unlock()
	switch {
	case err != nil:
		j.finish(err)
	case bad != nil:
		j.finish(bad)
	case event != nil:
		j.room = j.demand.load()
		event()
	case end:
		j.finish(nil)
	}
	return event != nil
}

// send passes a result, for which there must have been demand when its event came.
func (j *joining[W]) send(make func() W) {
	if j.over.Load() {
		return
	}
	j.running = true
	w := make()
	j.running = false
	if j.room--; j.room < 0 {
		discard(j.ctx, w)
		j.finish(ErrOverflow)
		return
	}
	if j.push(w) {
		j.demand.sub(1)
	}
}

func (j *joining[W]) finish(err error) {
	down := j.down
	j.over.Store(true)
	j.release(err)
	(&ending{err: err}).deliver(down)
}

func (j *joining[W]) release(err error) {
	j.down, j.push = nil, nil
	j.mu.Lock()
	j.events = ring[func()]{}
	j.mu.Unlock()
	if !j.ended {
		j.ended = true
		j.closed(err)
	}
}

// guard settles a panic of a user function, or one from below.
func (j *joining[W]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	if j.running {
		j.running = false
		j.finish(p)
		return
	}
	down := j.down
	j.over.Store(true)
	j.release(nil)
	settle(j.ctx, down, p, nil)
}

// join is the two sides of a joining.
type join[L, R, W any] struct {
	joining[W]
	left, right joinSource
	lefts       []*joinLeft[L, R]
	rights      []*joinValue[R]
	grouped     bool // every left has a group

	liveLeft  func(v L, gone func()) lifetime
	liveRight func(v R, gone func()) lifetime
	onLeft    func(*joinLeft[L, R])
	onRight   func(*joinValue[R])
}

// lifetime is the publisher that ends a value's life.
type lifetime interface{ cancel() bool }

type joinValue[T any] struct {
	v   T
	end lifetime
}

type joinLeft[L, R any] struct {
	joinValue[L]
	group *unicast[R] // of a grouped join
}

// lifetimes gives the function that starts the life of a value; gone is played as
// an event when it ends.
func lifetimes[T, X any, P Publisher[X], W any](j *joining[W], end func(T) P) func(v T, gone func()) lifetime {
	return func(v T, gone func()) lifetime {
		t := &trigger[X]{ctx: j.ctx}
		t.next = func(X) {
			if t.cancel() {
				j.post(gone)
			}
		}
		t.end = func(err error) {
			if err != nil {
				j.fail(err)
				return
			}
			j.post(gone)
		}
		j.running = true
		p := end(v)
		j.running = false
		sourceOf[X](p).subscribe(j.ctx, t)
		return t
	}
}

func (j *join[L, R, W]) start(left source[L], right source[R]) {
	j.active, j.closed = 2, j.letGo
	j.left.arbiter.Request(Unbounded)
	j.right.arbiter.Request(Unbounded)
	j.down.OnSubscribe(j)
	subscribeJoin(&j.joining, &j.left, left, j.addLeft)
	subscribeJoin(&j.joining, &j.right, right, j.addRight)
}

func subscribeJoin[T, W any](j *joining[W], at *joinSource, src source[T], add func(T)) {
	src.subscribe(j.ctx, &joinSide[T]{joinSource: at, j: j, value: func(v T) { j.post(func() { add(v) }) }})
}

func (j *join[L, R, W]) addLeft(v L) {
	l := &joinLeft[L, R]{joinValue: joinValue[L]{v: v}}
	if j.grouped {
		l.group = newUnicast[R](j.ctx, nil)
	}
	j.lefts = append(j.lefts, l)
	l.end = j.liveLeft(v, func() {
		j.lefts = slices.DeleteFunc(j.lefts, func(x *joinLeft[L, R]) bool { return x == l })
		if l.group != nil {
			l.group.close(nil)
		}
	})
	if !j.failed() {
		j.onLeft(l)
	}
}

func (j *join[L, R, W]) addRight(v R) {
	r := &joinValue[R]{v: v}
	j.rights = append(j.rights, r)
	r.end = j.liveRight(v, func() {
		j.rights = slices.DeleteFunc(j.rights, func(x *joinValue[R]) bool { return x == r })
	})
	if !j.failed() {
		j.onRight(r)
	}
}

// failed tells whether an error is to cut in.
func (j *joining[W]) failed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err != nil || j.over.Load()
}

// letGo cancels everything upstream and ends the groups.
func (j *join[L, R, W]) letGo(err error) {
	j.left.arbiter.Cancel()
	j.right.arbiter.Cancel()
	for _, l := range j.lefts {
		if l.end != nil {
			l.end.cancel()
		}
		if l.group != nil {
			l.group.close(err)
		}
	}
	for _, r := range j.rights {
		if r.end != nil {
			r.end.cancel()
		}
	}
	j.lefts, j.rights = nil, nil
}

// joinSource is the subscription to a side.
type joinSource struct{ arbiter }

// joinSide is the subscriber of a side.
type joinSide[T any] struct {
	*joinSource
	j interface {
		fail(error)
		sideDone()
	}
	value func(T)
}

func (s *joinSide[T]) OnSubscribe(up Subscription) { s.set(up) }
func (s *joinSide[T]) OnNext(v T)                  { s.value(v) }
func (s *joinSide[T]) OnError(err error)           { s.j.fail(err) }
func (s *joinSide[T]) OnComplete()                 { s.j.sideDone() }
