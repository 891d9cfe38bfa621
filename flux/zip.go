package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// Zip2 pairs the first value of a with the first of b, the second with the
// second, and so on, and gives f of each pair. It completes when one side has
// completed and has no value left to pair, and cancels the other. From each side
// 32 values are requested ahead. f is called by the goroutine that sent the last
// missing value, one call at a time; its panic cancels both sides and is the
// error of the stream. An error of a side ends it at once.
//
// Source: Reactor's Flux.zip.
func Zip2[A, B, R any](a Publisher[A], b Publisher[B], f func(a A, b B) R) Flux[R] {
	if f == nil {
		return nilFunc[R]("Zip2")
	}
	left, right := sourceOf(a), sourceOf(b)
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		z := &zip[R]{ctx: ctx, down: s, push: pusher(s), prefetch: defaultPrefetch}
		sa, sb := &zipSide[A, R]{z: z}, &zipSide[B, R]{z: z}
		z.sides = []zipped{sa, sb}
		z.make = func() R { return f(sa.pop(), sb.pop()) }
		s.OnSubscribe(z)
		subscribeSide(ctx, left, sa)
		subscribeSide(ctx, right, sb)
	})}
}

// Kernel of zip: as many sides as there are publishers, each with a queue, and
// one drainer.
//
// INVARIANTS
//   - wip > 0 means that somebody is zipping; that goroutine alone pops, calls
//     make and calls down.
//   - mu guards every side's queue and done, and err.
//   - over: the terminal went down or the subscription was cancelled.
type zip[R any] struct {
	ctx      context.Context
	down     Subscriber[R]
	push     func(R) bool
	sides    []zipped
	make     func() R // pops one value from each side
	prefetch int

	wip     atomic.Int32
	over    atomic.Bool
	demand  demand
	mu      sync.Mutex
	err     error
	running bool // make is executing
}

// zipped is a side, whatever the type of its values.
type zipped interface {
	waiting() (n int, done bool)
	refill()
	cancel()
}

type zipSide[T, R any] struct {
	z     *zip[R]
	up    Subscription
	queue ring[T]
	done  bool
	taken int
}

func subscribeSide[T, R any](ctx context.Context, src source[T], side *zipSide[T, R]) {
	if !side.z.over.Load() {
		src.subscribe(ctx, side)
	}
}

func (s *zipSide[T, R]) OnSubscribe(up Subscription) {
	s.z.mu.Lock()
	s.up = up
	s.z.mu.Unlock()
	if s.z.over.Load() {
		up.Cancel()
		return
	}
	up.Request(prefetchDemand(s.z.prefetch))
}

func (s *zipSide[T, R]) OnNext(v T) {
	s.z.mu.Lock()
	full := s.queue.len() >= queueBound(s.z.prefetch)
	if !full {
		s.queue.push(v)
	}
	s.z.mu.Unlock()
	if full {
		s.up.Cancel()
		s.z.fail(ErrOverflow)
		return
	}
	s.z.change()
}

func (s *zipSide[T, R]) OnError(err error) { s.z.fail(err) }

func (s *zipSide[T, R]) OnComplete() {
	s.z.mu.Lock()
	s.done = true
	s.z.mu.Unlock()
	s.z.change()
}

func (s *zipSide[T, R]) waiting() (n int, done bool) { return s.queue.len(), s.done }

func (s *zipSide[T, R]) pop() T {
	s.z.mu.Lock()
	defer s.z.mu.Unlock()
	return s.queue.pop()
}

func (s *zipSide[T, R]) refill() {
	if s.z.prefetch == unlimited {
		return
	}
	if s.taken++; s.taken == refillAt(s.z.prefetch) {
		s.taken = 0
		s.up.Request(int64(refillAt(s.z.prefetch)))
	}
}

// cancel lets the side go; the queue is discarded.
func (s *zipSide[T, R]) cancel() {
	s.z.mu.Lock()
	up, q := s.up, s.queue
	s.queue = ring[T]{}
	s.z.mu.Unlock()
	if up != nil {
		up.Cancel()
	}
	q.drop(func(v T) { discard(s.z.ctx, v) })
}

func (z *zip[R]) Request(n int64) {
	z.demand.add(n)
	z.change()
}

func (z *zip[R]) Cancel() {
	if !z.over.Swap(true) && z.wip.Add(1) == 1 {
		z.drain()
	}
}

func (z *zip[R]) fail(err error) {
	z.mu.Lock()
	late := z.err != nil || z.over.Load()
	if !late {
		z.err = err
	}
	z.mu.Unlock()
	if late {
		dropError(z.ctx, err)
		return
	}
	z.change()
}

func (z *zip[R]) change() {
	if z.wip.Add(1) == 1 {
		z.drain()
	}
}

func (z *zip[R]) drain() {
	for seen := z.wip.Load(); seen != 0; seen = z.wip.Add(-seen) {
		for z.pass() {
		}
	}
}

// pass sends one tuple or the end; false means that nothing can be sent.
func (z *zip[R]) pass() bool {
	defer z.guard()
	if z.over.Load() {
		z.release()
		return false
	}
	err := z.demand.err()
	z.mu.Lock()
	if z.err != nil {
		err = z.err
	}
	ready, over := true, false
	for _, s := range z.sides {
		n, done := s.waiting()
		ready = ready && n > 0
		over = over || n == 0 && done
	}
	z.mu.Unlock()
	switch {
	case err != nil || over:
		z.finish(err)
		return false
	case !ready || z.demand.load() == 0:
		return false
	}
	z.running = true
	r := z.make()
	z.running = false
	if z.push(r) {
		z.demand.sub(1)
	}
	for _, s := range z.sides {
		s.refill()
	}
	return true
}

func (z *zip[R]) finish(err error) {
	down := z.down
	z.over.Store(true)
	z.release()
	(&ending{err: err}).deliver(down)
}

func (z *zip[R]) release() {
	z.down, z.push = nil, nil
	for _, s := range z.sides {
		s.cancel()
	}
}

// guard settles a panic of make, or one from below.
func (z *zip[R]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	if z.running {
		z.running = false
		z.finish(p)
		return
	}
	down := z.down
	z.over.Store(true)
	z.release()
	if !passPanic(down, p) {
		dropError(z.ctx, p)
	}
}
