package ssehttp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// outlet is the transport's side of a connection: a socket of a shard, or a
// stream with a goroutine. carry, encode and last are called by whoever sends
// the signals, one at a time, and never block.
type outlet interface {
	core() *conn
	context() context.Context
	number() int // of the shard, -1 if there is none
	// start takes the connection over and then subscribes, once the outlet can
	// take events.
	start(head []byte, nc net.Conn, o opening)
	// carry sends bytes that nobody will change, those of an event; of a compressed
	// stream, a fragment.
	carry(frame *[]byte)
	// encode sends an event whose bytes only this connection needs. The stream is
	// not compressed.
	encode(e Event) error
	// last sends what is left to say, if anything, and then closes.
	last(r Reason, frame []byte)
}

// conn is one stream: the subscriber at the end of a pipeline, whatever carries
// its bytes.
//
// Demand. granted is all that was ever requested, taken all that the socket has
// accepted; their difference is what the publisher may still send plus what
// waits here, and never exceeds the window. When half of the window is used up
// the rest is requested again. So the speed at which a client reads is the
// demand its publisher sees.
//
// INVARIANTS
//   - state only gains bits. up is valid once subscribed is set; whoever sets
//     the second of subscribed and cancelled cancels up, exactly once.
//   - terminal is set before the last frame is sent; nothing is sent after it.
//   - received is touched by the owner of the signals, taken, size and late by
//     the transport.
//   - holds counts the open socket, the Subscribe call and every queued or
//     running upstream call; when it drops to 0 the server forgets us. Who raises it
//     has a hold, or asks for one.
type conn struct {
	streamContext

	out outlet
	up  flux.Subscription

	size    int32         // of a frame, in bytes, moving average
	state   atomic.Uint32 // bits below; signals and transport meet in it
	holds   atomic.Int32  // the last of several goroutines to leave tells the server
	since   uint32        // when it was opened, in steps of the server's age
	owed    atomic.Int64  // demand to request, added by the transport, taken by upcalls
	granted atomic.Int64  // read by the signals' owner, to see that it is not overrun

	received int64
	taken    int64
}

const (
	subscribed = 1 << iota // OnSubscribe has come
	cancelled              // up must not be used any more
	terminal               // the stream has ended
	closed                 // the socket has
)

const (
	firstDemand = 32       // before anything is known about the size of events
	windowBytes = 64 << 10 // what may wait for a client, roughly
	leastWindow = 2
)

func (c *conn) init(s *Server, out outlet) {
	c.srv, c.out = s, out
}

func (c *conn) core() *conn { return c }

func (c *conn) context() context.Context { return &c.streamContext }

// OnSubscribe asks for the first events.
func (c *conn) OnSubscribe(s flux.Subscription) {
	if s == nil || c.state.Load()&subscribed != 0 {
		if s != nil {
			s.Cancel()
		}
		return
	}
	c.up = s
	n := min(firstDemand, int64(c.srv.opts.Window))
	c.granted.Store(n)
	if c.state.Or(subscribed)&cancelled != 0 {
		s.Cancel()
		return
	}
	c.request(n)
}

// request asks for n more events. Most panics of user code become errors before
// they get here; one that does is that of a publisher flux does not know.
func (c *conn) request(n int64) {
	defer func() {
		if p := recover(); p != nil {
			c.fail(Failed, panicError(p))
		}
	}()
	c.up.Request(n)
}

// OnNext hands an event to the transport. It does not block. Encoding costs
// what [Event.Encoded] says, nothing for an event that is encoded.
func (c *conn) OnNext(e Event) {
	if c.state.Load()&(terminal|closed) != 0 {
		return
	}
	c.received++
	if c.received > c.granted.Load() {
		c.fail(Overrun, fmt.Errorf("event %d: %w", c.received, errOverrun))
		return
	}
	if k := c.coding(); k != 0 {
		if err := c.carryCoded(&e, k); err != nil {
			c.fail(Failed, err)
		}
		return
	}
	if frame := e.sharedForm(c.srv.opts.Mode); frame != nil {
		c.out.carry(frame)
		return
	}
	if err := c.out.encode(e); err != nil {
		c.fail(Failed, err)
	}
}

var errOverrun = errors.New("ssehttp: the publisher sent more events than were requested (rule 1.1)")

// OnError ends the stream with an error event.
func (c *conn) OnError(err error) {
	if c.state.Or(terminal)&(terminal|closed) == 0 {
		c.out.last(Failed, c.failure(err))
	}
}

// OnComplete closes the connection once everything is written.
func (c *conn) OnComplete() {
	if c.state.Or(terminal)&(terminal|closed) == 0 {
		c.out.last(Completed, nil)
	}
}

// CancelsItself promises flux that the subscription is cancelled when its
// context is done, so that nobody needs to watch the context for us.
func (c *conn) CancelsItself(inside.Token) {}

// fail is an error of our own: unlike OnError it must stop the publisher.
func (c *conn) fail(r Reason, err error) {
	if c.state.Or(terminal)&(terminal|closed) != 0 {
		return
	}
	c.out.last(r, c.failure(err))
	c.cancel()
}

// failure logs err and gives the bytes of the error event.
func (c *conn) failure(err error) []byte {
	c.srv.opts.Logger.Error("ssehttp: stream failed", "path", c.path(), "error", err)
	frame, encErr := c.srv.opts.Mode.Append(nil, c.errorEvent(err))
	if encErr != nil {
		c.srv.opts.Logger.Error("ssehttp: ErrorEvent gave an event that cannot be written", "error", encErr)
		frame, _ = c.srv.opts.Mode.Append(nil, defaultErrorEvent(err))
	}
	return c.coding().fragment(frame)
}

func (c *conn) errorEvent(err error) (e Event) {
	f := c.srv.opts.ErrorEvent
	if f == nil {
		return defaultErrorEvent(err)
	}
	defer func() {
		if p := recover(); p != nil {
			c.srv.opts.Logger.Error("ssehttp: ErrorEvent panicked", "error", panicError(p))
			e = defaultErrorEvent(err)
		}
	}()
	return f(err)
}

func defaultErrorEvent(err error) Event {
	if s, ok := errors.AsType[*StatusError](err); ok && s.Message != "" {
		return Event{Name: "error", Data: s.Message}
	}
	return Event{Name: "error", Data: "stream failed"}
}

// progress is told by the transport that the socket has taken events, and that
// bytes were written for them; lags says that others wait.
func (c *conn) progress(events, bytes int, lags bool) {
	if events == 0 {
		return
	}
	c.taken += int64(events)
	size := int32(min(bytes/events, windowBytes))
	if c.size == 0 {
		c.size = size
	}
	c.size += (size - c.size) / 8
	c.ask(lags)
}

// ask requests more if half of the window is used up. While too many bytes wait for
// all clients together, a stream that lags is not asked: it is when it has caught up,
// because the last thing to leave then is an event.
func (c *conn) ask(lags bool) {
	window := min(int64(c.srv.opts.Window), max(windowBytes/int64(max(c.size, 1)), leastWindow))
	out := c.granted.Load() - c.taken
	if out > window/2 || c.state.Load()&(terminal|closed) != 0 {
		return
	}
	if lags && c.srv.pressure.softened() {
		c.srv.pressure.withheld.Add(1)
		return
	}
	n := window - out
	c.granted.Add(n)
	if c.owed.Add(n) == n {
		c.srv.calls.put(upcall{c: c})
	}
}

// over is told by the transport, once, that the socket is closed.
func (c *conn) over(r Reason) {
	before := c.state.Or(closed)
	c.srv.counters.closed[r].Add(1)
	c.tellClosed(r)
	c.streamContext.end()
	if before&terminal == 0 {
		c.srv.calls.put(upcall{c: c, what: cancel})
	}
	c.release()
}

// dismiss cancels the publisher of a connection that still has something to
// write. Whoever calls it may hold nothing, while the connection ends.
func (c *conn) dismiss() {
	if !c.hold() {
		return
	}
	defer c.release()
	if c.state.Or(terminal)&(terminal|closed) == 0 {
		c.streamContext.end()
		c.srv.calls.put(upcall{c: c, what: cancel})
	}
}

// upstream makes one call to the publisher, on a goroutine of upcalls.
func (c *conn) upstream(call upcall) {
	defer c.release()
	defer func() {
		if p := recover(); p != nil {
			c.fail(Failed, panicError(p))
		}
	}()
	switch call.what {
	case subscribe:
		if c.state.Load()&(terminal|closed) != 0 {
			return // the client left first
		}
		flux.From(call.events).Subscribe(c.out.context(), c)
	case cancel:
		c.cancel()
	case request:
		n := c.owed.Swap(0)
		if n > 0 && c.state.Load()&(subscribed|cancelled) == subscribed {
			c.request(n)
		}
	}
}

func (c *conn) cancel() {
	if c.state.Or(cancelled)&(subscribed|cancelled) == subscribed {
		c.up.Cancel()
	}
}

// hold fails once the server has forgotten the connection.
func (c *conn) hold() bool {
	for {
		n := c.holds.Load()
		if n == 0 {
			return false
		}
		if c.holds.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (c *conn) release() {
	if c.holds.Add(-1) == 0 {
		c.srv.leave(c)
	}
}
