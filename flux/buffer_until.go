package flux

import (
	"context"
	"sync/atomic"
)

// BufferUntil gathers values into a list up to and with the first for which last
// is true; that one starts anew. What is left over when src completes is given
// as it is; an error lets it go. A request for k lists asks src for k values, and
// for one more at a time while a list is still wanted. last is called by the
// goroutine that sends the value; its panic cancels src and is the error of the
// stream.
//
// Source: Reactor's Flux.bufferUntil(Predicate).
func BufferUntil[T any](src Publisher[T], last func(v T) bool) Flux[[]T] {
	return bufferBy(src, cutAfter, last)
}

// BufferUntilCutBefore is [BufferUntil] with a list that ends before the value
// for which first is true, which starts the next one.
//
// Source: Reactor's Flux.bufferUntil(Predicate, true).
func BufferUntilCutBefore[T any](src Publisher[T], first func(v T) bool) Flux[[]T] {
	return bufferBy(src, cutBefore, first)
}

// BufferWhile gathers the values for which in is true into lists; every other
// value ends the open list and is let go. No list is empty. Otherwise it is
// [BufferUntil].
//
// Source: Reactor's Flux.bufferWhile.
func BufferWhile[T any](src Publisher[T], in func(v T) bool) Flux[[]T] {
	return bufferBy(src, cutOut, in)
}

// BufferUntilChanged gathers runs of equal values into lists. Otherwise it is
// [BufferUntil].
//
// Source: Reactor's Flux.bufferUntilChanged().
func BufferUntilChanged[T comparable](src Publisher[T]) Flux[[]T] {
	return BufferUntilChangedBy(src, func(v T) T { return v })
}

// BufferUntilChangedBy gathers runs of values with equal keys into lists. key is
// called as the function of [BufferUntil].
//
// Source: Reactor's Flux.bufferUntilChanged(Function).
func BufferUntilChangedBy[T any, K comparable](src Publisher[T], key func(v T) K) Flux[[]T] {
	if key == nil {
		return Error[[]T](invalid("BufferUntilChangedBy: the key function must not be nil"))
	}
	main := sourceOf(src)
	return Flux[[]T]{sourceFunc[[]T](func(ctx context.Context, s Subscriber[[]T]) {
		subscribeBufferBy(ctx, main, s, cutBefore, changes(key))
	})}
}

// changes gives a predicate that is true for a value whose key is not that of
// the value before. It is for one subscription.
func changes[T any, K comparable](key func(T) K) func(T) bool {
	var last K
	some := false
	return func(v T) bool {
		k := key(v)
		changed := some && k != last
		last, some = k, true
		return changed
	}
}

// cut says what a value does for which the predicate decides.
type cut int

const (
	cutAfter  cut = iota // true: the value is the last one
	cutBefore            // true: the value is the first of the next
	cutOut               // false: the value ends it and belongs to none
)

// at tells whether the run ends at a value, before or after it, and whether the
// value belongs to one.
func (c cut) at(match bool) (before, after, kept bool) {
	switch c {
	case cutAfter:
		return false, match, true
	case cutBefore:
		return match, false, true
	}
	return !match, false, match
}

func bufferBy[T any](src Publisher[T], where cut, p func(T) bool) Flux[[]T] {
	if p == nil {
		return Error[[]T](invalid("BufferUntil, BufferWhile: the predicate must not be nil"))
	}
	main := sourceOf(src)
	return Flux[[]T]{sourceFunc[[]T](func(ctx context.Context, s Subscriber[[]T]) {
		subscribeBufferBy(ctx, main, s, where, p)
	})}
}

func subscribeBufferBy[T any](ctx context.Context, main source[T], s Subscriber[[]T], where cut, p func(T) bool) {
	b := &bufferUntil[T]{where: where, p: p}
	b.into(ctx, s)
	main.subscribe(ctx, b)
}

// bufferUntil fills a list until the predicate ends it.
//
// INVARIANTS: asked is what src was asked for and has not sent yet; the source's
// goroutine takes off, and asks for one more if that leaves none while demand for
// lists is open.
type bufferUntil[T any] struct {
	listDrain[T]
	where   cut
	p       func(T) bool
	open    filling[T]
	asked   atomic.Int64
	running bool
	failed  bool
}

func (b *bufferUntil[T]) OnSubscribe(s Subscription) {
	b.up = s
	b.down.OnSubscribe(b)
}

func (b *bufferUntil[T]) OnNext(v T) {
	if !b.TryOnNext(v) {
		b.up.Request(1)
	}
}

func (b *bufferUntil[T]) TryOnNext(v T) bool {
	if b.failed {
		dropNext(b.ctx, v)
		return true
	}
	b.running = true
	match := b.p(v)
	b.running = false
	before, after, kept := b.where.at(match)
	if before && !b.emit() {
		discard(b.ctx, v)
		return true
	}
	ok := false
	if kept {
		ok = b.open.add(v, firstCapacity)
	}
	if !ok {
		discard(b.ctx, v)
	}
	if after && !b.emit() {
		return true
	}
	return !b.wantsMore()
}

// wantsMore takes the value off what src was asked for, and tells whether it is
// to be asked for another.
func (b *bufferUntil[T]) wantsMore() bool {
	if b.demand.load() == Unbounded {
		return false
	}
	return b.asked.Add(-1) == 0 && b.demand.load() > 0 && b.asked.CompareAndSwap(0, 1)
}

// emit sends the open list, if there is anything in it; it fails if that was not
// requested, which ends the stream.
func (b *bufferUntil[T]) emit() bool {
	list := b.open.take()
	switch {
	case len(list) == 0:
	case b.demand.load() == 0:
		b.up.Cancel()
		b.fail(ErrOverflow)
		b.lost(list)
		return false
	default:
		b.offer(list)
	}
	return true
}

func (b *bufferUntil[T]) fail(err error) {
	b.failed = true
	rest := b.open.close()
	b.end(err)
	b.lost(rest)
}

func (b *bufferUntil[T]) OnError(err error) { b.fail(err) }

func (b *bufferUntil[T]) OnComplete() {
	if rest := b.open.close(); len(rest) > 0 && !b.failed {
		b.enqueue(rest)
	}
	b.end(nil)
}

func (b *bufferUntil[T]) Request(n int64) {
	b.request(n)
	if n <= 0 {
		return
	}
	for {
		asked := b.asked.Load()
		if b.asked.CompareAndSwap(asked, addCap(asked, n)) {
			break
		}
	}
	b.up.Request(n)
}

func (b *bufferUntil[T]) Cancel() {
	b.up.Cancel()
	b.lost(b.open.close())
	b.cancel()
}

// TakePanic takes a panic of the predicate. Panics from below were taken by the
// drainer.
func (b *bufferUntil[T]) TakePanic(p error) bool {
	if !b.running {
		return false
	}
	b.running = false
	b.up.Cancel()
	b.fail(p)
	return true
}
