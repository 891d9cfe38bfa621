package ssehttp

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"
)

// stream is the transport of connections that cannot be taken over: those of
// net/http, TLS, a listener's own connections, and every connection where there is
// no epoll. The goroutine of the request stays and waits, to see the client go;
// another one exists while there is something to write.
//
// INVARIANTS
//   - mu guards what stands below it and is not held while waiting or writing.
//   - writing: a writer exists; there is at most one, and it alone calls write,
//     allow (but for the abort) and the progress of conn, for which it has mu.
//   - why, once set, stays: no write begins after it.
//   - The goroutine of the request returns only after the writer has, because the
//     HTTP server uses what is under the wire again then.
type stream struct {
	*conn
	wire wire

	mu      sync.Mutex
	pending []byte
	events  int // in pending
	flight  flight
	writing bool
	began   time.Time     // of the write under way
	stalled time.Time     // since then the client has not caught up; zero if it has
	ending  Reason        // close for this when everything is written
	why     Reason        // close now
	written time.Time     // end of the last write
	beats   *time.Timer   // the next heartbeat
	end     *time.Timer   // of a stream that expires, or is ending
	watch   *time.Timer   // looks after the write under way
	watched bool          // watch is set
	done    chan struct{} // closed by the writer that was there at the abort
}

// wire is what a stream writes to.
type wire interface {
	// wait returns when the client has gone, or has sent more than it may, or cut
	// was called.
	wait() Reason
	// write sends b, at the latest by the time allow was given.
	write(b []byte) error
	allow(until time.Time)
	// cut makes wait and, if there is a write, that return. It is called once.
	cut(writing bool)
	// done is called when neither runs any more.
	done()
}

// flight is what the writer has taken out of pending and not written yet.
type flight struct{ events, bytes int }

const (
	writeChunk    = 16 << 10 // a client that takes this much within StallTimeout makes progress
	mostDiscarded = 64 << 10 // bytes that a client may send after its request
)

func newStream(s *Server) *stream {
	st := &stream{conn: new(conn)}
	st.init(s, st)
	return st
}

// start does not return before the connection is over: fasthttp closes it then.
func (st *stream) start(head []byte, nc net.Conn, o opening) {
	limitSilenceOf(nc, st.srv.opts.StallTimeout)
	st.run(&netWire{nc: nc}, head, o)
}

func (st *stream) run(w wire, head []byte, o opening) {
	st.wire = w
	s := st.srv
	s.mu.Lock()
	s.streams[st] = struct{}{}
	leaving, stopped := s.closing, s.stopped // the list of streams has been taken already
	s.mu.Unlock()
	st.mu.Lock()
	if st.why == 0 { // a server that stops may have been faster
		st.pending = append(st.pending, head...)
		st.added(len(head))
	}
	if s.opts.Heartbeat != Never {
		st.written = time.Now()
		st.beats = time.AfterFunc(s.opts.Heartbeat, st.beat)
	}
	if !o.until.IsZero() {
		st.end = time.AfterFunc(time.Until(o.until), st.expire)
	}
	st.mu.Unlock()
	s.calls.put(upcall{c: st.conn, what: subscribe, events: o.events})
	if stopped {
		st.abort(ShutDown)
	} else if leaving {
		st.sendAway(s.farewell().form(st.coding(), int(s.counters.accepted.Load())))
	}
	st.finish(w.wait())
}

// finish ends the connection for what was seen of the client, or for what was
// decided before.
func (st *stream) finish(seen Reason) {
	st.abort(seen)
	st.mu.Lock()
	for _, t := range []*time.Timer{st.beats, st.end, st.watch} {
		if t != nil {
			t.Stop()
		}
	}
	done := st.done
	st.mu.Unlock()
	if done != nil {
		<-done
	}
	st.wire.done()
	s := st.srv
	s.mu.Lock()
	delete(s.streams, st)
	s.mu.Unlock()
	st.over(st.why)
}

// abort ends the connection now.
func (st *stream) abort(r Reason) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.cutOff(r)
}

// cutOff is abort for who has mu.
func (st *stream) cutOff(r Reason) {
	if st.why != 0 {
		return
	}
	st.why = r
	st.srv.waits(-st.waiting())
	st.pending, st.flight = nil, flight{}
	if st.writing {
		st.done = make(chan struct{})
	}
	st.wire.cut(st.writing)
}

func (st *stream) number() int { return -1 }

func (st *stream) carry(frame *[]byte) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.why|st.ending == 0 {
		st.pending = append(st.pending, st.lined(*frame, false)...)
		st.events++
		st.added(len(*frame))
	}
}

func (st *stream) encode(e Event) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.why|st.ending != 0 {
		return nil
	}
	b, err := e.appendTo(st.pending, st.srv.opts.Mode)
	if err != nil {
		return err
	}
	n := len(b) - len(st.pending)
	st.pending = b
	st.events++
	st.added(n)
	return nil
}

func (st *stream) last(r Reason, frame []byte) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.why|st.ending != 0 {
		return
	}
	st.ending = r
	frame = st.lined(frame, true)
	st.pending = append(st.pending, frame...)
	st.added(len(frame))
	st.hurry()
}

// sendAway says goodbye; the publisher is cancelled at once.
func (st *stream) sendAway(frame []byte) {
	st.last(ShutDown, frame)
	st.dismiss()
}

func (st *stream) expire() {
	st.last(Expired, nil)
	st.dismiss()
}

// startWriter needs mu.
func (st *stream) startWriter() {
	if !st.writing && st.why == 0 {
		st.writing, st.began = true, time.Now()
		go st.write() // lives while there is something to write
	}
}

func (st *stream) write() {
	for {
		b, events := st.takePending()
		if b == nil {
			return
		}
		begin := time.Now()
		err := st.writeAll(b)
		if err != nil {
			st.abort(reasonOf(err))
			continue // to see that this is the end
		}
		st.srv.counters.events.Add(int64(events))
		st.srv.counters.bytes.Add(int64(len(b)))
		st.mu.Lock()
		st.record.wrote(len(b))
		st.progress(events, len(b), len(st.pending) > 0)
		st.mu.Unlock()
		st.srv.tellTurn(ShardTurn{Shard: st.number(), Took: time.Since(begin), Events: int64(events), Bytes: int64(len(b))})
	}
}

// added sees to n bytes more that wait; it needs mu.
func (st *stream) added(n int) {
	st.srv.waits(int64(n))
	st.startWriter()
	st.bound()
}

// waiting is how many bytes wait; it needs mu.
func (st *stream) waiting() int64 { return int64(len(st.pending) + st.flight.bytes) }

// takePending gives what is to be written next, or nil if the writer must end.
func (st *stream) takePending() ([]byte, int) {
	st.mu.Lock()
	st.srv.waits(-int64(st.flight.bytes))
	st.flight = flight{}
	b, events, ending := st.pending, st.events, st.ending
	if len(b) > 0 {
		st.flight = flight{events, len(b)}
		st.pending, st.events = nil, 0
		st.mu.Unlock()
		return b, events
	}
	st.writing = false
	st.written = time.Now()
	st.caughtUp()
	if st.done != nil {
		close(st.done)
	}
	over := ending != 0 && st.why == 0
	st.mu.Unlock()
	if over {
		st.abort(ending)
	}
	return nil, 0
}

func (st *stream) writeAll(b []byte) error {
	for len(b) > 0 {
		if !st.allowWrite() {
			return net.ErrClosed
		}
		n := min(len(b), writeChunk)
		if err := st.wire.write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// allowWrite sets the deadline of the next write. An abort comes before it, and
// no write begins, or after it, and its deadline counts.
func (st *stream) allowWrite() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.why != 0 {
		return false
	}
	st.began = time.Now()
	st.watchFor(slowWrite)
	if stall := st.srv.opts.StallTimeout; stall != Never {
		st.wire.allow(st.began.Add(stall))
	}
	return true
}

// reasonOf says why a write failed. The kernel's own timeout, of a client that
// acknowledges nothing, is no deadline of ours.
func reasonOf(err error) Reason {
	var late interface{ Timeout() bool } // less than net.Error: pipes have no Temporary
	if errors.As(err, &late) && late.Timeout() && !errors.Is(err, syscall.ETIMEDOUT) {
		return Stalled
	}
	return Gone
}

// beat is the heartbeat's timer. It is set again for the time at which the
// connection will have been idle long enough.
func (st *stream) beat() {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.why|st.ending != 0 {
		return
	}
	every := st.srv.opts.Heartbeat
	if st.writing {
		st.beats.Reset(every)
		return
	}
	if idle := time.Since(st.written); idle < every {
		st.beats.Reset(every - idle)
		return
	}
	st.srv.counters.heartbeats.Add(1)
	frame := st.lined(st.coding().usual().heartbeat, false)
	st.pending = append(st.pending, frame...)
	st.added(len(frame))
	st.beats.Reset(every)
}
