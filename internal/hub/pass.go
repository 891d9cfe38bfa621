package hub

import (
	"context"

	"github.com/freshet-go/freshet/internal/inside"
)

// send gives v to every entry from the index on. Only the holder calls it; from
// is above 0 only to go on with a pass that was broken off.
func (h *Hub[T]) send(v T, from int) Outcome {
	if from == 0 {
		h.missed, h.absent = 0, 0
		if h.Policy == AllOrNothing && !h.allReady() {
			h.report.overflowed++
			return Overflow
		}
	}
	for from < len(h.entries) {
		from = h.pass(v, from)
	}
	return h.settled()
}

// settled counts the pass that ended, and says what it came to.
func (h *Hub[T]) settled() Outcome {
	delivered := len(h.entries) - h.missed - h.absent
	h.report.delivered += int64(delivered)
	h.report.dropped += int64(h.missed)
	switch {
	case delivered > 0:
		h.report.emitted++
		return Sent
	case h.missed > 0:
		h.report.overflowed++
		return Overflow
	}
	return NoSubscriber
}

// allReady tells whether nobody lacks demand. Demand only grows while the baton
// is held, so the answer holds for the pass.
func (h *Hub[T]) allReady() bool {
	for i := range h.entries {
		s := h.entries[i].sub
		if s.requested.Load() == s.sent {
			return false
		}
	}
	return true
}

// pass walks the entries until the end or the first panic, and returns where to
// go on. The recover is set up once for the walk, not for each call: a deferred
// function for each would cost more than the call.
func (h *Hub[T]) pass(v T, from int) (next int) {
	entries := h.entries
	next = from
	defer func() {
		if next >= len(entries) {
			return
		}
		r := recover()
		if r == nil { // runtime.Goexit: this goroutine comes no further than here
			h.send(v, next+1)
			return
		}
		h.Fault(entries[next].sub, entries[next].down, r)
		next++
	}()
	for ; next < len(entries); next++ {
		e := &entries[next]
		switch {
		case e.sub.requested.Load() != Unbounded:
			h.offer(e, v)
		case e.try != nil:
			e.try.TryOnNext(v)
		default:
			e.down.OnNext(v)
		}
	}
	return next
}

// offer gives v to a subscriber whose demand is counted, if it has any and is
// still there. sent is the holder's own, so that no value costs an atomic
// read-modify-write.
func (h *Hub[T]) offer(e *entry[T], v T) {
	s := e.sub
	switch r := s.requested.Load(); {
	case r < 0:
		h.absent++
	case r == s.sent:
		h.missed++
	case e.try == nil:
		s.sent++
		e.down.OnNext(v)
	case e.try.TryOnNext(v):
		s.sent++
	case s.picky:
		h.missed++
	}
}

// Fault is [Rules.Fault] for a subscriber of the hub.
func (h *Hub[T]) Fault(s *Sub[T], down any, r any) { h.Rules.Fault(s.ctx, s, down, r) }

// Fault settles a panic that came out of a subscriber: the stage below whose
// user function it was takes it as an error; one that nobody takes costs the
// subscriber its subscription (rule 2.13). It is called by whoever owns the
// subscriber's signals, on the stack of the panic.
func (r *Rules) Fault(ctx context.Context, up interface{ Cancel() }, down any, p any) {
	err := r.Panicked(p)
	if t, ok := down.(inside.PanicTaker); ok && r.takes(ctx, t, err) {
		return
	}
	up.Cancel()
	r.Report(ctx, err)
}

// takes offers a panic; a second one on the way is reported beside it.
func (r *Rules) takes(ctx context.Context, t inside.PanicTaker, p error) (taken bool) {
	defer func() {
		if second := recover(); second != nil {
			r.Report(ctx, r.Panicked(second))
		}
	}()
	return t.TakePanic(p)
}

// end sends the terminal to everybody. What is left of entries is what is left
// to do.
func (h *Hub[T]) end() {
	for len(h.entries) > 0 {
		e := h.entries[0]
		h.entries[0] = entry[T]{}
		h.entries = h.entries[1:]
		if e.sub != &h.gone {
			h.finish(e)
		}
	}
	h.entries = nil
}

// finish sends one subscriber the error it is owed or the hub's terminal, unless
// it has cancelled.
func (h *Hub[T]) finish(e entry[T]) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if r := recover(); r != nil {
			h.Fault(e.sub, e.down, r)
		}
	}()
	switch state := e.sub.requested.Swap(gone); {
	case state == gone:
	case state < 0:
		e.down.OnError(h.Rules.BadRequest(badRequest(state)))
	case h.err != nil:
		e.down.OnError(h.err)
	default:
		e.down.OnComplete()
	}
	returned = true
}
