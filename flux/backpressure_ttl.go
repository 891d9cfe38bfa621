package flux

import (
	"context"
	"time"
)

// bufferingFor is buffering whose values go when they have waited for ttl. It
// keeps the newest: a value that finds the buffer full takes the place of the
// oldest.
func bufferingFor[T any](f Flux[T], o bufferOptions[T], ttl time.Duration) Flux[T] {
	src := f.source()
	o.overflow = BufferDropOldest
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		b := &bufferedFor[T]{ttl: ttl}
		b.bufferOptions = o
		b.drain = drain[T]{ctx: ctx, down: s, push: pusher(s), lost: b.lose}
		b.timer = stoppedTimer(b.evict)
		src.subscribe(ctx, b)
	})}
}

// bufferedFor is a buffer with a timer.
//
// INVARIANTS
//   - mu of the drain guards due, set and stopping.
//   - due has the times of the values in the queue, oldest first, and in front of
//     them those of values that have left it since the last trim.
//   - The timer is set for the oldest value whenever there is one; it is moved only
//     under mu.
type bufferedFor[T any] struct {
	buffered[T]
	ttl      time.Duration
	due      ring[time.Time]
	timer    *time.Timer
	set      bool
	stopping bool
}

func (b *bufferedFor[T]) OnSubscribe(s Subscription) {
	b.up = s
	b.down.OnSubscribe(b)
	s.Request(Unbounded)
}

func (b *bufferedFor[T]) OnNext(v T) {
	b.mu.Lock()
	if !b.ended {
		b.due.push(time.Now().Add(b.ttl))
	}
	lost, some, _ := b.keep(v)
	b.trim()
	b.mu.Unlock()
	if some {
		b.lose(lost)
	}
	b.change()
	b.mu.Lock()
	b.arm()
	b.mu.Unlock()
}

// trim forgets the times of values that have left the queue. mu is held.
func (b *bufferedFor[T]) trim() {
	for b.due.len() > b.queue.len() {
		b.due.pop()
	}
}

// arm sets the timer for the oldest value. mu is held.
func (b *bufferedFor[T]) arm() {
	b.trim()
	if !b.set && !b.stopping && b.due.len() > 0 {
		b.set = true
		b.timer.Reset(max(0, time.Until(b.due.peek())))
	}
}

// evict runs on the timer's goroutine.
func (b *bufferedFor[T]) evict() {
	now := time.Now()
	var old []T
	b.mu.Lock()
	b.set = false
	b.trim()
	for b.due.len() > 0 && !b.due.peek().After(now) {
		b.due.pop()
		old = append(old, b.queue.pop())
	}
	b.arm()
	b.mu.Unlock()
	for _, v := range old {
		b.lose(v)
	}
	b.change()
}

func (b *bufferedFor[T]) Cancel() {
	b.mu.Lock()
	b.stopping = true
	b.mu.Unlock()
	b.timer.Stop()
	b.buffered.Cancel()
}
