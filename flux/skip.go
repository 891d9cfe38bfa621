package flux

import (
	"context"
	"sync"
	"time"
)

// SkipWhile lets values go as long as skip is true for them; the first for which
// it is false, and all after it, pass. skip is called as that of [Flux.Filter],
// and a value it lets go is replaced in the same way. A nil skip ends with
// ErrInvalid.
//
// Source: Reactor's Flux.skipWhile.
func (f Flux[T]) SkipWhile(skip func(T) bool) Flux[T] {
	if skip == nil {
		return Error[T](invalid("SkipWhile(nil): the predicate must not be nil"))
	}
	return linear(f, func(st *stage, next func(T) bool) func(T) bool {
		open := false
		return func(v T) bool {
			if !open && skip(v) {
				letGo(st, v)
				return false
			}
			open = true
			return next(v)
		}
	})
}

// SkipUntil lets values go until start is true for one; that one, and all after
// it, pass. Otherwise it is [Flux.SkipWhile].
//
// Source: Reactor's Flux.skipUntil.
func (f Flux[T]) SkipUntil(start func(T) bool) Flux[T] {
	if start == nil {
		return Error[T](invalid("SkipUntil(nil): the predicate must not be nil"))
	}
	return f.SkipWhile(func(v T) bool { return !start(v) })
}

// SkipUntilOther lets values go, and asks for another in place of each, until
// other gives its first value, when it is cancelled, or completes. An error of
// other before that ends the stream and cancels src. other is subscribed to
// first. When src ends, other is cancelled.
//
// Source: Reactor's Flux.skipUntilOther.
func SkipUntilOther[T, U any](src Publisher[T], other Publisher[U]) Flux[T] {
	return withBeside(sourceOf(src), sourceOf(other), true)
}

// SkipFor lets the values go that come within d of the subscription, and asks for
// another in place of each. A negative d ends with ErrInvalid.
//
// Source: Reactor's Flux.skip(Duration).
func (f Flux[T]) SkipFor(d time.Duration) Flux[T] {
	switch {
	case d < 0:
		return Error[T](invalid("SkipFor(%v): the time must not be negative", d))
	case d == 0:
		return f
	}
	return withBeside(f.source(), onceAfter(d), true)
}

// SkipLast passes each value when the n-th after it has come, so that the last n
// do not pass; they are discarded at the end. n values are requested on top of
// the demand. A negative n ends with ErrInvalid.
//
// Source: Reactor's Flux.skipLast.
func (f Flux[T]) SkipLast(n int) Flux[T] {
	switch {
	case n < 0:
		return Error[T](invalid("SkipLast(%d): the count must not be negative", n))
	case n == 0:
		return f
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &skipLast[T]{ctx: ctx, down: s, push: pusher(s), n: n})
	})}
}

// skipLast holds n values back.
//
// INVARIANTS: mu guards held, which a Cancel from any goroutine empties, and
// over, after which nothing is held; mu is not held while calling out.
type skipLast[T any] struct {
	ctx  context.Context
	up   Subscription
	down Subscriber[T]
	push func(T) bool
	n    int

	mu   sync.Mutex
	held ring[T]
	over bool
}

func (k *skipLast[T]) OnSubscribe(s Subscription) {
	k.up = s
	k.down.OnSubscribe(k)
	s.Request(int64(k.n))
}

func (k *skipLast[T]) OnNext(v T) {
	if !k.TryOnNext(v) {
		k.up.Request(1)
	}
}

// TryOnNext takes v in and passes the oldest value on; the first n use the
// demand that was asked for them.
func (k *skipLast[T]) TryOnNext(v T) bool {
	k.mu.Lock()
	over, full := k.over, k.held.len() == k.n
	var oldest T
	if full {
		oldest = k.held.pop()
	}
	if !over {
		k.held.push(v)
	}
	k.mu.Unlock()
	switch {
	case over:
		discard(k.ctx, v)
	case full:
		return k.push(oldest)
	}
	return true
}

func (k *skipLast[T]) OnError(err error) {
	k.down.OnError(err)
	k.release()
}

func (k *skipLast[T]) OnComplete() {
	k.down.OnComplete()
	k.release()
}

func (k *skipLast[T]) Request(n int64) { k.up.Request(n) }

func (k *skipLast[T]) Cancel() {
	k.up.Cancel()
	k.release()
}

func (k *skipLast[T]) TakePanic(p error) bool { return handPanic(k.down, p, k) }

// release discards what is held.
func (k *skipLast[T]) release() {
	k.mu.Lock()
	held := k.held
	k.held, k.over = ring[T]{}, true
	k.mu.Unlock()
	held.drop(func(v T) { discard(k.ctx, v) })
}
