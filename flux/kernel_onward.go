package flux

import (
	"context"
	"sync/atomic"

	"github.com/freshet-go/freshet/internal/inside"
)

// Kernel: onward
//
// A Mono whose value decides what the stream goes on with:
//
//	m ──value──▶ f ──▶ publisher ──▶ subscriber
//
// The INVARIANTS stand at the type inner.

// MonoFlatMap is what package mono makes FlatMap and its kin of; only that can
// call it. The stream goes on with the publisher that f makes of the value of m,
// and ends where m ends without one. Nothing is cancelled when the publisher
// fails: m has ended by itself. With eager m is asked at the subscription and not
// at the first request.
func MonoFlatMap[T, R any](_ inside.Token, m Mono[T], eager bool, f func(v T) Publisher[R]) Flux[R] {
	return goingOn(m, &inner[T, R]{f: f, eager: eager})
}

// MonoDelayUntil is what DelayUntil of package mono is made of; only that can call
// it. It is [DelayUntil] that asks m, and the publisher, at once.
func MonoDelayUntil[T, X any](_ inside.Token, m Mono[T], trigger func(v T) Publisher[X]) Mono[T] {
	f := func(v T) Publisher[T] {
		p := trigger(v)
		return awaiting[T, X](v, func(T) Publisher[X] { return p })
	}
	return Mono[T](goingOn(m, &inner[T, T]{f: f, eager: true, cuts: true, spares: true}))
}

// MonoFilterWhen is what FilterWhen of package mono is made of; only that can call
// it. It is [MonoFlatMap] that leaves m to end by itself when f panics.
func MonoFilterWhen[T any](_ inside.Token, m Mono[T], f func(v T) Publisher[T]) Mono[T] {
	return Mono[T](goingOn(m, &inner[T, T]{f: f, spares: true}))
}

func goingOn[T, R any](m Mono[T], how *inner[T, R]) Flux[R] {
	src := m.Flux().source()
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		src.subscribe(ctx, (*onward[T, R])(&inner[T, R]{
			relay: newRelay(s), ctx: ctx, f: how.f, eager: how.eager, cuts: how.cuts, spares: how.spares,
		}))
	})}
}

// inner is the subscription of a MonoFlatMap, and the subscriber of the publisher
// that f made.
//
// INVARIANTS: the arbiter's upstream is m, unless that was asked at once, and then
// the publisher; some, set when the value has come, means that the signals are the
// publisher's from now on. m sends nothing after its value but its end.
type inner[T, R any] struct {
	relay[R]
	ctx    context.Context
	f      func(T) Publisher[R]
	m      Subscription
	eager  bool
	cuts   bool // a failure of the publisher cancels an m that has not ended
	spares bool // a panic of f does not
	some   bool
	gave   atomic.Bool // with cuts: the value is on its way down, and no Cancel reaches m
}

// Request lets m answer a demand that breaks rule 3.9 if there is nobody else.
func (i *inner[T, R]) Request(n int64) {
	if n <= 0 && !begun(&i.arbiter) {
		i.m.Request(n)
	}
	i.relay.Request(n)
}

// Cancel cancels whichever is at work; m too, which may not have ended yet when the
// publisher sends from inside its value.
func (i *inner[T, R]) Cancel() {
	i.relay.Cancel()
	if !i.gave.Load() {
		i.m.Cancel()
	}
}

func (i *inner[T, R]) OnNext(v R) {
	if !i.TryOnNext(v) {
		i.replace()
	}
}

func (i *inner[T, R]) TryOnNext(v R) bool {
	if i.cuts {
		i.gave.Store(true)
	}
	return i.relay.TryOnNext(v)
}

func (i *inner[T, R]) OnError(err error) {
	if i.cuts {
		i.m.Cancel()
	}
	i.relay.OnError(err)
}

// onward is the subscriber of m.
type onward[T, R any] inner[T, R]

func (o *onward[T, R]) OnSubscribe(s Subscription) {
	o.m = s
	if !o.eager {
		o.set(s)
	}
	o.down.OnSubscribe((*inner[T, R])(o))
	if o.eager && !o.isCancelled() {
		s.Request(Unbounded)
	}
}

func (o *onward[T, R]) OnNext(v T) { o.TryOnNext(v) }

// TryOnNext hides the relay's, which is for the values of the publisher.
func (o *onward[T, R]) TryOnNext(v T) bool {
	if o.some {
		dropNext(o.ctx, v)
		return true
	}
	o.some = true
	var p Publisher[R]
	if err := try(func() { p = o.f(v) }); err != nil {
		if o.spares {
			discard(o.ctx, v)
		} else {
			o.m.Cancel()
		}
		o.down.OnError(err)
		return true
	}
	sourceOf(p).subscribe(o.ctx, (*inner[T, R])(o))
	return true
}

func (o *onward[T, R]) OnError(err error) {
	if o.some {
		dropError(o.ctx, err)
		return
	}
	o.down.OnError(err)
}

func (o *onward[T, R]) OnComplete() {
	if !o.some {
		o.down.OnComplete()
	}
}

func (o *onward[T, R]) TakePanic(p error) bool { return handPanic(o.down, p, (*inner[T, R])(o)) }
