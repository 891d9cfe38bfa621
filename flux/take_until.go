package flux

import (
	"context"
	"sync/atomic"
	"time"
)

// TakeUntil passes values up to and including the first for which stop is true;
// that one cancels f and completes. stop is called after the value went down, by
// the goroutine that sends it; its panic cancels f and is the error of the
// stream. Demand passes through. A nil stop ends with ErrInvalid.
//
// Source: Reactor's Flux.takeUntil.
func (f Flux[T]) TakeUntil(stop func(T) bool) Flux[T] {
	if stop == nil {
		return Error[T](invalid("TakeUntil(nil): the predicate must not be nil"))
	}
	return linear(f, func(st *stage, next func(T) bool) func(T) bool {
		return func(v T) bool {
			took := next(v)
			if st.done {
				return took
			}
			if stop(v) {
				st.complete()
				return true
			}
			return took
		}
	})
}

// TakeUntilOther passes values until other gives its first value or completes;
// then src and other are cancelled, and it completes. An error of other ends it
// and cancels src. other is subscribed to first; the end is sent by other's
// goroutine, or by the one that is just sending a value. Demand passes through.
//
// Source: Reactor's Flux.takeUntilOther, which does not cancel src on an error of
// the other.
func TakeUntilOther[T, U any](src Publisher[T], other Publisher[U]) Flux[T] {
	return withBeside(sourceOf(src), sourceOf(other), false)
}

// TakeFor passes the values that come within d of the subscription, then cancels
// f and completes, on a timer's goroutine that exists only for that. A zero d
// passes none; a negative one ends with ErrInvalid. Demand passes through.
//
// Source: Reactor's Flux.take(Duration).
func (f Flux[T]) TakeFor(d time.Duration) Flux[T] {
	switch {
	case d < 0:
		return Error[T](invalid("TakeFor(%v): the time must not be negative", d))
	case d == 0:
		return f.TakeUnbounded(0)
	}
	return withBeside(f.source(), onceAfter(d), false)
}

// onceAfter gives a value after d, to a subscriber that then cancels it.
func onceAfter(d time.Duration) source[int64] { return intervalSource{d, time.Hour} }

// TakeUnbounded passes the first n values, then cancels f and completes. Unlike
// [Flux.Take] it asks f for everything when the first request is for n or more,
// which spares a source that is quicker without counting; TakeUnbounded(0)
// subscribes, and cancels at once. A negative n ends with ErrInvalid.
//
// Source: Reactor's Flux.take(n, false).
func (f Flux[T]) TakeUnbounded(n int64) Flux[T] {
	if n < 0 {
		return Error[T](invalid("TakeUnbounded(%d): the count must not be negative", n))
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		t := &takeUnbounded[T]{take: take[T]{ctx: ctx, down: s, push: pusher(s), left: n}, n: n}
		t.askable.Store(Unbounded)
		src.subscribe(ctx, t)
	})}
}

// takeUnbounded is a take that does not hold the source back.
type takeUnbounded[T any] struct {
	take[T]
	n     int64
	asked atomic.Bool // the first Request comes from any goroutine
}

func (t *takeUnbounded[T]) OnSubscribe(s Subscription) {
	t.up = s
	if t.n == 0 {
		s.Cancel()
		t.done = true
		t.down.OnSubscribe(nothing{})
		t.down.OnComplete()
		return
	}
	t.down.OnSubscribe(t)
}

func (t *takeUnbounded[T]) OnNext(v T) {
	if !t.TryOnNext(v) {
		t.up.Request(1)
	}
}

func (t *takeUnbounded[T]) Request(n int64) {
	if !t.asked.Swap(true) && n >= t.n {
		n = Unbounded
	}
	t.up.Request(n)
}

// TakeLast gives the last n values when f has completed. It asks for everything
// at the subscription (TakeLast(1) at the first request, TakeLast(0) also for what
// is requested); the values are sent as
// they are requested. Those that fall out on the way are discarded. An error
// passes at once. A negative n ends with ErrInvalid.
//
// Source: Reactor's Flux.takeLast.
func (f Flux[T]) TakeLast(n int) Flux[T] {
	switch {
	case n < 0:
		return Error[T](invalid("TakeLast(%d): the count must not be negative", n))
	case n == 0:
		return f.Skip(Unbounded)
	case n == 1:
		return Flux[T]{fold(f, lasting[T](emptySource[T]{}))}
	}
	return Flux[T]{foldEagerly(f, func(ctx context.Context) folding[T, T] {
		var last ring[T]
		return folding[T, T]{
			add: func(v T) bool {
				if last.len() == n {
					discard(ctx, last.pop())
				}
				last.push(v)
				return true
			},
			result: func() source[T] {
				all := make([]T, 0, last.len())
				last.drop(func(v T) { all = append(all, v) })
				return FromSlice(all).source()
			},
			drop: func() { last.drop(func(v T) { discard(ctx, v) }) },
		}
	})}
}
