package ssehttp

import (
	"net"
	"sync/atomic"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// record is what is known of a stream besides how it goes on, behind one pointer of
// its connection. Where nobody asks for more than the path, all streams of a path
// share one; a stream has a record of its own where the limits count it, where a
// hook or the debug page tells of it, or where it is compressed.
//
// INVARIANTS
//   - path, hooks, own, coding and remote do not change; the context of the stream may be
//     asked for hooks by any goroutine, already while the handler runs.
//   - What follows own is set in a record of one stream only: seats, id and opened by
//     admit, before anything is written; bytes and sum by the transport, as conn.taken.
type record struct {
	path  string
	hooks *flux.Hooks // nil if the server's context has its own

	own    bool
	coding Coding
	remote string
	seats  seats
	id     uint64
	opened time.Time
	bytes  int64
	sum    gzipSum // if coding is Gzip
}

const (
	longestPath  = 256 // of a path only so much is kept: clients choose it
	cachedRoutes = 64
)

// routes keeps records for sharing, as many as there are places; paths that meet in
// one take turns.
type routes [cachedRoutes]atomic.Pointer[record] // any request replaces any place

// begin gives the record of a stream that may come of a request.
func (s *Server) begin(x exchange, out outlet, k Coding) *record {
	shared := x.route(s)
	tells := s.tracks() || hasGoroutine(out)
	if !tells && !s.limits.counts() && k == 0 {
		return shared
	}
	r := &record{path: shared.path, hooks: shared.hooks, own: true, coding: k, sum: k.usual().opened}
	if tells {
		r.remote = addressText(x.remote()) // otherwise the kernel is asked, should anybody want to know
	}
	return r
}

// hasGoroutine is true of streams that are not so cheap that a record would count.
func hasGoroutine(out outlet) bool {
	switch out.(type) {
	case *stream, *httpStream:
		return true
	}
	return false
}

// tracks says that somebody wants more of a stream than its path.
func (s *Server) tracks() bool { return s.observers.hear(hearsStreams) || s.debugged.Load() }

// route gives the record that the streams of a path share; path may change later.
func (s *Server) route(path []byte) *record {
	path = path[:min(len(path), longestPath)]
	at := &s.routes[place(path)]
	if r := at.Load(); r != nil && r.path == string(path) {
		return r
	}
	r := &record{path: string(path)}
	r.hooks = s.hooksFor(r.path)
	at.Store(r)
	return r
}

// place is a hash (FNV-1a). Paths that meet by intent are copied for every stream,
// which is the worst there is to it.
func place(path []byte) uint32 {
	h := uint32(2166136261)
	for _, b := range path {
		h = (h ^ uint32(b)) * 16777619
	}
	return (h ^ h>>16) % cachedRoutes
}

func addressText(a net.Addr) string {
	if a == nil {
		return ""
	}
	return a.String()
}

func (r *record) wrote(n int) {
	if r != nil && r.own {
		r.bytes += int64(n)
	}
}

func (c *conn) path() string {
	if c.record == nil {
		return ""
	}
	return c.record.path
}

// age is the time since the server was made in steps of sinceStep.
func (s *Server) age() uint32 { return uint32(time.Since(s.began) / sinceStep) }

const sinceStep = 100 * time.Millisecond

// about is what can be told of the stream by its transport, but for what waits.
func (c *conn) about() StreamInfo {
	i := StreamInfo{
		Path: c.path(), Shard: c.out.number(), Events: c.taken,
		Opened: c.srv.began.Add(time.Duration(c.since) * sinceStep),
	}
	if r := c.record; r != nil && r.own {
		i.ID, i.RemoteAddr, i.Opened, i.Bytes = r.id, r.remote, r.opened, r.bytes
	}
	return i
}
