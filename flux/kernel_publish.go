package flux

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
)

// Kernel: publish
//
// A connection runs one source for many subscribers, each with a demand of its
// own, at the pace of the slowest:
//
//	source ──▶ │ queue │ ──▶ one drainer ──▶ subscriber (demand)
//	                                   ╰───▶ subscriber (demand)
//
// A value goes to all once every subscriber has demand for it; until then it
// waits, and the source is asked for no more than the prefetch. With no
// subscriber the connection pauses.
//
// INVARIANTS
//   - wip > 0 means that somebody is sending down; that goroutine alone takes
//     from queue and sends signals.
//   - mu guards subs, queue, done and err, and is never held while calling out.
//     subs is replaced, never changed in place, so that the drainer walks the
//     slice it has read.
//   - A subscriber that left (gone) gets nothing more.
type connection[T any] struct {
	ctx      context.Context
	prefetch int
	up       Subscription

	wip    atomic.Int32
	closed atomic.Bool // the terminal went out, or the source was let go

	mu    sync.Mutex
	subs  []*connected[T]
	queue ring[T]
	done  bool
	err   error
}

// errDisconnected is what subscribers get when their connection is let go.
var errDisconnected = errors.Join(errors.New("flux: disconnected"), context.Canceled)

// connected is one subscriber of a connection.
type connected[T any] struct {
	conn   *connection[T]
	ctx    context.Context
	down   Subscriber[T]
	push   func(T) bool
	demand demand
	gone   atomic.Bool
	left   func() // called once when it cancels
}

// add subscribes s; left is called when it cancels.
func (c *connection[T]) add(ctx context.Context, s Subscriber[T], left func()) {
	sub := &connected[T]{conn: c, ctx: ctx, down: s, push: pusher(s), left: left}
	s.OnSubscribe(sub)
	if sub.gone.Load() {
		return
	}
	c.mu.Lock()
	c.subs = append(slices.Clip(c.subs), sub)
	c.mu.Unlock()
	if sub.gone.Load() {
		c.remove(sub)
	}
	c.change()
}

func (c *connection[T]) remove(sub *connected[T]) {
	c.mu.Lock()
	if i := slices.Index(c.subs, sub); i >= 0 {
		c.subs = slices.Delete(slices.Clone(c.subs), i, i+1)
	}
	c.mu.Unlock()
}

// joinable tells whether a new subscriber would still get something of it.
func (c *connection[T]) joinable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.closed.Load() && (!c.done || len(c.subs) > 0)
}

// disconnect lets the source go; those who are still subscribed get an error.
func (c *connection[T]) disconnect() {
	c.mu.Lock()
	up, late := c.up, c.done
	c.done = true
	if !late {
		c.err = errDisconnected
	}
	q := c.queue
	c.queue = ring[T]{}
	c.mu.Unlock()
	q.drop(func(v T) { discard(c.ctx, v) })
	if up != nil {
		up.Cancel()
	}
	c.change()
}

func (c *connection[T]) OnSubscribe(s Subscription) {
	c.mu.Lock()
	c.up = s
	late := c.done
	c.mu.Unlock()
	if late {
		s.Cancel()
		return
	}
	s.Request(prefetchDemand(c.prefetch))
}

func (c *connection[T]) OnNext(v T) {
	c.mu.Lock()
	full := c.queue.len() >= queueBound(c.prefetch)
	late := c.done
	if !full && !late {
		c.queue.push(v)
	}
	c.mu.Unlock()
	switch {
	case late:
		dropNext(c.ctx, v)
	case full:
		c.up.Cancel()
		c.end(ErrOverflow)
	default:
		c.change()
	}
}

func (c *connection[T]) OnError(err error) { c.end(err) }
func (c *connection[T]) OnComplete()       { c.end(nil) }

func (c *connection[T]) end(err error) {
	c.mu.Lock()
	late := c.done
	if !late {
		c.done, c.err = true, err
	}
	c.mu.Unlock()
	if late {
		if err != nil {
			dropError(c.ctx, err)
		}
		return
	}
	c.change()
}

func (c *connection[T]) change() {
	if c.wip.Add(1) != 1 {
		return
	}
	for seen := c.wip.Load(); seen != 0; seen = c.wip.Add(-seen) {
		c.pass()
	}
}

// pass sends what everybody has demand for, and then asks for as much again.
func (c *connection[T]) pass() {
	sent := int64(0)
	for {
		c.rejectBad()
		v, subs, ok, over, err := c.next()
		if over {
			c.closed.Store(true)
			for _, s := range subs {
				s.finish(err)
			}
			return
		}
		if !ok {
			break
		}
		for _, s := range subs {
			s.send(v)
		}
		sent++
	}
	if sent > 0 && c.prefetch != unlimited {
		c.up.Request(sent)
	}
}

// next takes a value that everybody has demand for, or sees the end.
func (c *connection[T]) next() (v T, subs []*connected[T], ok, over bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	subs = c.subs
	if c.done && (c.err != nil || c.queue.len() == 0) {
		c.subs = nil
		return v, subs, false, true, c.err
	}
	if c.queue.len() == 0 || len(subs) == 0 {
		return v, nil, false, false, nil
	}
	for _, s := range subs {
		if !s.gone.Load() && s.demand.load() <= 0 {
			return v, nil, false, false, nil
		}
	}
	return c.queue.pop(), subs, true, false, nil
}

// rejectBad ends those who requested what may not be requested.
func (c *connection[T]) rejectBad() {
	c.mu.Lock()
	subs := c.subs
	c.mu.Unlock()
	for _, s := range subs {
		if err := s.demand.err(); err != nil && !s.gone.Load() {
			s.finish(err)
			c.remove(s)
			if s.left != nil {
				s.left()
			}
		}
	}
}

func (s *connected[T]) send(v T) {
	if s.gone.Load() {
		return
	}
	defer s.guard()
	if s.push(v) {
		s.demand.sub(1)
	}
}

// finish sends the terminal, unless the subscriber has left.
func (s *connected[T]) finish(err error) {
	if s.gone.Swap(true) {
		return
	}
	defer s.guard()
	(&ending{err: err}).deliver(s.down)
}

// guard settles a panic from below; it concerns this subscriber alone.
func (s *connected[T]) guard() {
	p := caught(recover())
	if p == nil || passPanic(s.down, p) {
		return
	}
	s.Cancel()
	dropError(s.ctx, p)
}

func (s *connected[T]) Request(n int64) {
	s.demand.add(n)
	s.conn.change()
}

func (s *connected[T]) Cancel() {
	if s.gone.Swap(true) {
		return
	}
	s.conn.remove(s)
	s.conn.change()
	if s.left != nil {
		s.left()
	}
}
