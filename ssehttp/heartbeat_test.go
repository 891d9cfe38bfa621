package ssehttp

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"github.com/freshet-go/freshet/flux"
)

func TestAnIdleConnectionGetsHeartbeats(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{Heartbeat: 5 * time.Millisecond}, of(flux.Never[Event]()))
		c := s.get("/").open()
		for range 5 {
			assert.Equal(t, ":", c.line())
		}
		s.eventually("they are counted", func() bool { return s.Stats().Heartbeats >= 5 })
		assert.Zero(t, s.Stats().Events)
	})
}

func TestNeverTurnsHeartbeatAndStallTimeoutOff(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{Heartbeat: Never, StallTimeout: Never}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		h.sub.OnNext(data("1"))
		assert.Equal(t, "data: 1|", c.event())
		h.sub.OnComplete()
		assert.Empty(t, c.rest())
	})
}

// inBubble serves one stream inside a synctest bubble, over a pipe, and hands
// the test the lines that arrive, each with the time since the start.
func inBubble(t *testing.T, o Options, events flux.Publisher[Event], f func(s *Server, arrived func() []string)) {
	synctest.Test(t, func(t *testing.T) {
		ln := fasthttputil.NewInmemoryListener()
		s := New(o)
		fs := &fasthttp.Server{Handler: s.HTTP(of(events)), NoDefaultDate: true}
		go func() { _ = fs.Serve(ln) }()
		nc, err := ln.Dial()
		require.NoError(t, err)
		_, err = io.WriteString(nc, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		start := time.Now()
		var got []string
		go func() {
			r := bufio.NewReader(nc)
			for {
				l, err := r.ReadString('\n')
				if err != nil {
					got = append(got, time.Since(start).String()+" end")
					return
				}
				if l = strings.TrimSpace(l); l != "" && (l[0] == ':' || strings.HasPrefix(l, "data")) {
					got = append(got, time.Since(start).String()+" "+l)
				}
			}
		}()
		f(s, func() []string { synctest.Wait(); return got })
		require.NoError(t, s.Shutdown(context.Background()))
		_ = nc.Close()
		require.NoError(t, fs.Shutdown())
		time.Sleep(11 * time.Second) // fasthttp's pool of workers ends late
	})
}

func TestHeartbeatsComeExactlyWhenNothingWasWrittenForThatLong(t *testing.T) {
	events := flux.Map(flux.IntervalAfter(20*time.Second, 25*time.Second), func(int64) Event { return data("x") }).Take(2)
	inBubble(t, Options{}, flux.Concat(events, flux.Never[Event]()), func(s *Server, arrived func() []string) {
		time.Sleep(64 * time.Second)
		assert.Equal(t, []string{"0s : open", "15s :", "20s data: x", "35s :", "45s data: x", "1m0s :"}, arrived())
	})
}

func TestAStreamInABubbleEndsWithItsPublisher(t *testing.T) {
	events := flux.Map(flux.Interval(time.Second), func(int64) Event { return data("x") }).Take(2)
	inBubble(t, Options{}, events, func(s *Server, arrived func() []string) {
		time.Sleep(time.Minute)
		assert.Equal(t, []string{"0s : open", "1s data: x", "2s data: x", "2s end"}, arrived())
		assert.EqualValues(t, 1, s.Stats().Closed(Completed))
	})
}

func TestAPipeWhoseReaderStopsIsClosedAfterTheStallTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := fasthttputil.NewInmemoryListener()
		s := New(Options{})
		var cancelled time.Time
		events := flux.Map(flux.Range(1, 1<<30), func(int) Event { return data(strings.Repeat("x", 1000)) }).
			DoOnCancel(func() { cancelled = time.Now() })
		fs := &fasthttp.Server{Handler: s.HTTP(of(events)), NoDefaultDate: true}
		go func() { _ = fs.Serve(ln) }()
		start := time.Now()
		nc, err := ln.Dial()
		require.NoError(t, err)
		_, err = io.WriteString(nc, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, 30*time.Second, cancelled.Sub(start))
		assert.EqualValues(t, 1, s.Stats().Closed(Stalled))
		require.NoError(t, s.Shutdown(context.Background()))
		require.NoError(t, fs.Shutdown())
		time.Sleep(11 * time.Second)
	})
}
