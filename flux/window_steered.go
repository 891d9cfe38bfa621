package flux

import "context"

// steered is what the operators share whose windows are opened and ended by
// something else than the values: whatever happens has its turn.
//
// INVARIANTS: over is raised by the terminal. It, and what the operator adds to
// its state, are touched only by the event that acts.
type steered[T any] struct {
	windows[T]
	main   arbiter // the source, which may come after the first cancel
	events turns[windowEvent[T]]
	over   bool
}

// windowEvent is a value, or something else to do; err is the reason, if it is an
// error.
type windowEvent[T any] struct {
	v   T
	do  func()
	err error
}

// steer sets up one subscription: value takes a value, release lets everything
// upstream go, fail ends the stream.
func (w *steered[T]) steer(ctx context.Context, s Subscriber[Flux[T]], value func(T), release func(), fail func(error)) {
	w.into(ctx, s)
	w.up = w
	w.source, w.main.open = &w.main, Unbounded
	w.release = release
	w.events.act = func(e windowEvent[T]) {
		switch {
		case w.over && e.err != nil:
			dropError(w.ctx, e.err)
		case w.over && e.do == nil:
			dropNext(w.ctx, e.v)
		case w.over:
		case e.do == nil:
			value(e.v)
		default:
			e.do()
		}
	}
	w.events.settle = func(p error) {
		release()
		fail(p)
	}
}

// add lets something be done in its turn, unless the stream has ended by then.
func (w *steered[T]) add(do func()) { w.events.add(windowEvent[T]{do: do}) }

// addEnd lets end(err) be called in its turn.
func (w *steered[T]) addEnd(err error, end func(err error)) {
	w.events.add(windowEvent[T]{err: err, do: func() { end(err) }})
}

func (w *steered[T]) OnSubscribe(s Subscription) { w.main.set(s) }
func (w *steered[T]) OnNext(v T)                 { w.events.add(windowEvent[T]{v: v}) }
func (w *steered[T]) Request(n int64)            { w.request(n) }
func (w *steered[T]) Cancel()                    { w.leave() }

// wanted tells whether another window was requested.
func (w *steered[T]) wanted() bool { return w.demand.load() != 0 }

// terminate sends the end of the stream.
func (w *steered[T]) terminate(err error) {
	w.over = true
	w.end(err)
}
