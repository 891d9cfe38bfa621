package ssehttp

import (
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Kernel: the shard
//
// A shard carries a share of the connections with two goroutines, however many
// they are. Publishers put events into its inbox, from whatever goroutine they
// run on; the loop takes the whole inbox, sorts it by connection, and writes
// what it found for each with one system call. While it writes, the inbox fills
// again, so the busier the shard the more events share a write.
//
//	publisher ─┐ carry, encode, last          ┌─▶ send(2) one per connection and turn
//	publisher ─┼──────▶ inbox ──swap──▶ loop ─┤
//	handler   ─┘ start             ▲          └─▶ upcalls: Request, Cancel
//	                               │
//	            epoll ──▶ poller ──┘ readiness: client gone, room to write
//
// The poller waits on the epoll instance through Go's own poller (an epoll file
// is itself a file that can be waited for), and the loop on a channel. So
// neither blocks a thread, and waking a shard is waking a goroutine: no system
// call for it.
//
// The loop never runs user code. The only things outside this package that it
// calls are non-blocking system calls.
//
// INVARIANTS
//   - mu guards what stands between it and wake, is held for a few
//     instructions (or the encoding of one event), and never during a system call.
//   - asleep: the loop is about to wait on wake, and whoever adds something
//     clears asleep and sends the one token that wakes it.
//   - Everything under "the loop's own", and every field of a socket below that
//     line, is touched by the loop alone.
//   - A socket is in slots[slot] of its shard from its registration to its
//     closing; epoll's events name it by slot and generation, so one that was
//     closed in between is not mistaken for its successor.
type shard struct {
	srv    *Server
	number int
	gauges gauges

	mu       sync.Mutex
	in       inbox
	unused   chunks
	ready    []unix.EpollEvent // what the poller found, until handled
	asleep   bool
	asked    []func()
	farewell *farewell // the last frame for every connection
	leaving  bool      // farewell is to be sent
	quit     bool      // close everything and end
	ended    bool      // nobody takes what is put

	wake    chan struct{} // one token: the loop may be looking away when it is woken
	handled chan struct{} // one token: lets the poller ask again, so that readiness cannot pile up

	epoll *os.File
	fd    int

	// The loop's own.

	spare    []chunk // the list of the inbox that was taken last, empty
	dirty    []*socket
	table    table
	wheel    wheel
	clock    clock
	tick     int64
	timer    *time.Timer
	armed    int64 // the tick for which timer is set
	ending   bool  // every connection is sent away
	goodbye  *farewell
	scratch  []byte
	began    time.Time // the turn
	events   int64     // written and not yet counted: once a turn, not once a write
	bytes    int64
	pending  int64 // bytes in the backlogs
	reported int64 // of them, what the server's total knows of

	turns, most int // since the last trim: turns, and the most chunks that one took
}

const (
	scratchSize   = 64 << 10 // the most that one write gathers
	largeFrame    = 4 << 10  // from here on a frame is written alone, without being copied
	shortTurn     = 5 * time.Millisecond
	longestBreath = 20 * time.Millisecond

	trimTurns = 1 << 10 // turns between two looks at how much memory they needed
)

func newShard(s *Server, number int) (*shard, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	sh := &shard{
		srv: s, number: number, fd: fd, epoll: os.NewFile(uintptr(fd), "epoll"),
		wake: make(chan struct{}, 1), handled: make(chan struct{}, 1),
		clock: newClock(s.opts), scratch: make([]byte, 0, scratchSize),
	}
	sh.timer = time.NewTimer(time.Hour)
	sh.timer.Stop()
	go sh.poll() // ends when the loop closes epoll
	go sh.loop() // ends when the server has shut down
	return sh, nil
}

// put adds an entry; false means that the shard has ended.
func (s *shard) put(e entry) bool {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return false
	}
	c := s.chunk()
	c.entries = append(c.entries, e)
	s.unlockAndWake()
	return true
}

// chunk gives the one that takes the next entry; mu is held.
func (s *shard) chunk() *chunk {
	in := &s.in
	if n := len(in.chunks); n > 0 && len(in.chunks[n-1].entries) < chunkEntries {
		return &in.chunks[n-1]
	}
	in.chunks = append(in.chunks, s.unused.take())
	return &in.chunks[len(in.chunks)-1]
}

// unlockAndWake ends a critical section that added something for the loop.
func (s *shard) unlockAndWake() {
	asleep := s.asleep
	s.asleep = false
	s.mu.Unlock()
	if asleep {
		select {
		case s.wake <- struct{}{}:
		default: // a token is there already
		}
	}
}

// turn is what one turn of the loop has to do.
type turn struct {
	in       inbox
	ready    []unix.EpollEvent
	asked    []func()
	farewell *farewell
	leaving  bool
	quit     bool
}

func (s *shard) loop() {
	for {
		t, ok := s.take()
		if !ok {
			s.sleep()
			s.tick = s.clock.now()
			s.wheel.advance(s.tick, s.look)
			s.gauges.set(s)
			s.report()
			continue
		}
		s.began = time.Now()
		s.tick = s.clock.now()
		s.wheel.advance(s.tick, s.look)
		s.poked(t.ready)
		s.deliver(&t.in)
		s.giveBack(t.in)
		if t.leaving {
			s.sendAway(t.farewell)
		}
		for _, f := range t.asked {
			f()
		}
		took := time.Since(s.began)
		s.count(took)
		if t.quit {
			s.close()
			return
		}
		s.breathe(took)
	}
}

// breathe makes a loop that is behind wait before its next turn, about as long as
// the last one took. A loop that began again at once would find one or two more
// events for each connection and write them with as many system calls as ten: the
// pause gives up a few milliseconds and saves most of the calls. A loop that keeps
// up never pauses.
func (s *shard) breathe(took time.Duration) {
	if took < shortTurn {
		return
	}
	s.mu.Lock()
	behind := len(s.in.chunks) > 0
	s.mu.Unlock()
	if behind {
		time.Sleep(min(took, longestBreath))
	}
}

// count adds what was written in this turn to the server's counters, and tells of the
// turn.
func (s *shard) count(took time.Duration) {
	if s.bytes != 0 {
		s.srv.counters.events.Add(s.events)
		s.srv.counters.bytes.Add(s.bytes)
	}
	s.gauges.set(s)
	s.report()
	s.gauges.turned(s.clock.start, s.began, took)
	s.srv.tellTurn(ShardTurn{Shard: s.number, Took: took, Events: s.events, Bytes: s.bytes})
	s.events, s.bytes = 0, 0
}

// take takes everything that has come in; if that is nothing, it announces that
// the loop is going to sleep.
func (s *shard) take() (turn, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.in.chunks) == 0 && s.ready == nil && s.asked == nil && !s.leaving && !s.quit {
		s.asleep = true
		return turn{}, false
	}
	t := turn{s.in, s.ready, s.asked, s.farewell, s.leaving, s.quit}
	s.in.chunks, s.ready, s.asked, s.leaving, s.ended = s.spare, nil, nil, false, s.quit
	return t, true
}

// sleep waits for something to come in, or for the next look at the wheel.
func (s *shard) sleep() {
	if next, ok := s.wheel.next(); ok && next != s.armed {
		s.timer.Reset(s.clock.until(next))
		s.armed = next
	}
	select {
	case <-s.wake:
	case <-s.timer.C:
		s.armed = 0
		s.trim()
		s.mu.Lock()
		s.asleep = false
		s.mu.Unlock()
	}
}

// giveBack keeps the memory of an inbox for the next ones.
func (s *shard) giveBack(in inbox) {
	s.most = max(s.most, len(in.chunks))
	s.mu.Lock()
	s.unused.give(in)
	s.mu.Unlock()
	s.spare = in.chunks[:0]
	if s.turns++; s.turns == trimTurns {
		s.trim()
	}
}

// trim lets go of memory that no turn has needed since the last trim. It looks
// at many turns, because the first of a burst takes little and the next ones
// much.
func (s *shard) trim() {
	s.mu.Lock()
	s.unused.keep(s.most)
	s.mu.Unlock()
	if cap(s.spare) > 2*max(s.most, usualChunks) {
		s.spare = nil
	}
	s.turns, s.most = 0, 0
}

// deliver sorts the entries by connection and writes them.
func (s *shard) deliver(in *inbox) {
	for i := range in.chunks {
		s.sort(in, uint32(i<<chunkBits))
	}
	for i, c := range s.dirty {
		first := c.first
		c.first, c.final = 0, 0
		c.write(in, first)
		if s.ending {
			c.sendAway(s.goodbye) // it was admitted before the shutdown and comes after it
		}
		s.dirty[i] = nil
	}
	s.dirty = s.dirty[:0]
}

// sort links the entries of the chunk that begins at a place to those of the same
// connection.
func (s *shard) sort(in *inbox, place uint32) {
	entries := in.chunks[place>>chunkBits].entries
	for i := range entries {
		e := &entries[i]
		c := e.to
		if e.kind == theStart && !s.register(c) {
			continue
		}
		here := place + uint32(i) + 1
		if c.first == 0 {
			c.first = here
			s.dirty = append(s.dirty, c)
		} else {
			in.at(c.final - 1).next = here
		}
		c.final = here
	}
}

// sendAway says goodbye to every connection.
func (s *shard) sendAway(f *farewell) {
	s.ending, s.goodbye = true, f
	for _, c := range s.table.sockets {
		if c != nil {
			c.sendAway(f)
		}
	}
}

// close ends the shard.
func (s *shard) close() {
	for _, c := range s.table.sockets {
		if c != nil {
			c.close(ShutDown)
		}
	}
	s.gauges.set(s)
	s.report()
	s.timer.Stop()
	_ = s.epoll.Close()
	select {
	case s.handled <- struct{}{}: // a poller that waits with readiness nobody took
	default:
	}
}
