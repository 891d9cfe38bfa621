package flux

import (
	"context"
	"sync"
	"time"
)

// refCount connects when n are subscribed and disconnects with the last.
//
// INVARIANTS
//   - mu guards cur and every counted, and is never held while calling out; the
//     connectable's is taken inside it.
//   - cur counts the connection that is current for those who come now. One that
//     has ended, or is let go, is no longer cur, and its count no longer matters.
//   - The last to leave forgets the connection under mu, in one step with cur, so
//     that whoever comes next finds neither; only then is it disconnected.
//   - A grace timer runs only while nobody is subscribed. One that fires late finds
//     another in its place, or none, and does nothing.
type refCount[T any] struct {
	c     *connectable[T]
	n     int
	grace time.Duration

	mu  sync.Mutex
	cur *counted[T]
}

// counted is a connection and how many are subscribed to it through one refCount.
type counted[T any] struct {
	conn        *connection[T]
	ctx         context.Context // of its first subscriber
	subscribers int
	connected   bool        // n have come
	ended       bool        // one of them got the end
	timer       *time.Timer // of the grace period
}

func (r *refCount[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	if r.c.err != nil {
		r.c.subscribe(ctx, s)
		return
	}
	k, start := r.join(ctx)
	k.conn.add(ctx, s, func(ended bool) { r.left(k, ended) })
	if start {
		r.c.start(k.conn)
	}
}

// join counts one more, and tells whether the caller is to start the connection.
func (r *refCount[T]) join(ctx context.Context) (k *counted[T], start bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	if r.cur == nil || r.cur.conn != r.c.current() {
		r.cur.rest()
		r.cur = &counted[T]{conn: r.c.current(), ctx: ctx}
	}
	k = r.cur
	k.rest()
	k.subscribers++
	if !k.connected && k.subscribers == r.n {
		k.connected = true
		start = k.conn.claim(context.WithoutCancel(k.ctx))
	}
	return k, start
}

// rest stops the grace timer.
func (k *counted[T]) rest() {
	if k != nil && k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
}

func (r *refCount[T]) left(k *counted[T], ended bool) {
	if ended {
		r.end(k)
	} else if r.leave(k) {
		r.c.end(k.conn, ErrDisconnected)
	}
}

// end takes a connection that has ended out of the count.
func (r *refCount[T]) end(k *counted[T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k.ended = true
	if r.cur == k {
		r.cur = nil
	}
}

// leave counts one less, and tells whether the caller is to disconnect.
func (r *refCount[T]) leave(k *counted[T]) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k.subscribers--
	if k.subscribers > 0 || !k.connected || k.ended {
		return false
	}
	if r.grace == 0 {
		return r.let(k)
	}
	if r.cur == k {
		var timer *time.Timer
		timer = time.AfterFunc(r.grace, func() { r.expire(k, &timer) })
		k.timer = timer
	}
	return false
}

// expire disconnects at the end of the grace period.
func (r *refCount[T]) expire(k *counted[T], timer **time.Timer) {
	r.mu.Lock()
	over := k.timer != nil && k.timer == *timer && r.let(k)
	r.mu.Unlock()
	if over {
		r.c.end(k.conn, ErrDisconnected)
	}
}

// let takes k and its connection out, so that nobody joins them; mu is held.
func (r *refCount[T]) let(k *counted[T]) bool {
	if r.cur != k {
		return false
	}
	r.cur, k.timer = nil, nil
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	r.c.forget(k.conn)
	return true
}

// autoConnect connects when the last of so many subscribers has come.
type autoConnect[T any] struct {
	c *connectable[T]

	mu      sync.Mutex // guards the rest
	missing int
	ctx     context.Context // of the first
}

func (a *autoConnect[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	a.c.subscribe(ctx, s)
	if first := a.count(ctx); first != nil {
		a.c.connect(context.WithoutCancel(first))
	}
}

// count gives the context to connect with, to the one who is to connect.
func (a *autoConnect[T]) count(ctx context.Context) context.Context {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.missing == 0 {
		return nil
	}
	if a.ctx == nil {
		a.ctx = ctx
	}
	a.missing--
	if a.missing > 0 {
		return nil
	}
	first := a.ctx
	a.ctx = nil
	return first
}
