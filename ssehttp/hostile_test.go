package ssehttp

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
)

// hostile is what a client or a handler does to a server.
type hostile struct {
	name string
	does func(s *served) *client // the connection, for the table to close
	over func(Stats) bool        // what the server has to show for it
	not  func(tr transport) string
}

func closedFor(r Reason) func(Stats) bool {
	return func(st Stats) bool { return st.Closed(r) == 1 }
}

// noStream is true while the healthy one is the only one there was.
func noStream(st Stats) bool { return st.Accepted == 1 }

func onlyTCP(tr transport) string {
	if tr.network != "tcp" || tr.tls {
		return "only TCP knows it"
	}
	return ""
}

const hostileStall = 300 * time.Millisecond

var hostiles = []hostile{
	{name: "never reads", over: closedFor(Stalled), does: func(s *served) *client {
		c := s.get("/flood")
		shrink(s.t, c, 4<<10)
		return c
	}},
	{name: "reads a byte now and then", over: closedFor(Stalled), does: func(s *served) *client {
		c := s.get("/flood")
		shrink(s.t, c, 4<<10)
		s.paced(c, 1, 20*time.Millisecond)
		return c
	}},
	{name: "has a window of a byte", over: func(st Stats) bool { return st.Live == 2 && st.Events > 0 }, not: onlyTCP, does: func(s *served) *client {
		c := s.dial()
		clampWindow(s.t, c)
		c.send("GET /trickle HTTP/1.1\r\nHost: x\r\n\r\n")
		s.paced(c, 1, 0)
		return c
	}},
	{name: "half-closes", over: closedFor(Gone), does: func(s *served) *client {
		c := s.get("/quiet").open()
		require.NoError(s.t, c.Conn.(interface{ CloseWrite() error }).CloseWrite())
		c.ended()
		return c
	}},
	{name: "leaves", over: closedFor(Gone), does: func(s *served) *client {
		c := s.get("/quiet").open()
		require.NoError(s.t, c.Close())
		return c
	}},
	{name: "resets", over: closedFor(Gone), not: onlyTCP, does: func(s *served) *client {
		c := s.get("/quiet").open()
		require.NoError(s.t, c.Conn.(*net.TCPConn).SetLinger(0))
		require.NoError(s.t, c.Close())
		return c
	}},
	{name: "resets in the middle of an event", over: closedFor(Gone), not: onlyTCP, does: func(s *served) *client {
		c := s.get("/huge").open()
		_, err := io.CopyN(io.Discard, c.r, 64<<10)
		require.NoError(s.t, err)
		require.NoError(s.t, c.Conn.(*net.TCPConn).SetLinger(0))
		require.NoError(s.t, c.Close())
		return c
	}},
	{name: "sends garbage instead of a request", over: noStream, does: func(s *served) *client {
		c := s.dial()
		c.send("\x16\x03\x01 garbage \x00\x00\r\n\r\n\r\n")
		c.ended()
		return c
	}},
	{name: "sends a huge head", over: noStream, does: func(s *served) *client {
		c := s.dial()
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 2<<20)) // until it is refused
		c.endedOrReset()
		return c
	}},
	{name: "sends its head slowly", over: noStream, does: func(s *served) *client {
		c := s.dial()
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		for _, b := range []byte("GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: x\r\n", 100)) {
			if _, err := c.Write([]byte{b}); err != nil {
				break
			}
			<-every.C
		}
		c.endedOrReset()
		return c
	}},
	{name: "connects a thousand times and says nothing", over: closedFor(Gone), does: func(s *served) *client {
		for range 1000 {
			c := s.connect()
			defer func() { _ = c.Close() }()
		}
		s.get("/quiet").open().leaves()
		return nil
	}},
	{name: "sends requests behind that of the stream", over: closedFor(Gone), does: func(s *served) *client {
		c := s.dial()
		c.send(strings.Repeat("GET /one HTTP/1.1\r\nHost: x\r\n\r\n", 100))
		c.open()
		assert.Equal(s.t, "data: 1|", c.event())
		c.leaves()
		return c
	}},
	{name: "sends a body that does not end", over: func(st Stats) bool { return st.Live == 1 }, does: func(s *served) *client {
		c := s.dial()
		c.send("POST /quiet HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
		chunk := "1000\r\n" + strings.Repeat("x", 0x1000) + "\r\n"
		for range 10_000 {
			if _, err := io.WriteString(c, chunk); err != nil {
				break
			}
		}
		_ = c.Close()
		return c
	}},
	{name: "announces a body and does not send it", over: func(st Stats) bool { return st.Live == 1 }, does: func(s *served) *client {
		c := s.dial()
		c.send("POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
		if s.tr.netHTTP { // which leaves bodies to handlers, and this one wants none
			c.open()
			c.leaves()
		} else {
			c.ended()
		}
		return c
	}},
	{name: "has a handler that panics", over: func(st Stats) bool { return st.RefusedFor(RefusedByHandler) == 1 }, does: func(s *served) *client {
		c := s.get("/panic")
		status, _ := c.head()
		assert.Equal(s.t, "HTTP/1.1 500 Internal Server Error", status)
		return c
	}},
	{name: "has a handler that blocks for ever", over: noStream, does: func(s *served) *client { return s.get("/block") }},
	{name: "has a publisher that floods", over: closedFor(Overrun), does: func(s *served) *client { return s.get("/overrun").open() }},
	{name: "has a publisher that blocks in Subscribe", over: closedFor(Gone), does: func(s *served) *client {
		c := s.get("/blocks").open()
		c.leaves()
		return c
	}},
}

// besieged answers what the table asks for; until free is closed some of it blocks.
// running counts the pipelines that have begun and have not ended.
func besieged(healthy *hand, free <-chan struct{}, running *atomic.Int64) Handler {
	begin := flux.Just(0).DoOnSubscribe(func() { running.Add(1) })
	counted := func(f flux.Flux[Event]) flux.Publisher[Event] {
		return flux.ConcatMap(begin, func(int) flux.Flux[Event] { return f }).DoFinally(func(flux.SignalType) { running.Add(-1) })
	}
	endless := func(size int) flux.Publisher[Event] {
		e := data(strings.Repeat("x", size))
		return counted(flux.Map(flux.Range(1, 1<<30), func(int) Event { return e }))
	}
	return func(r *Request) (flux.Publisher[Event], error) {
		switch r.Path() {
		case "/healthy":
			return healthy, nil
		case "/flood":
			return endless(1000), nil
		case "/huge":
			return endless(mebibyte), nil
		case "/trickle":
			return counted(flux.Map(flux.Range(1, 20), func(i int) Event { return data(fmt.Sprint(i)) }).ConcatWith(flux.Never[Event]())), nil
		case "/one":
			return counted(flux.Never[Event]().StartWith(data("1"))), nil
		case "/quiet":
			return counted(flux.Never[Event]()), nil
		case "/block":
			<-free
			return nil, Status(503, "at last")
		case "/blocks":
			return publisherFunc(func(context.Context, flux.Subscriber[Event]) { <-free }), nil
		case "/overrun":
			return publisherFunc(func(_ context.Context, s flux.Subscriber[Event]) {
				s.OnSubscribe(newHand())
				for range 1000 {
					s.OnNext(data("x"))
				}
			}), nil
		}
		panic("no such path")
	}
}

// Whatever one does, only its own connection suffers, it is counted, and nothing is
// left of it.
func TestNobodySuffersFromWhatAnotherDoes(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		for _, bad := range hostiles {
			t.Run(bad.name, func(t *testing.T) {
				if bad.not != nil && bad.not(tr) != "" {
					t.Skip(bad.not(tr))
				}
				tr.besiege(t, bad)
			})
		}
	})
}

func (tr transport) besiege(t *testing.T, bad hostile) {
	healthy, free := newHand(), make(chan struct{})
	var running atomic.Int64
	files := openFiles()
	s := tr.serve(t, Options{StallTimeout: hostileStall, Window: 16}, besieged(healthy, free, &running), func(fs *fasthttp.Server) {
		fs.ReadTimeout, fs.MaxRequestBodySize = hostileStall, 64<<10
	})
	good := s.get("/healthy").open()
	healthy.subscribed(t)
	good.reads(s, healthy, 5)
	c := bad.does(s)
	good.reads(s, healthy, 5)
	s.eventually("it is counted", func() bool { return bad.over(s.Stats()) })
	good.reads(s, healthy, 5)
	close(free)
	if c != nil {
		_ = c.Close()
	}
	s.eventually("one stream is left", func() bool { return s.Stats().Live == 1 })
	good.leaves()
	healthy.cancelled(t)
	s.eventually("nothing is left", func() bool { st := s.Stats(); return st.Live == 0 && st.Pending == 0 && running.Load() == 0 })
	s.accounts()
	if files > 0 {
		const own = 8 // the listener, and of each shard an epoll descriptor
		s.eventually("its sockets are closed", func() bool { return openFiles() <= files+own+runtime.GOMAXPROCS(0) })
	}
}

// openFiles is the number of descriptors, 0 where that cannot be known.
func openFiles() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}

// connect opens a connection without a word, also none of TLS.
func (s *served) connect() net.Conn {
	s.t.Helper()
	nc, err := net.DialTimeout(s.tr.network, s.addr, patient)
	require.NoError(s.t, err)
	return nc
}

// leaves closes the connection.
func (c *client) leaves() {
	c.t.Helper()
	require.NoError(c.t, c.Close())
}

// endedOrReset is ended for a connection whose end comes before what was sent is read.
func (c *client) endedOrReset() {
	c.t.Helper()
	_, err := io.Copy(io.Discard, c.r)
	require.NotErrorIs(c.t, err, os.ErrDeadlineExceeded, "the connection was not closed")
}

// paced reads n bytes at a time, until the connection ends.
func (s *served) paced(c *client, n int, every time.Duration) {
	done, stop := make(chan struct{}), make(chan struct{})
	ticks := time.NewTicker(max(every, time.Microsecond))
	go func() {
		defer close(done)
		b := make([]byte, n)
		for {
			if _, err := c.Read(b); err != nil {
				return
			}
			select {
			case <-ticks.C:
			case <-stop: // TLS gives what it has read also when it is closed
				return
			}
		}
	}()
	s.t.Cleanup(func() {
		ticks.Stop()
		close(stop)
		_ = c.Close()
		<-done
	})
}

// The few bytes of a heartbeat always fit into a socket: only that nobody
// acknowledges them tells that the client's machine is gone.
func TestAClientThatVanishesWithoutAWordIsFoundByItsSilence(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as the kernel is given, more than five seconds")
	}
	type vanished struct {
		from *served
		hand *hand
	}
	var all []vanished // who wait together
	for _, tr := range transports {
		if tr.network != "tcp" {
			continue
		}
		h := newHand()
		s := tr.serve(t, Options{Heartbeat: 50 * time.Millisecond, StallTimeout: 100 * time.Millisecond}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		deafen(t, c)
		all = append(all, vanished{s, h})
	}
	for _, v := range all {
		t.Log(v.from.tr.name)
		v.hand.cancelled(t)
		v.from.eventually("it is counted", func() bool { return v.from.Stats().Closed(Gone) == 1 })
	}
}

// A client that takes a little now and then makes progress, but a stream that is over
// ends.
func TestAStreamThatIsOverIsNotKeptByAClientThatHardlyReads(t *testing.T) {
	for name, end := range map[string]struct {
		path string
		by   func(s *served, h *hand)
	}{
		"completed": {"/", func(_ *served, h *hand) { h.sub.OnComplete() }},
		"failed":    {"/", func(_ *served, h *hand) { h.sub.OnError(io.ErrUnexpectedEOF) }},
		"expired":   {"/expires", func(*served, *hand) {}},
		"shut down": {"/", func(s *served, _ *hand) { assert.NoError(s.t, s.Shutdown(context.Background())) }},
	} {
		t.Run(name, func(t *testing.T) {
			overTransports(t, func(t *testing.T, tr transport) {
				h := newHand()
				s := tr.serve(t, Options{StallTimeout: hostileStall, Window: 64}, func(r *Request) (flux.Publisher[Event], error) {
					if r.Path() == "/expires" {
						r.CloseAt(time.Now().Add(400 * time.Millisecond)) // when what is to wait for it does
					}
					return h, nil
				})
				c := s.deaf(end.path, h, 16)
				s.paced(c, 16<<10, 5*time.Millisecond) // some 3 MB a second: it makes progress, and would take seconds
				end.by(s, h)
				s.eventually("it is closed", func() bool { return s.Stats().Closed(Stalled) == 1 })
			})
		})
	}
}
