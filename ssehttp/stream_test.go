package ssehttp

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
)

func TestAStreamOpensAtOnceWithItsHeadAndAComment(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{}, of(flux.Never[Event]()))
		c := s.get("/")
		status, header := c.head()
		assert.Equal(t, "HTTP/1.1 200 OK", status)
		assert.Equal(t, "text/event-stream", header["Content-Type"])
		assert.Equal(t, "no-cache, no-transform", header["Cache-Control"])
		assert.Equal(t, "no", header["X-Accel-Buffering"])
		assert.Equal(t, "close", header["Connection"])
		assert.NotEmpty(t, header["Date"])
		assert.NotContains(t, header, "Content-Length")
		assert.NotContains(t, header, "Transfer-Encoding")
		assert.Equal(t, ": open", c.line())
	})
}

func TestEventsArriveInOrderWhetherTheirBytesAreSharedOrNot(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		h.sub.OnNext(Event{ID: "1", Name: "a", Data: "x"})
		h.sub.OnNext(encoded(t, Event{ID: "2", Data: "y\nz"}))
		h.sub.OnNext(data(strings.Repeat("l", 12<<10)))
		h.sub.OnNext(encoded(t, data(strings.Repeat("m", 192<<10))))
		h.sub.OnNext(data("end"))
		assert.Equal(t, "id: 1|event: a|data: x|", c.event())
		assert.Equal(t, "id: 2|data: y|data: z|", c.event())
		assert.Len(t, c.event(), 12<<10+len("data: |"))
		assert.Len(t, c.event(), 192<<10+len("data: |"))
		assert.Equal(t, "data: end|", c.event())
		s.eventually("events are counted", func() bool { return s.Stats().Events == 5 })
	})
}

// An encoded event that is given an id is written as the id and the shared rest;
// the bytes are those of encoding it anew.
func TestAnIDInFrontOfASharedEventMakesTheSameBytesAsItsOwnEncoding(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		plain := []Event{
			{Name: "a", Data: "x"},
			{Data: "y\nz", Retry: time.Second},
			{Comment: "c alone is no block"},
			{Name: "long", Data: strings.Repeat("l", 3<<10)},
			{Name: "longer", Data: strings.Repeat("\n", 3<<10)},
			{Name: "longest", Data: strings.Repeat("m", 12<<10)},
		}
		want := ""
		for i, e := range plain {
			shared := encoded(t, e)
			e.ID, shared.ID = strconv.Itoa(i), strconv.Itoa(i)
			b, err := Standard.Append(nil, e)
			require.NoError(t, err)
			want += string(b)
			h.sub.OnNext(shared)
		}
		bad := encoded(t, data("x"))
		bad.ID = "a\nb"
		h.sub.OnNext(bad)
		got := c.rest()
		assert.Equal(t, want+"event: error\ndata: stream failed\n\n", got)
		h.cancelled(t)
		s.eventually("events are counted", func() bool { return s.Stats().Events == int64(len(plain)) })
	})
}

func TestSpringModeIsWrittenToSharedAndOwnEvents(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		e := Event{Name: "n", Data: "x"}
		s := tr.serve(t, Options{Mode: Spring}, of(flux.Just(e, encoded(t, e))))
		c := s.get("/").open()
		assert.Equal(t, "event:n|data:x|", c.event())
		assert.Equal(t, "event:n|data:x|", c.event())
	})
}

func TestALeavingClientCancelsThePublisherWithoutAnEvent(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		require.NoError(t, c.Close())
		h.cancelled(t)
		h.wait(t, h.ctx.Done(), "the context")
		s.eventually("the close is counted", func() bool { return s.Stats().Closed(Gone) == 1 })
		assert.EqualValues(t, 1, h.cancels.Load())
	})
}

func TestAPublisherThatCompletesClosesTheConnectionBehindItsEvents(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{}, of(flux.Just(data("1"), data("2"))))
		c := s.get("/").open()
		assert.Equal(t, "data: 1\n\ndata: 2\n\n", c.rest())
		s.eventually("the close is counted", func() bool { return s.Stats().Closed(Completed) == 1 })
		s.eventually("events are counted", func() bool { return s.Stats().Events == 2 })
	})
}

func TestAnEmptyPublisherClosesTheConnectionBehindTheHead(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{}, of(flux.Empty[Event]()))
		assert.Empty(t, s.get("/").open().rest())
	})
}

func TestAPublisherThatFailsSendsAnErrorEventAndCloses(t *testing.T) {
	secret := errors.New("password is 1234")
	for name, test := range map[string]struct {
		err    error
		render func(error) Event
		want   string
	}{
		"the text of an error is not sent": {secret, nil, "event: error\ndata: stream failed\n\n"},
		"a status has a text for clients":  {fmt.Errorf("wrapped: %w", Status(403, "no more quota")), nil, "event: error\ndata: no more quota\n\n"},
		"the event can be made by the user": {secret, func(err error) Event {
			return Event{Name: "failed", Data: fmt.Sprint(errors.Is(err, secret))}
		}, "event: failed\ndata: true\n\n"},
		"one that cannot be written is replaced": {secret, func(error) Event { return Event{ID: "\n"} }, "event: error\ndata: stream failed\n\n"},
		"one that panics is replaced":            {secret, func(error) Event { panic("oh") }, "event: error\ndata: stream failed\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			overTransports(t, func(t *testing.T, tr transport) {
				s := tr.serve(t, Options{ErrorEvent: test.render}, of(flux.Concat(flux.Just(data("1")), flux.Error[Event](test.err))))
				c := s.get("/").open()
				assert.Equal(t, "data: 1\n\n"+test.want, c.rest())
				s.eventually("the close is counted, and the event but not the server's own", func() bool {
					st := s.Stats()
					return st.Closed(Failed) == 1 && st.Events == 1
				})
				assert.Contains(t, s.log.String(), test.err.Error())
			})
		})
	}
}

func TestAnEventThatCannotBeWrittenEndsTheStreamAndCancelsThePublisher(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		h.sub.OnNext(data("1"))
		h.sub.OnNext(Event{ID: "a\nb"})
		h.sub.OnNext(data("2"))
		assert.Equal(t, "data: 1\n\nevent: error\ndata: stream failed\n\n", c.rest())
		h.cancelled(t)
		assert.Contains(t, s.log.String(), "invalid event")
	})
}

func TestAPublisherThatIgnoresDemandIsCutOff(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{Window: 4}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		for i := range 1000 {
			h.sub.OnNext(data(fmt.Sprint(i)))
		}
		assert.Contains(t, c.rest(), "event: error\ndata: stream failed\n\n")
		h.cancelled(t)
		s.eventually("the close is counted", func() bool { return s.Stats().Closed(Overrun) == 1 })
		assert.Contains(t, s.log.String(), errOverrun.Error())
	})
}

func TestAUserPanicEndsOnlyItsOwnStream(t *testing.T) {
	boom := func() { panic("boom") }
	for name, p := range map[string]flux.Publisher[Event]{
		"in an operator":      flux.Map(flux.Range(1, 3), func(int) Event { panic("boom") }),
		"in Subscribe":        publisherFunc(func(context.Context, flux.Subscriber[Event]) { boom() }),
		"without OnSubscribe": publisherFunc(func(context.Context, flux.Subscriber[Event]) {}),
	} {
		t.Run(name, func(t *testing.T) {
			overTransports(t, func(t *testing.T, tr transport) {
				s := tr.serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
					if r.Path() == "/bad" {
						return p, nil
					}
					return flux.Just(data("fine")), nil
				})
				assert.Equal(t, "event: error\ndata: stream failed\n\n", s.get("/bad").open().rest())
				assert.Equal(t, "data: fine\n\n", s.get("/good").open().rest())
			})
		})
	}
}

func TestPanicsInRequestAndCancelHarmNobody(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		h.onCancel = func() { panic("boom") }
		h.onRequest = func(int64) { panic("boom") }
		s := tr.serve(t, Options{}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		require.NoError(t, c.Close())
		h.cancelled(t)
	})
}

// publisherFunc is a publisher that this module did not write.
type publisherFunc func(ctx context.Context, s flux.Subscriber[Event])

func (p publisherFunc) Subscribe(ctx context.Context, s flux.Subscriber[Event]) { p(ctx, s) }

func TestWhatAClientSendsAfterItsRequestIsThrownAwayUpToABound(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		if tr.netHTTP {
			t.Skip("net/http leaves it in the socket, whose buffer bounds it")
		}
		h := newHand()
		s := tr.serve(t, Options{}, h.handler)
		c := s.dial()
		c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + strings.Repeat("garbage", 100))
		c.open()
		h.subscribed(t)
		c.send(strings.Repeat("garbage", 1000))
		h.sub.OnNext(data("still here"))
		assert.Equal(t, "data: still here|", c.event())
		for range 64 {
			if _, err := c.Write([]byte(strings.Repeat("garbage", 1000))); err != nil {
				break
			}
		}
		h.cancelled(t)
		s.eventually("the close is counted", func() bool { return s.Stats().Closed(Flooded) == 1 })
	})
}

func TestOtherRequestsOfTheServerWorkAsEver(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		if tr.netHTTP {
			t.Skip("a fasthttp middleware; nethttp_test.go has net/http's")
		}
		s := tr.serve(t, Options{}, of(flux.Just(data("1"))), func(fs *fasthttp.Server) {
			stream := fs.Handler
			fs.Handler = func(ctx *fasthttp.RequestCtx) {
				if string(ctx.Path()) == "/plain" {
					ctx.SetBodyString("plain")
					return
				}
				stream(ctx)
			}
		})
		c := s.dial()
		c.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\nGET /plain HTTP/1.1\r\nHost: x\r\n\r\nGET /events HTTP/1.1\r\nHost: x\r\n\r\n")
		for range 2 {
			status, header := c.head()
			assert.Equal(t, "HTTP/1.1 200 OK", status)
			assert.Equal(t, "5", header["Content-Length"])
			body := make([]byte, 5)
			_, err := c.r.Read(body)
			require.NoError(t, err)
			assert.Equal(t, "plain", string(body))
		}
		assert.Equal(t, "data: 1\n\n", c.open().rest())
	})
}

func TestFasthttpSettingsThatWrapOrKeepConnectionsChangeNothing(t *testing.T) {
	for name, set := range map[string]func(*fasthttp.Server){
		"KeepHijackedConns": func(fs *fasthttp.Server) { fs.KeepHijackedConns = true },
		"MaxConnsPerIP":     func(fs *fasthttp.Server) { fs.MaxConnsPerIP = 100 },
		"ReduceMemoryUsage": func(fs *fasthttp.Server) { fs.ReduceMemoryUsage = true },
		"timeouts": func(fs *fasthttp.Server) {
			fs.ReadTimeout, fs.WriteTimeout = patient, patient
		},
		"StreamRequestBody": func(fs *fasthttp.Server) { fs.StreamRequestBody = true },
	} {
		t.Run(name, func(t *testing.T) {
			overTransports(t, func(t *testing.T, tr transport) {
				h := newHand()
				s := tr.serve(t, Options{}, h.handler, set)
				c := s.get("/").open()
				h.subscribed(t)
				h.sub.OnNext(data("1"))
				assert.Equal(t, "data: 1|", c.event())
				require.NoError(t, c.Close())
				h.cancelled(t)
			})
		})
	}
}
