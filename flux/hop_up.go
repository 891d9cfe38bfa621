package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// SubscribeOn subscribes to f, and requests from it, on another goroutine: one of
// its own that exists only while there is something to pass up. So a synchronous
// source, or one that blocks, runs there and not on the goroutine of the
// subscriber. Requests are passed up one by one, those from inside a value behind
// it. Signals pass down as they come. Use [Flux.SubscribeOnExecutor] for
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
// INVARIANTS
//   - wip > 0 means that a task is under way or given to exec; that task alone
//     subscribes.
//   - Requests are passed up one by one, in their order: by the task, or behind a
//     value that came while the task was in a call up. So a source that sends from
//     inside that call is asked there, as by a subscriber of its own; what else sends at
//     that moment may be asked by its own goroutine.
//   - mu guards asked, and is never held while calling out. waiting is set after
//     something was put there.
type subscribeOn[T any] struct {
	relay[T]
	ctx     context.Context
	src     source[T]
	exec    Executor
	started bool
	wip     atomic.Int32
	calling atomic.Bool // the task is in a call up
	waiting atomic.Bool

	mu    sync.Mutex
	asked ring[int64] // what Request, on any goroutine, left for the task
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
	o.calling.Store(true)
	defer o.calling.Store(false)
	if !o.started {
		o.started = true
		if !o.isCancelled() {
			o.src.subscribe(o.ctx, o)
		}
	}
	o.ask()
}

// ask passes up what was requested.
func (o *subscribeOn[T]) ask() {
	o.waiting.Store(false)
	for {
		o.mu.Lock()
		if o.asked.len() == 0 {
			o.mu.Unlock()
			return
		}
		n := o.asked.pop()
		o.mu.Unlock()
		o.relay.Request(n)
	}
}

func (o *subscribeOn[T]) OnNext(v T) {
	o.relay.OnNext(v)
	o.askInside()
}

func (o *subscribeOn[T]) TryOnNext(v T) bool {
	took := o.relay.TryOnNext(v)
	o.askInside()
	return took
}

func (o *subscribeOn[T]) askInside() {
	if o.waiting.Load() && o.calling.Load() {
		o.ask()
	}
}

func (o *subscribeOn[T]) Request(n int64) {
	o.mu.Lock()
	o.asked.push(n)
	o.mu.Unlock()
	o.waiting.Store(true)
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
