package hub

import "math"

// This file is what [Buffer] adds: values that wait in the ring for subscribers
// and their demand.

// store puts v into the ring, and sends what can be sent. mu is held, and is let
// go here.
func (h *Hub[T]) store(v T) Outcome {
	outcome := Sent
	switch {
	case h.busy && h.Strict:
		outcome = Contended
	case h.ring.push(v, h.Limit):
	case h.live == 0:
		outcome = NoSubscriber
	default:
		h.stats.Overflowed++
		outcome = Overflow
	}
	own := outcome == Sent && !h.busy && h.live > 0
	if own {
		h.busy, h.served = true, 0
	}
	h.mu.Unlock()
	if own {
		h.drain()
	}
	return outcome
}

// waking is what served begins with when the baton was taken to send what waited:
// that is what the caller came for, and no reason to be relieved.
const waking = math.MinInt

// wake looks whether values that waited can be sent now. It does nothing for
// another policy.
func (h *Hub[T]) wake() {
	if h.Policy != Buffer {
		return
	}
	h.mu.Lock()
	own := h.wanted()
	h.mu.Unlock()
	if own {
		h.drain()
	}
}

// wanted takes the baton if somebody is to look at the ring, or tells its holder.
// mu is held.
func (h *Hub[T]) wanted() (own bool) {
	switch {
	case h.Policy != Buffer:
	case h.busy:
		h.again = true
	case h.ring.n > 0 && h.live > 0 || h.closed && !h.ended:
		h.busy, h.served = true, waking
		return true
	}
	return false
}

// ready tells whether the next value may leave the ring, as far as the
// subscribers in the entries are concerned. Only the holder calls it, without mu:
// demand that comes meanwhile raises again. It goes on where the last look met one
// without demand, since demand only grows before the value is sent: so all the
// looks for one value together visit each subscriber once.
func (h *Hub[T]) ready() bool {
	if h.Policy != Buffer {
		return true
	}
	for ; h.seen < len(h.entries); h.seen++ {
		s := h.entries[h.seen].sub
		if s.requested.Load() == s.sent {
			return false
		}
	}
	return true
}

// waiting picks the holder's next step while values wait. mu is held.
func (h *Hub[T]) waiting(ready, changed bool) step {
	again := h.again
	h.again = false
	switch {
	case changed: // the look at the demand came too early
		return more
	case ready && h.live > 0:
		return h.take()
	case again:
		return more
	}
	return rest
}

// farewell is what is to be done, without mu, after a subscriber has left.
type farewell[T any] struct {
	left ring[T] // values that nobody will get
	last bool    // nobody is there any more
}

func (h *Hub[T]) say(f farewell[T]) {
	h.discard(f.left)
	if f.last && h.Vacant != nil {
		h.Vacant()
	}
}

// part says the farewell that was left to the holder.
func (h *Hub[T]) part() {
	h.mu.Lock()
	bye := h.bye
	h.bye = farewell[T]{}
	h.mu.Unlock()
	h.say(bye)
}

// leaveWord leaves a farewell to the holder, who has counts to add up before.
func (h *Hub[T]) leaveWord(f farewell[T]) (none farewell[T]) {
	if f.last {
		h.bye = f // a word that is there already has no values with it: it was not the last
	}
	return none
}

// depart counts one subscriber less. mu is held.
func (h *Hub[T]) depart() (f farewell[T]) {
	h.live--
	f.last = h.live == 0
	if !f.last || !h.AutoCancel || h.ended {
		return f
	}
	if !h.closed {
		h.closed, h.cancelled = true, true
	}
	f.left = h.empty()
	return f
}

// empty takes everything out of the ring. mu is held.
func (h *Hub[T]) empty() ring[T] {
	left := h.ring
	h.ring = ring[T]{}
	h.stats.Lost += int64(left.n)
	return left
}

// discard hands over what empty gave, without mu.
func (h *Hub[T]) discard(left ring[T]) {
	for left.n > 0 {
		if v := left.pop(); h.Rules.Lost != nil {
			h.Rules.Lost(v)
		}
	}
}
