package flux

import (
	"context"
	"slices"
)

// WindowWhen opens a window at each value v of opening, and ends it when the
// publisher shut(v) sends a value or completes. Windows may overlap, and may be
// empty; values outside all windows are let go. When src or opening completes
// the open windows and the stream do; an error of src is that of the open
// windows, too. src, opening and the closing publishers are asked for
// everything; a window that was not requested ends the stream with ErrOverflow.
// See [Window] for what a window is. shut is called once its window was given
// out, by the goroutine whose signal has its turn; its panic is the error of the
// stream.
//
// Source: Reactor's Flux.windowWhen.
func WindowWhen[T, O, C any, P Publisher[C]](src Publisher[T], opening Publisher[O], shut func(v O) P) Flux[Flux[T]] {
	if shut == nil {
		return Error[Flux[T]](invalid("WindowWhen: the function that gives the closing publisher must not be nil"))
	}
	return windowWhen(sourceOf(src), sourceOf(opening), closeWith[O, C](shut))
}

func windowWhen[T, O any](main source[T], opening source[O], shut newCloser[O]) Flux[Flux[T]] {
	return Flux[Flux[T]]{sourceFunc[Flux[T]](func(ctx context.Context, s Subscriber[Flux[T]]) {
		w := &windowWhenMain[T, O]{shut: shut}
		w.steer(ctx, s, w.value, w.stop, w.fail)
		w.opener = trigger[O]{ctx: ctx, next: w.opening, end: func(err error) {
			if err != nil {
				w.addEnd(err, w.fail)
				return
			}
			w.OnComplete()
		}}
		s.OnSubscribe(w)
		if w.cancelled.Load() {
			return
		}
		opening.subscribe(ctx, &w.opener)
		main.subscribe(ctx, w)
	})}
}

// windowWhenMain has any number of windows open, the oldest first.
type windowWhenMain[T, O any] struct {
	steered[T]
	opener trigger[O]
	shut   newCloser[O]
	open   []*closing[T]
}

type closing[T any] struct {
	*unicast[T]
	closer closer
}

func (w *windowWhenMain[T, O]) value(v T) {
	for _, u := range w.open {
		u.offer(v)
	}
}

func (w *windowWhenMain[T, O]) opening(v O) {
	w.add(func() { w.begin(v) })
}

func (w *windowWhenMain[T, O]) begin(v O) {
	switch {
	case w.cancelled.Load():
		return
	case !w.wanted():
		w.fail(ErrOverflow)
		return
	}
	u := &closing[T]{unicast: w.window()}
	w.open = append(w.open, u)
	w.give(u.unicast)
	if err := try(func() {
		u.closer = w.shut(w.ctx, v, func(err error) { w.addEnd(err, func(err error) { w.ended(u, err) }) })
	}); err != nil {
		w.fail(err)
		return
	}
	u.closer.start()
}

// ended is what the closing publisher of a window says.
func (w *windowWhenMain[T, O]) ended(u *closing[T], err error) {
	if err != nil {
		w.fail(err)
		return
	}
	if i := slices.Index(w.open, u); i >= 0 {
		w.open = slices.Delete(w.open, i, i+1)
		u.close(nil)
	}
}

// fail ends the stream for a reason that is not src's: the windows learn it after
// the subscriber.
func (w *windowWhenMain[T, O]) fail(err error) {
	w.source.Cancel()
	w.terminate(err)
	w.finish(err)
}

// finish ends every window and lets all that steers them go.
func (w *windowWhenMain[T, O]) finish(err error) {
	w.opener.cancel()
	open := w.open
	w.open = nil
	for _, u := range open {
		if u.closer.cancel != nil {
			u.closer.cancel()
		}
		u.close(err)
	}
}

// stop is called when nobody needs src any more.
func (w *windowWhenMain[T, O]) stop() {
	w.source.Cancel()
	w.opener.cancel()
	w.add(func() {
		w.finish(nil)
		w.over = true
	})
}

func (w *windowWhenMain[T, O]) OnError(err error) {
	w.addEnd(err, func(err error) {
		w.source.Cancel()
		w.finish(err)
		w.terminate(err)
	})
}

func (w *windowWhenMain[T, O]) OnComplete() { w.OnError(nil) }
