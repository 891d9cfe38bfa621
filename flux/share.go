package flux

import (
	"context"
	"sync"
)

// Share runs f once for all who are subscribed at the same time: the first
// subscriber starts it, later ones join, and when the last cancels it is
// cancelled. After it has ended, the next subscriber starts it anew. The slowest
// subscriber sets the pace; up to 256 values wait for it (a best-effort sink
// drops instead). f runs with the values, not the end, of the first subscriber's
// context. Signals are sent by f's goroutine or, if there was no demand, by the
// one that requested.
//
// Source: Reactor's Flux.share, which is publish().refCount().
func (f Flux[T]) Share() Flux[T] {
	r := &refCount[T]{src: f.source(), prefetch: defaultHop}
	return Flux[T]{sourceFunc[T](r.subscribe)}
}

// refCount connects at the first subscriber and disconnects with the last.
//
// INVARIANTS: mu guards cur and its count, and is never held while calling out.
type refCount[T any] struct {
	src      source[T]
	prefetch int

	mu  sync.Mutex
	cur *counted[T]
}

// counted is a connection and how many are subscribed to it.
type counted[T any] struct {
	connection[T]
	subscribers int
}

func (r *refCount[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	c, first := r.join(ctx)
	c.add(ctx, s, func() { r.leave(c) })
	if first {
		r.src.subscribe(c.ctx, c)
	}
}

func (r *refCount[T]) join(ctx context.Context) (c *counted[T], first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cur == nil || !r.cur.joinable() {
		r.cur = &counted[T]{connection: connection[T]{ctx: context.WithoutCancel(ctx), prefetch: r.prefetch}}
		first = true
	}
	r.cur.subscribers++
	return r.cur, first
}

func (r *refCount[T]) leave(c *counted[T]) {
	r.mu.Lock()
	c.subscribers--
	last := c.subscribers == 0
	if last && r.cur == c {
		r.cur = nil
	}
	r.mu.Unlock()
	if last {
		c.disconnect()
	}
}
