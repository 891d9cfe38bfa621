package ssehttp

import (
	"cmp"
	"slices"
	"time"
)

// StreamInfo is what is known of a live stream.
type StreamInfo struct {
	// ID is the stream's number: the how-manieth that the server accepted. It is 0,
	// and Bytes too, for a stream on a shard that nothing keeps a record of: no hook
	// hears of streams, [Server.Debug] was not called and no limit counts addresses
	// or keys when it was opened.
	ID         uint64
	Path       string // at most 256 bytes of it
	RemoteAddr string // of the peer, which may be a proxy
	Shard      int    // -1 for the goroutine transport
	Opened     time.Time

	Events    int64 // that the socket has taken
	Bytes     int64 // that the socket has taken, head and comments included
	Pending   int64 // bytes that wait for the client
	Demand    int64 // events that the publisher may still send, or that are on their way to the socket
	LastWrite time.Time
}

// MostStreams is how many streams [Server.Streams] describes at most.
const MostStreams = 1000

// Streams describes up to n live streams (at most [MostStreams]), those for which
// the most bytes wait first. Of a server with many streams it looks at no more than
// 8,192 for each shard.
//
// Any goroutine may call it. Each shard answers between two turns of its loop, which
// costs it up to a millisecond; it is for people who look, not for every request.
func (s *Server) Streams(n int) []StreamInfo {
	n = min(n, MostStreams)
	if n <= 0 {
		return nil
	}
	found := s.shards.survey(n)
	for _, st := range s.someStreams(n) {
		found = append(found, st.describe())
	}
	slices.SortStableFunc(found, func(a, b StreamInfo) int { return cmp.Compare(b.Pending, a.Pending) })
	return slices.Clip(found[:min(len(found), n)])
}

func (s *Server) someStreams(n int) (list []*stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for st := range s.streams {
		if len(list) == n {
			break
		}
		list = append(list, st)
	}
	return list
}

func (st *stream) describe() StreamInfo {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.described()
}

// described needs mu.
func (st *stream) described() StreamInfo {
	i := st.about()
	i.LastWrite = st.written
	i.Pending = st.waiting()
	i.Demand = st.granted.Load() - st.taken - int64(st.events+st.flight.events)
	return i
}
