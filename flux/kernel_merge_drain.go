package flux

// How a merge sends: see kernel_merge.go for its invariants.

// fail records an error of main or of an inner.
func (m *merge[T, R]) fail(err error, in *mergeInner[T, R]) {
	m.mu.Lock()
	late := len(m.errs) > 0 && !m.delayErrors || m.over.Load()
	if !late {
		m.errs = append(m.errs, err)
	}
	if in != nil {
		in.done = true
	}
	if !m.delayErrors {
		m.done = true
	}
	m.mu.Unlock()
	if late {
		dropError(m.ctx, err)
	}
	m.change()
}

// direct passes v if there is demand and nothing waits in q. The caller is both
// the drainer and the only one who adds to q, so it may look without mu. A value
// at which the subscriber panicked has gone too.
func (m *merge[T, R]) direct(q **ring[R], v R) (gone bool) {
	if m.over.Load() {
		discard(m.ctx, v)
		return true
	}
	if m.demand.load() <= 0 {
		return false
	}
	if (*q).len() > 0 {
		return false
	}
	defer m.guard()
	gone = true
	if m.push(v) {
		m.demand.sub(1)
	}
	return gone
}

func (m *merge[T, R]) enqueue(q **ring[R], v R) {
	m.mu.Lock()
	if *q == nil {
		*q = new(ring[R])
	}
	(*q).push(v)
	m.mu.Unlock()
}

func (m *merge[T, R]) change() { m.wip.add(m.pass) }

// leave gives up being the drainer after a value that went straight through.
func (m *merge[T, R]) leave() {
	if !m.wip.leave() {
		m.wip.run(m.pass)
	}
}

// pass sends what can be sent now, and tells whether it may be worth another.
func (m *merge[T, R]) pass() (again bool) {
	defer m.guard()
	if m.ended(true) {
		return false
	}
	r := m.demand.load()
	if r > 0 {
		used, popped, over := m.passQueue(&m.singles, r)
		if over {
			return false
		}
		if popped > 0 {
			m.replenish += popped
			r = m.demand.sub(used)
			again = true
		}
	}
	if r > 0 {
		over, more := m.passInners(r)
		if over {
			return false
		}
		again = again || more
	} else if m.sweep() {
		again = true
	}
	m.refill()
	return again
}

// refill asks main for as many values as publishers have ended.
func (m *merge[T, R]) refill() {
	n := m.replenish
	m.replenish = 0
	if n > 0 && !m.over.Load() {
		m.upstream().Request(n)
	}
}

// passInners lets every inner have its turn.
func (m *merge[T, R]) passInners(r int64) (over, again bool) {
	m.mu.Lock()
	slots := m.slots
	m.mu.Unlock()
	n := int32(len(slots))
	if m.turn >= n {
		m.turn = 0
	}
	for range n {
		in := m.inner(m.turn)
		if in != nil {
			used, popped, over := m.passQueue(&in.queue, r)
			if over {
				return true, false
			}
			if m.removeEnded(in) {
				again = true
			} else {
				in.took(int(popped))
			}
			again = again || popped > used
			if r = m.demand.sub(used); r <= 0 {
				return false, again
			}
		}
		if m.turn++; m.turn == n {
			m.turn = 0
		}
	}
	return false, again
}

// passQueue sends up to r values from q. It tells how many values used demand,
// how many left the queue, and whether the merge ended meanwhile. A rejected value
// counts as one of the r: what replaces it is a matter of the next turn, as in
// Reactor.
func (m *merge[T, R]) passQueue(q **ring[R], r int64) (used, popped int64, over bool) {
	for popped < r {
		if m.ended(false) {
			return used, popped, true
		}
		m.mu.Lock()
		if (*q).len() == 0 {
			m.mu.Unlock()
			break
		}
		v := (*q).pop()
		m.mu.Unlock()
		popped++
		if m.push(v) {
			used++
		}
	}
	return used, popped, false
}

// ended sends the terminal if it is time, or lets go after a cancel. Only
// between queues (idle) may completion be seen.
func (m *merge[T, R]) ended(idle bool) bool {
	if m.over.Load() {
		m.release()
		return true
	}
	if err := m.demand.err(); err != nil {
		m.finish(err)
		return true
	}
	m.mu.Lock()
	errs := m.errs
	empty := m.live == 0 && m.singles.len() == 0
	end := m.done && (idle && empty || len(errs) > 0 && !m.delayErrors)
	m.mu.Unlock()
	if end {
		m.finish(joined(errs))
	}
	return end
}

func (m *merge[T, R]) finish(err error) {
	down := m.down
	m.over.Store(true)
	m.release()
	(&ending{err: err}).deliver(down)
}

// release cancels everything upstream and discards what is queued.
func (m *merge[T, R]) release() {
	m.mu.Lock()
	slots, singles, main := m.slots, m.singles, m.main
	m.slots, m.singles, m.live, m.main = nil, nil, 0, nothing{}
	m.mu.Unlock()
	m.down, m.push = nil, nil
	main.Cancel()
	singles.drop(m.discard)
	for _, in := range slots {
		if in == nil {
			continue
		}
		m.mu.Lock()
		q, up := in.queue, in.up
		in.queue = nil
		m.mu.Unlock()
		if up != nil {
			up.Cancel()
		}
		q.drop(m.discard)
	}
}

func (m *merge[T, R]) discard(v R) { discard(m.ctx, v) }

// guard settles a panic from below.
func (m *merge[T, R]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := m.down
	m.over.Store(true)
	settle(m.ctx, down, p, nil)
	m.release()
}
