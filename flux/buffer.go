package flux

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// Buffer gathers the values into lists of n, and gives what is left over as a
// shorter list when src completes. An error lets the open list go. A request for
// k lists asks src for k*n values. The lists belong to the receiver. n < 1 ends
// with ErrInvalid. Cost: one list of n places for n values.
//
// Source: Reactor's Flux.buffer(int).
func Buffer[T any](src Publisher[T], n int) Flux[[]T] { return BufferSkip(src, n, n) }

// BufferAll gathers all values into one list, which comes when src completes; an
// empty src gives none. Otherwise it is [Buffer].
//
// Source: Reactor's Flux.buffer().
func BufferAll[T any](src Publisher[T]) Flux[[]T] { return Buffer(src, math.MaxInt32) }

// BufferSkip starts a list of n values at every skip-th value: with skip > n the
// values between two lists are let go, with skip < n the lists overlap. What is
// not full when src completes is given as it is; an error lets it go. A request
// asks src for what those lists need. n < 1 or skip < 1 ends with ErrInvalid.
//
// Source: Reactor's Flux.buffer(int, int).
func BufferSkip[T any](src Publisher[T], n, skip int) Flux[[]T] {
	if n < 1 || skip < 1 {
		return Error[[]T](invalid("BufferSkip(%d, %d): size and skip must be at least 1", n, skip))
	}
	main := sourceOf(src)
	return Flux[[]T]{sourceFunc[[]T](func(ctx context.Context, s Subscriber[[]T]) {
		if skip < n {
			b := &overlap[T]{strides: strides{size: int64(n), skip: int64(skip)}}
			b.into(ctx, s)
			main.subscribe(ctx, b)
			return
		}
		b := &buffer[T]{ctx: ctx, down: s, push: pusher(s), strides: strides{size: int64(n), skip: int64(skip)}}
		main.subscribe(ctx, b)
	})}
}

// strides knows how many values a number of lists or windows takes.
type strides struct {
	size, skip int64
	asked      atomic.Bool // the first request takes less than the others
}

// values is what to ask the source for on a request of n lists.
func (r *strides) values(n int64) int64 {
	switch {
	case n <= 0:
		return n
	case r.asked.Swap(true):
		return mulCap(n, r.skip)
	}
	return addCap(r.size, mulCap(n-1, r.skip))
}

// mulCap multiplies two demands that are not negative, saturating at Unbounded.
func mulCap(a, b int64) int64 {
	if a != 0 && b > Unbounded/a {
		return Unbounded
	}
	return a * b
}

// buffer fills one list at a time.
type buffer[T any] struct {
	strides
	ctx   context.Context
	up    Subscription
	down  Subscriber[[]T]
	push  func([]T) bool
	open  filling[T]
	index int64 // of the next value, from the start of its list
}

func (b *buffer[T]) OnSubscribe(s Subscription) {
	b.up = s
	b.down.OnSubscribe(b)
}

func (b *buffer[T]) OnNext(v T) {
	i := b.index
	if b.index++; b.index == b.skip {
		b.index = 0
	}
	if i >= b.size {
		discard(b.ctx, v)
		return
	}
	if b.open.addBehind(v, int(b.size)-1) {
		return
	}
	full, ok := b.open.fill(v, int(b.size))
	if !ok {
		discard(b.ctx, v)
		return
	}
	b.emit(full)
}

func (b *buffer[T]) emit(list []T) {
	if len(list) > 0 && !b.push(list) {
		b.up.Request(b.skip)
	}
}

func (b *buffer[T]) OnError(err error) {
	rest := b.open.close()
	b.down.OnError(err)
	discardAll(b.ctx, rest)
}

func (b *buffer[T]) OnComplete() {
	if rest := b.open.close(); len(rest) > 0 {
		b.push(rest)
	}
	b.down.OnComplete()
}

func (b *buffer[T]) Request(n int64) { b.up.Request(b.values(n)) }

func (b *buffer[T]) Cancel() {
	b.up.Cancel()
	discardAll(b.ctx, b.open.close())
}

func (b *buffer[T]) TakePanic(p error) bool { return handPanic(b.down, p, b) }

// listDrain is the drain of the operators whose lists do not come one for one
// with demand upstream.
type listDrain[T any] struct{ drain[[]T] }

// into sets up the drain for one subscription.
func (d *listDrain[T]) into(ctx context.Context, s Subscriber[[]T]) {
	d.ctx, d.down, d.push = ctx, s, pusher(s)
	d.cut = true
	d.lost = func(list []T) { discardAll(ctx, list) }
}

// overlap fills several lists at a time.
//
// INVARIANTS: mu guards lists, the open ones with the oldest first, and closed;
// it is never held while calling out.
type overlap[T any] struct {
	listDrain[T]
	strides
	index int64

	mu     sync.Mutex
	lists  [][]T
	closed bool
}

func (b *overlap[T]) OnSubscribe(s Subscription) {
	b.up = s
	b.again = func() { b.Request(1) }
	b.down.OnSubscribe(b)
}

func (b *overlap[T]) OnNext(v T) {
	full, ok := b.add(v)
	switch {
	case !ok:
		discard(b.ctx, v)
	case full != nil:
		b.offer(full)
	}
}

// add puts v into every open list and gives the one that it filled.
func (b *overlap[T]) add(v T) (full []T, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, false
	}
	if b.index == 0 {
		b.lists = append(b.lists, make([]T, 0, min(b.size, mostCapacity)))
	}
	if b.index++; b.index == b.skip {
		b.index = 0
	}
	for i := range b.lists {
		b.lists[i] = append(b.lists[i], v)
	}
	if full = b.lists[0]; int64(len(full)) < b.size {
		return nil, true
	}
	b.lists = slices.Delete(b.lists, 0, 1)
	return full, true
}

// close gives the lists that are open.
func (b *overlap[T]) close() [][]T {
	b.mu.Lock()
	defer b.mu.Unlock()
	lists := b.lists
	b.lists, b.closed = nil, true
	return lists
}

func (b *overlap[T]) OnError(err error) {
	lists := b.close()
	b.end(err)
	for _, list := range lists {
		b.lost(list)
	}
}

func (b *overlap[T]) OnComplete() {
	for _, list := range b.close() {
		b.enqueue(list)
	}
	b.end(nil)
}

func (b *overlap[T]) Request(n int64) {
	b.request(n)
	if n > 0 {
		b.up.Request(b.values(n))
	}
}

func (b *overlap[T]) Cancel() {
	b.up.Cancel()
	for _, list := range b.close() {
		b.lost(list)
	}
	b.cancel()
}
