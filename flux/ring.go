package flux

// ring is a first-in first-out queue in one growing array. The zero ring is
// empty and owns no memory; a ring that became empty after growing large lets
// its array go. Not safe for concurrent use.
//
// INVARIANTS
//   - len(buf) is 0 or a power of two; the elements are at head, head+1, ...
//     modulo len(buf), n of them.
//   - Free slots hold the zero value, so that a popped value can be collected.
type ring[T any] struct {
	buf  []T
	head int
	n    int
}

const (
	ringStart = 4    // slots of the first array
	ringKeep  = 1024 // slots an empty ring may keep
)

// len counts the values; a nil ring has none.
func (r *ring[T]) len() int {
	if r == nil {
		return 0
	}
	return r.n
}

func (r *ring[T]) push(v T) {
	if r.n == len(r.buf) {
		r.grow()
	}
	r.buf[(r.head+r.n)&(len(r.buf)-1)] = v
	r.n++
}

// pop takes the oldest value; the ring must not be empty.
func (r *ring[T]) pop() T {
	var zero T
	v := r.buf[r.head]
	r.buf[r.head] = zero
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	if r.n == 0 && len(r.buf) > ringKeep {
		r.buf, r.head = nil, 0
	}
	return v
}

// popLast takes the newest value; the ring must not be empty.
func (r *ring[T]) popLast() T {
	var zero T
	i := (r.head + r.n - 1) & (len(r.buf) - 1)
	v := r.buf[i]
	r.buf[i] = zero
	r.n--
	return v
}

// peek returns the oldest value; the ring must not be empty.
func (r *ring[T]) peek() T { return r.buf[r.head] }

// drop empties the ring, handing each value to f. A nil ring is empty.
func (r *ring[T]) drop(f func(T)) {
	if r == nil {
		return
	}
	for r.n > 0 {
		f(r.pop())
	}
	*r = ring[T]{}
}

func (r *ring[T]) grow() {
	grown := make([]T, max(ringStart, 2*len(r.buf)))
	k := copy(grown, r.buf[r.head:])
	copy(grown[k:], r.buf[:r.head])
	r.buf, r.head = grown, 0
}
