package hub

// Emit sends v to the subscribers, or leaves it to the goroutine that is
// emitting. It calls subscribers on the caller's goroutine, and before it
// returns it also sends what others handed to it meanwhile.
func (h *Hub[T]) Emit(v T) Outcome {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return h.shut()
	}
	if h.Policy == Buffer {
		return h.store(v)
	}
	if h.busy {
		ok := !h.Strict && h.ring.push(v, h.Limit)
		h.mu.Unlock()
		if ok {
			return Handed
		}
		return Contended
	}
	if h.live == 0 {
		h.mu.Unlock()
		return NoSubscriber
	}
	h.busy, h.served = true, 0
	h.started++
	h.mu.Unlock()
	defer h.drain() // deferred, for a subscriber that ends the goroutine (runtime.Goexit)
	return h.send(v, 0)
}

// shut is the outcome for what comes after closed was seen, under mu.
func (h *Hub[T]) shut() Outcome {
	if h.cancelled {
		return Cancelled
	}
	return Closed
}

// Close sends the terminal: completion if err is nil. If another goroutine is
// emitting, the terminal goes out after what was handed to it. Where values wait
// for demand, completion waits behind them, and an error does if the hub is
// Patient.
func (h *Hub[T]) Close(err error) Outcome {
	h.mu.Lock()
	outcome := Sent
	switch {
	case h.closed:
		outcome = h.shut()
	case h.busy && h.Strict:
		outcome = Contended
	case h.Audience && !h.known:
		outcome = NoSubscriber
	}
	if outcome != Sent {
		h.mu.Unlock()
		return outcome
	}
	h.err = err
	h.closed = true
	own := !h.busy
	h.busy = true
	var left ring[T]
	if err != nil && h.Policy == Buffer && !h.Patient {
		left = h.empty()
	}
	h.mu.Unlock()
	h.discard(left)
	if !own {
		return Handed
	}
	h.served = 0
	h.drain()
	return Sent
}

// drain does what others left for the holder, then lays the baton down.
func (h *Hub[T]) drain() {
	done := false
	defer func() {
		if !done { // runtime.Goexit in a subscriber: what is left must still be done
			h.drain()
		}
	}()
	for !done {
		h.sendBatch()
		h.sendErrors()
		switch h.next(h.ready()) {
		case rest:
			done = true
		case parting:
			h.part()
		case terminal:
			h.end()
		case tired:
			done = true
			go h.drain() // it ends when nothing is left
		}
	}
}

// step is what the holder of the baton does next.
type step uint8

const (
	rest step = iota
	more      // a batch, or errors for those who misbehaved
	terminal
	parting // the last subscriber has left
	tired   // more, for somebody else
)

// next settles the notes and picks the holder's next step, or frees the baton.
// ready is what ready gave before.
func (h *Hub[T]) next(ready bool) step {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.report.addTo(&h.stats)
	changed := h.settle()
	switch {
	case h.bye.last:
		return parting
	case len(h.wrong) > 0:
		return more
	case h.ring.n > 0 && h.Policy == Buffer:
		if s := h.waiting(ready, changed); s != rest {
			return s
		}
	case h.ring.n > 0:
		return h.take()
	case h.closed && !h.ended, len(h.entries) > 0 && h.ended:
		h.bye.last = h.live > 0
		h.ended, h.live = true, 0
		return terminal
	}
	h.busy, h.again = false, false
	return rest
}

// maxKept is how many notes of leaving subscribers are worth keeping room for.
const maxKept = 1024

// maxBatch is how many values the holder takes from the ring under one lock.
const maxBatch = 32

// take moves values from the ring to the batch, up to the one after which
// somebody joins. One that waited for demand comes alone: after it the demand is
// another, and room for one more is made only by sending it.
func (h *Hub[T]) take() step {
	n := min(h.ring.n, maxBatch)
	if h.Policy == Buffer {
		n, h.seen = 1, 0
	}
	if len(h.joining) > 0 {
		n = min(n, int(h.joining[0].after-h.started))
	}
	for range n {
		h.batch = append(h.batch, h.ring.pop())
	}
	h.started += uint64(n)
	if h.served += n; h.Relief > 0 && h.served > h.Relief {
		h.served = waking
		return tired
	}
	return more
}

// sendBatch sends what was taken from the ring.
func (h *Hub[T]) sendBatch() {
	if len(h.batch) == 0 {
		return
	}
	var zero T
	for h.taken < len(h.batch) {
		v := h.batch[h.taken]
		h.batch[h.taken] = zero
		h.taken++
		if h.send(v, 0) != Sent {
			h.lose(v)
		}
	}
	h.batch, h.taken = h.batch[:0], 0
	if h.Taken != nil && h.Policy == Buffer {
		h.Taken(h.started)
	}
}

// settle takes out who left during the last pass and lets in who joined in
// time for the next one, and tells whether there were any. Those that are owed an
// error go to wrong.
func (h *Hub[T]) settle() (changed bool) {
	if len(h.leaving) > 0 {
		changed = true
		for _, s := range h.leaving {
			if e := h.remove(s); s.requested.Load() != gone {
				h.wrong = append(h.wrong, e)
			}
		}
		clear(h.leaving)
		h.leaving = h.leaving[:0]
		if cap(h.leaving) > maxKept {
			h.leaving = nil
		}
		h.compact()
	}
	if len(h.joining) > 0 {
		changed = true
		h.admit()
	}
	return changed
}

// admit lets in those who may see the next value.
func (h *Hub[T]) admit() {
	n := 0
	for ; n < len(h.joining) && h.joining[n].after <= h.started; n++ {
		e := h.joining[n].entry
		state := e.sub.requested.Load()
		if state >= 0 {
			h.place(e)
			continue
		}
		if state != gone {
			h.wrong = append(h.wrong, e)
		}
		h.forget(e.sub)
	}
	clear(h.joining[:n])
	h.joining = h.joining[n:]
	if len(h.joining) == 0 {
		h.joining = nil
	}
}

func (h *Hub[T]) sendErrors() {
	for len(h.wrong) > 0 {
		e := h.wrong[0]
		h.wrong = h.wrong[1:]
		h.finish(e)
	}
	h.wrong = nil
}

// lose counts a value that was accepted and reached nobody: its emitter was told
// that it is on its way.
func (h *Hub[T]) lose(v T) {
	h.report.lost++
	if h.Rules.Lost != nil {
		h.Rules.Lost(v)
	}
}

// tally is what the holder counted since it last held mu.
type tally struct{ emitted, overflowed, lost, delivered, dropped int64 }

func (t *tally) addTo(s *Stats) {
	s.Emitted += t.emitted
	s.Overflowed += t.overflowed
	s.Lost += t.lost
	s.Delivered += t.delivered
	s.Dropped += t.dropped
	*t = tally{}
}
