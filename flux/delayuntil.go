package flux

import (
	"context"
	"sync/atomic"
)

// DelayUntil holds each value back until the publisher that trigger makes for it
// has completed; its values are ignored. Values keep their order: the next one is
// requested, and its trigger made, when the one before has gone down. An error of
// a trigger, or a panic of the function, cancels src and ends the stream; the
// value is discarded. trigger is called by the goroutine that ended the one
// before or that sent the value.
//
// Source: Reactor's Flux.delayUntil.
func DelayUntil[T, X any, P Publisher[X]](src Publisher[T], trigger func(T) P) Flux[T] {
	if trigger == nil {
		return nilFunc[T]("DelayUntil")
	}
	return ConcatMap(src, func(v T) Flux[T] { return awaiting[T, X](v, trigger) })
}

// awaiting gives v when the publisher that trigger makes for it has completed.
func awaiting[T, X any, P Publisher[X]](v T, trigger func(T) P) Flux[T] {
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		d := &awaited[T, X]{v: v, drain: drain[T]{ctx: ctx, down: s, push: pusher(s)}}
		d.up = &d.trigger
		d.trigger.Request(Unbounded)
		s.OnSubscribe(d)
		var p P
		if err := try(func() { p = trigger(v) }); err != nil {
			d.OnError(err)
			return
		}
		sourceOf(Publisher[X](p)).subscribe(ctx, d)
	})}
}

// awaited is one value that waits for its trigger.
//
// INVARIANTS: settled is raised once, by the end of the trigger or by a cancel;
// whoever raises it decides about the value. The drain keeps the value, once it
// is due, until it is requested.
type awaited[T, X any] struct {
	drain[T]
	v       T
	trigger arbiter
	settled atomic.Bool
}

func (d *awaited[T, X]) OnSubscribe(s Subscription) { d.trigger.set(s) }
func (d *awaited[T, X]) OnNext(X)                   {}

func (d *awaited[T, X]) OnComplete() {
	if !d.settled.Swap(true) {
		d.offer(d.v)
		d.end(nil)
	}
}

func (d *awaited[T, X]) OnError(err error) {
	if d.settled.Swap(true) {
		dropError(d.ctx, err)
		return
	}
	discard(d.ctx, d.v)
	d.end(err)
}

func (d *awaited[T, X]) Request(n int64) { d.request(n) }

func (d *awaited[T, X]) Cancel() {
	d.trigger.Cancel()
	if !d.settled.Swap(true) {
		discard(d.ctx, d.v)
	}
	d.cancel()
}
