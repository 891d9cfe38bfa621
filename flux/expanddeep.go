package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// ExpandDeep is [Expand] depth first: each value is followed by everything that
// comes of it before the next value of its own publisher is requested. src is
// subscribed to at the first request. From each publisher one value is requested
// at a time. An error of a publisher, or a panic of f, ends only the branch it
// stands in; at the end of the stream they are sent, joined if there are several.
// f is called by the goroutine that sent the value or the request.
//
// Source: Reactor's Flux.expandDeep.
func ExpandDeep[T any, P Publisher[T]](src Publisher[T], f func(T) P) Flux[T] {
	if f == nil {
		return nilFunc[T]("ExpandDeep")
	}
	root := sourceOf(src)
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		s.OnSubscribe(&expandDeep[T]{
			ctx: ctx, down: s, push: pusher(s), root: root,
			f: func(v T) Publisher[T] { return f(v) },
		})
	})}
}

// expandDeep walks a stack of publishers, the deepest on top.
//
// INVARIANTS
//   - wip > 0 means that somebody is walking; that goroutine alone touches path
//     and root, calls f and calls down.
//   - mu guards errs and every branch's fields, and is never held while calling
//     out.
//   - A branch is asked for its next value when everything under the one before
//     is over, so it holds at most one.
//   - over: the terminal went down or the subscription was cancelled.
type expandDeep[T any] struct {
	ctx  context.Context
	down Subscriber[T]
	push func(T) bool
	f    func(T) Publisher[T]
	root source[T] // nil once it was subscribed to
	path []*branch[T]

	wip    solo
	over   atomic.Bool
	demand demand

	mu   sync.Mutex
	errs []error
}

type branch[T any] struct {
	e     *expandDeep[T]
	up    Subscription
	value T
	some  bool
	done  bool
}

func (b *branch[T]) OnSubscribe(s Subscription) {
	b.e.mu.Lock()
	b.up = s
	b.e.mu.Unlock()
	if b.e.over.Load() {
		s.Cancel()
		return
	}
	s.Request(1)
}

func (b *branch[T]) OnNext(v T) {
	b.e.mu.Lock()
	full := b.some || b.done
	if !full {
		b.value, b.some = v, true
	}
	b.e.mu.Unlock()
	if full { // more than was asked for
		discard(b.e.ctx, v)
		b.up.Cancel()
		b.OnError(ErrOverflow)
		return
	}
	b.e.change()
}

func (b *branch[T]) OnError(err error) {
	e := b.e
	e.mu.Lock()
	late := b.done || e.over.Load()
	if !late {
		e.errs = append(e.errs, err)
	}
	b.done = true
	e.mu.Unlock()
	if late {
		dropError(e.ctx, err)
	}
	e.change()
}

func (b *branch[T]) OnComplete() {
	b.e.mu.Lock()
	b.done = true
	b.e.mu.Unlock()
	b.e.change()
}

func (b *branch[T]) upstream() Subscription {
	b.e.mu.Lock()
	defer b.e.mu.Unlock()
	return b.up
}

func (e *expandDeep[T]) Request(n int64) {
	e.demand.add(n)
	e.change()
}

func (e *expandDeep[T]) Cancel() {
	if !e.over.Swap(true) {
		e.change()
	}
}

func (e *expandDeep[T]) change() { e.wip.add(e.pass) }

// pass takes one step of the walk; false means that none can be taken.
func (e *expandDeep[T]) pass() bool {
	defer e.guard()
	if e.over.Load() {
		e.release()
		return false
	}
	if err := e.demand.err(); err != nil {
		e.finish(err)
		return false
	}
	if root := e.root; root != nil {
		e.root = nil
		e.descend(root)
		return true
	}
	top := e.path[len(e.path)-1]
	e.mu.Lock()
	v, some, done := top.value, top.some, top.done
	send := some && e.demand.load() > 0
	if send {
		var zero T
		top.value, top.some = zero, false
	}
	e.mu.Unlock()
	switch {
	case send:
		e.send(top, v)
		return true
	case !some && done:
		return e.ascend()
	}
	return false
}

// send passes v and goes on to what comes of it.
func (e *expandDeep[T]) send(from *branch[T], v T) {
	if e.push(v) {
		e.demand.sub(1)
	}
	if e.over.Load() {
		return
	}
	var p Publisher[T]
	if err := try(func() { p = e.f(v) }); err != nil {
		from.upstream().Cancel()
		e.mu.Lock()
		from.done, e.errs = true, append(e.errs, err)
		e.mu.Unlock()
		return
	}
	e.descend(sourceOf(p))
}

func (e *expandDeep[T]) descend(src source[T]) {
	b := &branch[T]{e: e}
	e.path = append(e.path, b)
	src.subscribe(e.ctx, b)
}

// ascend leaves a branch that is over, and asks the one above for its next value.
func (e *expandDeep[T]) ascend() bool {
	last := len(e.path) - 1
	e.path[last] = nil
	e.path = e.path[:last]
	if last == 0 {
		e.mu.Lock()
		errs := e.errs
		e.mu.Unlock()
		e.finish(joined(errs))
		return false
	}
	e.path[last-1].upstream().Request(1)
	return true
}

func (e *expandDeep[T]) finish(err error) {
	down := e.down
	e.over.Store(true)
	e.release()
	(&ending{err: err}).deliver(down)
}

// release cancels the path, the deepest publisher last, and discards its values.
func (e *expandDeep[T]) release() {
	e.down, e.push = nil, nil
	path := e.path
	e.path = nil
	for _, b := range path {
		e.mu.Lock()
		up, v, some := b.up, b.value, b.some
		b.some = false
		e.mu.Unlock()
		if up != nil {
			up.Cancel()
		}
		if some {
			discard(e.ctx, v)
		}
	}
}

// guard settles a panic from below.
func (e *expandDeep[T]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := e.down
	e.over.Store(true)
	e.release()
	settle(e.ctx, down, p, nil)
}
