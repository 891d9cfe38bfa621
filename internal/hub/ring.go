package hub

// ring is the hand-off queue: values that came while another goroutine was
// emitting, or that wait for demand. It is bounded, because an emitter that
// outruns the one that drains must learn of it; it starts empty and grows, because
// most hubs never need it, and lets a large array go when it is empty again.
type ring[T any] struct {
	buf  []T // length 0 or a power of two
	head int
	n    int
}

// push adds v unless limit values wait already.
func (r *ring[T]) push(v T, limit int) bool {
	if r.n >= limit {
		return false
	}
	if r.n == len(r.buf) {
		r.grow()
	}
	r.buf[(r.head+r.n)&(len(r.buf)-1)] = v
	r.n++
	return true
}

// pop takes the oldest value; there must be one.
func (r *ring[T]) pop() T {
	var zero T
	v := r.buf[r.head]
	r.buf[r.head] = zero
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	if r.n == 0 && len(r.buf) > maxKept {
		r.buf, r.head = nil, 0
	}
	return v
}

func (r *ring[T]) grow() {
	buf := make([]T, max(8, 2*len(r.buf)))
	k := copy(buf, r.buf[r.head:])
	copy(buf[k:], r.buf[:r.head])
	r.buf, r.head = buf, 0
}
