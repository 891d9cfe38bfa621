package ssehttp

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// socket is a connection that was taken over: a file descriptor, a place in a
// shard, and nothing that waits.
type socket struct {
	conn
	shard *shard
	fd    int32

	// What follows is the loop's own.

	place      uint32   // in the shard's table
	until      int64    // tick at which it expires, 0 for never
	late       *backlog // what the kernel would not take yet; nil if nothing waits
	first      uint32   // place of its first entry in this turn's inbox, plus 1
	final      uint32
	generation int32
	read       int32   // bytes that came after the request
	wrote      int64   // tick of the last progress
	before     *socket // ring of the wheel
	after      *socket
	slot       uint8  // of the wheel
	gone       bool   // closed
	ending     Reason // close for this when everything is written
}

func (c *socket) number() int { return c.shard.number }

func (c *socket) carry(frame *[]byte) { c.shard.put(entry{to: c, frame: frame}) }

// encode writes the event straight into the inbox, or if it is large into bytes
// of its own, without holding up the shard. Of an encoded event that was given an
// id only the id is written; the rest is carried.
func (c *socket) encode(e Event) error {
	mode := c.srv.opts.Mode
	if size := e.wireSize(); size >= largeFrame {
		frame, err := e.appendTo(make([]byte, 0, size), mode)
		if err == nil {
			c.carry(&frame)
		}
		return err
	}
	if rest := e.sharedBehindID(mode); rest != nil {
		if err := checkToken("id", e.ID); err != nil {
			return err
		}
		c.numbered(e.ID, rest)
		return nil
	}
	s := c.shard
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	in := s.chunk()
	off := len(in.bytes)
	b, err := e.appendTo(in.bytes, mode)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	in.bytes = b
	in.entries = append(in.entries, entry{to: c, off: uint32(off), n: uint32(len(b) - off)})
	s.unlockAndWake()
	return nil
}

// numbered puts an id line in front of a frame.
func (c *socket) numbered(id string, frame *[]byte) {
	s := c.shard
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	in := s.chunk()
	off := len(in.bytes)
	in.bytes = appendField(in.bytes, "id: ", id)
	in.entries = append(in.entries, entry{to: c, frame: frame, off: uint32(off), n: uint32(len(in.bytes) - off)})
	s.unlockAndWake()
}

func (c *socket) last(r Reason, frame []byte) {
	c.shard.put(entry{to: c, frame: &frame, kind: theLast, why: r})
}

// start duplicates the descriptor and lets fasthttp close its own: that gives
// back everything that it and Go's poller hold for the connection, whatever
// fasthttp's KeepHijackedConns says.
func (c *socket) start(head []byte, nc net.Conn, o opening) {
	fd, err := duplicate(nc)
	if err != nil {
		c.srv.opts.Logger.Error("ssehttp: the connection cannot be taken over", "error", err)
		c.gone = true
		_ = nc.Close()
		c.over(Gone)
		return
	}
	_ = nc.Close() // does nothing unless KeepHijackedConns is set; then fasthttp leaves it to us
	c.fd = int32(fd)
	c.expireAt(o.until)
	limitSilence(fd, c.srv.opts.StallTimeout)
	if !c.shard.put(entry{to: c, frame: &head, kind: theStart}) {
		c.close(ShutDown) // the loop has ended, so this is ours to do
		return
	}
	c.srv.calls.put(upcall{c: &c.conn, what: subscribe, events: o.events})
}

// discard throws away what the client sends after its request. It returns false
// if that closed the socket.
func (c *socket) discard() bool {
	b := c.shard.scratch[:cap(c.shard.scratch)]
	for {
		n, err := unix.Read(int(c.fd), b)
		switch {
		case n > 0:
			if c.read += int32(n); c.read > mostDiscarded {
				c.close(Flooded)
				return false
			}
		case n == 0 || err != unix.EAGAIN && err != unix.EINTR:
			c.close(Gone)
			return false
		case err == unix.EAGAIN:
			return true
		}
	}
}

func (c *socket) expireAt(t time.Time) {
	if !t.IsZero() {
		k := &c.shard.clock
		c.until = k.now() + k.ticks(max(time.Until(t), 1)) + 1 // the tick has begun already
	}
}

// due is the tick at which the connection is to be looked at next, 0 for never.
func (c *socket) due() int64 {
	k, due := &c.shard.clock, int64(0)
	switch {
	case c.late != nil && k.stall != 0:
		due = c.wrote + k.stall + 1
	case c.late == nil && k.heartbeat != 0:
		due = c.wrote + k.heartbeat
	}
	if c.until != 0 && (due == 0 || c.until < due) {
		due = c.until
	}
	return due
}

// look is called by the wheel when the connection is due.
func (c *socket) look() {
	k, now := &c.shard.clock, c.shard.tick
	switch {
	case c.until != 0 && now >= c.until && c.ending != 0:
		c.close(Stalled)
	case c.until != 0 && now >= c.until:
		c.expired()
	case c.late != nil && k.stall != 0 && now-c.wrote > k.stall:
		c.close(Stalled)
	case c.late == nil && k.heartbeat != 0 && now-c.wrote >= k.heartbeat:
		c.beat()
	}
}

// expired closes the connection behind what waits for the client.
func (c *socket) expired() {
	if tail := c.lined(nil, true); tail != nil {
		if c.comment(tail); c.gone {
			return
		}
	}
	c.ending = Expired
	c.dismiss()
	if c.late == nil {
		c.close(Expired)
		return
	}
	c.hurry()
}

// hurry gives the client the stall timeout to take all that waits for it, now that
// nothing comes behind it: one that takes a little now and then must not keep a
// stream that is over.
func (c *socket) hurry() {
	k := &c.shard.clock
	c.until = 0
	if k.stall != 0 {
		c.until = c.shard.tick + k.stall + 1
		c.shard.schedule(c)
	}
}

func (s *shard) look(c *socket) int64 {
	c.look()
	if c.gone {
		return 0
	}
	s.wheel.remove(c) // where a backlog has begun it was placed already
	return c.due()
}

func (c *socket) beat() {
	c.wrote = c.shard.tick
	c.srv.counters.heartbeats.Add(1)
	c.comment(c.lined(c.coding().usual().heartbeat, false))
}

// comment sends bytes of the server's own, which are no event.
func (c *socket) comment(frame []byte) {
	if c.late != nil {
		c.wait(lateFrame{frame, theStart})
		return
	}
	n := c.send(frame)
	if n < 0 {
		return
	}
	c.srv.counters.bytes.Add(int64(n))
	c.record.wrote(n)
	if n < len(frame) {
		c.stalled(n)
		c.wait(lateFrame{frame, theStart})
		c.tellStalled()
	}
}

// sendAway says goodbye; the publisher is cancelled at once.
func (c *socket) sendAway(f *farewell) {
	if c.ending != 0 || c.gone {
		return
	}
	c.comment(c.lined(f.form(c.coding(), int(c.place)), true))
	if c.gone {
		return
	}
	c.ending = ShutDown
	c.dismiss()
	if c.late == nil {
		c.close(ShutDown)
		return
	}
	c.hurry()
}

// close closes the socket. What the kernel has taken is still delivered, but to
// a client that has stopped reading: for it the kernel is to keep nothing.
func (c *socket) close(r Reason) {
	if c.gone {
		return
	}
	c.gone = true
	if c.late != nil {
		c.shard.pending -= int64(c.late.size)
		_ = unix.SetsockoptLinger(int(c.fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		c.late = nil
	}
	s := c.shard
	s.wheel.remove(c)
	if c.generation != 0 {
		s.table.remove(c)
		_ = unix.EpollCtl(s.fd, unix.EPOLL_CTL_DEL, int(c.fd), nil)
	}
	if r == Completed || r == Failed {
		_ = unix.Shutdown(int(c.fd), unix.SHUT_WR) // fasthttp's descriptor may still be open
	}
	_ = unix.Close(int(c.fd))
	c.over(r)
}
