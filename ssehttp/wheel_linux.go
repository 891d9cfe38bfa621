package ssehttp

import (
	"math/bits"
	"time"
)

// wheel holds a shard's connections by the tick at which each is next looked
// at, for its heartbeat or its stall timeout. A write does not touch it: it only
// notes the tick on the connection, and the look that comes due moves the
// connection on. So time costs each connection one visit per heartbeat, and no
// timer.
//
// INVARIANTS (only the shard's loop touches it)
//   - slots[i] heads a doubly linked ring of the connections due at a tick t
//     with t % len(slots) == i; a bit of filled says that it has any.
//   - Every tick up to and including now has been visited.
//   - A look that is due further ahead than the wheel reaches is placed at its
//     end and moved on from there.
type wheel struct {
	slots  [256]*socket
	filled [4]uint64
	now    int64
}

const wheelReach = 255

// add places c at tick, or at the nearest one ahead.
func (w *wheel) add(c *socket, tick int64) {
	tick = min(max(tick, w.now+1), w.now+wheelReach)
	i := uint8(tick)
	c.slot = i
	if first := w.slots[i]; first != nil {
		c.after, c.before = first, first.before
		c.before.after, first.before = c, c
		return
	}
	c.after, c.before = c, c
	w.slots[i] = c
	w.filled[i/64] |= 1 << (i % 64)
}

// remove takes c out, if it is in.
func (w *wheel) remove(c *socket) {
	if c.after == nil {
		return
	}
	i := c.slot
	if c.after == c {
		w.slots[i] = nil
		w.filled[i/64] &^= 1 << (i % 64)
	} else {
		c.before.after, c.after.before = c.after, c.before
		if w.slots[i] == c {
			w.slots[i] = c.after
		}
	}
	c.after, c.before = nil, nil
}

// advance moves on to tick, looks at every connection that is due, and places
// it at the tick that look returns; 0 leaves it out.
func (w *wheel) advance(tick int64, look func(*socket) int64) {
	for {
		next, ok := w.next()
		if !ok || next > tick {
			w.now = max(w.now, tick)
			return
		}
		w.now = next
		for c := w.slots[uint8(next)]; c != nil; c = w.slots[uint8(next)] {
			w.remove(c)
			if due := look(c); due != 0 {
				w.add(c, due)
			}
		}
	}
}

// next is the first tick at which anything is due.
func (w *wheel) next() (int64, bool) {
	from := uint8(w.now + 1)
	for step := range 5 { // the first word is looked at twice: its end, then its start
		word := (from/64 + uint8(step)) % 4
		found := w.filled[word]
		switch step {
		case 0:
			found &= ^uint64(0) << (from % 64)
		case 4:
			found &= 1<<(from%64) - 1
		}
		if found != 0 {
			i := word*64 + uint8(bits.TrailingZeros64(found))
			return w.now + 1 + int64(i-from), true
		}
	}
	return 0, false
}

// clock tells the ticks of one server.
type clock struct {
	start time.Time
	tick  time.Duration
	// In ticks; 0 means never.
	heartbeat, stall int64
}

func newClock(o Options) clock {
	shortest := min(o.Heartbeat, o.StallTimeout)
	k := clock{start: time.Now(), tick: min(max(shortest/64, time.Millisecond), 250*time.Millisecond)}
	k.heartbeat, k.stall = k.ticks(o.Heartbeat), k.ticks(o.StallTimeout)
	return k
}

func (k *clock) ticks(d time.Duration) int64 {
	if d == Never {
		return 0
	}
	return int64((d-1)/k.tick) + 1
}

func (k *clock) now() int64 { return int64(time.Since(k.start) / k.tick) }

// until is the time from now to the start of a tick.
func (k *clock) until(tick int64) time.Duration {
	return max(time.Duration(tick)*k.tick-time.Since(k.start), 0)
}
