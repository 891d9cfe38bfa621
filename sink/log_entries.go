package sink

import (
	"sort"
)

// entries are what a log keeps, by number: a deque of blocks.
//
//	      oldest = 70                                    next = 200
//	         ▼                                              ▼
//	 block 1 (64..127)        block 2 (128..191)      block 3 (192..255)
//	│▒▒▒▒▒▒░░░░░░░░░░│░░░░░░░░░░░░░░░░░░░░░░░│░░░░░░░·················│
//	   │                                            │
//	   evicted: cleared at once, so that              free slots of the newest block
//	   values do not outlive retention
//
// INVARIANTS
//   - The entry number n, oldest <= n < next, stands in blocks[n/64 - base/64] at
//     n%64; base is the number of the first slot of blocks[0], base <= oldest.
//   - Slots outside oldest..next are zero.
//   - before is the id of the entry number oldest-1: a reader that saw it, and
//     nothing later, has missed nothing. It is empty while nothing was evicted.
//   - sorted: the ids grow (compareIDs) from before on; they are searched. As
//     soon as an id does not, index has the number of every id, for good.
//   - bytes is the sum of the sizes.
type entries[T any] struct {
	blocks       []*block[T]
	spare        *block[T] // the last one that was emptied, so that a full log allocates none
	base         uint64
	oldest, next uint64
	bytes        int64
	before       string
	index        map[string]uint64 // nil while sorted
}

const blockSize = 64

type block[T any] [blockSize]slot[T]

// slot is an entry as it is kept.
type slot[T any] struct {
	id    string
	value T
	at    int64 // unix nanoseconds of the append
	size  int64
}

func (e *entries[T]) len() int { return int(e.next - e.oldest) }

// at gives the slot of number n, which must be kept or be next.
func (e *entries[T]) at(n uint64) *slot[T] {
	return &e.blocks[(n-e.base)/blockSize][n%blockSize]
}

// newestID is empty for a log that never had an entry.
func (e *entries[T]) newestID() string {
	if e.next == e.oldest {
		return e.before
	}
	return e.at(e.next - 1).id
}

func (e *entries[T]) oldestID() string {
	if e.next == e.oldest {
		return ""
	}
	return e.at(e.oldest).id
}

// startAt makes an empty log go on with number n, behind an entry with the id
// before.
func (e *entries[T]) startAt(n uint64, before string) {
	*e = entries[T]{base: n - n%blockSize, oldest: n, next: n, before: before}
}

// push appends; the caller has seen that the id is not there.
func (e *entries[T]) push(s slot[T]) {
	if (e.next-e.base)/blockSize == uint64(len(e.blocks)) {
		e.grow()
	}
	newest := e.newestID()
	*e.at(e.next) = s
	e.next++
	e.bytes += s.size
	switch {
	case e.index != nil:
		e.index[s.id] = e.next - 1
	case newest != "" && compareIDs(s.id, newest) <= 0:
		e.makeIndex()
	}
}

func (e *entries[T]) grow() {
	b := e.spare
	if e.spare = nil; b == nil {
		b = new(block[T])
	}
	e.blocks = append(e.blocks, b)
}

func (e *entries[T]) makeIndex() {
	e.index = make(map[string]uint64, e.len())
	for n := e.oldest; n < e.next; n++ {
		e.index[e.at(n).id] = n
	}
}

// evict drops the oldest entry.
func (e *entries[T]) evict() {
	s := e.at(e.oldest)
	e.bytes -= s.size
	e.before = s.id
	if e.index != nil {
		delete(e.index, s.id)
	}
	*s = slot[T]{}
	e.oldest++
	if e.oldest-e.base == blockSize {
		e.spare = e.blocks[0]
		e.blocks[0] = nil
		e.blocks = e.blocks[1:]
		e.base = e.oldest
	}
}

// find gives the number of the entry with an id.
func (e *entries[T]) find(id string) (n uint64, ok bool) {
	if e.index != nil {
		n, ok = e.index[id]
		return n, ok
	}
	i := sort.Search(e.len(), func(i int) bool { return compareIDs(e.at(e.oldest+uint64(i)).id, id) >= 0 })
	n = e.oldest + uint64(i)
	return n, n < e.next && e.at(n).id == id
}

// behind gives the number of the first entry behind the one with an id, which
// may be the one that was evicted last.
func (e *entries[T]) behind(id string) (n uint64, ok bool) {
	if n, ok = e.find(id); ok {
		return n + 1, true
	}
	return e.oldest, e.before != "" && id == e.before
}

// has tells whether an id may not be given again. An id greater than the newest
// costs one comparison.
func (e *entries[T]) has(id string) bool {
	if e.index == nil && compareIDs(id, e.newestID()) > 0 {
		return false
	}
	_, ok := e.behind(id)
	return ok
}
