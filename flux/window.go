package flux

import (
	"context"
	"sync/atomic"
)

// About windows
//
// A window is a Flux of its own, with a demand of its own: what its subscriber
// did not request waits in it, without bound, and so do the values of a window
// that nobody has subscribed to yet. It has one subscriber; a second one gets an
// error that matches ErrInvalid. Cancelling the Flux of windows opens no more of
// them, but the source goes on until the windows that are open have ended or
// were cancelled; a window that is never subscribed to keeps it going as well. A
// subscriber that cancels its window ends only that.

// Window gives the values in windows of n, opened by their first value. A request
// for k windows asks src for k*n values. An error of src is that of the open
// window too. n < 1 ends with ErrInvalid. A window is a Flux for one subscriber,
// which keeps its values until they are requested.
//
// Source: Reactor's Flux.window(int).
func Window[T any](src Publisher[T], n int) Flux[Flux[T]] { return WindowSkip(src, n, n) }

// WindowSkip opens a window of n values at every skip-th value: with skip > n the
// values between two windows are let go, with skip < n windows overlap. Otherwise
// it is [Window].
//
// Source: Reactor's Flux.window(int, int).
func WindowSkip[T any](src Publisher[T], n, skip int) Flux[Flux[T]] {
	if n < 1 || skip < 1 {
		return Error[Flux[T]](invalid("WindowSkip(%d, %d): size and skip must be at least 1", n, skip))
	}
	main := sourceOf(src)
	return Flux[Flux[T]]{sourceFunc[Flux[T]](func(ctx context.Context, s Subscriber[Flux[T]]) {
		w := &windowCount[T]{strides: strides{size: int64(n), skip: int64(skip)}}
		w.into(ctx, s)
		w.up = w
		w.again = func() { w.Request(1) }
		main.subscribe(ctx, w)
	})}
}

// windows is what the operators with windows share: it gives them out, and knows
// who still needs the source.
//
// INVARIANTS: open windows and the subscriber of the windows hold the source; the
// last of them that leaves cancels it. A window that could not be given out is
// abandoned by the drain, so that it holds nothing.
type windows[T any] struct {
	drain[Flux[T]]
	source    Subscription
	holders   holders
	cancelled atomic.Bool
	release   func() // lets the source, and what else there is, go
}

// into sets up one subscription.
func (w *windows[T]) into(ctx context.Context, s Subscriber[Flux[T]]) {
	w.ctx, w.down, w.push = ctx, s, pusher(s)
	w.cut = true
	w.lost = func(f Flux[T]) { f.src.(*unicast[T]).abandon() }
	w.release = func() { w.source.Cancel() }
	w.holders.join()
}

// window makes one, which is still to be given out.
func (w *windows[T]) window() *unicast[T] {
	w.holders.join()
	return newUnicast[T](w.ctx, w.left)
}

func (w *windows[T]) give(u *unicast[T]) { w.offer(Flux[T]{u}) }

func (w *windows[T]) left(bool) {
	if w.holders.leave() == 0 {
		w.release()
	}
}

// leave is the cancel of the subscriber of the windows.
func (w *windows[T]) leave() {
	if !w.cancelled.Swap(true) {
		w.left(true)
		w.cancel()
	}
}

// windowCount opens and ends windows by count.
//
// INVARIANTS: open, the oldest first, and index belong to the source's goroutine.
type windowCount[T any] struct {
	windows[T]
	strides
	open  []*unicast[T]
	index int64 // of the next value, from the start of the newest window
	held  int64 // values the oldest window has
}

func (w *windowCount[T]) OnSubscribe(s Subscription) {
	w.source = s
	w.down.OnSubscribe(w)
}

func (w *windowCount[T]) OnNext(v T) {
	if w.index == 0 && !w.cancelled.Load() {
		u := w.window()
		w.open = append(w.open, u)
		w.give(u)
	}
	if w.index++; w.index == w.skip {
		w.index = 0
	}
	if len(w.open) == 0 {
		discard(w.ctx, v)
		return
	}
	for _, u := range w.open {
		u.offer(v)
	}
	if w.held++; w.held < w.size {
		return
	}
	w.held = max(w.held-w.skip, 0)
	oldest := w.open[0]
	w.open[0] = nil
	w.open = w.open[1:]
	oldest.close(nil)
}

func (w *windowCount[T]) OnError(err error) {
	for _, u := range w.open {
		u.close(err)
	}
	w.end(err)
}

func (w *windowCount[T]) OnComplete() { w.OnError(nil) }

func (w *windowCount[T]) Request(n int64) {
	w.request(n)
	if n > 0 {
		w.source.Request(w.values(n))
	}
}

func (w *windowCount[T]) Cancel() { w.leave() }
