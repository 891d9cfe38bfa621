package flux

import (
	"context"
	"time"
)

// WindowOn opens a window at the subscription and another, ending the one
// before, at each value of boundary; windows may be empty. It ends with boundary
// too, completion or error, which is that of the open window as well. src and
// boundary are asked for everything; a window that was not requested ends the
// stream with ErrOverflow. See [Window] for what a window is. Signals of src and
// boundary are passed one at a time, by the goroutine of either.
//
// Source: Reactor's Flux.window(Publisher).
func WindowOn[T, U any](src Publisher[T], boundary Publisher[U]) Flux[Flux[T]] {
	main, other := sourceOf(src), sourceOf(boundary)
	return Flux[Flux[T]]{sourceFunc[Flux[T]](func(ctx context.Context, s Subscriber[Flux[T]]) {
		w := &windowOn[T, U]{}
		w.steer(ctx, s, w.value, w.stop, w.finish)
		w.boundary = trigger[U]{ctx: ctx, next: func(U) { w.add(w.next) }, end: w.boundaryEnded}
		s.OnSubscribe(w)
		if w.cancelled.Load() {
			return
		}
		w.add(w.next)
		if w.main.isCancelled() {
			return
		}
		other.subscribe(ctx, &w.boundary)
		main.subscribe(ctx, w)
	})}
}

// WindowFor gives the values of each period in a window, counted from the
// subscription. Otherwise it is [WindowOn] with [Interval]. A period that is not
// positive ends with ErrInvalid.
//
// Source: Reactor's Flux.window(Duration).
func WindowFor[T any](src Publisher[T], period time.Duration) Flux[Flux[T]] {
	if period <= 0 {
		return Error[Flux[T]](invalid("WindowFor(%v): the period must be positive", period))
	}
	return WindowOn(src, Interval(period))
}

// WindowForEvery opens a window every so often, the first at the subscription,
// and ends each after the time it is open: windows overlap if open is longer than
// every. With open == every it is [WindowFor], otherwise [WindowWhen]. Times that
// are not positive end with ErrInvalid.
//
// Source: Reactor's Flux.window(Duration, Duration).
func WindowForEvery[T any](src Publisher[T], open, every time.Duration) Flux[Flux[T]] {
	switch {
	case open <= 0 || every <= 0:
		return Error[Flux[T]](invalid("WindowForEvery(%v, %v): the times must be positive", open, every))
	case open == every:
		return WindowFor(src, open)
	}
	return windowWhen(sourceOf(src), source[int64](intervalSource{0, every}), closeAfter(open))
}

// windowOn has one window open, from the start to the end.
type windowOn[T, U any] struct {
	steered[T]
	boundary trigger[U]
	open     *unicast[T] // nil once no further window is wanted
}

func (w *windowOn[T, U]) value(v T) {
	if w.open == nil {
		discard(w.ctx, v)
		return
	}
	w.open.offer(v)
}

// next ends the open window and opens another one.
func (w *windowOn[T, U]) next() {
	if w.open != nil {
		w.open.close(nil)
		w.open = nil
	}
	switch {
	case w.cancelled.Load():
	case !w.wanted():
		w.stop()
		w.terminate(ErrOverflow)
	default:
		w.open = w.window()
		w.give(w.open)
	}
}

func (w *windowOn[T, U]) finish(err error) {
	if w.open != nil {
		w.open.close(err)
	}
	w.terminate(err)
}

func (w *windowOn[T, U]) boundaryEnded(err error) {
	w.source.Cancel()
	w.addEnd(err, w.finish)
}

// stop lets src and boundary go.
func (w *windowOn[T, U]) stop() {
	w.source.Cancel()
	w.boundary.cancel()
}

func (w *windowOn[T, U]) OnError(err error) {
	w.boundary.cancel()
	w.addEnd(err, w.finish)
}

func (w *windowOn[T, U]) OnComplete() { w.OnError(nil) }
