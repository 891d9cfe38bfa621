package hub

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/freshet-go/freshet/internal/inside"
)

// Sub is one subscription: what the subscriber holds on to. It has no reference
// to the subscriber, so a subscription that was cancelled keeps nothing alive.
type Sub[T any] struct {
	// requested is the sum of all requests, or Unbounded, or one of the states
	// below. Atomic, because any goroutine requests and cancels while the baton's
	// holder reads it for every value.
	requested atomic.Int64
	sent      int64 // the baton's: values taken; the demand is requested-sent
	hub       *Hub[T]
	place     int32 // in entries, or outside or waiting; the baton's like entries
	left      bool  // guarded by hub.mu
	picky     bool  // a lane: a value that it does not take was missed
	ctx       context.Context
}

const (
	gone    = int64(-1) // requested: cancelled or given its terminal
	outside = int32(-1) // place: not in the hub
	waiting = int32(-2) // place: among the joining
)

// entry is what a pass reads of a subscriber. try is nil unless it is
// conditional.
type entry[T any] struct {
	sub  *Sub[T]
	down Receiver[T]
	try  inside.Conditional[T]
}

type joiner[T any] struct {
	entry[T]
	after uint64 // the number of the last value it does not see
}

// Prepare makes the subscription to pass to OnSubscribe. It receives nothing
// until Join.
func (h *Hub[T]) Prepare(ctx context.Context) *Sub[T] {
	return &Sub[T]{hub: h, ctx: ctx, place: outside}
}

// Join lets a prepared subscription in, once its OnSubscribe has returned. After
// the terminal it gets the terminal.
func (h *Hub[T]) Join(s *Sub[T], down Receiver[T]) {
	e := entry[T]{sub: s, down: down}
	e.try, _ = down.(inside.Conditional[T])
	h.mu.Lock()
	h.known = true
	if h.over() || s.requested.Load() < 0 {
		h.mu.Unlock()
		h.finish(e)
		return
	}
	h.live++
	if h.busy {
		s.place = waiting
		h.joining = append(h.joining, joiner[T]{e, h.last()})
	} else {
		h.place(e)
	}
	own := h.wanted()
	h.mu.Unlock()
	if own {
		h.drain()
	}
}

// over tells whether who joins now gets the terminal and nothing before it. mu
// is held.
func (h *Hub[T]) over() bool {
	return h.closed && (h.Policy != Buffer || h.ended || h.cancelled || h.ring.n == 0)
}

// last is the number of the last value that who joins now does not see: with
// Buffer the last one that was started, since those that wait are for everybody.
// mu is held.
func (h *Hub[T]) last() uint64 {
	if h.Policy == Buffer {
		return h.started
	}
	return h.started + uint64(h.ring.n)
}

// Request implements the subscription of every subscriber.
func (s *Sub[T]) Request(n int64) {
	switch raised := raise(&s.requested, n); {
	case raised && n <= 0:
		s.hub.leave(s)
	case raised:
		s.hub.wake()
	}
}

// raise adds a request to a sum of requests, and tells whether that changed it.
func raise(sum *atomic.Int64, n int64) bool {
	for {
		cur := sum.Load()
		if cur < 0 || cur == Unbounded && n > 0 {
			return false
		}
		next := cur + n
		if n <= 0 {
			next = bad(n)
		} else if next < 0 {
			next = Unbounded
		}
		if sum.CompareAndSwap(cur, next) {
			return true
		}
	}
}

// Cancel implements the subscription of every subscriber.
func (s *Sub[T]) Cancel() {
	if s.requested.Load() != gone && s.requested.Swap(gone) != gone {
		s.hub.leave(s)
	}
}

// bad is the state of requested after Request(n), n <= 0: below gone.
func bad(n int64) int64 { return max(n, math.MinInt64+2) - 2 }

// badRequest gives back the n.
func badRequest(state int64) int64 { return state + 2 }

// leave takes s out, or notes that it is to be taken out, after its requested
// has moved to gone or bad.
func (h *Hub[T]) leave(s *Sub[T]) {
	h.mu.Lock()
	own := false
	in := !s.left && s.place != outside && !h.ended
	var bye farewell[T]
	if in {
		s.left = true
		bye = h.depart()
	}
	switch {
	case !in: // it never joined, or somebody saw before us that it is to go
	case s.place == waiting: // admit sees it
		bye = h.leaveWord(bye)
	case h.busy:
		h.leaving = append(h.leaving, s)
		bye = h.leaveWord(bye)
	case s.requested.Load() == gone:
		h.remove(s)
		h.compact()
		own = h.wanted() // others may have waited for this one alone
	default: // it is owed an error, which only the holder may send
		h.leaving = append(h.leaving, s)
		h.busy, h.served, own = true, waking, true
	}
	h.mu.Unlock()
	if own {
		h.drain()
	}
	h.say(bye)
}

// place appends an entry. It doubles a full array itself: append would add a
// quarter to a large one, and many subscribers that come together pay for that.
func (h *Hub[T]) place(e entry[T]) {
	if n := len(h.entries); n == cap(h.entries) && n > 0 {
		h.entries = append(make([]entry[T], 0, 2*n), h.entries...)
	}
	e.sub.place = int32(len(h.entries))
	h.entries = append(h.entries, e)
}

// forget takes a joining subscription that has left out of the count, unless its
// leave did so already.
func (h *Hub[T]) forget(s *Sub[T]) {
	if !s.left {
		s.left = true
		h.leaveWord(h.depart())
	}
	s.place = outside
}

// remove makes a hole of the place of s.
func (h *Hub[T]) remove(s *Sub[T]) entry[T] {
	e := h.entries[s.place]
	h.entries[s.place] = entry[T]{sub: &h.gone}
	s.place = outside
	h.holes++
	return e
}

// minHoles is the number of holes that is not worth a compaction.
const minHoles = 16

// compact closes the holes when they are more than a quarter of the entries, so
// that each removal pays for moving four entries, and the order of subscription
// stays.
func (h *Hub[T]) compact() {
	n := len(h.entries)
	if h.holes == n {
		clear(h.entries)
		h.entries, h.holes, h.seen = h.entries[:0], 0, 0
	}
	if h.holes >= minHoles && 4*h.holes > n {
		h.closeHoles()
	}
	if cap(h.entries) > 4*minHoles && len(h.entries) < cap(h.entries)/4 {
		h.entries = append(make([]entry[T], 0, 2*len(h.entries)), h.entries...)
	}
}

func (h *Hub[T]) closeHoles() {
	kept := 0
	for i := range h.entries {
		e := &h.entries[i]
		if e.sub == &h.gone {
			continue
		}
		if i != kept {
			e.sub.place = int32(kept)
			h.entries[kept] = *e
		}
		kept++
	}
	clear(h.entries[kept:])
	h.entries, h.holes, h.seen = h.entries[:kept], 0, 0
}
