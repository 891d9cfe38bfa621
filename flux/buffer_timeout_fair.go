package flux

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

func fairBufferTimeout[T any](main source[T], n int, d time.Duration) Flux[[]T] {
	return Flux[[]T]{sourceFunc[[]T](func(ctx context.Context, s Subscriber[[]T]) {
		ahead := mulCap(4, orUnbounded(n))
		b := &fairBuffer[T]{ctx: ctx, down: s, push: pusher(s), size: n, ahead: ahead, room: unlimited}
		if ahead < math.MaxInt32 {
			b.room = queueBound(int(ahead))
		}
		b.clock.start(d, b.timeUp)
		main.subscribe(ctx, b)
	})}
}

// fairBuffer keeps values in a queue, and makes lists of them as they are
// requested.
//
// INVARIANTS
//   - wip > 0 means that somebody is sending down; that goroutine, the drainer,
//     alone calls down, takes from queue and uses left.
//   - mu guards queue, clock, due, ended and err, and is never held while calling
//     out. due: the time of what is queued is up, and no list came of it yet.
//   - The deadline is set by the value that finds the queue empty.
//   - left is what the source was asked for, less what went down in lists.
type fairBuffer[T any] struct {
	ctx   context.Context
	up    Subscription
	down  Subscriber[[]T]
	push  func([]T) bool
	size  int
	ahead int64
	room  int

	wip    atomic.Int32
	over   atomic.Bool
	demand demand
	left   int64

	mu    sync.Mutex
	queue ring[T]
	clock deadline
	due   bool
	ended bool
	err   error
}

func (b *fairBuffer[T]) OnSubscribe(s Subscription) {
	b.up = s
	b.down.OnSubscribe(b)
}

func (b *fairBuffer[T]) OnNext(v T) {
	b.mu.Lock()
	full := b.queue.len() >= b.room
	late := b.ended
	if !full && !late {
		if b.queue.len() == 0 {
			b.clock.set()
		}
		b.queue.push(v)
	}
	b.mu.Unlock()
	switch {
	case late:
		dropNext(b.ctx, v)
		return
	case full:
		discard(b.ctx, v)
		b.up.Cancel()
		b.OnError(ErrOverflow)
		return
	}
	b.change(false)
}

// timeUp runs on the timer's goroutine.
func (b *fairBuffer[T]) timeUp() {
	b.mu.Lock()
	b.due = b.clock.reached() || b.due
	b.mu.Unlock()
	b.change(false)
}

func (b *fairBuffer[T]) OnError(err error) {
	b.mu.Lock()
	late := b.ended
	if !late {
		b.ended, b.err = true, err
	}
	b.mu.Unlock()
	if late && err != nil {
		dropError(b.ctx, err)
		return
	}
	b.change(false)
}

func (b *fairBuffer[T]) OnComplete() { b.OnError(nil) }

// Request gives what is queued at once if nothing was requested before.
func (b *fairBuffer[T]) Request(n int64) { b.change(b.demand.add(n) == 0) }

func (b *fairBuffer[T]) Cancel() {
	b.up.Cancel()
	if !b.over.Swap(true) {
		b.change(false)
	}
}

func (b *fairBuffer[T]) change(now bool) {
	if b.wip.Add(1) != 1 {
		return
	}
	for seen := b.wip.Load(); seen != 0; seen = b.wip.Add(-seen) {
		b.pass(now)
		now = false
	}
}

// pass sends the lists whose time has come, and asks for more.
func (b *fairBuffer[T]) pass(now bool) {
	defer b.guard()
	if b.over.Load() {
		b.release()
		return
	}
	if err := b.demand.err(); err != nil {
		b.up.Cancel()
		b.finish(err)
		return
	}
	for b.demand.load() > 0 {
		list := b.next(now)
		if list == nil {
			break
		}
		now = true // what is behind a list goes with it
		b.left -= int64(len(list))
		b.demand.sub(1)
		if !b.push(list) {
			b.demand.add(1)
		}
		if b.over.Load() {
			b.release()
			return
		}
	}
	b.mu.Lock()
	ended, err, rest := b.ended, b.err, b.queue.len()
	b.mu.Unlock()
	switch {
	case ended && rest == 0:
		b.finish(err)
	case !ended && b.demand.load() > 0 && b.left < b.ahead/2:
		n := b.ahead - b.left
		if b.ahead == Unbounded {
			n = Unbounded
		}
		b.left = b.ahead
		b.up.Request(n)
	}
}

// next takes a list out of the queue, if there is one to be sent; now sends also
// what is neither full nor due.
func (b *fairBuffer[T]) next(now bool) []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.queue.len()
	if n == 0 || !(now || b.due || b.ended || n >= b.size) {
		return nil
	}
	b.due = false
	b.clock.lift()
	list := make([]T, min(n, b.size))
	for i := range list {
		list[i] = b.queue.pop()
	}
	return list
}

func (b *fairBuffer[T]) finish(err error) {
	down := b.down
	b.over.Store(true)
	b.release()
	(&ending{err: err}).deliver(down)
}

// release lets go of what is held.
func (b *fairBuffer[T]) release() {
	b.mu.Lock()
	q := b.queue
	b.queue, b.ended = ring[T]{}, true
	b.mu.Unlock()
	b.clock.timer.Stop()
	b.down, b.push = nil, nil
	q.drop(func(v T) { discard(b.ctx, v) })
}

// guard settles a panic from below.
func (b *fairBuffer[T]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := b.down
	b.over.Store(true)
	b.release()
	settle(b.ctx, down, p, b.up)
}
