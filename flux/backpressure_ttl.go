package flux

import (
	"context"
	"time"
)

// aged is a value that waits, and when it will have waited for too long.
type aged[T any] struct {
	v   T
	due time.Time
}

// bufferingFor is buffering whose values go when they have waited for ttl. It
// keeps the newest: a value that finds the buffer full takes the place of the
// oldest.
func bufferingFor[T any](f Flux[T], o bufferOptions[T], ttl time.Duration) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		b := &bufferedFor[T]{ttl: ttl}
		b.buffered = buffered[aged[T]]{
			bufferOptions: bufferOptions[aged[T]]{size: o.size, overflow: BufferDropOldest},
			drain:         drain[aged[T]]{ctx: ctx, down: &unaged[T]{hidden[T]{down: s}}, lost: b.let},
		}
		if o.dropped != nil {
			b.dropped = func(a aged[T]) { o.dropped(a.v) }
		}
		push := pusher(s)
		b.push = func(a aged[T]) bool { return push(a.v) }
		b.timer = stoppedTimer(b.evict)
		src.subscribe(ctx, b)
	})}
}

// bufferedFor is a buffer with a timer.
//
// INVARIANTS: the timer is set for the oldest value whenever there is one; it is
// moved only under mu of the drain, which also guards stopping.
type bufferedFor[T any] struct {
	buffered[aged[T]]
	ttl      time.Duration
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
	lost, some, _ := b.keep(aged[T]{v, time.Now().Add(b.ttl)})
	if some {
		b.let(lost)
	}
	b.change()
	b.mu.Lock()
	b.arm()
	b.mu.Unlock()
}

// arm sets the timer for the oldest value. mu is held.
func (b *bufferedFor[T]) arm() {
	if !b.set && !b.stopping && b.queue.len() > 0 {
		b.set = true
		b.timer.Reset(max(0, time.Until(b.queue.peek().due)))
	}
}

// evict runs on the timer's goroutine.
func (b *bufferedFor[T]) evict() {
	now := time.Now()
	var old []aged[T]
	b.mu.Lock()
	b.set = false
	for b.queue.len() > 0 && !b.queue.peek().due.After(now) {
		old = append(old, b.queue.pop())
	}
	b.arm()
	b.mu.Unlock()
	for _, a := range old {
		b.let(a)
	}
	b.change()
}

// let lets a value go.
func (b *bufferedFor[T]) let(a aged[T]) {
	discard(b.ctx, a.v)
	if b.dropped == nil {
		return
	}
	if err := try(func() { b.dropped(a) }); err != nil {
		b.up.Cancel()
		b.end(err)
	}
}

func (b *bufferedFor[T]) Cancel() {
	b.mu.Lock()
	b.stopping = true
	b.mu.Unlock()
	b.timer.Stop()
	b.buffered.Cancel()
}

// unaged is the subscriber of a drain whose values are pushed without their age.
type unaged[T any] struct{ hidden[T] }

func (u *unaged[T]) OnSubscribe(s Subscription) { u.down.OnSubscribe(s) }
func (u *unaged[T]) OnNext(a aged[T])           { u.down.OnNext(a.v) }
