package ssehttp

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

func TestStreamsDescribesWhatIsOpen(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{Window: 10}, h.handler)
		assert.Empty(t, s.Streams(10))
		c := s.get("/prices").open()
		h.subscribed(t)
		for i := range 3 {
			h.sub.OnNext(data(strconv.Itoa(i)))
		}
		for range 3 {
			c.event()
		}
		var i StreamInfo
		s.eventually("three events taken", func() bool {
			list := s.Streams(10)
			require.Len(t, list, 1)
			i = list[0]
			return i.Events == 3
		})
		assert.Equal(t, "/prices", i.Path)
		assert.Equal(t, int64(7), i.Demand)
		assert.Zero(t, i.Pending)
		assert.WithinDuration(t, time.Now(), i.Opened, patient)
		assert.WithinDuration(t, time.Now(), i.LastWrite, patient)
		if tr.network == "tcp" && !tr.netHTTP {
			assert.Equal(t, c.LocalAddr().String(), i.RemoteAddr)
		}
		assert.Equal(t, tr.name == "goroutine" || tr.tls, i.Shard < 0)
		_ = c.Close()
		h.cancelled(t)
		s.eventually("it is gone", func() bool { return len(s.Streams(10)) == 0 })
	})
}

func TestStreamsCountBytesWhereTheyAreTracked(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{Hooks: []Hook{&witness{}}}, of(flux.Never[Event]()))
		s.get("/a").open()
		s.eventually("its bytes", func() bool {
			list := s.Streams(10)
			return len(list) == 1 && list[0].Bytes > 0 && list[0].Bytes == s.Stats().Bytes && list[0].ID == 1
		})
	})
}

func TestStreamsAreNoMoreThanWereAskedFor(t *testing.T) {
	for _, tr := range transports[:2] {
		t.Run(tr.name, func(t *testing.T) {
			s := tr.serve(t, Options{}, of(flux.Never[Event]()))
			for range 20 {
				s.get("/").open()
			}
			assert.Len(t, s.Streams(7), 7)
			assert.Len(t, s.Streams(MostStreams+1), 20)
			assert.Empty(t, s.Streams(0))
			assert.Empty(t, s.Streams(-1))
		})
	}
}

func TestStreamsOfAServerThatHasShutDownAreNone(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{}, of(flux.Never[Event]()))
		s.get("/").open()
		require.NoError(t, s.Shutdown(context.Background()))
		assert.Empty(t, s.Streams(10))
	})
}

func TestOnlySoMuchOfAPathIsKept(t *testing.T) {
	s := New(Options{})
	long := make([]byte, 1000)
	assert.Len(t, s.route(long).path, longestPath)
	assert.Same(t, s.route([]byte("/a")), s.route([]byte("/a")))
}
