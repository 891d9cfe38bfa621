package flux

import (
	"context"
	"sync/atomic"
)

// Kernel: the source loop
//
// A synchronous source is a cursor: a thing that can push its next values. The
// loop runs it inside Request, on the goroutine that requested, for as long as
// there is demand.
//
// INVARIANTS
//   - Whoever raises the demand from 0 runs the loop; everybody else only adds
//     to it. So one goroutine at a time pushes, and a Request made inside OnNext
//     does not recurse.
//   - Once the source has ended the demand stays above 0, so that the loop never
//     starts again.
//   - stop is set by Cancel and by a bad Request. Only the loop, or a Cancel that
//     found it at rest, closes the cursor; it is closed once.
type cursor[T any] interface {
	// advance pushes values until n of them were taken, stop is set or the
	// values end, which may be seen with the last value or only after it. It
	// returns how many were taken, and whether that was the end.
	advance(push func(T) bool, n int64, stop *atomic.Bool) (used int64, end bool, err error)
	// close lets go of what the cursor holds; it is the last call.
	close()
	// running reports whether a user function of the cursor is executing.
	running() bool
}

// listed is a synchronous source that runs no user code: its values are simply
// there. An operator may take them by index instead of subscribing, where nobody
// could see a difference, and subscribe to the remainder of those it has not taken.
type listed[T any] interface {
	source[T]
	size() int
	at(i int) T
}

// remainder is what is left of a listed source from one index on.
func remainder[T any](list listed[T], from int) source[T] {
	if from == 0 {
		return list
	}
	return sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		runLoop(ctx, s, listCursor[T]{list: list, next: from})
	})
}

type listCursor[T any] struct {
	silent
	list listed[T]
	next int
}

func (c *listCursor[T]) advance(push func(T) bool, n int64, stop *atomic.Bool) (used int64, end bool, err error) {
	size := c.list.size()
	for c.next < size && used < n && !stop.Load() {
		v := c.list.at(c.next)
		c.next++
		if push(v) {
			used++
		}
	}
	return used, c.next == size, nil
}

type loop[T any] struct {
	demand demand
	stop   atomic.Bool
	down   Subscriber[T]
	push   func(T) bool
	cur    cursor[T]
	ctx    context.Context
}

// runLoop subscribes s to a cursor, in one object with the loop.
func runLoop[T, C any, P interface {
	*C
	cursor[T]
}](ctx context.Context, s Subscriber[T], cur C) {
	both := &struct {
		loop[T]
		own C
	}{loop[T]{down: s, push: pusher(s), ctx: ctx}, cur}
	both.cur = P(&both.own)
	s.OnSubscribe(&both.loop)
}

// isLoop tells whether s is that of a loop, of values of whatever type. It asks for a
// method that only loops have; one made for that would be there for every type.
func isLoop(s Subscription) bool {
	_, ok := s.(interface{ panicked(error) })
	return ok
}

func (l *loop[T]) Request(n int64) {
	before := l.demand.add(n)
	if n <= 0 {
		l.stop.Store(true)
	}
	if before == 0 {
		l.run()
	}
}

func (l *loop[T]) Cancel() {
	if l.stop.Swap(true) {
		return
	}
	if l.demand.add(1) == 0 {
		l.release()
	}
}

func (l *loop[T]) run() {
	defer func() {
		if p := caught(recover()); p != nil {
			l.panicked(p)
		}
	}()
	n := l.demand.load()
	for {
		used, end, err := int64(0), false, error(nil)
		if n > 0 {
			used, end, err = l.cur.advance(l.push, n, &l.stop)
		}
		if l.stop.Load() {
			if bad := l.demand.err(); bad != nil {
				l.finish(bad)
				return
			}
			l.release()
			if err != nil {
				dropError(l.ctx, err)
			}
			return
		}
		if end || err != nil {
			l.finish(err)
			return
		}
		if n = l.demand.sub(used); n == 0 {
			return
		}
	}
}

// finish sends the terminal; the demand is left above 0 or poisoned.
func (l *loop[T]) finish(err error) {
	down := l.down
	l.down = nil
	l.stop.Store(true)
	defer l.release()
	(&ending{err: err}).deliver(down)
}

// release drops every reference; the loop never runs after it.
func (l *loop[T]) release() {
	l.cur.close()
	l.cur, l.down, l.push = nil, nil, nil
}

// panicked settles a panic that came out of the loop: of the cursor's own user
// function, of a stage below, or of a foreign subscriber, for whom it is
// dropped (rule 2.13).
func (l *loop[T]) panicked(p error) {
	if l.down == nil {
		dropError(l.ctx, p)
		return
	}
	down := l.down
	if l.cur.running() {
		l.finish(p)
		return
	}
	l.stop.Store(true)
	l.release()
	settle(l.ctx, down, p, nil)
}
