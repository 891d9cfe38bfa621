package ssehttp

import (
	"sync/atomic"
	"time"
)

// Reason says why a stream's connection was closed.
type Reason uint8

// The reasons for which a connection is closed.
const (
	// Gone: the client closed its side, reset the connection or vanished: for
	// StallTimeout and 5 s it acknowledged nothing, or had no room, of what the kernel
	// still held for it. A client that never reads may end so, if its events fit into
	// the kernel's buffer for longer than that.
	Gone Reason = iota + 1
	// Completed: the publisher completed and everything was written.
	Completed
	// Failed: the publisher ended with an error, sent an event that cannot be
	// written, or panicked.
	Failed
	// Overrun: the publisher sent more events than were requested.
	Overrun
	// Stalled: bytes waited for StallTimeout and the client took none, or did not
	// take all of them in that time when its stream was over.
	Stalled
	// Flooded: the client sent more after its request than anybody reads.
	Flooded
	// ShutDown: the server was shut down, or its context was done.
	ShutDown
	// Expired: the stream's Lifetime was over, or the time of [Request.CloseAt] had
	// come.
	Expired
	// Evicted: more bytes waited for the client than Limits.PendingPerStream, or it
	// was the slowest when more waited in total than Limits.PendingHard.
	Evicted

	reasons
)

var reasonNames = [reasons]string{"", "gone", "completed", "failed", "overrun", "stalled", "flooded", "shutdown", "expired", "evicted"}

// String returns the reason in one lower-case word, fit for a metric's label.
func (r Reason) String() string {
	if r < reasons {
		return reasonNames[r]
	}
	return "unknown"
}

// Reasons are all of them, for a metric that counts by reason.
func Reasons() []Reason { return upTo(Gone, reasons) }

// upTo gives the values from first to the one before end.
func upTo[T ~uint8](first, end T) (all []T) {
	for v := first; v < end; v++ {
		all = append(all, v)
	}
	return all
}

// Stats are counters of a [Server] since it was made. Accepted is always Live
// plus the sum of what was closed, up to connections that change sides while
// they are being read.
type Stats struct {
	Accepted   int64 // requests that became a stream
	Live       int64 // streams that are open now
	Refused    int64 // requests answered with a status instead of a stream
	Events     int64 // events that sockets have taken; comments of the server do not count
	Bytes      int64 // bytes that sockets have taken, heads and comments included
	Heartbeats int64
	Stalls     int64 // times that a client's socket was full (in the goroutine transport for 100 ms)

	Pending       int64        // bytes that wait for clients now
	Withheld      int64        // times that a stream was not asked for more because of Limits.PendingSoft
	Shards        []ShardStats // none before the first connection that was taken over
	ErrorsDropped int64        // of pipelines whose stream had ended, unless Options.Context has hooks for them
	HooksMissed   int64        // notices that hooks were too slow to hear

	closed  [reasons]int64
	refused [refusals]int64
}

// ShardStats are the figures of one shard.
type ShardStats struct {
	Connections int64
	Pending     int64         // bytes that wait for its clients
	Turns       int64         // of its loop
	Busy        time.Duration // that they took together
	LongestTurn time.Duration // of the last ten to twenty seconds
}

// RefusedFor is the number of requests that were refused for r.
func (s Stats) RefusedFor(r Refusal) int64 {
	if r >= refusals {
		return 0
	}
	return s.refused[r]
}

// Closed is the number of streams that were closed for r.
func (s Stats) Closed(r Reason) int64 {
	if r >= reasons {
		return 0
	}
	return s.closed[r]
}

// counters are atomics because every shard and stream adds to them and Stats
// reads them without stopping anybody.
type counters struct {
	accepted, events, bytes, heartbeats, stalls atomic.Int64
	dropped                                     atomic.Int64

	closed  [reasons]atomic.Int64
	refused [refusals]atomic.Int64
}

// Stats reads the counters. Any goroutine may call it; it costs a few loads
// for each shard.
func (s *Server) Stats() Stats {
	n := &s.counters
	st := Stats{
		Accepted: n.accepted.Load(), Events: n.events.Load(),
		Bytes: n.bytes.Load(), Heartbeats: n.heartbeats.Load(), Stalls: n.stalls.Load(),
		Pending: s.pressure.total.Load(), Withheld: s.pressure.withheld.Load(), Shards: s.shards.stats(),
		ErrorsDropped: n.dropped.Load(), HooksMissed: s.observers.missed.Load(),
	}
	st.Live = st.Accepted
	for r := range st.closed {
		st.closed[r] = n.closed[r].Load()
		st.Live -= st.closed[r]
	}
	for r := range st.refused {
		st.refused[r] = n.refused[r].Load()
		st.Refused += st.refused[r]
	}
	return st
}
