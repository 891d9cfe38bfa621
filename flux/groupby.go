package flux

import (
	"context"
	"sync/atomic"
)

// Grouped is the Flux of the values that have one key.
type Grouped[K comparable, T any] struct {
	Flux[T]
	Key K
}

// GroupBy gives a Flux for each key, when its first value comes, and every value
// to the Flux of its key. src is asked for 256 values ahead (Prefetch(n)) and for
// one more with each that its group's subscriber has got, so groups must all be
// read: one that is not holds its values back, and in the end the source. A group
// is a Flux for one subscriber, as the windows of [Window] are; groups end with
// src, in the order in which they were opened. A group that was cancelled is
// opened again by the next value of its key. Cancelling the Flux of groups opens
// no more of them; the source is cancelled with the last group that is left. key
// is called by the goroutine that sends the value; its panic cancels src and is
// the error of every group and of the stream. Cost: a map lookup a value, a queue
// a group.
//
// Source: Reactor's Flux.groupBy.
func GroupBy[T any, K comparable](src Publisher[T], key func(v T) K, opts ...HopOption) Flux[Grouped[K, T]] {
	o := aheadOf(opts)
	switch {
	case key == nil:
		return Error[Grouped[K, T]](invalid("GroupBy: the key function must not be nil"))
	case o.err != nil:
		return Error[Grouped[K, T]](o.err)
	}
	main := sourceOf(src)
	return Flux[Grouped[K, T]]{sourceFunc[Grouped[K, T]](func(ctx context.Context, s Subscriber[Grouped[K, T]]) {
		g := &groupBy[K, T]{key: key, prefetch: o.prefetch, groups: map[K]*group[K, T]{}}
		g.ctx, g.up, g.down, g.push = ctx, g, s, pusher(s)
		g.cut = true
		g.passed = func(n int64) { g.source.Request(n) }
		g.lost = func(lost Grouped[K, T]) { lost.src.(*group[K, T]).abandon() }
		g.holders.join()
		main.subscribe(ctx, g)
	})}
}

// groupBy deals values out to groups.
//
// INVARIANTS
//   - groups, and the list of them in the order of their opening, belong to the
//     goroutine of the values. A group that is cancelled, by whatever goroutine,
//     is put among the leavers, and the next value takes it out of both.
//   - open groups and the subscriber of the groups hold the source; the last of
//     them that leaves cancels it.
//   - A value uses one of the demand; it is asked for again when it has left its
//     group, in whatever way, but the value that opened a group when the group
//     was given out.
type groupBy[K comparable, T any] struct {
	drain[Grouped[K, T]]
	source    Subscription
	holders   holders
	cancelled atomic.Bool
	key       func(T) K
	prefetch  int
	running   bool
	inLoop    bool // the source is a loop: see TryOnNext
	failed    bool

	groups      map[K]*group[K, T]
	first, last *group[K, T]
	leavers     atomic.Pointer[group[K, T]] // the last that was cancelled: every value looks, and a lock would cost it more
}

type group[K comparable, T any] struct {
	unicast[T]
	key        K
	prev, next *group[K, T]
	before     *group[K, T] // cancelled before this one, and still in groups
	first      bool         // the value that opened it is still to be passed
}

func (g *groupBy[K, T]) OnSubscribe(s Subscription) {
	g.source = s
	g.inLoop = isLoop(s)
	g.down.OnSubscribe(g)
	s.Request(prefetchDemand(g.prefetch))
}

func (g *groupBy[K, T]) OnNext(v T) {
	if !g.TryOnNext(v) {
		g.source.Request(1)
	}
}

func (g *groupBy[K, T]) pushes() func(T) bool {
	return func(v T) bool { return g.TryOnNext(v) }
}

// TryOnNext lets a source loop, whose requests nobody sees, count a value that its
// group has passed on at once as one that used no demand, instead of asking it for
// another one.
func (g *groupBy[K, T]) TryOnNext(v T) bool {
	if g.failed {
		dropNext(g.ctx, v)
		return true
	}
	g.running = true
	k := g.key(v)
	in := g.find(k)
	g.running = false
	switch {
	case in != nil:
		through := in.offer(v)
		return !(through && g.inLoop)
	case g.cancelled.Load():
		discard(g.ctx, v)
		g.source.Request(1)
	default:
		in = g.open(k)
		in.offer(v)
		g.offer(Grouped[K, T]{Flux[T]{in}, k})
	}
	return true
}

// find gives the open group of a key. It panics for a key that is an interface
// and holds what cannot be compared; that is a panic of the key function.
func (g *groupBy[K, T]) find(k K) *group[K, T] {
	if g.leavers.Load() != nil {
		g.sweep()
	}
	return g.groups[k]
}

// open makes the group of a key.
func (g *groupBy[K, T]) open(k K) *group[K, T] {
	in := &group[K, T]{key: k, first: true}
	in.into(g.ctx, func(cancelled bool) { g.left(in, cancelled) })
	in.counts = g.inLoop
	in.passed = func(n int64) { g.passedOn(in, n) }
	in.lost = func(v T) {
		discard(g.ctx, v)
		g.passedOn(in, 1)
	}
	g.holders.join()
	g.groups[k] = in
	if in.prev = g.last; in.prev == nil {
		g.first = in
	} else {
		in.prev.next = in
	}
	g.last = in
	return in
}

// passedOn asks for what a group has passed on.
func (g *groupBy[K, T]) passedOn(in *group[K, T], n int64) {
	if in.first {
		in.first = false
		n--
	}
	if n > 0 {
		g.source.Request(n)
	}
}

// left is called when a group has ended or was cancelled.
func (g *groupBy[K, T]) left(in *group[K, T], cancelled bool) {
	if cancelled {
		g.leaves(in)
	}
	switch n := g.holders.leave(); {
	case n == 0:
		g.source.Cancel()
	case n == 1 && cancelled:
		g.source.Request(prefetchDemand(g.prefetch))
	}
}

// leaves puts a group among the leavers.
func (g *groupBy[K, T]) leaves(in *group[K, T]) {
	for {
		in.before = g.leavers.Load()
		if g.leavers.CompareAndSwap(in.before, in) {
			return
		}
	}
}

// sweep takes out the groups that were cancelled.
func (g *groupBy[K, T]) sweep() {
	in := g.leavers.Swap(nil)
	for in != nil {
		before := in.before
		in.before = nil
		g.forget(in)
		in = before
	}
}

func (g *groupBy[K, T]) forget(in *group[K, T]) {
	delete(g.groups, in.key)
	if in.prev == nil {
		g.first = in.next
	} else {
		in.prev.next = in.next
	}
	if in.next == nil {
		g.last = in.prev
	} else {
		in.next.prev = in.prev
	}
}

func (g *groupBy[K, T]) OnError(err error) {
	if g.failed {
		if err != nil {
			dropError(g.ctx, err)
		}
		return
	}
	g.failed = true
	in := g.first
	g.groups, g.first, g.last = nil, nil, nil
	for in != nil {
		next := in.next
		in.prev, in.next = nil, nil // a group may be read for long, and keeps no other
		in.close(err)
		in = next
	}
	g.end(err)
}

func (g *groupBy[K, T]) OnComplete() { g.OnError(nil) }

func (g *groupBy[K, T]) Request(n int64) { g.request(n) }

func (g *groupBy[K, T]) Cancel() {
	if g.cancelled.Swap(true) {
		return
	}
	if g.holders.leave() == 0 {
		g.source.Cancel()
	}
	g.cancel()
}

// TakePanic takes a panic of the key function. Panics from below were taken by
// the drains.
func (g *groupBy[K, T]) TakePanic(p error) bool {
	if !g.running {
		return false
	}
	g.running = false
	g.source.Cancel()
	g.OnError(p)
	return true
}
