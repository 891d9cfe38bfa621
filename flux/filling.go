package flux

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// filling is the list that is being filled.
//
// INVARIANTS
//   - One goroutine adds, that of the values. Any may take the list away while a
//     value is on its way: a timer, a Cancel. After close nothing is added any more.
//   - mu is held to start a list, to let it grow and to take it away, never while
//     calling out. A list without values gets none while mu is held.
//   - A value behind the first needs no lock: it goes into its place, and counts
//     when n was raised, by which the list was still there. Otherwise it is the
//     first of the next list; who has the old one cannot reach that place.
type filling[T any] struct {
	mu     sync.Mutex
	open   atomic.Pointer[places[T]] // nil if none was started since one was taken away
	closed bool
}

// places is the memory of a list.
type places[T any] struct {
	all []T          // guarded by mu; who adds may look without
	n   atomic.Int64 // how many are filled; goneList once it is taken away
}

const goneList = -1

const (
	firstCapacity = 16   // places a list starts with, where its size is not known
	mostCapacity  = 1024 // and at most, where it is
)

// add appends v; it fails once the list was closed.
func (b *filling[T]) add(v T, capacity int) bool {
	if b.addBehind(v, math.MaxInt) {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.addLocked(v, capacity) > 0
}

// addBehind appends v if there is room behind other values, and the list has no
// more than most values then. Otherwise the lock is needed.
func (b *filling[T]) addBehind(v T, most int) bool {
	p := b.open.Load()
	if p == nil {
		return false
	}
	n := p.n.Load()
	if n <= 0 || int(n) >= min(most, len(p.all)) {
		return false
	}
	p.all[n] = v
	return p.n.CompareAndSwap(n, n+1)
}

// addLocked is add for who holds the lock. It returns the length, or 0.
func (b *filling[T]) addLocked(v T, capacity int) int {
	if b.closed {
		return 0
	}
	p := b.open.Load()
	if p == nil {
		p = new(places[T])
		b.open.Store(p)
	}
	n := int(p.n.Load())
	if len(p.all) == 0 {
		p.all = make([]T, capacity)
	} else if n == len(p.all) {
		p.all = slices.Grow(p.all, 1)
		p.all = p.all[:cap(p.all)]
	}
	p.all[n] = v
	p.n.Add(1)
	return n + 1
}

// len gives the length of the open list.
func (b *filling[T]) len() int {
	if p := b.open.Load(); p != nil {
		return int(max(p.n.Load(), 0))
	}
	return 0
}

// fill appends v, and takes the list if that has size values then. It fails once
// the list was closed.
func (b *filling[T]) fill(v T, size int) (full []T, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.addLocked(v, min(size, mostCapacity))
	if n == size {
		full = b.emptyLocked()
	}
	return full, n > 0
}

// take gives the list, and starts another one. It is for who adds.
func (b *filling[T]) take() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.emptyLocked()
}

// emptyLocked is take for who holds the lock.
func (b *filling[T]) emptyLocked() []T {
	p := b.open.Load()
	if p == nil {
		return nil
	}
	list := p.all[:p.n.Load()]
	p.all = nil
	p.n.Store(0)
	return list
}

// takeLocked gives the list to anybody who holds the lock.
func (b *filling[T]) takeLocked() []T {
	p := b.open.Swap(nil)
	if p == nil {
		return nil
	}
	n := p.n.Swap(goneList)
	return p.all[:n:n]
}

// close gives the last list.
func (b *filling[T]) close() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.takeLocked()
}
