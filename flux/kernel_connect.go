package flux

import (
	"context"
	"fmt"
	"sync"
)

// Kernel: the connection
//
// One source for many subscribers, and who decides when it runs. How values are
// shared is the multicast's affair (publishing, replaying); here is which one is
// current, and that its source is subscribed to once.
//
//	subscribers ──▶ current connection ◀── source, once somebody connects
//	RefCount, AutoConnect, Connect ──▶ claim, start, drop
//
// INVARIANTS
//   - mu guards cur and the line of every connection, and is never held while
//     calling out. RefCount takes it inside its own.
//   - A connection has a line from the moment somebody claimed it; the one who did
//     starts it. Nobody else subscribes to the source.
//   - A connection is taken out of cur before it is disconnected, so that nobody
//     who comes later joins what is going away. The next one starts when that has
//     been done (ending, waiting), so that the source is never run twice at a time
//     because two goroutines met.
type connectable[T any] struct {
	src  source[T]
	make func() multicast[T]
	// restarts: a current connection that has expired is followed by one that
	// starts with the first to subscribe.
	restarts bool
	err      error // of an argument; nothing else is set then

	mu      sync.Mutex
	cur     *connection[T]
	ending  int              // taken out, and not yet disconnected
	waiting []*connection[T] // to be started after that
}

// multicast is one run of a source for many subscribers.
type multicast[T any] interface {
	Subscriber[T]
	// add subscribes s. left, which may be nil, is called once: just before s gets
	// the end, or when it cancels before that.
	add(ctx context.Context, s Subscriber[T], left func(ended bool))
	// tie gives it the context of the source, and what is to be called at its end.
	tie(ctx context.Context, unhook func() bool)
	// disconnect cancels the source, and ends whoever is still subscribed with err.
	disconnect(err error)
	// over tells whether the next subscriber is to have another one.
	over() bool
}

type connection[T any] struct {
	multicast[T]
	line *line
}

// line is what one decision to connect began: a connection, and those that follow
// it when it expires.
type line struct{ ctx context.Context }

func (c *connectable[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	if c.err != nil {
		errorSource[T]{c.err}.subscribe(ctx, s)
		return
	}
	c.mu.Lock()
	old := c.cur
	cur := c.current()
	again := old != nil && old != cur && old.line != nil && c.restarts
	if again {
		cur.line = old.line
	}
	c.mu.Unlock()
	cur.add(ctx, s, nil)
	if again {
		c.start(cur)
	}
}

// current gives the connection to join; mu is held.
func (c *connectable[T]) current() *connection[T] {
	if c.cur == nil || c.cur.over() {
		c.cur = &connection[T]{multicast: c.make()}
	}
	return c.cur
}

func (c *connectable[T]) connect(ctx context.Context) (disconnect func()) {
	if c.err != nil {
		return func() {}
	}
	c.mu.Lock()
	cur := c.current()
	first := cur.claim(ctx)
	l := cur.line
	c.mu.Unlock()
	if first {
		c.start(cur)
	}
	return func() { c.cut(l) }
}

// claim makes the caller the one to start it, if nobody has; mu is held.
func (c *connection[T]) claim(ctx context.Context) bool {
	if c.line != nil {
		return false
	}
	c.line = &line{ctx}
	return true
}

// start subscribes to the source of a connection that the caller has claimed, or
// leaves that to the goroutine that is disconnecting the one before.
func (c *connectable[T]) start(cur *connection[T]) {
	c.mu.Lock()
	if c.ending > 0 {
		c.waiting = append(c.waiting, cur)
		c.mu.Unlock()
		return
	}
	c.mu.Unlock()
	ctx := cur.line.ctx
	switch {
	case ctx == nil:
		c.drop(cur, invalid("Connect(nil): the context must not be nil"))
		return
	case ctx.Err() != nil:
		c.drop(cur, endOf(ctx))
		return
	case ctx.Done() == nil:
		cur.tie(ctx, nil)
	default:
		cur.tie(ctx, context.AfterFunc(ctx, func() { c.drop(cur, endOf(ctx)) }))
	}
	c.src.subscribe(ctx, cur.multicast)
}

func endOf(ctx context.Context) error {
	return fmt.Errorf("%w: %w", ErrDisconnected, context.Cause(ctx))
}

// cut disconnects the connection that is current, if it is of this line.
func (c *connectable[T]) cut(l *line) {
	c.mu.Lock()
	cur := c.cur
	if cur == nil || cur.line != l {
		c.mu.Unlock()
		return
	}
	c.forget(cur)
	c.mu.Unlock()
	c.end(cur, ErrDisconnected)
}

// drop disconnects a connection, current or not.
func (c *connectable[T]) drop(cur *connection[T], err error) {
	c.mu.Lock()
	c.forget(cur)
	c.mu.Unlock()
	c.end(cur, err)
}

// forget makes sure that nobody joins it any more; mu is held. The caller is to
// end it.
func (c *connectable[T]) forget(cur *connection[T]) {
	if c.cur == cur {
		c.cur = nil
	}
	c.ending++
}

// end disconnects what was forgotten, and starts what has waited for it.
func (c *connectable[T]) end(cur *connection[T], err error) {
	cur.disconnect(err)
	c.mu.Lock()
	c.ending--
	var next []*connection[T]
	if c.ending == 0 {
		next, c.waiting = c.waiting, nil
	}
	c.mu.Unlock()
	for _, cur := range next {
		c.start(cur)
	}
}

// tether is what a multicast knows of its source's context.
//
// INVARIANTS: mu guards everything; unhook is called once, when the source has
// ended or was let go.
type tether struct {
	mu     sync.Mutex
	ctx    context.Context // nil until the source is subscribed to
	unhook func() bool     // takes the connection off ctx; may be nil
	loose  bool
}

func (t *tether) tie(ctx context.Context, unhook func() bool) {
	t.mu.Lock()
	t.ctx = ctx
	loose := t.loose
	t.unhook = unhook
	t.mu.Unlock()
	if loose {
		t.untie()
	}
}

func (t *tether) untie() {
	t.mu.Lock()
	unhook := t.unhook
	t.unhook, t.loose = nil, true
	t.mu.Unlock()
	if unhook != nil {
		unhook()
	}
}

func (t *tether) context() context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ctx
}
