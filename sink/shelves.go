package sink

import (
	"sync"
	"sync/atomic"
)

// The shelves of the policies: what a lane keeps for a subscriber without demand.

// ledger corrects the hub's counts by what happens behind its back: the hub takes
// a value that a lane keeps for delivered. The fields are atomic because lanes count
// on the goroutines of their subscribers.
type ledger struct {
	kept    atomic.Int64 // put on a shelf
	sent    atomic.Int64 // taken from a shelf
	dropped atomic.Int64 // replaced or cleared on a shelf
	kicked  atomic.Int64
}

func (l *ledger) on(s Stats) Stats {
	kept, sent, dropped := l.kept.Load(), l.sent.Load(), l.dropped.Load()
	s.Delivered += sent - kept
	s.Dropped += dropped
	s.Pending += int(max(0, kept-sent-dropped))
	s.Kicked = l.kicked.Load()
	return s
}

// books is where a shelf counts.
type books struct {
	ledger *ledger
	missed *atomic.Int64 // of the Flux, or nil
}

func (b books) miss(n int64) {
	if b.missed != nil {
		b.missed.Add(n)
	}
}

// lose counts values that were kept and will not be sent.
func (b books) lose(n int64) {
	if n > 0 {
		b.ledger.dropped.Add(n)
		b.miss(n)
	}
}

// dropping keeps nothing.
type dropping[T any] struct{ books }

func (s dropping[T]) Put(T) (bool, error)           { s.miss(1); return false, nil }
func (dropping[T]) Take() (v T, ok bool, err error) { return v, false, nil }
func (dropping[T]) Empty() bool                     { return true }
func (dropping[T]) Clear()                          {}

// kicking keeps nothing and ends the subscription.
type kicking[T any] struct{ books }

func (s kicking[T]) Put(T) (bool, error) {
	s.miss(1)
	s.ledger.kicked.Add(1)
	return false, ErrOverflow
}
func (kicking[T]) Take() (v T, ok bool, err error) { return v, false, nil }
func (kicking[T]) Empty() bool                     { return true }
func (kicking[T]) Clear()                          {}

// newest keeps one value.
type newest[T any] struct {
	books
	mu   sync.Mutex // guards what follows
	v    T
	full bool
}

func (s *newest[T]) Put(v T) (bool, error) {
	s.mu.Lock()
	replaced := s.full
	s.v, s.full = v, true
	s.mu.Unlock()
	s.ledger.kept.Add(1)
	if replaced {
		s.lose(1)
	}
	return true, nil
}

func (s *newest[T]) pop() (v T, ok bool) {
	var zero T
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok = s.v, s.full
	s.v, s.full = zero, false
	return v, ok
}

func (s *newest[T]) Take() (v T, ok bool, err error) {
	if v, ok = s.pop(); ok {
		s.ledger.sent.Add(1)
	}
	return v, ok, nil
}

func (s *newest[T]) Empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.full
}

func (s *newest[T]) Clear() {
	if _, ok := s.pop(); ok {
		s.lose(1)
	}
}

// conflated keeps one value for each key.
type conflated[T any, K comparable] struct {
	books
	key    func(T) K
	mu     sync.Mutex // guards what follows; key is called without it
	values map[K]T
	order  []K // of the keys; from next on they wait
	next   int
}

func (s *conflated[T, K]) Put(v T) (bool, error) {
	k, err := guarded(func() K { return s.key(v) })
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	if s.values == nil {
		s.values = map[K]T{}
	}
	_, replaced := s.values[k]
	s.values[k] = v
	if !replaced {
		s.order = append(s.order, k)
	}
	s.mu.Unlock()
	s.ledger.kept.Add(1)
	if replaced {
		s.lose(1)
	}
	return true, nil
}

func (s *conflated[T, K]) Take() (v T, ok bool, err error) {
	s.mu.Lock()
	if ok = s.next < len(s.order); ok {
		k := s.order[s.next]
		s.next++
		v = s.values[k]
		delete(s.values, k)
		s.reuse()
	}
	s.mu.Unlock()
	if ok {
		s.ledger.sent.Add(1)
	}
	return v, ok, nil
}

// reuse keeps the order's array from growing while keys come and go.
func (s *conflated[T, K]) reuse() {
	if s.next == len(s.order) || s.next > 64 && 2*s.next > len(s.order) {
		n := copy(s.order, s.order[s.next:])
		clear(s.order[n:])
		s.order, s.next = s.order[:n], 0
	}
}

func (s *conflated[T, K]) Empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next == len(s.order)
}

func (s *conflated[T, K]) Clear() {
	s.mu.Lock()
	n := len(s.order) - s.next
	s.values, s.order, s.next = nil, nil, 0
	s.mu.Unlock()
	s.lose(int64(n))
}

// gap keeps the number of values that were missed. It is atomic because the
// emitter counts while the subscriber's goroutine takes.
type gap[T any] struct {
	books
	notice func(int64) T
	n      atomic.Int64
}

func (s *gap[T]) Put(T) (bool, error) {
	s.n.Add(1)
	s.miss(1)
	return false, nil
}

func (s *gap[T]) Take() (v T, ok bool, err error) {
	n := s.n.Swap(0)
	if n == 0 {
		return v, false, nil
	}
	v, err = guarded(func() T { return s.notice(n) })
	return v, err == nil, err
}

func (s *gap[T]) Empty() bool { return s.n.Load() == 0 }
func (s *gap[T]) Clear()      { s.n.Store(0) }

// guarded calls a user function off the path of every value, and gives its panic
// as an error.
func guarded[R any](f func() R) (r R, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return f(), nil
}
