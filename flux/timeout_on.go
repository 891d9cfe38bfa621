package flux

import (
	"context"
	"sync/atomic"
)

// TimeoutFirst ends src with an error that matches ErrTimeout if first gives a
// value or completes before src gives its first value; src is cancelled. The
// first value of src cancels first, and from then on nothing is timed. An error of
// first is the error of the stream. first is subscribed to from inside src's
// OnSubscribe, when src was asked for what is requested by then; a src that takes
// long to be subscribed to is not timed meanwhile, as by [Flux.Timeout] it is.
//
// Source: Reactor's Flux.timeout(Publisher).
func TimeoutFirst[T, U any](src Publisher[T], first Publisher[U]) Flux[T] {
	return timedBy(src, first, nil, Error[T](ErrTimeout))
}

// TimeoutEach is [TimeoutFirst] that also times every value after the first: next
// gives the publisher that must not speak before the value after v comes. next is
// called by the goroutine that sends v, after v went down; its panic cancels src
// and is the error of the stream.
//
// Source: Reactor's Flux.timeout(Publisher, Function).
func TimeoutEach[T, U any](src Publisher[T], first Publisher[U], next func(v T) Publisher[U]) Flux[T] {
	return TimeoutEachOr(src, first, next, Error[T](ErrTimeout))
}

// TimeoutEachOr is [TimeoutEach] that goes on with fallback instead of failing.
// The open demand goes over to it; it is not timed. It is subscribed to by the
// goroutine of the publisher that spoke.
//
// Source: Reactor's Flux.timeout(Publisher, Function, Publisher).
func TimeoutEachOr[T, U any](src Publisher[T], first Publisher[U], next func(v T) Publisher[U], fallback Publisher[T]) Flux[T] {
	if next == nil {
		return nilFunc[T]("TimeoutEach")
	}
	return timedBy(src, first, next, fallback)
}

func timedBy[T, U any](src Publisher[T], first Publisher[U], next func(T) Publisher[U], fallback Publisher[T]) Flux[T] {
	up, start, other := sourceOf(src), sourceOf(first), sourceOf(fallback)
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		t := &timeoutOn[T, U]{relay: newSwitch(s), ctx: ctx, first: start, next: next, other: other}
		s.OnSubscribe(t)
		up.subscribe(ctx, t)
	})}
}

// timeoutOn watches one upstream by one publisher at a time.
//
// INVARIANTS
//   - turn counts the values that came. Whoever takes it further wins: a value
//     makes the publisher before it powerless, and a publisher, or the end, sets
//     timedOut, after which no value of src passes. So the publisher's signals are
//     never beside a value's: it is subscribed to once the value has gone down.
//   - watcher is the publisher at work, or nil.
type timeoutOn[T, U any] struct {
	relay[T]
	ctx     context.Context
	first   source[U]
	next    func(T) Publisher[U]
	other   source[T]
	turn    atomic.Int64               // values, publishers and the end race for it
	watcher atomic.Pointer[trigger[U]] // a Cancel, on any goroutine, lets it go
}

const timedOut = -1

// watching makes the subscriber of the publisher that times a turn.
func (t *timeoutOn[T, U]) watching(turn int64) *trigger[U] {
	w := &trigger[U]{ctx: t.ctx}
	w.end = func(err error) {
		if !t.turn.CompareAndSwap(turn, timedOut) {
			if err != nil {
				dropError(t.ctx, err)
			}
			return
		}
		t.drop()
		if err != nil {
			t.down.OnError(err)
			return
		}
		t.other.subscribe(t.ctx, &t.relay)
	}
	w.next = func(U) {
		if w.cancel() {
			w.end(nil)
		}
	}
	return w
}

// watchFirst lets first time the first value; it is subscribed to all the same if
// that has come, and cancelled.
func (t *timeoutOn[T, U]) watchFirst() {
	w, first := t.watching(0), t.first
	t.first = nil
	if !t.watcher.CompareAndSwap(nil, w) || t.turn.Load() != 0 {
		t.watcher.CompareAndSwap(w, nil)
		w.cancel()
	}
	first.subscribe(t.ctx, w)
}

// watchNext lets src time the value after that of turn, unless it has come from
// inside of that.
func (t *timeoutOn[T, U]) watchNext(src source[U], turn int64) {
	if t.turn.Load() != turn {
		return
	}
	w := t.watching(turn)
	if late := t.watcher.Swap(w); late != nil {
		late.cancel()
	}
	if t.turn.Load() != turn { // a Cancel
		w.cancel()
		return
	}
	src.subscribe(t.ctx, w)
}

// unwatch lets the publisher at work go.
func (t *timeoutOn[T, U]) unwatch() {
	if w := t.watcher.Swap(nil); w != nil {
		w.cancel()
	}
}

// OnSubscribe lets first time src when that was asked for values: it comes too late
// for those that are sent at once.
func (t *timeoutOn[T, U]) OnSubscribe(s Subscription) {
	t.set(s)
	t.watchFirst()
}

func (t *timeoutOn[T, U]) OnNext(v T) {
	if !t.TryOnNext(v) {
		t.replace()
	}
}

func (t *timeoutOn[T, U]) TryOnNext(v T) bool {
	turn := t.turn.Load()
	if turn == timedOut || !t.turn.CompareAndSwap(turn, turn+1) {
		dropNext(t.ctx, v)
		return true
	}
	t.unwatch()
	took := t.relay.TryOnNext(v)
	if t.next == nil || t.turn.Load() == timedOut {
		return took
	}
	var p Publisher[U]
	if err := try(func() { p = t.next(v) }); err != nil {
		if t.turn.Swap(timedOut) != timedOut {
			t.drop()
			t.down.OnError(err)
		}
		return true
	}
	t.watchNext(sourceOf(p), turn+1)
	return took
}

func (t *timeoutOn[T, U]) OnError(err error) {
	if t.turn.Swap(timedOut) == timedOut {
		dropError(t.ctx, err)
		return
	}
	t.unwatch()
	t.down.OnError(err)
}

func (t *timeoutOn[T, U]) OnComplete() {
	if t.turn.Swap(timedOut) != timedOut {
		t.unwatch()
		t.down.OnComplete()
	}
}

func (t *timeoutOn[T, U]) Cancel() {
	t.turn.Store(timedOut)
	t.unwatch()
	t.relay.Cancel()
}
