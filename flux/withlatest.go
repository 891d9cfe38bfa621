package flux

import (
	"context"
	"sync"
)

// WithLatestFrom gives f(v, latest) for each value v of src, where latest is the
// last value of other; values of src that come before the first of other are let
// go, at no cost of demand. other is subscribed to first and asked for
// everything. It completes with src, and also if other completes without a value;
// an error of either ends it at once. The end cancels the one that is left. f is
// called by the goroutine that sends the value of src; its panic cancels both and
// is the error of the stream. No allocation a value.
//
// Source: Reactor's Flux.withLatestFrom.
func WithLatestFrom[T, U, R any](src Publisher[T], other Publisher[U], f func(v T, latest U) R) Flux[R] {
	if f == nil {
		return nilFunc[R]("WithLatestFrom")
	}
	main, side := sourceOf(src), sourceOf(other)
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		w := &withLatest[T, U, R]{ctx: ctx, down: s, push: pusher(s), f: f}
		w.side.w = w
		w.gate.enter()
		side.subscribe(ctx, &w.side)
		if w.gate.closed() {
			w.early = true
			s.OnSubscribe(nothing{})
			w.gate.leave().deliver(s)
		}
		main.subscribe(ctx, w)
	})}
}

// withLatest is the subscriber of the main source.
//
// INVARIANTS
//   - The gate keeps an end that the other brings from going down beside a value
//     or beside OnSubscribe. It is entered at the start, and left when the subscriber
//     has its subscription, by the goroutine that subscribes; an end that comes
//     before is sent before main is subscribed to, and early is set.
//   - lock guards the side's fields, and is never held while calling out.
type withLatest[T, U, R any] struct {
	arbiter
	ctx     context.Context
	down    Subscriber[R]
	push    func(R) bool
	f       func(T, U) R
	side    latestOther[T, U, R]
	gate    gate
	running bool // f is executing
	early   bool // the end was sent before main was subscribed to

	lock sync.Mutex
}

type latestOther[T, U, R any] struct {
	w     *withLatest[T, U, R]
	up    Subscription
	value U
	some  bool
}

func (w *withLatest[T, U, R]) OnSubscribe(s Subscription) {
	if w.early {
		s.Cancel()
		return
	}
	w.down.OnSubscribe(w)
	if end := w.gate.leave(); end != nil {
		s.Cancel()
		end.deliver(w.down)
		return
	}
	w.set(s)
}

func (w *withLatest[T, U, R]) OnNext(v T) {
	if !w.TryOnNext(v) {
		w.replace()
	}
}

func (w *withLatest[T, U, R]) TryOnNext(v T) bool {
	w.lock.Lock()
	latest, some := w.side.value, w.side.some
	w.lock.Unlock()
	if !some && !w.gate.closed() {
		discard(w.ctx, v)
		return false
	}
	if !w.gate.enter() {
		dropNext(w.ctx, v)
		return true
	}
	w.running = true
	r := w.f(v, latest)
	w.running = false
	took := w.push(r)
	w.gate.leave().deliver(w.down)
	return took
}

func (w *withLatest[T, U, R]) OnError(err error) { w.end(err, w.side.cancel) }
func (w *withLatest[T, U, R]) OnComplete()       { w.end(nil, w.side.cancel) }

// end ends everything with what one of the two has sent, and cancels the other.
func (w *withLatest[T, U, R]) end(err error, cancel func()) {
	end, late := w.gate.cut(err)
	if late {
		if err != nil {
			dropError(w.ctx, err)
		}
		return
	}
	cancel()
	end.deliver(w.down)
}

func (w *withLatest[T, U, R]) Cancel() {
	w.gate.mute().drop(w.ctx)
	w.arbiter.Cancel()
	w.side.cancel()
}

func (w *withLatest[T, U, R]) TakePanic(p error) bool {
	if !w.running {
		return handPanic(w.down, p, w)
	}
	w.running = false
	w.gate.leave()
	w.arbiter.Cancel()
	w.end(p, w.side.cancel)
	return true
}

// Other side

func (o *latestOther[T, U, R]) OnSubscribe(s Subscription) {
	o.w.lock.Lock()
	o.up = s
	o.w.lock.Unlock()
	if o.w.gate.closed() {
		s.Cancel()
		return
	}
	s.Request(Unbounded)
}

func (o *latestOther[T, U, R]) OnNext(v U) {
	o.w.lock.Lock()
	old, some := o.value, o.some
	o.value, o.some = v, true
	o.w.lock.Unlock()
	if some {
		discard(o.w.ctx, old)
	}
}

func (o *latestOther[T, U, R]) OnError(err error) { o.w.end(err, o.w.arbiter.Cancel) }

func (o *latestOther[T, U, R]) OnComplete() {
	o.w.lock.Lock()
	some := o.some
	o.w.lock.Unlock()
	if !some {
		o.w.end(nil, o.w.arbiter.Cancel)
	}
}

func (o *latestOther[T, U, R]) cancel() {
	o.w.lock.Lock()
	up := o.up
	o.w.lock.Unlock()
	if up != nil {
		up.Cancel()
	}
}
