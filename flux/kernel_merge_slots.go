package flux

// The slots of a merge: which inners there are, and whose turn is next.

const firstSlots = 4

// add finds a slot for in; it fails once the merge is over.
func (m *merge[T, R]) add(in *mergeInner[T, R]) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over.Load() {
		return false
	}
	in.slot = m.slot()
	m.slots[in.slot] = in
	m.live++
	return true
}

// slot finds a free slot; the caller holds mu.
func (m *merge[T, R]) slot() int32 {
	if int(m.fresh) == len(m.slots) {
		if m.freed.len() > 0 {
			return m.freed.pop()
		}
		grown := make([]*mergeInner[T, R], max(firstSlots, 2*len(m.slots)))
		copy(grown, m.slots)
		m.slots = grown
	}
	m.fresh++
	return m.fresh - 1
}

// nextSlot is what slot will find.
func (m *merge[T, R]) nextSlot() int32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if int(m.fresh) == len(m.slots) && m.freed.len() > 0 {
		return m.freed.peek()
	}
	return m.fresh
}

// free gives a slot back; the caller holds mu.
func (m *merge[T, R]) free(slot int32) {
	if m.freed == nil {
		m.freed = new(ring[int32])
	}
	m.freed.push(slot)
}

// skipSlot uses a slot up and frees it, for an inner that needed none: the order
// of the slots is that of all inners.
func (m *merge[T, R]) skipSlot() {
	m.mu.Lock()
	m.free(m.slot())
	m.mu.Unlock()
}

func (m *merge[T, R]) inner(i int32) *mergeInner[T, R] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if int(i) >= len(m.slots) {
		return nil
	}
	return m.slots[i]
}

// removeEnded frees the slot of an inner that has ended and sent everything.
func (m *merge[T, R]) removeEnded(in *mergeInner[T, R]) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !in.done || in.queue.len() > 0 || m.slots == nil {
		return false
	}
	m.slots[in.slot] = nil
	m.free(in.slot)
	m.live--
	m.replenish++
	return true
}

// sweep frees the slots of ended inners while there is no demand, up to the
// first that still has values.
func (m *merge[T, R]) sweep() (again bool) {
	for i := int32(0); ; i++ {
		m.mu.Lock()
		end := int(i) >= len(m.slots)
		m.mu.Unlock()
		if end {
			return again
		}
		in := m.inner(i)
		if in == nil {
			continue
		}
		if m.removeEnded(in) {
			again = true
			continue
		}
		m.mu.Lock()
		waiting := in.queue.len() > 0
		m.mu.Unlock()
		if waiting {
			return again
		}
	}
}

// upstream is main, or nothing once main has ended.
func (m *merge[T, R]) upstream() Subscription {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.main
}
