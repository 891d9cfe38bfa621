package ssehttp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/freshet-go/freshet/flux"
)

// A heartbeat may be what fills a socket. Its connection is being looked at by the
// wheel then, and has its place there once, whoever else is due in the same tick.
func TestClientsWhoseSocketsAreFilledByHeartbeatsStall(t *testing.T) {
	const n = 20
	tr := transports[3]
	s := tr.serve(t, Options{Heartbeat: 50 * time.Millisecond, StallTimeout: 500 * time.Millisecond}, of(flux.Never[Event]()))
	var clients []*client
	for range n {
		clients = append(clients, s.get("/").open())
	}
	filled := 0
	for _, k := range collect(&s.shards, (*shard).fill) {
		filled += k
	}
	require.Equal(t, n, filled)
	s.eventually("all have stalled", func() bool { return s.Stats().Stalls == n })
	for _, c := range clients[n/2:] {
		require.NoError(t, c.Close())
	}
	s.eventually("each is closed for its own reason", func() bool {
		return s.Stats().Closed(Gone) == n/2 && s.Stats().Closed(Stalled) == n/2
	})
}

// fill writes into the sockets of the loop until they take no more, behind its back.
func (s *shard) fill() (filled int) {
	b := make([]byte, 4<<10)
	for _, c := range s.table.sockets {
		if c == nil {
			continue
		}
		for size := len(b); size > 0; {
			if _, err := unix.Write(int(c.fd), b[:size]); err != nil {
				size /= 2
			}
		}
		filled++
	}
	return filled
}
