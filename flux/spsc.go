package flux

import "sync/atomic"

// spsc is a first-in first-out queue between one goroutine that pushes and one
// that pops, neither of which waits for the other or locks. Either side may move
// from goroutine to goroutine, if what moves it orders the calls. The zero spsc is
// empty and owns no memory.
//
// Values lie in a ring. When that is full the next one, twice as large, takes what
// comes from then on, and the other side follows when it has emptied the old one:
//
//	pop ◀── │ ring, left at end │ ──next──▶ │ ring │ ◀── push
//
// INVARIANTS
//   - pushed and popped count values since the beginning, and say where in its ring
//     a value lies. published is pushed; gone is popped as of the last tell.
//   - A slot is written before published covers it, and again only after gone does.
//     Free slots hold the zero value, so that a popped value can be collected.
//   - end is 0 in the last ring. A ring's next is written before its end, and that
//     before published goes beyond it: who sees the value sees where it lies.
type spsc[T any] struct {
	// Of the side that pushes.
	in        *segment[T]
	pushed    int
	room      int          // pushed may rise this far without another look at gone
	published atomic.Int64 // hands values over, without a lock

	// Of the side that pops.
	gone   atomic.Int64 // hands slots back, without a lock
	popped int
	out    *segment[T]

	first *segment[T] // where out starts; written before the first value
}

// segment is one ring. The length of values is a power of two.
type segment[T any] struct {
	values []T
	start  int          // what pushed was when the ring was made
	end    atomic.Int64 // what pushed was when the ring was left, or 0: tells the other side
	next   *segment[T]
}

// push adds v; false means that bound values wait, and v is not one of them.
func (q *spsc[T]) push(v T, bound int) bool {
	if q.pushed == q.room && !q.widen(bound) {
		return false
	}
	q.in.values[q.pushed&(len(q.in.values)-1)] = v
	q.pushed++
	q.published.Store(int64(q.pushed))
	return true
}

// widen looks for room: in the slots that were handed back, or else in a new ring,
// which is no larger than ringKeep, so that a large one need not be kept.
func (q *spsc[T]) widen(bound int) bool {
	gone := int(q.gone.Load())
	waiting := q.pushed - gone
	if waiting >= bound {
		return false
	}
	size := ringStart
	if q.in != nil {
		size = len(q.in.values)
		if free := size - (q.pushed - max(q.in.start, gone)); free > 0 {
			q.room = q.pushed + min(free, bound-waiting)
			return true
		}
		size *= 2
	}
	size = min(size, bound, ringKeep)
	q.extend(&segment[T]{values: make([]T, size), start: q.pushed})
	q.room = q.pushed + min(size, bound-waiting)
	return true
}

func (q *spsc[T]) extend(next *segment[T]) {
	if q.in == nil {
		q.first = next
	} else {
		q.in.next = next
		q.in.end.Store(int64(q.pushed))
	}
	q.in = next
}

// ready tells how many values can be popped one after the other; there may be more
// behind them. 0 means that none waits.
func (q *spsc[T]) ready() int {
	n := int(q.published.Load()) - q.popped
	if n == 0 {
		return 0
	}
	if q.out == nil {
		q.out = q.first
	}
	end := int(q.out.end.Load())
	if end == 0 {
		return n
	}
	if q.popped == end {
		q.out = q.out.next
		return q.ready()
	}
	return min(n, end-q.popped)
}

// pop takes the oldest value; ready must have said that there is one.
func (q *spsc[T]) pop() T {
	var zero T
	slot := &q.out.values[q.popped&(len(q.out.values)-1)]
	v := *slot
	*slot = zero
	q.popped++
	return v
}

// tell hands the slots of the values that were popped back. Until then they count
// as waiting.
func (q *spsc[T]) tell() { q.gone.Store(int64(q.popped)) }
