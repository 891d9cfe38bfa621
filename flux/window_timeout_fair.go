package flux

import (
	"context"
	"time"
)

func fairWindowTimeout[T any](main source[T], n int, d time.Duration) Flux[Flux[T]] {
	return Flux[Flux[T]]{sourceFunc[Flux[T]](func(ctx context.Context, s Subscriber[Flux[T]]) {
		w := &fairWindow[T]{size: n}
		w.steer(ctx, s, w.value, func() {}, w.fail)
		w.main.open = 0
		w.clock.start(d, func() { w.add(w.timeUp) })
		main.subscribe(ctx, w)
	})}
}

// fairWindow has one window open from the first request to the end. While it was
// not requested (given is false) it stays open, whatever its time and number.
//
// INVARIANTS: everything below steered belongs to the event that acts. owed is
// what the open window took from src and src is still to be asked for.
type fairWindow[T any] struct {
	steered[T]
	size  int
	clock deadline

	open  *unicast[T] // nil before the first request
	given bool        // the subscriber has it
	due   bool        // its time is up or it is full
	count int         // values it has
	owed  int64

	ended bool
	err   error
}

func (w *fairWindow[T]) OnSubscribe(s Subscription) {
	w.main.set(s)
	w.down.OnSubscribe(w)
}

func (w *fairWindow[T]) value(v T) {
	if w.open == nil || w.count == w.size {
		discard(w.ctx, v)
		w.fail(ErrOverflow)
		return
	}
	u := w.open
	if u.open() {
		w.owed++
	} else {
		w.source.Request(1)
	}
	if w.count++; w.count < w.size {
		u.offer(v)
		return
	}
	w.clock.lift()
	w.next()
	u.offer(v)
	if u != w.open {
		u.close(nil)
	}
}

func (w *fairWindow[T]) timeUp() {
	if !w.clock.reached() {
		return
	}
	if u := w.open; w.next() {
		u.close(nil)
	}
}

// next opens the next window, unless the open one is still to be given out. Its
// owner is to end the one before.
func (w *fairWindow[T]) next() bool {
	if !w.given {
		w.due = true
		return false
	}
	ask := w.owed
	w.begin()
	if ask > 0 {
		w.source.Request(ask)
	}
	return true
}

// begin opens a window, and gives it out if one was requested.
func (w *fairWindow[T]) begin() {
	w.open, w.given, w.due, w.count, w.owed = w.window(), false, false, 0, 0
	if w.wanted() {
		w.given = true
		w.give(w.open)
	}
	w.clock.set()
}

func (w *fairWindow[T]) Request(n int64) {
	w.request(n)
	if n > 0 {
		w.add(w.requested)
	}
}

func (w *fairWindow[T]) requested() {
	switch {
	case w.open == nil && !w.ended:
		w.begin()
		w.source.Request(int64(w.size))
	case w.open == nil || w.given || !w.wanted():
	default:
		w.giveOpen()
	}
}

// giveOpen gives the window out that waited for demand, and ends it if that is
// overdue.
func (w *fairWindow[T]) giveOpen() {
	u := w.open
	w.given = true
	w.give(u)
	switch {
	case w.ended:
		u.close(w.err)
		w.terminate(w.err)
	case w.due:
		u.close(nil)
		w.next()
	}
}

func (w *fairWindow[T]) OnError(err error) { w.addEnd(err, w.sourceEnded) }

// sourceEnded waits with the end for a window that is still to be given out.
func (w *fairWindow[T]) sourceEnded(err error) {
	w.clock.timer.Stop()
	w.ended, w.err = true, err
	if w.open == nil || w.given {
		w.finish(err)
	}
}

func (w *fairWindow[T]) OnComplete() { w.OnError(nil) }

func (w *fairWindow[T]) fail(err error) {
	w.source.Cancel()
	w.finish(err)
}

// finish ends the stream. A window that was never given out goes.
func (w *fairWindow[T]) finish(err error) {
	w.clock.timer.Stop()
	switch {
	case w.open == nil:
	case w.given:
		w.open.close(err)
	default:
		w.open.abandon()
	}
	w.terminate(err)
}

func (w *fairWindow[T]) Cancel() {
	w.leave()
	w.source.Cancel()
	w.add(func() { w.finish(nil) })
}
