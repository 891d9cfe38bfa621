package flux

import (
	"context"

	"github.com/freshet-go/freshet/internal/inside"
)

// Kernel: the fused linear stage
//
// Operators that look at one value at a time and hold no demand of their own
// (map, filter, handle, scan, ...) are not objects in the chain. At
// subscription the run of adjacent ones is composed, from the last to the
// first, into a single func(T) bool that ends in the subscriber below, and one
// head stands upstream of it:
//
//	source ──OnNext──▶ head ──▶ map ∘ filter ∘ map ──▶ subscriber
//	   ◀───────────── Request, Cancel (the source's own) ────┘
//
// INVARIANTS
//   - The composed function returns false for a value it rejected, which then
//     used no demand: a conditional source sends the next one, for any other
//     the head requests one more.
//   - running is true exactly while a user function of this run executes.
//   - aside is nil in most runs: it is there if a stage asked for extra demand, if
//     a hook wants what is let go, or below an OnErrorContinue (continue.go).
//   - done is set before the terminal is sent down; no value passes after it.
//   - Everything but Request and Cancel, which go straight to the source, is
//     touched only by the goroutine that owns the signals.
type stage struct {
	up      Subscription
	down    lifecycle
	ctx     context.Context
	aside   *aside
	asked   bool // the hooks of ctx were looked up
	running bool
	done    bool
}

// aside is what few runs need. A run is one of the objects that every connection
// of a server has, so it is kept small.
type aside struct {
	extra    int64  // demand of the stages themselves (Skip), on top of the subscriber's
	hooks    *Hooks // those of ctx, if they want what is let go
	skipping *skipping
}

func (st *stage) needs() *aside {
	if st.aside == nil {
		st.aside = new(aside)
	}
	return st.aside
}

func (st *stage) skipping() *skipping {
	if st.aside == nil {
		return nil
	}
	return st.aside.skipping
}

// lifecycle is the part of a Subscriber that does not depend on T.
type lifecycle interface {
	OnSubscribe(s Subscription)
	OnError(err error)
	OnComplete()
}

// wire composes one operator, for one subscription, onto the function that
// takes its results. State of the subscription lives in its variables.
type wire[T, R any] func(st *stage, next func(R) bool) func(T) bool

// linear makes an operator of the fused kind.
func linear[T, R any](src Publisher[T], w wire[T, R]) Flux[R] {
	return linearOf(sourceOf(src), w)
}

func linearOf[T, R any](src source[T], w wire[T, R]) Flux[R] {
	return Flux[R]{&linearSource[T, R]{src, w, false}}
}

// linearResuming is linear for an operator that can do without a value for which
// its function failed.
func linearResuming[T, R any](src Publisher[T], w wire[T, R]) Flux[R] {
	return Flux[R]{&linearSource[T, R]{sourceOf(src), w, true}}
}

type linearSource[T, R any] struct {
	src     source[T]
	w       wire[T, R]
	resumes bool
}

// fusable is a source whose operator can be composed onto the run below it.
type fusable[T any] interface {
	fuse(ctx context.Context, st *stage, next func(T) bool)
}

func (l *linearSource[T, R]) subscribe(ctx context.Context, s Subscriber[R]) {
	st := &stage{down: s, ctx: ctx}
	if c := continuing(ctx); c != nil {
		st.needs().skipping = &skipping{continuation: c}
	}
	l.fuse(ctx, st, pusher(s))
}

func (l *linearSource[T, R]) fuse(ctx context.Context, st *stage, next func(R) bool) {
	in := l.w(st, next)
	if st.skipping() != nil {
		in = resuming(st, in, l.resumes)
	}
	if up, ok := l.src.(fusable[T]); ok {
		up.fuse(ctx, st, in)
		return
	}
	l.src.subscribe(ctx, &head[T]{st, in})
}

// pusher gives the function that hands a value to s and tells whether s took it.
func pusher[T any](s Subscriber[T]) func(T) bool {
	switch c := s.(type) {
	case *head[T]:
		return c.in
	case *watch[T]:
		return c.push // it does nothing with a value, and neither does the next
	case *peeker[T]:
		return c.push
	case inside.Conditional[T]:
		return c.TryOnNext
	}
	return func(v T) bool {
		s.OnNext(v)
		return true
	}
}

// letGo is discard for a stage, which lets go of many values and looks the hook
// up once.
func letGo[T any](st *stage, v T) {
	if st.asked && st.aside == nil {
		return
	}
	tellHook(st, v)
}

func tellHook[T any](st *stage, v T) {
	if !st.asked {
		st.asked = true
		if h := hooksOf(st.ctx); h != nil && h.Discarded != nil {
			st.needs().hooks = h
		}
	}
	if st.aside != nil && st.aside.hooks != nil {
		shield(func() { st.aside.hooks.Discarded(v) })
	}
}

// fail ends the run with an error of one of its operators.
func (st *stage) fail(err error) {
	if st.done {
		dropError(st.ctx, err)
		return
	}
	if s := st.skipping(); s != nil {
		var ok bool
		if ok, err = s.skip(err); ok {
			return
		}
	}
	st.done = true
	st.up.Cancel()
	st.down.OnError(err)
}

// complete ends the run before its source did.
func (st *stage) complete() {
	if st.done {
		return
	}
	st.done = true
	st.up.Cancel()
	st.down.OnComplete()
}

// head receives a run's input.
type head[T any] struct {
	*stage
	in func(T) bool
}

func (h *head[T]) OnSubscribe(s Subscription) {
	h.up = s
	h.down.OnSubscribe(s)
	if h.aside != nil && h.aside.extra > 0 {
		s.Request(h.aside.extra)
	}
}

func (h *head[T]) OnNext(v T) {
	if !h.TryOnNext(v) && !h.done {
		h.up.Request(1)
	}
}

func (h *head[T]) TryOnNext(v T) bool {
	if h.done {
		dropNext(h.ctx, v)
		return true
	}
	return h.in(v)
}

func (h *head[T]) OnError(err error) {
	if h.done {
		dropError(h.ctx, err)
		return
	}
	h.done = true
	h.down.OnError(err)
}

func (h *head[T]) OnComplete() {
	if h.done {
		return
	}
	h.done = true
	h.down.OnComplete()
}

func (h *head[T]) TakePanic(p error) bool {
	if !h.running {
		return handPanic(h.down, p, h.up)
	}
	h.running = false
	h.fail(p)
	return true
}
