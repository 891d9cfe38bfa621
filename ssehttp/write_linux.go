package ssehttp

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// # One write a turn
//
// What a turn of the loop has for a connection is gathered into the shard's
// scratch, or sent from where it is if that is one frame or a large one. What
// the kernel does not take becomes the connection's backlog; everything that
// comes after queues up behind it, until epoll reports room. So a connection
// owns memory only while its client lags.

// backlog is what waits for a client that reads too slowly.
type backlog struct {
	frames []lateFrame
	off    int // bytes of the first frame that are written already
	size   int // bytes that are not
	since  time.Time
}

type lateFrame struct {
	bytes []byte
	kind  entryKind
}

// write sends the entries of this turn, or puts them behind what waits already.
func (c *socket) write(in *inbox, first uint32) {
	if c.ending != 0 {
		return // nothing comes after the last
	}
	if c.coding().ends() {
		c.sum(in, first)
	}
	events, size := 0, 0
	for first != 0 && !c.gone {
		if c.late != nil {
			c.queue(in, first, 0)
			break
		}
		b, next := c.gather(in, first)
		n := c.send(b)
		if n < 0 {
			return
		}
		if n > 0 {
			c.wrote = c.shard.tick
		}
		size += n
		for first != next {
			e := in.at(first - 1)
			if n < e.size() {
				break
			}
			n -= e.size()
			first = e.next
			if e.kind == theLast {
				c.ending = e.why
			} else if e.kind == anEvent {
				events++
			}
		}
		if first != next {
			c.queue(in, first, n)
			break
		}
	}
	c.account(events, size)
	if c.ending != 0 && c.late == nil {
		c.close(c.ending)
	}
}

// sum counts the fragments of this turn for the trailer, and adds it to the last.
func (c *socket) sum(in *inbox, first uint32) {
	for first != 0 {
		e := in.at(first - 1)
		if e.kind != theStart { // whose comment is counted
			if last := e.kind == theLast; !last {
				c.lined(*e.frame, false)
			} else {
				b := c.lined(*e.frame, true)
				e.frame = &b
			}
		}
		first = e.next
	}
}

// gather gives the bytes of as many entries as one write should carry, and the
// first entry that is not among them.
func (c *socket) gather(in *inbox, first uint32) ([]byte, uint32) {
	next := in.at(first - 1).next
	if b, ok := in.inOnePiece(first - 1); ok && (next == 0 || len(b) >= largeFrame) {
		return b, next
	}
	b := c.shard.scratch[:0]
	for first != 0 {
		e := in.at(first - 1)
		if len(b)+e.size() > cap(b) || e.size() >= largeFrame && len(b) > 0 {
			break
		}
		b = in.appendEntry(b, first-1)
		first = e.next
	}
	return b, first
}

// queue keeps the entries from first on, of which off bytes are written.
func (c *socket) queue(in *inbox, first uint32, off int) {
	begins := c.late == nil
	if begins {
		c.stalled(off)
	}
	for first != 0 {
		e := in.at(first - 1)
		b, ok := in.inOnePiece(first - 1)
		if !ok || e.n > 0 {
			b = in.appendEntry(nil, first-1) // what stands in the inbox is used again
		}
		c.wait(lateFrame{b, e.kind})
		if e.kind == theLast {
			c.ending = e.why
			c.hurry()
		}
		first = e.next
	}
	if begins {
		c.tellStalled()
	}
	if c.crowded() {
		c.close(Evicted)
	}
}

// wait puts a frame into the backlog.
func (c *socket) wait(f lateFrame) {
	c.late.frames = append(c.late.frames, f)
	c.late.size += len(f.bytes)
	c.shard.pending += int64(len(f.bytes))
}

// stalled begins a backlog, and with it the stall timeout.
func (c *socket) stalled(off int) {
	s := c.shard
	c.late = &backlog{off: off, size: -off, since: time.Now()}
	s.pending -= int64(off)
	c.wrote = s.tick
	c.srv.counters.stalls.Add(1)
	s.schedule(c)
}

// resume writes what waits, now that the kernel has room again.
func (c *socket) resume() {
	events, size := 0, 0
	l := c.late
	for len(l.frames) > 0 {
		b := l.gather(c.shard.scratch)
		n := c.send(b)
		if n < 0 {
			return
		}
		if n > 0 {
			c.wrote = c.shard.tick
		}
		size += n
		events += l.advance(n)
		c.shard.pending -= int64(n)
		if n < len(b) {
			break
		}
	}
	if len(l.frames) == 0 {
		c.late = nil
		c.shard.schedule(c) // back to the heartbeat
	}
	c.account(events, size)
	if c.late == nil {
		c.tellResumed(l.since)
	}
	if c.ending != 0 && c.late == nil {
		c.close(c.ending)
	}
}

// gather gives the bytes that the next write should carry.
func (l *backlog) gather(scratch []byte) []byte {
	first := l.frames[0].bytes[l.off:]
	if len(l.frames) == 1 || len(first) >= largeFrame {
		return first
	}
	b := append(scratch[:0], first...)
	for _, f := range l.frames[1:] {
		if len(b)+len(f.bytes) > cap(b) || len(f.bytes) >= largeFrame {
			break
		}
		b = append(b, f.bytes...)
	}
	return b
}

// advance drops n bytes that were written, and returns how many events that
// completed.
func (l *backlog) advance(n int) (events int) {
	l.off += n
	l.size -= n
	for len(l.frames) > 0 && l.off >= len(l.frames[0].bytes) {
		f := l.frames[0]
		if f.kind == anEvent {
			events++
		}
		l.off -= len(f.bytes)
		l.frames[0] = lateFrame{}
		l.frames = l.frames[1:]
	}
	return events
}

func (c *socket) account(events, size int) {
	c.shard.events += int64(events)
	c.shard.bytes += int64(size)
	c.record.wrote(size)
	c.progress(events, size, c.late != nil)
}

// send writes until all is written or the kernel takes no more, and returns how
// much it took; -1 if the client is gone and the socket closed.
func (c *socket) send(b []byte) (sent int) {
	for sent < len(b) {
		n, err := writeSome(int(c.fd), b[sent:])
		switch {
		case err == unix.EAGAIN:
			return sent
		case err == unix.EINTR:
		case err == 0 && n > 0:
			sent += n
		default:
			c.close(Gone)
			return -1
		}
	}
	return sent
}

// writeSome is write(2) without telling Go's scheduler, which prepares for every
// other call as for one that may block: the descriptor never does. Go ignores the SIGPIPE of a client that has gone. b is
// not empty.
func writeSome(fd int, b []byte) (int, unix.Errno) {
	n, _, err := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	return int(n), err
}
