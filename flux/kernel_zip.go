package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// Kernel: zip
//
// Zip makes one value of one value from each side, as often as every side has
// one:
//
//	side ──▶ in ──▶ ready ─┐
//	side ──▶ in ──▶ ready ─┼─▶ make ──▶ subscriber
//	side ──────────▶ ready ┘
//
// A value that finds nobody zipping goes straight to its side's ready queue,
// which belongs to the zipper and needs no lock. One that comes meanwhile waits
// in its side's in queue, and the zipper takes all of these under one lock a
// round. The values of a listed side (kernel_loop.go) are ready from the start,
// in the list itself.
//
// INVARIANTS
//   - wip > 0 means that somebody is zipping; that goroutine alone touches ready,
//     list and taken, calls make and calls down. Whoever puts something under mu
//     adds to wip after it, so when wip is 0 every in is empty.
//   - mu guards every side's in, given, ended and up, and err.
//   - over: the terminal went down or the subscription was cancelled. A side that
//     is still to be subscribed to after a completion is, and cancelled, as in
//     Reactor.
//   - A round asks the sides again after its last tuple, each for what it used,
//     in batches of three quarters of the prefetch.
type zip[R any] struct {
	ctx      context.Context
	down     Subscriber[R]
	push     func(R) bool
	sides    []zipped
	heads    []*zipHead // of the sides
	make     func() R   // pops one value from each side
	prefetch int

	wip       atomic.Int32
	over      atomic.Bool
	completed atomic.Bool // over by a completion; the subscribing goroutine looks
	demand    demand
	mu        sync.Mutex
	err       error
	running   bool // make is executing
}

// zipped is a side, whatever the type of its values.
type zipped interface {
	absorb() // takes what came in; the caller holds mu
	overran() bool
	clear()
}

// zipHead is what the zipper looks at for every tuple.
type zipHead struct {
	up    Subscription
	ended bool // set under mu when the side ended, for the zipper to take over
	n     int  // values in ready
	done  bool // ended, and nothing comes after ready
	taken int  // values used since the last request
}

type zipSide[T, R any] struct {
	zipHead
	z     *zip[R]
	in    ring[T]
	ready ring[T]

	given listed[T] // for the zipper to take over as list
	list  listed[T] // stands for ready; nil if the side is not listed
	next  int       // of list
}

// zipInto starts a zip: connect makes the sides of z and its make function, and
// gives the subscription of each side.
func zipInto[R any](o options, connect func(z *zip[R]) []func()) Flux[R] {
	if o.err != nil {
		return Error[R](o.err)
	}
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		z := &zip[R]{ctx: ctx, down: s, push: pusher(s), prefetch: o.prefetch}
		subscribe := connect(z)
		s.OnSubscribe(z)
		for _, side := range subscribe {
			if !z.over.Load() || z.completed.Load() {
				side()
			}
		}
	})}
}

// zipFrom adds src to the sides of z.
func zipFrom[T, R any](z *zip[R], src source[T]) (side *zipSide[T, R], subscribe func()) {
	side = &zipSide[T, R]{z: z}
	z.sides = append(z.sides, side)
	z.heads = append(z.heads, &side.zipHead)
	if list, ok := src.(listed[T]); ok {
		return side, func() { side.give(list) }
	}
	return side, func() { src.subscribe(z.ctx, side) }
}

// give makes list the side's values, all of them at once.
func (s *zipSide[T, R]) give(list listed[T]) {
	if s.z.over.Load() {
		return
	}
	s.z.mu.Lock()
	s.given = list
	s.z.mu.Unlock()
	s.OnComplete()
}

// pop takes the side's value for the tuple that is being made.
func (s *zipSide[T, R]) pop() T {
	s.n--
	if s.list != nil {
		s.next++
		return s.list.at(s.next - 1)
	}
	return s.ready.pop()
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
	z := s.z
	if z.wip.CompareAndSwap(0, 1) {
		s.ready.push(v)
		if s.n++; !s.overran() {
			z.round(1)
		}
		if z.wip.Add(-1) != 0 {
			z.drain()
		}
		return
	}
	z.mu.Lock()
	full := s.in.len() > queueBound(z.prefetch)
	if !full {
		s.in.push(v)
	}
	z.mu.Unlock()
	if full {
		discard(z.ctx, v)
		s.overflow()
		return
	}
	z.change()
}

// overran fails the zip if the side sent more than there is room for: its
// prefetch, and the one value that is next to be zipped.
func (s *zipSide[T, R]) overran() bool {
	if s.list != nil || s.n-1 <= s.z.prefetch || s.n-1 <= queueBound(s.z.prefetch) {
		return false
	}
	s.overflow()
	return true
}

func (s *zipSide[T, R]) overflow() {
	s.up.Cancel()
	s.z.fail(ErrOverflow)
}

func (s *zipSide[T, R]) OnError(err error) { s.z.fail(err) }

func (s *zipSide[T, R]) OnComplete() {
	s.z.mu.Lock()
	s.ended, s.up = true, nothing{} // what has ended need not be kept
	s.z.mu.Unlock()
	s.z.change()
}

func (s *zipSide[T, R]) absorb() {
	if s.given != nil {
		s.list, s.given = s.given, nil
		s.n = s.list.size()
	}
	for s.in.len() > 0 {
		s.ready.push(s.in.pop())
		s.n++
	}
	s.done = s.ended
}

// clear discards what waits, after the end.
func (s *zipSide[T, R]) clear() {
	s.z.mu.Lock()
	in := s.in
	s.in, s.given = ring[T]{}, nil
	s.z.mu.Unlock()
	let := func(v T) { discard(s.z.ctx, v) }
	if s.list != nil && s.next < s.list.size() {
		let(s.list.at(s.next)) // the one that waited for the other sides
	}
	s.list = nil
	s.ready.drop(let)
	in.drop(let)
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
		z.look()
		z.round(seen)
	}
}

// look takes over what came while somebody was zipping.
func (z *zip[R]) look() {
	z.mu.Lock()
	for _, s := range z.sides {
		s.absorb()
	}
	z.mu.Unlock()
	for _, s := range z.sides {
		if s.overran() {
			break
		}
	}
	z.mu.Lock()
	err := z.err
	z.mu.Unlock()
	if err == nil {
		err = z.demand.err()
	}
	if err != nil && !z.over.Load() {
		z.finish(err)
	}
}

// round sends the tuples there are, also those that become ready meanwhile, and
// then asks the sides again. seen is the wip that was looked at. Values that were
// rejected below are made up for by another burst, after the sides were asked.
func (z *zip[R]) round(seen int32) {
	defer z.guard()
	for more := true; more && !z.over.Load(); {
		used, most := 0, z.demand.load()
		for {
			used += z.tuples(seen, most-int64(used))
			now := z.wip.Load()
			if now == seen || z.over.Load() {
				break
			}
			seen = now
			z.look()
		}
		if used > 0 && !z.over.Load() {
			z.refill(used)
		}
		more = used > 0 && int64(used) == most
	}
	if z.over.Load() {
		z.release()
	}
}

// tuples sends up to most tuples, until a side has no value or somebody has
// something new.
func (z *zip[R]) tuples(seen int32, most int64) (used int) {
	for !z.over.Load() && z.ready() && int64(used) < most {
		z.running = true
		r := z.make()
		z.running = false
		used++
		if z.push(r) {
			z.demand.sub(1)
		}
		if z.wip.Load() != seen {
			break
		}
	}
	return used
}

// ready tells whether every side has a value, and completes if one never will.
func (z *zip[R]) ready() bool {
	all := true
	for _, h := range z.heads {
		if h.n > 0 {
			continue
		}
		if h.done {
			z.finish(nil)
			return false
		}
		all = false
	}
	return all
}

// refill asks every side for what was used of it.
func (z *zip[R]) refill(used int) {
	if z.prefetch == unlimited {
		return
	}
	for _, h := range z.heads {
		if h.taken += used; h.taken >= refillAt(z.prefetch) {
			n := h.taken
			h.taken = 0
			z.mu.Lock()
			up := h.up
			z.mu.Unlock()
			up.Request(int64(n))
		}
	}
}

func (z *zip[R]) finish(err error) {
	down := z.down
	z.completed.Store(err == nil)
	z.over.Store(true)
	z.release()
	(&ending{err: err}).deliver(down)
}

// release cancels every side and discards what waits.
func (z *zip[R]) release() {
	z.down, z.push = nil, nil
	for _, h := range z.heads {
		z.mu.Lock()
		up := h.up
		h.up = nothing{}
		z.mu.Unlock()
		if up != nil {
			up.Cancel()
		}
		h.n = 0
	}
	for _, s := range z.sides {
		s.clear()
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
	settle(z.ctx, down, p, nil)
}
