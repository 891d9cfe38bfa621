package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// Kernel: combine latest
//
// Every value of a side, once all sides have had one, makes a tuple of the
// latest values of all. Tuples wait in one queue for demand:
//
//	side ──▶ ┐
//	side ──▶ ├─ tuple ──▶ queue ──▶ f ──▶ subscriber
//	side ──▶ ┘
//
// INVARIANTS
//   - mu guards tuple, queue, missing, open, err and every side's some and up; it
//     is never held while calling out.
//   - wip > 0 means that somebody is combining; that goroutine alone takes from
//     queue, calls f and calls down.
//   - A side is asked again for a value when its tuple went down, or at once if
//     it made none, in batches of three quarters of the prefetch; so the queue
//     holds at most the prefetch of each side.
//   - over: the terminal went down or the subscription was cancelled.
type latest[V, R any] struct {
	ctx      context.Context
	down     Subscriber[R]
	push     func(R) bool
	f        func(V) R
	copy     func(V) V            // a tuple that later values do not change; nil if V is one
	parts    func(V, func(v any)) // the values of a tuple
	sides    []*latestHead
	prefetch int

	wip    atomic.Int32
	over   atomic.Bool
	demand demand

	mu      sync.Mutex
	tuple   V
	queue   ring[latestTuple[V]]
	missing int // sides without a value
	open    int // sides that have not completed; 0 also once one did without a value
	err     error

	running bool // f is executing
}

type latestTuple[V any] struct {
	from *latestHead
	v    V
}

// latestHead is a side, whatever the type of its values.
type latestHead struct {
	up    Subscription
	some  bool
	taken int // values used since the last request; its own goroutine, then the drainer
}

type latestSide[T, V, R any] struct {
	latestHead
	l   *latest[V, R]
	set func(tuple *V, v T)
}

// latestOf starts a combination: connect makes the sides of l and its f, and
// gives the subscription of each side.
func latestOf[V, R any](o options, connect func(l *latest[V, R]) []func()) Flux[R] {
	if o.err != nil {
		return Error[R](o.err)
	}
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		l := &latest[V, R]{ctx: ctx, down: s, push: pusher(s), prefetch: o.prefetch}
		subscribe := connect(l)
		l.missing, l.open = len(subscribe), len(subscribe)
		s.OnSubscribe(l)
		for _, side := range subscribe {
			if !l.over.Load() {
				side()
			}
		}
	})}
}

// latestFrom adds src to the sides of l; set puts its value into the tuple.
func latestFrom[T, V, R any](l *latest[V, R], src source[T], set func(tuple *V, v T)) (subscribe func()) {
	side := &latestSide[T, V, R]{l: l, set: set}
	l.sides = append(l.sides, &side.latestHead)
	return func() { src.subscribe(l.ctx, side) }
}

func (s *latestSide[T, V, R]) OnSubscribe(up Subscription) {
	s.l.mu.Lock()
	s.up = up
	s.l.mu.Unlock()
	if s.l.over.Load() {
		up.Cancel()
		return
	}
	up.Request(prefetchDemand(s.l.prefetch))
}

func (s *latestSide[T, V, R]) OnNext(v T) {
	l := s.l
	l.mu.Lock()
	if !s.some {
		s.some = true
		l.missing--
	}
	s.set(&l.tuple, v)
	whole := l.missing == 0
	if whole {
		t := l.tuple
		if l.copy != nil {
			t = l.copy(t)
		}
		l.queue.push(latestTuple[V]{&s.latestHead, t})
	}
	l.mu.Unlock()
	if whole {
		l.change()
	} else {
		s.took(&l.mu, l.prefetch)
	}
}

func (s *latestSide[T, V, R]) OnError(err error) { s.l.fail(err) }

func (s *latestSide[T, V, R]) OnComplete() {
	l := s.l
	l.mu.Lock()
	s.up = nothing{} // what has ended need not be kept
	if l.open > 0 {
		l.open--
	}
	if !s.some {
		l.open = 0
	}
	last := l.open == 0
	l.mu.Unlock()
	if last {
		l.change()
	}
}

// took asks for more once three quarters of the prefetch were used.
func (h *latestHead) took(mu *sync.Mutex, prefetch int) {
	if prefetch == unlimited {
		return
	}
	if h.taken++; h.taken == refillAt(prefetch) {
		h.taken = 0
		mu.Lock()
		up := h.up
		mu.Unlock()
		up.Request(int64(refillAt(prefetch)))
	}
}

func (l *latest[V, R]) Request(n int64) {
	l.demand.add(n)
	l.change()
}

func (l *latest[V, R]) Cancel() {
	if !l.over.Swap(true) && l.wip.Add(1) == 1 {
		l.drain()
	}
}

func (l *latest[V, R]) fail(err error) {
	l.mu.Lock()
	late := l.err != nil || l.over.Load()
	if !late {
		l.err = err
	}
	l.mu.Unlock()
	if late {
		dropError(l.ctx, err)
		return
	}
	l.change()
}

func (l *latest[V, R]) change() {
	if l.wip.Add(1) == 1 {
		l.drain()
	}
}

func (l *latest[V, R]) drain() {
	for seen := l.wip.Load(); seen != 0; seen = l.wip.Add(-seen) {
		l.pass()
	}
}

// pass sends what can be sent now.
func (l *latest[V, R]) pass() {
	defer l.guard()
	for {
		if l.over.Load() {
			l.release()
			return
		}
		t, some, end, err := l.next(l.demand.load() > 0)
		if end {
			l.finish(err)
			return
		}
		if !some {
			return
		}
		l.running = true
		r := l.f(t.v)
		l.running = false
		if l.push(r) {
			l.demand.sub(1)
		}
		t.from.took(&l.mu, l.prefetch)
	}
}

// next looks for a tuple, if one may be sent, and for the end.
func (l *latest[V, R]) next(want bool) (t latestTuple[V], some, end bool, err error) {
	if err := l.demand.err(); err != nil {
		return t, false, true, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.err != nil:
		return t, false, true, l.err
	case l.queue.len() == 0:
		return t, false, l.open == 0, nil
	case !want:
		return t, false, false, nil
	}
	return l.queue.pop(), true, false, nil
}

func (l *latest[V, R]) finish(err error) {
	down := l.down
	l.over.Store(true)
	l.release()
	(&ending{err: err}).deliver(down)
}

// release cancels every side and discards the values of the tuples that wait.
func (l *latest[V, R]) release() {
	l.down, l.push = nil, nil
	for _, h := range l.sides {
		l.mu.Lock()
		up := h.up
		l.mu.Unlock()
		if up != nil {
			up.Cancel()
		}
	}
	l.mu.Lock()
	q := l.queue
	l.queue = ring[latestTuple[V]]{}
	l.mu.Unlock()
	q.drop(func(t latestTuple[V]) {
		l.parts(t.v, func(v any) { discard(l.ctx, v) })
	})
}

// guard settles a panic of f, or one from below.
func (l *latest[V, R]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	if l.running {
		l.running = false
		l.finish(p)
		return
	}
	down := l.down
	l.over.Store(true)
	l.release()
	settle(l.ctx, down, p, nil)
}
