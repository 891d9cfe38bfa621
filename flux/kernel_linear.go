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
//	source ──OnNext──▶ head ──▶ map ∘ filter ∘ map ──▶ below ──▶ subscriber
//	   ◀───────────── Request, Cancel (the source's own) ──────────┘
//
// INVARIANTS
//   - The composed function returns false for a value it rejected, which then
//     used no demand: a conditional source sends the next one, for any other
//     the head requests one more.
//   - below is true exactly while the subscriber has the signal, so that a panic
//     that comes out of the run is known to be the subscriber's or else that of a
//     stage; none is a stage's once done is set.
//   - aside is nil in most runs: it is there if a stage asked for extra demand, if
//     a hook wants what is let go, or below an OnErrorContinue (continue.go).
//   - done is set before the terminal is sent down; no value passes after it.
//   - Everything but Request and Cancel, which go straight to the source, is
//     touched only by the goroutine that owns the signals.
type stage struct {
	up    Subscription
	down  lifecycle
	ctx   context.Context
	aside *aside
	asked bool // the hooks of ctx were looked up
	below bool
	done  bool
}

// aside is what few runs need. A run is one of the objects that every connection
// of a server has, so it is kept small.
type aside struct {
	extra    int64  // demand of the stages themselves (Skip), on top of the subscriber's
	hooks    *Hooks // those of ctx, if they want what is let go
	skipping *skipping
}

// into begins a run that ends in s.
func (st *stage) into(ctx context.Context, s lifecycle) *stage {
	st.down, st.ctx = s, ctx
	if c := continuing(ctx); c != nil {
		st.needs().skipping = &skipping{continuation: c}
	}
	return st
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
	return newLinear(src, w, false)
}

// linearResuming is linear for an operator that can do without a value for which
// its function failed.
func linearResuming[T, R any](src Publisher[T], w wire[T, R]) Flux[R] {
	return newLinear(sourceOf(src), w, true)
}

func newLinear[T, R any](src source[T], w wire[T, R], resumes bool) Flux[R] {
	return Flux[R]{linearStage(src, w, resumes)}
}

func linearStage[T, R any](src source[T], w wire[T, R], resumes bool) *linearSource[T, R] {
	up, _ := src.(fusable[T])
	return &linearSource[T, R]{src: src, up: up, w: w, resumes: resumes}
}

type linearSource[T, R any] struct {
	src     source[T]
	up      fusable[T] // src, if it is one, or nil
	w       wire[T, R]
	resumes bool
	both    fusable[R] // this stage and the one above in one function, if there is such a one (mapped.go)
}

// fusable is a source whose operator can be composed onto the run below it: first
// the head is made, of the type that the first operator takes, and then, from the
// last operator to the first, what it calls.
type fusable[T any] interface {
	head() run
	fuse(r run, next func(T) bool)
}

// run is a head of whatever type.
type run interface{ state() *stage }

func (l *linearSource[T, R]) subscribe(ctx context.Context, s Subscriber[R]) {
	r := l.head()
	l.fuse(r, below(r.state().into(ctx, s), s))
}

func (l *linearSource[T, R]) head() run {
	if l.up != nil {
		return l.up.head()
	}
	return new(head[T])
}

func (l *linearSource[T, R]) fuse(r run, next func(R) bool) {
	st := r.state()
	skips := st.skipping() != nil
	if l.both != nil && !skips {
		l.both.fuse(r, next)
		return
	}
	in := l.w(st, next)
	if skips {
		in = resuming(st, in, l.resumes)
	}
	l.start(r, in)
}

// start goes on upstream of a stage, whose function is in: with the stage there,
// or else with the source.
func (l *linearSource[T, R]) start(r run, in func(T) bool) {
	if l.up != nil {
		l.up.fuse(r, in)
		return
	}
	h := r.(*head[T])
	h.in = in
	l.src.subscribe(h.ctx, h)
}

// below ends a run: it hands a value to the run's subscriber.
func below[T any](st *stage, s Subscriber[T]) func(T) bool {
	if c, ok := s.(inside.Conditional[T]); ok {
		return func(v T) bool {
			st.below = true
			took := c.TryOnNext(v)
			st.below = false
			return took
		}
	}
	return func(v T) bool {
		st.below = true
		s.OnNext(v)
		st.below = false
		return true
	}
}

// pusher gives the function that hands a value to s and tells whether s took it.
func pusher[T any](s Subscriber[T]) func(T) bool {
	switch c := s.(type) {
	case pushing[T]:
		return c.pushes()
	case inside.Conditional[T]:
		return c.TryOnNext
	}
	return func(v T) bool {
		s.OnNext(v)
		return true
	}
}

// pushing is a subscriber that has a function for its values, or makes one: to call
// that is less than to go through the interface, and is worth it where a value costs
// little else.
type pushing[T any] interface{ pushes() func(T) bool }

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
	stage
	in func(T) bool
}

func (h *head[T]) state() *stage { return &h.stage }

func (h *head[T]) pushes() func(T) bool { return h.in }

func (h *head[T]) OnSubscribe(s Subscription) {
	h.up = s
	subscribed := false
	defer func() {
		if !subscribed { // a panic of the subscriber's
			h.below = true
		}
	}()
	h.down.OnSubscribe(s)
	subscribed = true
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
	outer := h.below // a foreign publisher may send inside of a Request inside of OnNext
	h.below = false
	took := h.in(v)
	h.below = outer
	return took
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
	if h.below || h.done { // and so it stays: the same panic may be offered again further up
		return handPanic(h.down, p, h.up)
	}
	h.fail(p)
	return true
}
