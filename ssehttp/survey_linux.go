package ssehttp

import (
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// gauges are what a shard's loop shows of itself. They are atomics because Stats
// reads them while the loop goes on; nobody but the loop writes them, once a turn.
type gauges struct {
	connections, pending, turns, busy atomic.Int64

	// The longest turn of the current period and of the one before, by the number
	// of the period; and which is current.
	longest [2]atomic.Int64
	period  atomic.Int64
}

const longestPeriod = 10 * time.Second

func (g *gauges) set(s *shard) {
	g.connections.Store(int64(len(s.table.sockets) - len(s.table.free)))
	g.pending.Store(s.pending)
}

func (g *gauges) turned(start, began time.Time, took time.Duration) {
	g.turns.Add(1)
	g.busy.Add(int64(took))
	now := int64(began.Sub(start) / longestPeriod)
	switch last := g.period.Load(); {
	case now > last+1:
		g.longest[(now-1)%2].Store(0)
		fallthrough
	case now > last:
		g.longest[now%2].Store(0)
		g.period.Store(now)
	}
	if int64(took) > g.longest[now%2].Load() {
		g.longest[now%2].Store(int64(took))
	}
}

func (s *shard) stats() ShardStats {
	g := &s.gauges
	st := ShardStats{
		Connections: g.connections.Load(), Pending: g.pending.Load(),
		Turns: g.turns.Load(), Busy: time.Duration(g.busy.Load()),
	}
	now, period := int64(time.Since(s.clock.start)/longestPeriod), g.period.Load()
	if now <= period+1 {
		st.LongestTurn = time.Duration(g.longest[period%2].Load())
	}
	if now <= period && period > 0 {
		st.LongestTurn = max(st.LongestTurn, time.Duration(g.longest[(period-1)%2].Load()))
	}
	return st
}

func (h *shards) stats() []ShardStats {
	list := h.made.Load()
	if list == nil {
		return nil
	}
	st := make([]ShardStats, 0, len(*list))
	for _, sh := range *list {
		st = append(st, sh.stats())
	}
	return st
}

// survey gives up to n streams of each shard.
func (h *shards) survey(n int) (found []StreamInfo) {
	for _, of := range collect(h, func(sh *shard) []StreamInfo { return sh.survey(n) }) {
		found = append(found, of...)
	}
	return found
}

// collect has every loop answer a question, and waits for the answers.
func collect[A any](h *shards, question func(*shard) A) (answers []A) {
	list := h.made.Load()
	if list == nil {
		return nil
	}
	answer := make(chan A, len(*list)) // room for all: no loop waits until its answer is read
	asked := 0
	for _, sh := range *list {
		if sh.ask(func() { answer <- question(sh) }) {
			asked++
		}
	}
	for range asked {
		answers = append(answers, <-answer)
	}
	return answers
}

// ask has the loop call f, between two turns; f does not block. It returns false if
// the loop has ended.
func (s *shard) ask(f func()) bool {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return false
	}
	s.asked = append(s.asked, f)
	s.unlockAndWake()
	return true
}

// mostSurveyed bounds how many connections a loop looks at for one question: it
// holds up the others' events by about a millisecond.
const mostSurveyed = 8 << 10

// survey describes up to n of the loop's streams, those that lag before the others.
func (s *shard) survey(n int) []StreamInfo {
	var lagging, others []*socket
	for _, c := range s.table.sockets[:min(len(s.table.sockets), mostSurveyed)] {
		switch {
		case c == nil:
		case c.late != nil && len(lagging) < n:
			lagging = append(lagging, c)
		case len(others) < n:
			others = append(others, c)
		}
	}
	all := slices.Concat(lagging, others)
	all = all[:min(len(all), n)]
	found := make([]StreamInfo, 0, len(all))
	for _, c := range all {
		i := c.describe()
		if i.RemoteAddr == "" {
			i.RemoteAddr = peer(int(c.fd))
		}
		found = append(found, i)
	}
	return found
}

// describe is the loop's.
func (c *socket) describe() StreamInfo {
	i := c.about()
	k := &c.shard.clock
	i.LastWrite = k.start.Add(time.Duration(c.wrote) * k.tick)
	i.Demand = c.granted.Load() - c.taken
	if l := c.late; l != nil {
		i.Pending = int64(l.size)
		for _, f := range l.frames {
			if f.kind == anEvent {
				i.Demand--
			}
		}
	}
	return i
}

// peer is the address at the other end, or empty.
func peer(fd int) string {
	switch a, _ := unix.Getpeername(fd); a := a.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port)).String()
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port)).String()
	}
	return ""
}

func (c *socket) tellStalled() {
	if c.srv.observers.hear(hearsStalled) {
		c.srv.tellStalled(c.describe())
	}
}

func (c *socket) tellResumed(since time.Time) {
	if c.srv.observers.hear(hearsResumed) {
		c.srv.tellResumed(StreamResumed{c.describe(), time.Since(since)})
	}
}
