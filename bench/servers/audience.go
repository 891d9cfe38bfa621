package main

import (
	"context"
	"encoding/json"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/freshet-go/freshet/ssehttp"
)

// audience counts who listens. Its methods may be called from any goroutine.
type audience struct {
	kind    string
	protect bool // with limits, as a server on the internet has them; Freshet's kinds only

	// Atomics, because handlers on any goroutine count and /stats reads.
	joined   atomic.Int64
	left     atomic.Int64
	lastLeft atomic.Int64 // unix nanoseconds
	emitted  atomic.Int64
	missed   atomic.Int64 // events that a client was too slow for, counted once a client

	external *external            // the server, where it is a process of its own
	dropped  func() int64         // what the server counts as missed itself; nil if it does not
	streams  func() ssehttp.Stats // Freshet's own counters; nil for others
}

func newAudience(kind string) *audience { return &audience{kind: kind} }

func (a *audience) join() { a.joined.Add(1) }

func (a *audience) leave() {
	a.left.Add(1)
	a.lastLeft.Store(time.Now().UnixNano())
}

// await returns true when n clients have joined, false when ctx is done first.
func (a *audience) await(ctx context.Context, n int) bool {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for a.joined.Load() < int64(n) {
		select {
		case <-ctx.Done():
			return false
		case <-look.C:
		}
	}
	return true
}

// stats is the answer of /stats.
type stats struct {
	Kind       string `json:"kind"`
	Joined     int64  `json:"joined"`
	Left       int64  `json:"left"`
	LastLeftNS int64  `json:"last_left_unix_ns"`
	Emitted    int64  `json:"emitted"`
	Missed     int64  `json:"missed"`
	Goroutines int    `json:"goroutines"`
	HeapKiB    uint64 `json:"heap_kib"`  // in use
	StackKiB   uint64 `json:"stack_kib"` // in use

	Streams *streams `json:"streams,omitempty"`
}

// streams is how Freshet accounts for its connections: accepted is live and closed
// together.
type streams struct {
	Accepted int64            `json:"accepted"`
	Live     int64            `json:"live"`
	Refused  int64            `json:"refused"`
	Pending  int64            `json:"pending_bytes"`
	Closed   map[string]int64 `json:"closed"` // by reason
}

func accounts(s ssehttp.Stats) *streams {
	a := &streams{Accepted: s.Accepted, Live: s.Live, Refused: s.Refused, Pending: s.Pending, Closed: map[string]int64{}}
	for _, reason := range ssehttp.Reasons() {
		if n := s.Closed(reason); n > 0 {
			a.Closed[reason.String()] = n
		}
	}
	return a
}

func (a *audience) stats() []byte {
	missed := a.missed.Load()
	if a.dropped != nil {
		missed += a.dropped()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s := stats{
		Kind: a.kind, Joined: a.joined.Load(), Left: a.left.Load(), LastLeftNS: a.lastLeft.Load(),
		Emitted: a.emitted.Load(), Missed: missed, Goroutines: runtime.NumGoroutine(),
		HeapKiB: m.HeapInuse >> 10, StackKiB: m.StackInuse >> 10,
	}
	if a.streams != nil {
		s.Streams = accounts(a.streams())
	}
	b, err := json.Marshal(s)
	if err != nil {
		return []byte(err.Error()) // cannot happen: the type holds numbers and a name
	}
	return b
}
