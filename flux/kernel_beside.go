package flux

import (
	"context"
	"sync/atomic"
)

// Kernel: a publisher beside the stream
//
// The values of one source pass, and the first signal of another publisher,
// which stands beside it, opens or ends the stream:
//
//	source ──OnNext──▶ open? ──▶ subscriber
//	                     ▲
//	      beside ────────┘ first signal
//
// INVARIANTS
//   - beside is subscribed to first, and asked for everything; the subscriber's
//     demand goes to the source alone.
//   - The gate keeps an end from beside from going down beside a value. It is
//     entered at the start, and left when the subscriber has its subscription; an
//     end that comes before is sent before the source is subscribed to.
//   - Whoever cuts the gate cancels what is still running. A Cancel
//     mutes it.
type besides[T any] struct {
	ctx   context.Context
	down  Subscriber[T]
	push  func(T) bool
	opens bool // the first signal of beside lets values pass, rather than ending the stream

	source arbiter
	beside arbiter
	gate   gate
	open   atomic.Bool // values pass; set by the goroutine of beside
	early  bool        // the end was sent before the source was subscribed to
}

// withBeside makes an operator of the kind.
func withBeside[T, U any](main source[T], other source[U], opens bool) Flux[T] {
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		b := &besides[T]{ctx: ctx, down: s, push: pusher(s), opens: opens}
		b.open.Store(!opens)
		b.gate.enter()
		b.beside.Request(Unbounded)
		other.subscribe(ctx, &besideInner[U]{b: b, up: &b.beside})
		if b.gate.closed() {
			b.early = true
			s.OnSubscribe(nothing{})
			b.gate.leave().deliver(s)
		}
		main.subscribe(ctx, b)
	})}
}

func (b *besides[T]) OnSubscribe(s Subscription) {
	if b.early {
		s.Cancel()
		return
	}
	b.down.OnSubscribe(b)
	b.gate.leave().deliver(b.down)
	b.source.set(s)
}

func (b *besides[T]) OnNext(v T) {
	if !b.TryOnNext(v) {
		b.source.replace()
	}
}

func (b *besides[T]) TryOnNext(v T) bool {
	if !b.gate.enter() {
		dropNext(b.ctx, v)
		return true
	}
	took := false
	if b.open.Load() {
		took = b.push(v)
	} else {
		discard(b.ctx, v)
	}
	b.gate.leave().deliver(b.down)
	return took
}

func (b *besides[T]) OnError(err error) { b.end(err, &b.beside) }
func (b *besides[T]) OnComplete()       { b.end(nil, &b.beside) }

// end ends the stream and cancels left, the side that is still running.
func (b *besides[T]) end(err error, left *arbiter) {
	end, late := b.gate.cut(err)
	if late {
		if err != nil {
			dropError(b.ctx, err)
		}
		return
	}
	left.Cancel()
	end.deliver(b.down)
}

func (b *besides[T]) Request(n int64) { b.source.Request(n) }

func (b *besides[T]) Cancel() {
	b.gate.mute().drop(b.ctx)
	b.source.Cancel()
	b.beside.Cancel()
}

func (b *besides[T]) TakePanic(p error) bool {
	return handPanic(b.down, p, b)
}

// first is the first signal of beside.
func (b *besides[T]) first() {
	if b.opens {
		b.open.Store(true)
		return
	}
	b.end(nil, &b.source)
}

// fail is an error of beside, which counts only as its first signal.
func (b *besides[T]) fail(err error) { b.end(err, &b.source) }

// besideInner is the subscriber of the publisher beside.
type besideInner[U any] struct {
	b interface {
		first()
		fail(err error)
	}
	up   *arbiter
	done bool
}

func (in *besideInner[U]) OnSubscribe(s Subscription) { in.up.set(s) }

func (in *besideInner[U]) OnNext(U) {
	if !in.done {
		in.done = true
		in.up.Cancel()
		in.b.first()
	}
}

func (in *besideInner[U]) OnError(err error) {
	if !in.done {
		in.done = true
		in.b.fail(err)
	}
}

func (in *besideInner[U]) OnComplete() {
	if !in.done {
		in.done = true
		in.b.first()
	}
}
