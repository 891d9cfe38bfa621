package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// Kernel: the splitter
//
// One source, dealt out to several rails in turn; each value goes to one of them:
//
//	                              ╭──▶ rail 0 (demand)
//	source ──▶ │ queue │ ──▶ drainer ──▶ rail 1 (demand)
//	                              ╰──▶ rail 2 (demand)
//
// A rail without demand is passed over, so a slow rail gets fewer values and holds
// up nobody. The source is subscribed to when every rail has its subscriber; it is
// asked for the prefetch ahead, and again for three quarters of it at a time.
//
// INVARIANTS
//   - wip > 0 means that somebody is dealing; that goroutine alone takes from
//     queue, sends down, and uses next, used and at.
//   - mu guards queue, up, done and err, and is never held while calling out.
//   - left counts the rails that have not gone; who makes it 0 cancels the source.
//   - A rail's down is set before it counts as joined, and nothing is sent before
//     all have.
type splitter[T any] struct {
	ctx      context.Context
	src      source[T]
	prefetch int
	rails    []*rail[T]

	joined atomic.Int32
	left   atomic.Int32
	wip    atomic.Int32

	next int      // the rail whose turn it is
	used int64    // values since a batch was requested
	at   *rail[T] // the rail that is being sent to

	mu    sync.Mutex
	up    Subscription
	queue ring[T]
	done  bool
	err   error
}

// rail is one of the outputs, a source for one subscriber.
type rail[T any] struct {
	from   *splitter[T]
	taken  atomic.Bool // it has its subscriber
	down   Subscriber[T]
	push   func(T) bool
	demand demand
	gone   atomic.Bool
}

func newSplitter[T any](ctx context.Context, src source[T], n, prefetch int) *splitter[T] {
	s := &splitter[T]{ctx: ctx, src: src, prefetch: prefetch, rails: make([]*rail[T], n)}
	for i := range s.rails {
		s.rails[i] = &rail[T]{from: s}
	}
	s.left.Store(int32(n))
	return s
}

func (r *rail[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	if r.taken.Swap(true) {
		errorSource[T]{invalid("a rail is subscribed to twice: it has one subscriber")}.subscribe(ctx, s)
		return
	}
	r.down, r.push = s, pusher(s)
	s.OnSubscribe(r)
	all := r.from
	if int(all.joined.Add(1)) == len(all.rails) && all.left.Load() > 0 {
		all.src.subscribe(all.ctx, all)
	}
}

func (r *rail[T]) Request(n int64) {
	r.demand.add(n)
	r.from.change()
}

func (r *rail[T]) Cancel() {
	if r.leave() {
		r.from.change()
	}
}

// leave takes the rail out, and cancels the source if it was the last.
func (r *rail[T]) leave() bool {
	if r.gone.Swap(true) {
		return false
	}
	s := r.from
	if s.left.Add(-1) == 0 {
		s.mu.Lock()
		up, done := s.up, s.done
		s.mu.Unlock()
		if up != nil && !done {
			up.Cancel()
		}
	}
	return true
}

func (s *splitter[T]) OnSubscribe(up Subscription) {
	s.mu.Lock()
	s.up = up
	s.mu.Unlock()
	if s.left.Load() == 0 {
		up.Cancel()
		return
	}
	up.Request(prefetchDemand(s.prefetch))
}

func (s *splitter[T]) OnNext(v T) {
	s.mu.Lock()
	full := s.queue.len() >= queueBound(s.prefetch)
	late := s.done
	if !full && !late {
		s.queue.push(v)
	}
	s.mu.Unlock()
	switch {
	case late:
		dropNext(s.ctx, v)
	case full:
		s.up.Cancel()
		s.end(ErrOverflow)
	default:
		s.change()
	}
}

func (s *splitter[T]) OnError(err error) { s.end(err) }
func (s *splitter[T]) OnComplete()       { s.end(nil) }

func (s *splitter[T]) end(err error) {
	s.mu.Lock()
	late := s.done || s.left.Load() == 0
	if !late {
		s.done, s.err = true, err
	}
	s.mu.Unlock()
	if late {
		if err != nil {
			dropError(s.ctx, err)
		}
		return
	}
	s.change()
}

func (s *splitter[T]) change() {
	if s.wip.Add(1) != 1 {
		return
	}
	for seen := s.wip.Load(); seen != 0; seen = s.wip.Add(-seen) {
		s.pass()
	}
}

// pass deals out what there is demand for.
func (s *splitter[T]) pass() {
	defer s.guard()
	for {
		r, after := s.turn()
		v, what := s.take(r != nil)
		switch what {
		case foundNothing:
			return
		case foundEnd:
			s.finish()
			return
		}
		s.next = after
		r.send(v)
		if s.used++; s.prefetch != unlimited && s.used == int64(refillAt(s.prefetch)) {
			s.used = 0
			s.up.Request(int64(refillAt(s.prefetch)))
		}
	}
}

// turn gives the next rail with demand, and whose turn it is after that one; it
// ends rails with a bad demand.
func (s *splitter[T]) turn() (r *rail[T], after int) {
	i := s.next
	for range s.rails {
		r := s.rails[i]
		if i++; i == len(s.rails) {
			i = 0
		}
		if r.gone.Load() {
			continue
		}
		if r.demand.load() > 0 {
			return r, i
		}
		if err := r.demand.err(); err != nil && r.leave() {
			r.signal(err)
		}
	}
	return nil, s.next
}

// take takes a value, if one is wanted, or sees the end.
func (s *splitter[T]) take(want bool) (v T, what found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.left.Load() == 0, s.done && (s.err != nil || s.queue.len() == 0):
		return v, foundEnd
	case !want || s.queue.len() == 0:
		return v, foundNothing
	}
	return s.queue.pop(), foundValue
}

// finish sends the end to the rails that are left, and lets go of what is queued.
func (s *splitter[T]) finish() {
	s.mu.Lock()
	q, err := s.queue, s.err
	s.queue = ring[T]{}
	s.mu.Unlock()
	q.drop(func(v T) { discard(s.ctx, v) })
	for _, r := range s.rails {
		if r.leave() {
			r.signal(err)
		}
	}
}

func (r *rail[T]) send(v T) {
	r.from.at = r
	if r.push(v) {
		r.demand.sub(1)
	}
	r.from.at = nil
}

func (r *rail[T]) signal(err error) {
	r.from.at = r
	defer r.from.guard()
	(&ending{err: err}).deliver(r.down)
	r.from.at = nil
}

// guard settles a panic from below: it concerns one rail, and the dealing goes on.
func (s *splitter[T]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	r := s.at
	s.at = nil
	s.wip.Add(1) // look again: the pass was broken off
	if r == nil {
		dropError(s.ctx, p)
		return
	}
	settle(s.ctx, r.down, p, r)
}
