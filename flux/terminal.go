package flux

import (
	"context"
	"errors"
	"sync/atomic"
)

// SubscribeFunc subscribes with two functions and unbounded demand. next is
// called for each value; done once at the end, with nil for completion, and not
// at all after a cancel (ctx done, or Cancel of the returned Subscription).
// Either may be nil; an error that nobody takes goes to the dropped-error hook.
// Both are called by the goroutine that sends the signal, never concurrently. A
// panic of next cancels the source and is given to done.
//
// Source: Reactor's Flux.subscribe(Consumer, Consumer, Runnable).
func (f Flux[T]) SubscribeFunc(ctx context.Context, next func(T), done func(error)) Subscription {
	c := &callbacks[T]{ctx: ctx, next: next, done: done}
	f.Subscribe(ctx, c)
	return c
}

// callbacks is the subscriber of SubscribeFunc.
type callbacks[T any] struct {
	ctx     context.Context
	up      Subscription
	next    func(T)
	done    func(error)
	running bool
}

func (c *callbacks[T]) OnSubscribe(s Subscription) {
	c.up = s
	s.Request(Unbounded)
}

func (c *callbacks[T]) OnNext(v T) {
	if c.next == nil {
		return
	}
	c.running = true
	c.next(v)
	c.running = false
}

func (c *callbacks[T]) OnError(err error) {
	if c.done == nil {
		dropError(c.ctx, err)
		return
	}
	shield(func() { c.done(err) })
}

func (c *callbacks[T]) OnComplete() {
	if c.done != nil {
		shield(func() { c.done(nil) })
	}
}

func (c *callbacks[T]) Request(n int64) { c.up.Request(n) }
func (c *callbacks[T]) Cancel()         { c.up.Cancel() }

func (c *callbacks[T]) TakePanic(p error) bool {
	if !c.running {
		return false
	}
	c.running = false
	c.up.Cancel()
	c.OnError(p)
	return true
}

// ForEach calls fn for each value and waits for the end: nil for completion,
// else the stream's error, the error fn returned (which cancels the source), a
// *PanicError if fn panicked, or context.Cause(ctx) if ctx was done first. fn is
// called by the goroutine that sends the values, never concurrently, and never
// after ForEach has returned. Demand is unbounded.
//
// Source: Reactor's Flux.doOnNext(...).blockLast().
func (f Flux[T]) ForEach(ctx context.Context, fn func(T) error) error {
	if fn == nil {
		return invalid("ForEach(nil): the function must not be nil")
	}
	return await(ctx, f, Unbounded, fn)
}

// Collect waits for the end and returns all values, in order. On an error, or
// when ctx is done, it returns nil and the error, as [Flux.ForEach] says.
//
// Source: Reactor's Flux.collectList().block().
func (f Flux[T]) Collect(ctx context.Context) ([]T, error) {
	var all []T
	err := await(ctx, f, Unbounded, func(v T) error {
		all = append(all, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// First waits for the first value and cancels the source. An empty stream gives
// ErrEmpty; errors are those of [Flux.ForEach].
//
// Source: Reactor's Flux.blockFirst, which gives null for an empty stream.
func (f Flux[T]) First(ctx context.Context) (T, error) {
	return keepOne(ctx, f, errEnough)
}

// Last waits for the end and returns the last value. An empty stream gives
// ErrEmpty; errors are those of [Flux.ForEach].
//
// Source: Reactor's Flux.blockLast, which gives null for an empty stream.
func (f Flux[T]) Last(ctx context.Context) (T, error) {
	return keepOne(ctx, f, nil)
}

// Drain waits for the end and lets the values go; errors are those of
// [Flux.ForEach].
//
// Source: Reactor's Flux.then().block().
func (f Flux[T]) Drain(ctx context.Context) error {
	return await(ctx, f, Unbounded, func(T) error { return nil })
}

func keepOne[T any](ctx context.Context, f Flux[T], after error) (T, error) {
	var kept T
	found := false
	err := await(ctx, f, Unbounded, func(v T) error {
		kept, found = v, true
		return after
	})
	var zero T
	switch {
	case err != nil && !errors.Is(err, errEnough):
		return zero, err
	case !found:
		return zero, ErrEmpty
	}
	return kept, nil
}

// errEnough is returned by a terminal's own function that needs no more.
var errEnough = errors.New("enough")

// await subscribes, and waits for the end, for an error of fn, or for ctx.
func await[T any](ctx context.Context, f Flux[T], n int64, fn func(T) error) error {
	switch {
	case ctx == nil:
		return invalid("the context must not be nil")
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	w := &waiter[T]{ctx: ctx, fn: fn, n: n, end: make(chan error, 1)}
	f.source().subscribe(ctx, w)
	return <-w.end
}

// waiter is the subscriber behind the blocking terminals.
//
// INVARIANTS
//   - end has room for the one result, so that nobody who reports one waits.
//   - turn is idle, busy while fn runs, or left once ctx is done. Whoever finds
//     it busy when leaving waits on idle, so that fn never runs after the caller
//     has returned. Without a ctx that can end, turn is not used.
type waiter[T any] struct {
	ctx     context.Context
	up      Subscription
	fn      func(T) error
	n       int64
	end     chan error
	unhook  func() bool
	turn    atomic.Int32
	idle    chan struct{}
	running bool
	over    bool
}

const (
	turnIdle = iota
	turnBusy
	turnLeft
)

func (w *waiter[T]) OnSubscribe(s Subscription) {
	w.up = s
	if w.ctx.Done() != nil {
		w.idle = make(chan struct{}, 1) // room, so that fn's goroutine need not wait
		w.unhook = context.AfterFunc(w.ctx, w.leave)
	}
	s.Request(w.n)
}

func (w *waiter[T]) OnNext(v T) {
	if w.over || w.unhook != nil && !w.turn.CompareAndSwap(turnIdle, turnBusy) {
		return
	}
	w.running = true
	err := w.fn(v)
	w.running = false
	w.yield()
	if err != nil {
		w.over = true
		w.up.Cancel()
		w.finish(err)
	}
}

// yield ends fn's turn.
func (w *waiter[T]) yield() {
	if w.unhook != nil && !w.turn.CompareAndSwap(turnBusy, turnIdle) {
		w.idle <- struct{}{}
	}
}

// leave runs on a goroutine of its own when ctx is done.
func (w *waiter[T]) leave() {
	w.up.Cancel()
	if w.turn.Swap(turnLeft) == turnBusy {
		<-w.idle
	}
	w.end <- context.Cause(w.ctx)
}

// finish reports the result, unless leave does.
func (w *waiter[T]) finish(err error) {
	if w.unhook == nil || w.unhook() {
		w.end <- err
	}
}

func (w *waiter[T]) OnError(err error) {
	if w.over {
		dropError(w.ctx, err)
		return
	}
	w.over = true
	w.finish(err)
}

func (w *waiter[T]) OnComplete() {
	if !w.over {
		w.over = true
		w.finish(nil)
	}
}

func (w *waiter[T]) TakePanic(p error) bool {
	if !w.running {
		return false
	}
	w.running = false
	w.yield()
	w.over = true
	w.up.Cancel()
	w.finish(p)
	return true
}
