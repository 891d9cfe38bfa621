package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// MergeComparing subscribes to all publishers at once and gives, of the values
// that are next of each, the smallest by compare (negative: a comes first); of
// equal ones that of the first publisher. So publishers that are each in order
// give one stream in order. It waits until every publisher that has not
// completed has sent a value. From each, 32 values are requested ahead. An error
// of one ends it at once and cancels the others. compare is called by the
// goroutine that sent the last missing value or the request; its panic cancels
// all and is the error of the stream.
//
// Source: Reactor's Flux.mergeComparing.
func MergeComparing[T any](compare func(a, b T) int, srcs ...Publisher[T]) Flux[T] {
	return MergeComparingAll(compare, srcs)
}

// MergeComparingAll is [MergeComparing] with options: Prefetch, and DelayErrors,
// which keeps errors back until all publishers have ended and joins them.
//
// Source: Reactor's Flux.mergeComparing(int, Comparator, Publisher...),
// Flux.mergeComparingDelayError.
func MergeComparingAll[T any](compare func(a, b T) int, srcs []Publisher[T], o ...MergeOption) Flux[T] {
	return ordering("MergeComparing", compare, srcs, true, mergeOptions(o))
}

// MergePriority is [MergeComparing] that does not wait: it gives the smallest of
// the values that are there.
//
// Source: Reactor's Flux.mergePriority.
func MergePriority[T any](compare func(a, b T) int, srcs ...Publisher[T]) Flux[T] {
	return MergePriorityAll(compare, srcs)
}

// MergePriorityAll is [MergePriority] with the options of [MergeComparingAll].
//
// Source: Reactor's Flux.mergePriority(int, Comparator, Publisher...),
// Flux.mergePriorityDelayError.
func MergePriorityAll[T any](compare func(a, b T) int, srcs []Publisher[T], o ...MergeOption) Flux[T] {
	return ordering("MergePriority", compare, srcs, false, mergeOptions(o))
}

func ordering[T any](name string, compare func(a, b T) int, srcs []Publisher[T], wait bool, o options) Flux[T] {
	switch {
	case compare == nil:
		return nilFunc[T](name)
	case o.err != nil:
		return Error[T](o.err)
	case len(srcs) == 0:
		return Empty[T]()
	case len(srcs) == 1:
		return From(srcs[0])
	}
	from := sourcesOf(srcs)
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		m := &ordered[T]{
			ctx: ctx, down: s, push: pusher(s), compare: compare,
			wait: wait, prefetch: o.prefetch, delayErrors: o.delayErrors,
		}
		for range from {
			m.sides = append(m.sides, &orderedSide[T]{m: m})
		}
		s.OnSubscribe(m)
		for i, src := range from {
			src.subscribe(ctx, m.sides[i])
		}
	})}
}

// ordered picks the smallest of the sides' next values.
//
// INVARIANTS
//   - wip > 0 means that somebody is picking; that goroutine alone calls compare,
//     calls down and takes from the queues.
//   - mu guards errs and every side's queue, done and up; it is never held while
//     calling out. What a queue shows first stays there until the picker pops it.
//   - over: the terminal went down or the subscription was cancelled.
type ordered[T any] struct {
	ctx         context.Context
	down        Subscriber[T]
	push        func(T) bool
	compare     func(a, b T) int
	sides       []*orderedSide[T]
	wait        bool // for a value of every side
	prefetch    int
	delayErrors bool

	wip    solo
	over   atomic.Bool
	demand demand

	mu   sync.Mutex
	errs []error

	running bool // compare is executing
}

type orderedSide[T any] struct {
	m     *ordered[T]
	up    Subscription
	queue ring[T]
	done  bool

	// The picker's own.
	head  T
	some  bool
	over  bool // done, and nothing waits
	taken int
}

func (s *orderedSide[T]) OnSubscribe(up Subscription) {
	s.m.mu.Lock()
	s.up = up
	s.m.mu.Unlock()
	if s.m.over.Load() {
		up.Cancel()
		return
	}
	up.Request(prefetchDemand(s.m.prefetch))
}

func (s *orderedSide[T]) OnNext(v T) {
	m := s.m
	m.mu.Lock()
	full := s.queue.len() >= queueBound(m.prefetch)
	if !full {
		s.queue.push(v)
	}
	m.mu.Unlock()
	if full {
		discard(m.ctx, v)
		s.up.Cancel()
		s.OnError(ErrOverflow)
		return
	}
	m.change()
}

func (s *orderedSide[T]) OnError(err error) {
	m := s.m
	m.mu.Lock()
	late := len(m.errs) > 0 && !m.delayErrors || m.over.Load()
	if !late {
		m.errs = append(m.errs, err)
	}
	s.done = true
	m.mu.Unlock()
	if late {
		dropError(m.ctx, err)
	}
	m.change()
}

func (s *orderedSide[T]) OnComplete() {
	s.m.mu.Lock()
	s.done, s.up = true, nothing{} // what has ended need not be kept
	s.m.mu.Unlock()
	s.m.change()
}

func (m *ordered[T]) Request(n int64) {
	m.demand.add(n)
	m.change()
}

func (m *ordered[T]) Cancel() {
	if !m.over.Swap(true) {
		m.change()
	}
}

func (m *ordered[T]) change() { m.wip.add(m.pass) }

// pass sends one value or the end; false means that nothing can be sent.
func (m *ordered[T]) pass() bool {
	defer m.guard()
	if m.over.Load() {
		m.release()
		return false
	}
	if err := m.demand.err(); err != nil {
		m.finish(err)
		return false
	}
	missing, end, err := m.heads()
	switch {
	case end:
		m.finish(err)
		return false
	case missing && m.wait, m.demand.load() <= 0:
		return false
	}
	s := m.smallest()
	if s == nil {
		return false
	}
	v := s.head
	var zero T
	s.head, s.some = zero, false
	if m.push(v) {
		m.demand.sub(1)
	}
	s.took()
	return true
}

// heads takes the next value of every side that has shown none. It tells whether
// a side that goes on has none, and whether it is time for the end.
func (m *ordered[T]) heads() (missing, end bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	end = true
	for _, s := range m.sides {
		if !s.some && s.queue.len() > 0 {
			s.head, s.some = s.queue.pop(), true
		}
		s.over = !s.some && s.done
		end = end && s.over
		missing = missing || !s.some && !s.over
	}
	if len(m.errs) > 0 && !m.delayErrors {
		return missing, true, m.errs[0]
	}
	return missing, end, joined(m.errs)
}

// smallest is the side with the smallest next value, nil if none has one.
func (m *ordered[T]) smallest() (least *orderedSide[T]) {
	for _, s := range m.sides {
		if !s.some {
			continue
		}
		if least == nil {
			least = s
			continue
		}
		m.running = true
		less := m.compare(least.head, s.head) > 0
		m.running = false
		if less {
			least = s
		}
	}
	return least
}

// took asks for more once three quarters of the prefetch went down.
func (s *orderedSide[T]) took() {
	if s.m.prefetch == unlimited {
		return
	}
	if s.taken++; s.taken == refillAt(s.m.prefetch) {
		s.taken = 0
		s.m.mu.Lock()
		up := s.up
		s.m.mu.Unlock()
		up.Request(int64(refillAt(s.m.prefetch)))
	}
}

func (m *ordered[T]) finish(err error) {
	down := m.down
	m.over.Store(true)
	m.release()
	(&ending{err: err}).deliver(down)
}

// release cancels every side and discards what waits.
func (m *ordered[T]) release() {
	m.down, m.push = nil, nil
	for _, s := range m.sides {
		m.mu.Lock()
		up, q := s.up, s.queue
		s.queue = ring[T]{}
		m.mu.Unlock()
		if up != nil {
			up.Cancel()
		}
		if s.some {
			s.some = false
			discard(m.ctx, s.head)
		}
		q.drop(func(v T) { discard(m.ctx, v) })
	}
}

// guard settles a panic of compare, or one from below.
func (m *ordered[T]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	if m.running {
		m.running = false
		m.finish(p)
		return
	}
	down := m.down
	m.over.Store(true)
	m.release()
	settle(m.ctx, down, p, nil)
}
