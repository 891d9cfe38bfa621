package flux

import (
	"context"
	"sync/atomic"
)

// Take passes the first n values, then cancels the source and completes. It
// never requests more than n in all; Take(0) is empty and does not subscribe. A negative n ends
// with ErrInvalid.
//
// Source: Reactor's Flux.take(n), which is limitRequest.
func (f Flux[T]) Take(n int64) Flux[T] {
	if n < 0 {
		return Error[T](invalid("Take(%d): the count must not be negative", n))
	}
	if n == 0 {
		return Empty[T]()
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		t := &take[T]{ctx: ctx, down: s, push: pusher(s), left: n}
		t.askable.Store(n)
		src.subscribe(ctx, t)
	})}
}

// take counts what it lets pass.
//
// INVARIANTS: left belongs to the goroutine that owns the signals; askable is
// what may still be requested upstream, taken off by whoever requests; done is
// set before the terminal goes down.
type take[T any] struct {
	ctx     context.Context
	up      Subscription
	down    Subscriber[T]
	push    func(T) bool
	left    int64
	askable atomic.Int64
	done    bool
}

func (t *take[T]) OnSubscribe(s Subscription) {
	t.up = s
	t.down.OnSubscribe(t)
}

func (t *take[T]) OnNext(v T) {
	if !t.TryOnNext(v) {
		t.up.Request(1)
	}
}

func (t *take[T]) TryOnNext(v T) bool {
	if t.done {
		dropNext(t.ctx, v)
		return true
	}
	t.left--
	took := t.push(v)
	if t.left > 0 || t.done {
		return took || t.ask(1) == 0 // a value in its place counts as requested
	}
	t.done = true
	t.up.Cancel()
	t.down.OnComplete()
	return true
}

func (t *take[T]) OnError(err error) {
	if t.done {
		dropError(t.ctx, err)
		return
	}
	t.done = true
	t.down.OnError(err)
}

func (t *take[T]) OnComplete() {
	if !t.done {
		t.done = true
		t.down.OnComplete()
	}
}

// Request passes on what may still be asked for.
func (t *take[T]) Request(n int64) {
	if n <= 0 {
		t.up.Request(n)
		return
	}
	if n = t.ask(n); n > 0 {
		t.up.Request(n)
	}
}

// ask takes up to n off what may still be requested, and gives how many.
func (t *take[T]) ask(n int64) int64 {
	for {
		rest := t.askable.Load()
		n = min(n, rest)
		if t.askable.CompareAndSwap(rest, rest-n) {
			return n
		}
	}
}

func (t *take[T]) Cancel()                { t.up.Cancel() }
func (t *take[T]) TakePanic(p error) bool { return handPanic(t.down, p, t) }
