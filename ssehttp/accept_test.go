package ssehttp

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
)

func TestAnErrorBeforeTheFirstByteIsAStatus(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		refusal := map[string]struct {
			events flux.Publisher[Event]
			err    error
			status string
			body   string
		}{
			"/401":     {nil, Status(401, "sign in first"), "HTTP/1.1 401 Unauthorized", "sign in first\n"},
			"/404":     {nil, Status(404, ""), "HTTP/1.1 404 Not Found", "Not Found\n"},
			"/204":     {nil, Status(204, "no more"), "HTTP/1.1 204 No Content", ""},
			"/wrapped": {nil, fmt.Errorf("no: %w", Status(429, "slow down")), "HTTP/1.1 429 Too Many Requests", "slow down\n"},
			"/secret":  {nil, errors.New("secret"), "HTTP/1.1 500 Internal Server Error", "Internal Server Error\n"},
			"/200":     {nil, Status(200, "secret"), "HTTP/1.1 500 Internal Server Error", "Internal Server Error\n"},
			"/neither": {nil, nil, "HTTP/1.1 500 Internal Server Error", "Internal Server Error\n"},
			"/both":    {flux.Never[Event](), Status(401, "no"), "HTTP/1.1 401 Unauthorized", "no\n"},
		}
		s := tr.serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
			if r.Path() == "/panic" {
				panic("secret")
			}
			return refusal[r.Path()].events, refusal[r.Path()].err
		})
		refusal["/panic"] = refusal["/secret"]
		c := s.dial() // one connection: it is not used up by a refusal
		for path, want := range refusal {
			c.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
			status, header := c.head()
			assert.Equal(t, want.status, status, path)
			body := make([]byte, len(want.body))
			_, _ = c.r.Read(body)
			assert.Equal(t, want.body, string(body), path)
			if want.body != "" {
				assert.Equal(t, "text/plain; charset=utf-8", header["Content-Type"])
			}
		}
		assert.EqualValues(t, len(refusal), s.Stats().Refused)
		assert.Zero(t, s.Stats().Accepted)
		for _, logged := range []string{"path=/secret", "path=/panic", "path=/200", "path=/neither"} {
			assert.Contains(t, s.log.String(), logged)
		}
		assert.NotContains(t, s.log.String(), "path=/401")
	})
}

func TestANilHandlerIsLoggedAndAnswers500(t *testing.T) {
	s := transports[0].serve(t, Options{}, nil)
	status, _ := s.get("/").head()
	assert.Equal(t, "HTTP/1.1 500 Internal Server Error", status)
	assert.Contains(t, s.log.String(), "HTTP(nil): the handler must not be nil")
}

func TestOptionsThatCannotWorkAreNamedAndAnswer500(t *testing.T) {
	for want, o := range map[string]Options{
		"Heartbeat is -1s; it must not be negative":                        {Heartbeat: -time.Second},
		"StallTimeout is -1ns":                                             {StallTimeout: -1},
		"RetryAfter is -1m0s":                                              {RetryAfter: -time.Minute},
		"Window is -3; it must be a number of events from 1 to 2147483647": {Window: -3},
		"LastEvent in mode Standard: ssehttp: invalid event: id":           {LastEvent: Event{ID: "\n"}},
		"Mode(7) is neither Standard nor Spring":                           {Mode: 7},
	} {
		t.Run(want, func(t *testing.T) {
			s := transports[0].serve(t, o, of(flux.Never[Event]()))
			require.ErrorIs(t, s.Err(), ErrInvalidOptions)
			assert.ErrorContains(t, s.Err(), want)
			assert.Contains(t, s.log.String(), "answers every request with 500")
			status, _ := s.get("/").head()
			assert.Equal(t, "HTTP/1.1 500 Internal Server Error", status)
		})
	}
	assert.NoError(t, Options{}.Validate())
	assert.NoError(t, Options{Heartbeat: Never, StallTimeout: Never}.Validate())
}

func TestAMalformedLastEventIDIsRefusedBeforeTheHandlerRuns(t *testing.T) {
	s := transports[0].serve(t, Options{}, func(*Request) (flux.Publisher[Event], error) {
		panic("the handler ran")
	})
	for name, c := range map[string]*client{
		"control character in the header": s.get("/", "Last-Event-ID: a\tb"),
		"too long":                        s.get("/", "Last-Event-ID: "+strings.Repeat("a", MaxLastEventID+1)),
		"not UTF-8":                       s.get("/", "Last-Event-ID: \xff\xfe"),
		"line break in the query":         s.get("/?lastEventId=a%0Ab"),
		"NUL in the query":                s.get("/?last_event_id=a%00b"),
	} {
		status, header := c.head()
		assert.Equal(t, "HTTP/1.1 400 Bad Request", status, name)
		assert.NotEmpty(t, header["Content-Length"])
		assert.Contains(t, c.line(), "Last-Event-ID ", name)
	}
}

func TestTheLastEventIDComesFromTheHeaderOrElseFromTheQuery(t *testing.T) {
	s := transports[0].serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
		return flux.Just(data(r.LastEventID())), nil
	})
	assert.Equal(t, "data: |", s.get("/").open().event())
	assert.Equal(t, "data: 17|", s.get("/?lastEventId=18", "Last-Event-ID: 17").open().event())
	assert.Equal(t, "data: 18|", s.get("/?lastEventId=18").open().event())
	assert.Equal(t, "data: a b/ü|", s.get("/?last_event_id=a+b%2F%C3%BC").open().event())
	assert.Equal(t, "data: "+strings.Repeat("a", MaxLastEventID)+"|",
		s.get("/", "last-event-id: "+strings.Repeat("a", MaxLastEventID)).open().event())
}

func TestHeadRunsTheHandlerAndAnswersWithTheHeadAlone(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
			if r.Path() == "/no" {
				return nil, Status(403, "no")
			}
			return publisherFunc(nil), nil // must not be subscribed to
		})
		c := s.dial()
		c.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		status, header := c.head()
		assert.Equal(t, "HTTP/1.1 200 OK", status)
		assert.Equal(t, "text/event-stream", header["Content-Type"])
		assert.NotContains(t, header, "Content-Length")
		assert.Empty(t, c.rest())

		c = s.dial()
		c.send("HEAD /no HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		status, _ = c.head()
		assert.Equal(t, "HTTP/1.1 403 Forbidden", status)
		assert.Empty(t, c.rest())
		assert.Zero(t, s.Stats().Accepted)
	})
}

func TestOtherMethodsAreToldWhatIsAllowed(t *testing.T) {
	s := transports[0].serve(t, Options{}, of(flux.Just(data("1"))))
	c := s.dial()
	c.send("OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n")
	status, header := c.head()
	assert.Equal(t, "HTTP/1.1 204 No Content", status)
	assert.Equal(t, "GET, HEAD, POST, OPTIONS", header["Allow"])

	c = s.dial()
	c.send("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n")
	status, header = c.head()
	assert.Equal(t, "HTTP/1.1 405 Method Not Allowed", status)
	assert.Equal(t, "GET, HEAD, POST, OPTIONS", header["Allow"])

	c = s.dial()
	c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
	assert.Equal(t, "data: 1\n\n", c.open().rest())
}

func TestAClientOfHTTP10GetsAStreamThatEndsWithTheConnection(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{}, of(flux.Just(data("1"))))
		c := s.dial()
		c.send("GET / HTTP/1.0\r\n\r\n")
		status, _ := c.head()
		assert.Regexp(t, "^HTTP/1.[01] 200 OK$", status)
		assert.Equal(t, ": open\ndata: 1\n\n", c.rest())
	})
}

func TestHeadersOfOtherHandlersGoOutWithTheStream(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		if tr.netHTTP {
			t.Skip("a fasthttp middleware; nethttp_test.go has net/http's")
		}
		s := tr.serve(t, Options{}, of(flux.Never[Event]()), func(fs *fasthttp.Server) {
			stream := fs.Handler
			fs.Handler = func(ctx *fasthttp.RequestCtx) {
				ctx.Response.Header.Set("Access-Control-Allow-Origin", "*")
				ctx.Response.Header.Set("Content-Encoding", "br")
				ctx.Response.Header.Set("Cache-Control", "no-store")
				var cookie fasthttp.Cookie
				cookie.SetKey("a")
				cookie.SetValue("b")
				ctx.Response.Header.SetCookie(&cookie)
				stream(ctx)
				ctx.Response.Header.Set("X-After", "late")
			}
		})
		for range 2 {
			_, header := s.get("/").head()
			assert.Equal(t, "*", header["Access-Control-Allow-Origin"])
			assert.Equal(t, "a=b", header["Set-Cookie"])
			assert.Equal(t, "late", header["X-After"])
			assert.Equal(t, "no-store", header["Cache-Control"])
			assert.NotContains(t, header, "Content-Encoding")
		}
	})
}

func TestHeadsThatDifferAreNotMixedUp(t *testing.T) {
	s := transports[0].serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
		r.RequestCtx().Response.Header.Set("X-You", r.Query("n"))
		return flux.Never[Event](), nil
	})
	for i := range 20 {
		_, header := s.get(fmt.Sprintf("/?n=%d", i/3)).head()
		assert.Equal(t, fmt.Sprint(i/3), header["X-You"])
	}
}

func TestARequestCanBeReadAfterItsHandlerHasReturned(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		if tr.netHTTP {
			t.Skip("a fasthttp middleware; nethttp_test.go has net/http's")
		}
		kept := make(chan *Request, 2)
		check := func(r *Request) {
			assert.Equal(t, "/some path", r.Path())
			assert.Equal(t, "ü b", r.Query("name"))
			assert.Equal(t, "1", r.Query("n"), "the first of two")
			assert.Equal(t, "", r.Query("nobody"))
			assert.Equal(t, "100%", r.Query("broken"))
			assert.Equal(t, "yes", r.Header("x-custom"))
			assert.Equal(t, "c=d", r.Header("Cookie"))
			assert.Equal(t, "", r.Header("X-Nobody"))
			assert.Equal(t, "set by middleware", r.Header("X-Inner"))
			assert.Equal(t, "7", r.LastEventID())
			assert.NotEmpty(t, r.RemoteAddr())
		}
		s := tr.serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
			if r.Path() == "/other" {
				return nil, Status(404, "")
			}
			require.NotNil(t, r.RequestCtx())
			check(r)
			kept <- r
			return flux.Never[Event](), nil
		}, func(fs *fasthttp.Server) {
			stream := fs.Handler
			fs.Handler = func(ctx *fasthttp.RequestCtx) {
				ctx.Request.Header.Set("X-Inner", "set by middleware")
				stream(ctx)
			}
		})
		s.get("/some%20path?name=%C3%BC+b&n=1&n=2&broken=100%", "X-Custom: yes", "Cookie: c=d", "Last-Event-ID: 7").open()
		for range 10 { // fasthttp uses its contexts again
			_, _ = s.get("/other?name=other&n=9", "X-Custom: no").head()
		}
		r := <-kept
		assert.Nil(t, r.RequestCtx())
		check(r)
	})
}

func TestATimeoutThatTakesTheResponseAwayStartsNoStream(t *testing.T) {
	release := make(chan struct{})
	left := make(chan struct{})
	s := transports[0].serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
		<-release
		return publisherFunc(nil), nil
	}, func(fs *fasthttp.Server) {
		stream := fs.Handler
		fs.Handler = fasthttp.TimeoutHandler(func(ctx *fasthttp.RequestCtx) { stream(ctx); close(left) }, time.Millisecond, "too slow")
	})
	status, _ := s.get("/").head()
	assert.Equal(t, "HTTP/1.1 408 Request Timeout", status)
	close(release)
	<-left
	assert.Zero(t, s.Stats().Accepted)
}
