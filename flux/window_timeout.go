package flux

import (
	"context"
	"time"
)

// WindowTimeout gives the values in windows that end once they have n values, or
// d after they were opened; the next one is opened at once, so that one is open
// from the subscription to the end, and windows may be empty. src is asked for
// everything; a window that was not requested ends the stream with ErrOverflow.
// After the subscriber's cancel src goes with the open window.
//
// With [Fair] src is asked for n values with the first window, and again for as
// many as a window had when it ends. A window that was not requested waits,
// filling, until it is; it ends with the time or the number only then. The
// subscriber's cancel ends the open window at once.
//
// See [Window] for what a window is. n < 1 or d <= 0 ends with ErrInvalid.
//
// Source: Reactor's Flux.windowTimeout.
func WindowTimeout[T any](src Publisher[T], n int, d time.Duration, opts ...BatchOption) Flux[Flux[T]] {
	if n < 1 || d <= 0 {
		return Error[Flux[T]](invalid("WindowTimeout(%d, %v): the size must be at least 1 and the time positive", n, d))
	}
	main, o := sourceOf(src), batchOf(opts)
	switch {
	case o.err != nil:
		return Error[Flux[T]](o.err)
	case o.fair:
		return fairWindowTimeout(main, n, d)
	}
	return Flux[Flux[T]]{sourceFunc[Flux[T]](func(ctx context.Context, s Subscriber[Flux[T]]) {
		w := &windowTimeout[T]{size: n}
		w.steer(ctx, s, w.value, w.stop, w.fail)
		w.clock.start(d, func() { w.add(w.timeUp) })
		main.subscribe(ctx, w)
	})}
}

// windowTimeout has one window open, from the start to the end.
//
// INVARIANTS: open, count and clock belong to the event that acts.
type windowTimeout[T any] struct {
	steered[T]
	size  int
	clock deadline
	open  *unicast[T]
	count int // values the open window has
}

func (w *windowTimeout[T]) OnSubscribe(s Subscription) {
	w.main.open = 0
	w.main.set(s)
	w.down.OnSubscribe(w)
	if w.cancelled.Load() {
		return
	}
	w.add(func() {
		w.next()
		w.clock.set()
	})
	s.Request(Unbounded)
}

func (w *windowTimeout[T]) value(v T) {
	if w.open == nil {
		discard(w.ctx, v)
		return
	}
	w.open.offer(v)
	if w.count++; w.count < w.size {
		return
	}
	w.clock.set()
	w.next()
}

// timeUp ends the window; the next one's time runs from when this one's was up.
func (w *windowTimeout[T]) timeUp() {
	was := w.clock.due
	if w.clock.reached() {
		w.clock.setTo(was.Add(w.clock.gap))
		w.next()
	}
}

// next ends the open window and opens another one.
func (w *windowTimeout[T]) next() {
	if w.open != nil {
		w.open.close(nil)
	}
	w.count = 0
	switch {
	case w.cancelled.Load():
		w.open = nil // stop has its turn next
	case !w.wanted():
		w.fail(ErrOverflow)
	default:
		w.open = w.window()
		w.give(w.open)
	}
}

// stop is called when nobody needs src any more.
func (w *windowTimeout[T]) stop() {
	w.source.Cancel()
	w.add(func() { w.finish(nil) })
}

func (w *windowTimeout[T]) fail(err error) {
	w.source.Cancel()
	w.finish(err)
}

func (w *windowTimeout[T]) finish(err error) {
	w.clock.timer.Stop()
	if w.open != nil {
		w.open.close(err)
	}
	w.terminate(err)
}

func (w *windowTimeout[T]) OnError(err error) { w.addEnd(err, w.finish) }
func (w *windowTimeout[T]) OnComplete()       { w.OnError(nil) }
