package flux

import (
	"context"
	"sync/atomic"
)

// WindowUntil gives the values in windows, each up to and with the first value
// for which last is true; the next value opens the next window. src is asked for
// 256 values ahead (Prefetch(n)) and for one more with each that leaves a window.
// last is called by the goroutine that sends the value; its panic cancels src and
// is the error of the open window and of the stream. See [Window] for what a
// window is.
//
// Source: Reactor's Flux.windowUntil(Predicate).
func WindowUntil[T any](src Publisher[T], last func(v T) bool, o ...HopOption) Flux[Flux[T]] {
	return windowBy(src, cutAfter, last, o)
}

// WindowUntilCutBefore is [WindowUntil] with a window that ends before the value
// for which first is true, which opens the next one. If that is the very first
// value, an empty window stands before it.
//
// Source: Reactor's Flux.windowUntil(Predicate, true).
func WindowUntilCutBefore[T any](src Publisher[T], first func(v T) bool, o ...HopOption) Flux[Flux[T]] {
	return windowBy(src, cutBefore, first, o)
}

// WindowWhile gives the values for which in is true in windows; every other value
// ends the open window, or opens and ends an empty one, and is let go. Otherwise
// it is [WindowUntil].
//
// Source: Reactor's Flux.windowWhile.
func WindowWhile[T any](src Publisher[T], in func(v T) bool, o ...HopOption) Flux[Flux[T]] {
	return windowBy(src, cutOut, in, o)
}

// WindowUntilChanged gives runs of equal values in windows. Otherwise it is
// [WindowUntil].
//
// Source: Reactor's Flux.windowUntilChanged().
func WindowUntilChanged[T comparable](src Publisher[T], o ...HopOption) Flux[Flux[T]] {
	return WindowUntilChangedBy(src, func(v T) T { return v }, o...)
}

// WindowUntilChangedBy gives runs of values with equal keys in windows. key is
// called as the function of [WindowUntil].
//
// Source: Reactor's Flux.windowUntilChanged(Function).
func WindowUntilChangedBy[T any, K comparable](src Publisher[T], key func(v T) K, o ...HopOption) Flux[Flux[T]] {
	if key == nil {
		return Error[Flux[T]](invalid("WindowUntilChangedBy: the key function must not be nil"))
	}
	return windowsBy(src, cutBefore, func() func(T) bool { return changes(key) }, o)
}

func windowBy[T any](src Publisher[T], where cut, p func(T) bool, o []HopOption) Flux[Flux[T]] {
	if p == nil {
		return Error[Flux[T]](invalid("WindowUntil, WindowWhile: the predicate must not be nil"))
	}
	return windowsBy(src, where, func() func(T) bool { return p }, o)
}

// windowsBy takes a predicate for each subscription.
func windowsBy[T any](src Publisher[T], where cut, p func() func(T) bool, opts []HopOption) Flux[Flux[T]] {
	o := aheadOf(opts)
	if o.err != nil {
		return Error[Flux[T]](o.err)
	}
	main := sourceOf(src)
	return Flux[Flux[T]]{sourceFunc[Flux[T]](func(ctx context.Context, s Subscriber[Flux[T]]) {
		w := &windowUntil[T]{where: where, p: p(), prefetch: o.prefetch}
		w.into(ctx, s)
		w.up = w
		w.passed = w.given
		main.subscribe(ctx, w)
	})}
}

// aheadOf reads how many values a source is asked for ahead.
func aheadOf(opts []HopOption) options {
	o := options{prefetch: defaultHop}
	for _, opt := range opts {
		if opt == nil {
			o.err = invalid("nil option")
			continue
		}
		opt.hop(&o)
	}
	return o
}

// windowUntil lets a predicate end its windows.
//
// Reactor asks the source once more for each window that it gives out and for
// each that a value ends, and not at all for the values which a window still
// holds when it ends. credit counts the former, so that the latter use it up
// before the source is asked for them: the requests of windows that are read as
// they fill are Reactor's, and windows that are read late do not run dry.
//
// INVARIANTS: open, nil between two windows, and failed belong to the source's
// goroutine.
type windowUntil[T any] struct {
	windows[T]
	where    cut
	p        func(T) bool
	prefetch int
	open     *unicast[T]
	credit   atomic.Int64 // readers of several windows use it at a time
	running  bool
	failed   bool
}

func (w *windowUntil[T]) OnSubscribe(s Subscription) {
	w.source = s
	w.down.OnSubscribe(w)
	if !w.cancelled.Load() {
		s.Request(prefetchDemand(w.prefetch))
	}
}

func (w *windowUntil[T]) OnNext(v T) {
	if w.failed {
		dropNext(w.ctx, v)
		return
	}
	w.running = true
	match := w.p(v)
	w.running = false
	before, after, kept := w.where.at(match)
	if w.open == nil {
		w.begin()
	}
	if before {
		w.finish(nil)
		if kept {
			w.begin()
		}
	}
	if !kept || w.open == nil || !w.open.open() {
		discard(w.ctx, v)
		w.more(1)
	} else {
		w.open.offer(v)
	}
	if after {
		w.finish(nil)
		w.credit.Add(1)
		w.more(1)
	}
}

// begin opens a window, unless nobody would get it.
func (w *windowUntil[T]) begin() {
	if w.cancelled.Load() {
		return
	}
	u := w.window()
	u.left = func(cancelled bool) {
		w.left(cancelled)
		if cancelled {
			w.more(1)
		}
	}
	u.passed = func(n int64) { w.read(u, n) }
	u.lost = func(v T) {
		discard(w.ctx, v)
		w.more(1)
	}
	w.open = u
	w.give(u)
}

func (w *windowUntil[T]) finish(err error) {
	if u := w.open; u != nil {
		w.open = nil
		u.close(err)
	}
}

// read asks for what a window has passed on.
func (w *windowUntil[T]) read(u *unicast[T], n int64) {
	for ; !u.open() && n > 0; n-- {
		c := w.credit.Load()
		if c == 0 {
			break
		}
		if !w.credit.CompareAndSwap(c, c-1) {
			n++
		}
	}
	if n > 0 {
		w.more(n)
	}
}

// given asks again for each window that was given out.
func (w *windowUntil[T]) given(n int64) {
	w.credit.Add(n)
	w.more(n)
}

func (w *windowUntil[T]) more(n int64) { w.source.Request(n) }

func (w *windowUntil[T]) OnError(err error) {
	if w.failed {
		dropError(w.ctx, err)
		return
	}
	w.failed = true
	w.finish(err)
	w.end(err)
}

func (w *windowUntil[T]) OnComplete() {
	if !w.failed {
		w.finish(nil)
		w.end(nil)
	}
}

func (w *windowUntil[T]) Request(n int64) { w.request(n) }
func (w *windowUntil[T]) Cancel()         { w.leave() }

// TakePanic takes a panic of the predicate. Panics from below were taken by the
// drains.
func (w *windowUntil[T]) TakePanic(p error) bool {
	if !w.running {
		return false
	}
	w.running = false
	w.source.Cancel()
	w.OnError(p)
	return true
}
