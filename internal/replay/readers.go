package replay

// minHoles is the number of holes that is not worth a replacement.
const minHoles = 16

// admit puts r among the readers; mu is held.
func (b *Buffer[T]) admit(r *Reader[T]) {
	r.place = len(b.readers)
	b.readers = append(b.readers, r)
	b.live++
}

// leave takes r out, and tells whether there are others.
func (b *Buffer[T]) leave(r *Reader[T]) (others bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed && r.place != outside {
		r.place = outside
		b.live--
		b.holes++
		b.closeHoles()
	}
	return b.live > 0
}

// closeHoles replaces readers by those that are in, when the others are more than
// a quarter, so that each that leaves pays for copying four. A walk may be under
// way, so nothing is changed in place.
func (b *Buffer[T]) closeHoles() {
	switch {
	case b.live == 0:
		b.readers = nil
	case b.holes < minHoles || 4*b.holes <= len(b.readers):
		return
	default:
		kept := make([]*Reader[T], 0, b.live+b.live/4)
		for _, r := range b.readers {
			if r.place != outside {
				r.place = len(kept)
				kept = append(kept, r)
			}
		}
		b.readers = kept
	}
	b.holes, b.seen = 0, 0
}

// walk tells each reader that there is something new, in order of subscription.
func walk[T any](readers []*Reader[T]) {
	next := 0
	defer func() {
		if next < len(readers) { // runtime.Goexit in a subscriber: the others must still be told
			walk(readers[next:])
		}
	}()
	for next < len(readers) {
		r := readers[next]
		next++
		r.change()
	}
}
