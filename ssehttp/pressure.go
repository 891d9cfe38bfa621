package ssehttp

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// # What waits for all clients
//
// A window bounds what waits for one client; many that do not read at once are
// bounded here. Beyond Limits.PendingSoft a stream for which bytes wait is not asked
// for more, until it has caught up or less waits in total: those that keep up are
// asked as ever, so that no number of clients that do not read can stop the others.
// Beyond Limits.PendingHard the slowest are closed.
//
// A shard adds what changed once a turn, and nothing is added while no client lags.
//
// INVARIANTS
//   - total is the sum of what shards have reported and of what waits in streams.
//   - relieving: one goroutine evicts; it ends when no more than hard waits, or
//     nobody is left to be evicted.
type pressure struct {
	soft, hard int64 // 0 for none

	total     atomic.Int64 // shards and streams add to it, any of them and Stats read it
	withheld  atomic.Int64 // the same
	relieving atomic.Bool  // of all who see too much waiting one starts the goroutine
}

// softened says that streams that lag are not to be asked for more.
func (p *pressure) softened() bool { return p.soft > 0 && p.total.Load() > p.soft }

func (p *pressure) burst() bool { return p.hard > 0 && p.total.Load() > p.hard }

// enough is down to where streams are evicted: a sixteenth below the limit, so that
// a server at its limit does not look for the slowest with every event.
func (p *pressure) enough() int64 { return p.hard - p.hard/16 }

// waits counts n bytes more, or fewer.
func (s *Server) waits(n int64) {
	s.pressure.total.Add(n)
	if n > 0 && s.pressure.burst() {
		s.relieve()
	}
}

func (s *Server) relieve() {
	if s.pressure.relieving.CompareAndSwap(false, true) {
		go s.evict() // waits for the shards, whose loops and whose publishers must not; lives while too much waits
	}
}

func (s *Server) evict() {
	p := &s.pressure
	found := true
	for found && p.burst() {
		found = s.evictSlowest(p.total.Load() - p.enough())
	}
	p.relieving.Store(false)
	if found && p.burst() { // it came after the last look and saw that somebody was at work
		s.relieve()
	}
}

// laggard is a stream for which bytes wait.
type laggard struct {
	stream evictable
	bytes  int64
	idle   time.Duration // since its client last took any
}

type evictable interface {
	// evict closes the stream if bytes still wait for it, and then calls done.
	evict(done func())
}

// weight orders laggards: bytes that wait, times how long they have. So among
// clients that take nothing the one with the most goes first, and one that is in the
// middle of something large goes after one that is dead.
func (l laggard) weight() float64 {
	const moment = 100 * time.Millisecond // shorter idling makes no difference
	return float64(l.bytes) * float64(l.idle+moment)
}

// evictSlowest closes streams for which excess bytes wait together; false if there
// are none.
func (s *Server) evictSlowest(excess int64) bool {
	list := s.shards.laggards()
	for _, st := range s.someStreams(math.MaxInt) {
		list = st.lag(list)
	}
	slices.SortFunc(list, func(a, b laggard) int { return cmp.Compare(b.weight(), a.weight()) })
	var all sync.WaitGroup
	for _, l := range list {
		if excess <= 0 {
			break
		}
		excess -= l.bytes
		all.Add(1)
		l.stream.evict(all.Done)
	}
	all.Wait()
	return len(list) > 0
}
