package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// SwitchOnFirst lets the first signal of src choose how the stream goes on: f gets
// that signal and the whole of src, the first value included, and the result is
// the publisher that it returns. src is asked for one value at the subscription;
// the demand of who subscribes to all then goes to src. all may be subscribed to
// once, at any time, and not after the result has ended. When the result ends,
// src is cancelled. f is called by the goroutine that sent the signal; its panic
// cancels src and is the error of the stream.
//
// Source: Reactor's Flux.switchOnFirst.
func SwitchOnFirst[T, R any, P Publisher[R]](src Publisher[T], f func(first Signal[T], all Flux[T]) P) Flux[R] {
	return switching(src, f, false)
}

// SwitchOnFirstKeep is [SwitchOnFirst] that lets src run on when the result
// completes: f has handed it to somebody else.
//
// Source: Reactor's Flux.switchOnFirst(BiFunction, false).
func SwitchOnFirstKeep[T, R any, P Publisher[R]](src Publisher[T], f func(first Signal[T], all Flux[T]) P) Flux[R] {
	return switching(src, f, true)
}

func switching[T, R any, P Publisher[R]](src Publisher[T], f func(Signal[T], Flux[T]) P, keep bool) Flux[R] {
	if f == nil {
		return nilFunc[R]("SwitchOnFirst")
	}
	main := sourceOf(src)
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		x := &switchOnFirst[T, R]{
			ctx: ctx, keep: keep,
			f: func(first Signal[T], all Flux[T]) Publisher[R] { return f(first, all) },
		}
		x.result = switchResult[T, R]{relay: newRelay(s), x: x}
		main.subscribe(ctx, x)
	})}
}

// switchOnFirst stands between src, and the subscriber of all on the one side and
// that of the result on the other.
//
// INVARIANTS
//   - mu guards up, held, first, sending, over and err, and is never held while
//     calling out.
//   - The first value is held until the subscriber of all requests; that goroutine
//     sends it, and what is requested meanwhile is kept by the arbiter all, so that
//     src, which was asked for one, sends nothing beside it. An end that comes
//     meanwhile is sent after it, by the same goroutine.
//   - flowing is raised once the first value went down: from then on the goroutine
//     of src sends.
type switchOnFirst[T, R any] struct {
	ctx    context.Context
	up     Subscription
	f      func(Signal[T], Flux[T]) Publisher[R]
	keep   bool
	result switchResult[T, R]

	seen    bool // the first signal came; of the goroutine of src
	done    bool // src has ended; of the same
	claimed atomic.Bool
	flowing atomic.Bool
	all     arbiter
	down    Subscriber[T] // of all; set by its subscription, before any demand
	push    func(T) bool

	mu      sync.Mutex
	first   T
	held    bool // first waits to be sent
	sending bool
	over    bool // src has ended
	err     error
}

func (x *switchOnFirst[T, R]) OnSubscribe(s Subscription) {
	x.mu.Lock()
	x.up = s
	x.mu.Unlock()
	x.result.down.OnSubscribe(&x.result)
	if !x.result.isCancelled() {
		s.Request(1)
	}
}

func (x *switchOnFirst[T, R]) OnNext(v T) {
	if !x.TryOnNext(v) {
		x.upstream().Request(1)
	}
}

func (x *switchOnFirst[T, R]) TryOnNext(v T) bool {
	switch {
	case x.done:
		dropNext(x.ctx, v)
		return true
	case x.flowing.Load():
		return x.push(v)
	case x.seen: // not requested
		dropNext(x.ctx, v)
		return true
	}
	x.mu.Lock()
	x.first, x.held = v, true
	x.mu.Unlock()
	x.choose(NextSignal(v))
	return true
}

func (x *switchOnFirst[T, R]) OnError(err error) { x.end(err, ErrorSignal[T](err)) }
func (x *switchOnFirst[T, R]) OnComplete()       { x.end(nil, CompleteSignal[T]()) }

func (x *switchOnFirst[T, R]) end(err error, signal Signal[T]) {
	if x.done || x.result.isCancelled() {
		if err != nil {
			dropError(x.ctx, err)
		}
		return
	}
	x.done = true
	x.mu.Lock()
	x.over, x.err, x.up = true, err, nothing{} // what has ended need not be kept
	later := x.held || x.sending
	x.mu.Unlock()
	switch {
	case !x.seen:
		x.choose(signal)
	case later: // sent after the first value, by whoever sends that
	case x.flowing.Load():
		(&ending{err: err}).deliver(x.down)
	case err != nil:
		dropError(x.ctx, err)
	}
}

// choose makes the result of the first signal and subscribes to it.
func (x *switchOnFirst[T, R]) choose(first Signal[T]) {
	x.seen = true
	if x.result.isCancelled() {
		return
	}
	var p Publisher[R]
	if err := try(func() { p = x.f(first, Flux[T]{sourceFunc[T](x.subscribe)}) }); err != nil {
		x.letGo()
		x.result.down.OnError(err)
		return
	}
	sourceOf(p).subscribe(x.ctx, &x.result)
}

// subscribe is the subscription to all.
func (x *switchOnFirst[T, R]) subscribe(ctx context.Context, s Subscriber[T]) {
	if x.claimed.Swap(true) {
		errorSource[T]{invalid("SwitchOnFirst: the stream it hands out has one subscriber, and this one has its own")}.subscribe(ctx, s)
		return
	}
	x.mu.Lock()
	x.down, x.push = s, pusher(s)
	ended, err := x.over && !x.held, x.err
	x.mu.Unlock()
	s.OnSubscribe((*switchAll[T, R])(x))
	if ended {
		(&ending{err: err}).deliver(s)
	}
}

// upstream is src, or nothing once it has ended.
func (x *switchOnFirst[T, R]) upstream() Subscription {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.up
}

// letGo cancels src and discards a first value that nobody took.
func (x *switchOnFirst[T, R]) letGo() {
	x.upstream().Cancel()
	x.discardFirst()
}

func (x *switchOnFirst[T, R]) discardFirst() {
	x.mu.Lock()
	v, held := x.first, x.held
	var zero T
	x.first, x.held = zero, false
	x.mu.Unlock()
	if held {
		discard(x.ctx, v)
	}
}

func (x *switchOnFirst[T, R]) TakePanic(p error) bool {
	if x.flowing.Load() {
		return handPanic(x.down, p, x.upstream())
	}
	return handPanic(x.result.down, p, &x.result)
}

// switchAll is the subscription that the subscriber of all sees.
type switchAll[T, R any] switchOnFirst[T, R]

func (a *switchAll[T, R]) Request(n int64) {
	x := (*switchOnFirst[T, R])(a)
	x.all.Request(n)
	x.mu.Lock()
	v, send := x.first, x.held && n > 0
	if send {
		var zero T
		x.first, x.held, x.sending = zero, false, true
	}
	x.mu.Unlock()
	switch {
	case n <= 0: // src answers it, and the first value is not to be waited for
		x.discardFirst()
		x.flowing.Store(true)
		x.upstream().Request(n)
		return
	case !send:
		return
	}
	x.sendFirst(v)
	x.mu.Lock()
	x.sending = false
	ended, err := x.over, x.err
	x.mu.Unlock()
	switch {
	case x.all.isCancelled():
	case ended:
		(&ending{err: err}).deliver(x.down)
	default:
		x.all.set(x.upstream())
	}
}

// sendFirst passes the value that was held back. It is a drive loop of one turn:
// a panic from below is settled here.
func (x *switchOnFirst[T, R]) sendFirst(v T) {
	defer x.flowing.Store(true)
	defer func() {
		if p := caught(recover()); p != nil && !handPanic(x.down, p, (*switchAll[T, R])(x)) {
			dropError(x.ctx, p)
		}
	}()
	if x.push(v) {
		x.all.sent++
	}
}

func (a *switchAll[T, R]) Cancel() {
	x := (*switchOnFirst[T, R])(a)
	x.all.Cancel()
	x.letGo()
}

// switchResult is the subscriber of the result, and the subscription that the
// subscriber below sees.
type switchResult[T, R any] struct {
	relay[R]
	x *switchOnFirst[T, R]
}

func (r *switchResult[T, R]) OnError(err error) {
	r.x.letGo()
	r.down.OnError(err)
}

func (r *switchResult[T, R]) OnComplete() {
	if !r.x.keep {
		r.x.letGo()
	}
	r.down.OnComplete()
}

// Request lets a bad request end src too, since there may be no result yet.
func (r *switchResult[T, R]) Request(n int64) {
	r.relay.Request(n)
	if n <= 0 {
		r.x.upstream().Request(n)
	}
}

func (r *switchResult[T, R]) Cancel() {
	r.relay.Cancel()
	r.x.letGo()
}
