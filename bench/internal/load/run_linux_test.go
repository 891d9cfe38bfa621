package load

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a handler on loopback until the test ends.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL + "/events"
}

// stream writes n events with ids from 1, jumping over the id skip, and then
// waits for the client to leave.
func stream(n, skip int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		flush := http.NewResponseController(w).Flush
		_ = flush()
		time.Sleep(150 * time.Millisecond) // a real server and real sockets: past the warm-up, so that all events are in the window
		for id := 1; id <= n; id++ {
			if id != skip {
				_, _ = fmt.Fprintf(w, "id: %d\r\ndata: {\"t\":%d}\r\n\r\n", id, time.Now().UnixNano())
				_ = flush()
			}
		}
		<-r.Context().Done()
	}
}

func TestRunCountsWhatArrives(t *testing.T) {
	var progress bytes.Buffer
	got, err := Run(t.Context(), Options{
		URLs: []string{serve(t, stream(20, 7))}, Conns: 10, Duration: 600 * time.Millisecond, Workers: 2, PIDs: []int{os.Getpid()}, Progress: &progress, Sources: 3,
	})
	require.NoError(t, err)
	assert.Equal(t, int64(10), got.Heads)
	assert.Equal(t, int64(10), got.Open)
	assert.Equal(t, int64(190), got.Events)
	assert.Equal(t, int64(10), got.Gaps)
	assert.Equal(t, int64(190), got.Latency.Count)
	assert.Equal(t, int64(10), got.FirstEvent.Count)
	assert.Equal(t, int64(10), got.Connect.Count)
	assert.Less(t, got.Latency.P50, int64(500_000))
	assert.Zero(t, got.Duplicates+got.Untimed+got.Unnumbered)
	assert.Empty(t, got.Errors)
	assert.Positive(t, got.Server.RSSEnd)
	assert.NotEmpty(t, got.Samples)
	assert.Contains(t, progress.String(), "/10 open")
}

func TestRunReadsABodyThatEndsWithTheConnection(t *testing.T) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() { // one connection, answered byte by byte
		defer close(done)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		_, _ = c.Read(make([]byte, 1024))
		_ = c.(*net.TCPConn).SetNoDelay(true)
		for _, b := range []byte("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\rid:1\rdata:{\"t\":1}\r\r") {
			_, _ = c.Write([]byte{b})
		}
		time.Sleep(100 * time.Millisecond) // real sockets: let the client take it before the end
		_ = c.Close()
	}()
	got, err := Run(t.Context(), Options{URLs: []string{"http://" + ln.Addr().String()}, Conns: 1, Duration: 300 * time.Millisecond})
	require.NoError(t, err)
	<-done
	require.NoError(t, ln.Close())
	assert.Equal(t, int64(1), got.FirstEvent.Count)
	assert.Equal(t, map[string]int64{"closed by server": 1}, got.Errors)
	assert.Zero(t, got.Open)
}

func TestRunCountsWhyConnectionsFail(t *testing.T) {
	busy := serve(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) })
	got, err := Run(t.Context(), Options{URLs: []string{busy}, Conns: 3, Duration: time.Second})
	assert.ErrorContains(t, err, "no connection got the response head of an event stream")
	assert.Equal(t, map[string]int64{"status 503": 3}, got.Errors)

	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	got, err = Run(t.Context(), Options{URLs: []string{"http://" + ln.Addr().String()}, Conns: 2, Duration: time.Second})
	assert.Error(t, err)
	assert.Equal(t, map[string]int64{"connect: connection refused": 2}, got.Errors)
}

func TestRunKillsConnectionsAtOnce(t *testing.T) {
	var left atomic.Int64
	h := stream(0, 0)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { h(w, r); left.Add(1) })
	got, err := Run(t.Context(), Options{URLs: []string{url}, Conns: 20, Workers: 3, Duration: 500 * time.Millisecond, Kill: 7, KillAfter: 200 * time.Millisecond})
	require.NoError(t, err)
	assert.Equal(t, int64(13), got.Open)
	assert.Equal(t, int64(7), got.Kill.Conns)
	assert.Positive(t, got.Kill.EndedNS-got.Kill.BeganNS)
	assert.Empty(t, got.Errors)
	require.Eventually(t, func() bool { return left.Load() == 20 }, 5*time.Second, 5*time.Millisecond)
}

func TestRunHasClientsThatNeverRead(t *testing.T) {
	stuck := make(chan int64, 4) // one place a connection, so that no handler waits for the test
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		rc := http.NewResponseController(w)
		_ = rc.Flush()
		line := []byte("data: " + string(bytes.Repeat([]byte{'x'}, 4000)) + "\n\n")
		_ = rc.SetWriteDeadline(time.Now().Add(400 * time.Millisecond))
		for n := int64(0); r.Context().Err() == nil; n += int64(len(line)) {
			if _, err := w.Write(line); err != nil || n > 64<<20 {
				stuck <- n
				return
			}
		}
	})
	got, err := Run(t.Context(), Options{URLs: []string{url}, Conns: 1, Slow: 1, Duration: 600 * time.Millisecond})
	require.NoError(t, err)
	assert.Equal(t, int64(1), got.Slow.Conns)
	assert.Positive(t, got.Events+got.FirstEvent.Count)
	smallest := min(<-stuck, <-stuck)
	assert.Less(t, smallest, int64(8<<20), "the kernel took this much for a client that never reads")
}

func TestRunEndsEarlyWhenItsContextDoes(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	got, err := Run(ctx, Options{URLs: []string{serve(t, stream(1, 0))}, Conns: 2, Duration: time.Minute})
	require.NoError(t, err)
	assert.True(t, got.Broken)
	assert.Less(t, time.Since(began), 30*time.Second)
}

func TestRunKeepsToTheRateOfConnecting(t *testing.T) {
	got, err := Run(t.Context(), Options{URLs: []string{serve(t, stream(0, 0))}, Conns: 20, Rate: 100, Workers: 2, Duration: 10 * time.Millisecond})
	require.NoError(t, err)
	assert.Equal(t, int64(20), got.Heads)
	assert.GreaterOrEqual(t, got.HeadsIn, int64(170_000), "20 connections at 100 a second take about 190 ms")
}

func TestRunSharesItsConnectionsAmongTheURLs(t *testing.T) {
	var first, second atomic.Int64
	count := func(n *atomic.Int64) http.HandlerFunc {
		h := stream(0, 0)
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Last-Event-Id") == "7" && r.Header.Get("X-Token") == "secret" {
				n.Add(1)
			}
			h(w, r)
		}
	}
	got, err := Run(t.Context(), Options{URLs: []string{serve(t, count(&first)), serve(t, count(&second))}, Conns: 10, Workers: 3,
		Duration: 50 * time.Millisecond, LastEventID: "7", Header: http.Header{"X-Token": {"secret"}}})
	require.NoError(t, err)
	assert.Equal(t, int64(10), got.Heads)
	assert.Equal(t, int64(5), first.Load())
	assert.Equal(t, int64(5), second.Load())
	assert.Len(t, got.URLs, 2)
}
