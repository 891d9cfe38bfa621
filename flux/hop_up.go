package flux

import (
	"context"
	"sync/atomic"
)

// SubscribeOn subscribes to f, and requests from it, on another goroutine: one of
// its own that exists only while there is something to pass up. So a synchronous
// source, or one that blocks, runs there and not on the goroutine of the
// subscriber. Signals pass down as they come. Use [Flux.SubscribeOnExecutor] for
// another place to run.
//
// Source: Reactor's Flux.subscribeOn.
func (f Flux[T]) SubscribeOn() Flux[T] { return f.SubscribeOnExecutor(goroutines{}) }

// SubscribeOnExecutor is SubscribeOn with the calls made by exec, one at a time. A
// cancel does not wait for them.
//
// Source: Reactor's Flux.subscribeOn(Scheduler).
func (f Flux[T]) SubscribeOnExecutor(exec Executor) Flux[T] {
	if exec == nil {
		return Error[T](invalid("SubscribeOnExecutor(nil): the executor must not be nil"))
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		o := &subscribeOn[T]{relay: newRelay(s), ctx: ctx, src: src, exec: exec}
		s.OnSubscribe(o)
		o.change()
	})}
}

// subscribeOn takes calls up on an executor.
//
// INVARIANTS: wip > 0 means that a task is under way or given to exec; that task
// alone subscribes, and alone requests. asked is what is still to be requested.
type subscribeOn[T any] struct {
	relay[T]
	ctx     context.Context
	src     source[T]
	exec    Executor
	started bool
	wip     atomic.Int32
	asked   atomic.Int64 // what Request, on any goroutine, left for the task
	bad     atomic.Int64 // a request that broke rule 3.9, for the task to pass on
}

func (o *subscribeOn[T]) change() {
	if o.wip.Add(1) == 1 {
		o.exec.Execute(o.run)
	}
}

func (o *subscribeOn[T]) run() {
	for seen := o.wip.Load(); seen != 0; seen = o.wip.Add(-seen) {
		o.pass()
	}
}

func (o *subscribeOn[T]) pass() {
	defer o.guard()
	if !o.started {
		o.started = true
		if !o.isCancelled() {
			o.src.subscribe(o.ctx, o)
		}
	}
	if n := o.asked.Swap(0); n > 0 {
		o.relay.Request(n)
	}
	if n := o.bad.Swap(0); n < 0 {
		o.relay.Request(n + 1)
	}
}

func (o *subscribeOn[T]) Request(n int64) {
	if n <= 0 {
		o.bad.CompareAndSwap(0, max(n, -Unbounded)-1)
	}
	for n > 0 {
		before := o.asked.Load()
		if o.asked.CompareAndSwap(before, addCap(before, n)) {
			break
		}
	}
	o.change()
}

// guard settles a panic from below that came out of a terminal.
func (o *subscribeOn[T]) guard() {
	if p := caught(recover()); p != nil {
		settle(o.ctx, o.down, p, o)
	}
}

// CancelOn passes a cancel up on another goroutine, which exists only for that:
// for a source whose Cancel blocks. Everything else passes as it is; what the
// source sends before the cancel has reached it is let go.
//
// Source: Reactor's Flux.cancelOn, which lets it pass.
func (f Flux[T]) CancelOn() Flux[T] { return f.CancelOnExecutor(goroutines{}) }

// CancelOnExecutor is CancelOn with the cancel passed by exec.
//
// Source: Reactor's Flux.cancelOn(Scheduler).
func (f Flux[T]) CancelOnExecutor(exec Executor) Flux[T] {
	if exec == nil {
		return Error[T](invalid("CancelOnExecutor(nil): the executor must not be nil"))
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &cancelOn[T]{hidden: hidden[T]{down: s}, ctx: ctx, exec: exec})
	})}
}

type cancelOn[T any] struct {
	hidden[T]
	ctx  context.Context
	exec Executor
	gone atomic.Bool // several goroutines may cancel; one task is enough
}

func (c *cancelOn[T]) OnSubscribe(s Subscription) {
	c.up = s
	c.down.OnSubscribe(c)
}

func (c *cancelOn[T]) OnNext(v T) {
	if c.gone.Load() {
		discard(c.ctx, v)
		return
	}
	c.down.OnNext(v)
}

func (c *cancelOn[T]) OnError(err error) {
	if c.gone.Load() {
		dropError(c.ctx, err)
		return
	}
	c.down.OnError(err)
}

func (c *cancelOn[T]) OnComplete() {
	if !c.gone.Load() {
		c.down.OnComplete()
	}
}

// Request does nothing after a cancel that is still on its way up (rule 3.6).
func (c *cancelOn[T]) Request(n int64) {
	if !c.gone.Load() {
		c.up.Request(n)
	}
}

func (c *cancelOn[T]) Cancel() {
	if !c.gone.Swap(true) {
		c.exec.Execute(c.up.Cancel)
	}
}
