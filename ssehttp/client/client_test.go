package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/fluxtest/rules"
	"github.com/freshet-go/freshet/ssehttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const place = "http://events.example/stream"

// server answers requests by a script, in memory; the last answer is for all others.
type server struct {
	answers []answer

	mu     sync.Mutex // the rules have several subscribers at a time
	asked  []question
	taken  int // bytes of bodies that were read
	closed int // bodies
}

type question struct {
	after  time.Duration // since the first
	at     time.Time
	lastID string
	header http.Header
	method string
	body   string
}

type answer func(s *server, req *http.Request) (*http.Response, error)

func (s *server) RoundTrip(req *http.Request) (*http.Response, error) {
	q := question{at: time.Now(), lastID: req.Header.Get("Last-Event-ID"), header: req.Header, method: req.Method}
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body)
		q.body = string(b)
	}
	s.mu.Lock()
	s.asked = append(s.asked, q)
	n := len(s.asked)
	s.asked[n-1].after = q.at.Sub(s.asked[0].at)
	s.mu.Unlock()
	return s.answers[min(n, len(s.answers))-1](s, req)
}

func (s *server) client() *http.Client { return &http.Client{Transport: s} }

// streams answers with pieces of text, pauses and what the stream fails with; it ends
// after the last.
func streams(pieces ...any) answer {
	return func(s *server, req *http.Request) (*http.Response, error) {
		r, w := io.Pipe()
		context.AfterFunc(req.Context(), func() { w.CloseWithError(context.Cause(req.Context())) })
		go func() {
			for _, p := range pieces {
				switch p := p.(type) {
				case string:
					if _, err := io.WriteString(w, p); err != nil {
						return
					}
				case time.Duration:
					select {
					case <-time.After(p):
					case <-req.Context().Done():
						return
					}
				case error:
					w.CloseWithError(p)
				}
			}
			_ = w.Close()
		}()
		return response(req, 200, &body{r, s}, "Content-Type", "text/event-stream; charset=utf-8"), nil
	}
}

func says(code int, text string, header ...string) answer {
	return func(s *server, req *http.Request) (*http.Response, error) {
		return response(req, code, &body{io.NopCloser(strings.NewReader(text)), s}, header...), nil
	}
}

func breaks(err error) answer {
	return func(*server, *http.Request) (*http.Response, error) { return nil, err }
}

func response(req *http.Request, code int, b io.ReadCloser, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: code, Status: http.StatusText(code), Header: h, Body: b, Request: req, ContentLength: -1}
}

type body struct {
	io.ReadCloser
	s *server
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	b.s.taken += n
	return n, err
}

func (b *body) Close() error {
	b.s.mu.Lock()
	b.s.closed++
	b.s.mu.Unlock()
	return b.ReadCloser.Close()
}

func TestAStreamGoesOnAfterItsLastEvent(t *testing.T) {
	s := &server{answers: []answer{
		streams("id: 1\nevent: tick\ndata: a\n\n: a heartbeat\ndata: b\ndata: c\n\nid: 2\n\ndata: unfinished\n"),
		streams("retry: 500\ndata: d\n\n", io.ErrUnexpectedEOF),
		streams(10*time.Second, "data\nid\n\n"),
		says(204, ""),
	}}
	var lost []error
	opened := 0
	o := Options{
		HTTP: s.client(), LastEventID: "0", Header: http.Header{"Authorization": {"Bearer x"}}, Retry: time.Second,
		OnOpen: func() { opened++ }, OnLost: func(err error, _ time.Duration) { lost = append(lost, err) },
	}
	fluxtest.Verify(t, Events(place, o)).
		Next(ssehttp.Event{ID: "1", Name: "tick", Data: "a"}, ssehttp.Event{ID: "1", Data: "b\nc"}).
		NoEvent(time.Second - 1).Await(time.Second/2 + 1).
		Next(ssehttp.Event{ID: "2", Data: "d"}).
		NoEvent(10*time.Second + 500*time.Millisecond - 1).Await(250*time.Millisecond + 1).
		Next(ssehttp.Event{}.WithEmpty(ssehttp.FieldData)).
		Await(time.Second).Complete()
	require.Len(t, s.asked, 4)
	for i, lastID := range []string{"0", "2", "2", ""} {
		assert.Equal(t, lastID, s.asked[i].lastID)
		assert.Equal(t, "text/event-stream", s.asked[i].header.Get("Accept"))
		assert.Equal(t, "Bearer x", s.asked[i].header.Get("Authorization"))
	}
	assert.Equal(t, 4, s.closed)
	assert.Equal(t, 3, opened)
	assert.Equal(t, []error{ErrEnded, io.ErrUnexpectedEOF, ErrEnded}, lost)
}

func TestWhatFailsIsTriedAgainLessAndLessOften(t *testing.T) {
	s := &server{answers: []answer{
		breaks(errors.New("no route")), says(503, ""), says(500, ""), says(429, "", "Retry-After", "100"),
		streams("data: x\n\n"), says(502, "down"),
	}}
	o := Options{HTTP: s.client(), Retry: time.Second, MaxRetry: 3 * time.Second, Attempts: 4}
	fluxtest.Verify(t, Events(place, o)).
		Await(time.Hour).Next(ssehttp.Event{Data: "x"}).
		Await(time.Hour).ErrorAs(new(*StatusError))
	var waits []time.Duration
	for i, q := range s.asked[1:] {
		waits = append(waits, q.after-s.asked[i].after)
	}
	require.Len(t, waits, 4+4)
	for i, least := range []time.Duration{1, 2, 3, 100, 1, 2, 3, 3} {
		assert.GreaterOrEqual(t, waits[i], least*time.Second, i)
		assert.LessOrEqual(t, waits[i], least*time.Second*3/2, i)
	}
}

func TestAServerCannotMakeAClientSpinOrWaitForEver(t *testing.T) {
	s := &server{answers: []answer{streams("retry: 0\n\n"), breaks(io.EOF)}}
	fluxtest.Verify(t, Events(place, Options{HTTP: s.client()})).NoEvent(time.Minute).Cancel()
	assert.InDelta(t, 11, len(s.asked), 3) // at once, then 0.1 s, 0.2, 0.4, ...
	for _, a := range []answer{streams("retry: 99999999999999999999\n\n"), says(503, "", "Retry-After", "9223372036854775807")} {
		s := &server{answers: []answer{a, says(204, "")}}
		fluxtest.Verify(t, Events(place, Options{HTTP: s.client()})).
			NoEvent(24*time.Hour - time.Second).Await(12*time.Hour + time.Minute).Complete()
	}
}

func TestAnIDThatNoHeaderCanCarryIsNotSentBack(t *testing.T) {
	s := &server{answers: []answer{streams("id: 1\ndata: x\n\nid: \x01\ndata: y\n\n"), says(204, "")}}
	fluxtest.Verify(t, Events(place, Options{HTTP: s.client()})).NextCount(2).Await(time.Minute).Complete()
	assert.Equal(t, "1", s.asked[1].lastID)
}

func TestADateToComeBackAtIsHeeded(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		at := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
		s := &server{answers: []answer{says(503, "", "Retry-After", at), says(204, "")}}
		fluxtest.Verify(t, Events(place, Options{HTTP: s.client()})).NoEvent(time.Hour - time.Second).Await(time.Second).Complete()
	})
}

func TestWhatWillNotPassIsTheErrorOfTheStream(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		want   string
	}{
		"a status":        {says(403, " not for you\n"), "client: the server answered 403 Forbidden: not for you"},
		"one without why": {says(404, ""), "client: the server answered 404 Not Found"},
		"another type":    {says(200, "hello", "Content-Type", "text/html"), `client: the answer is not an event stream: its type is "text/html"`},
		"no type":         {says(200, "data: x\n\n"), `client: the answer is not an event stream: its type is ""`},
		"a line without an end": {
			streams("data: ", strings.Repeat("x", 5000)), "client: an event is too large: more than MaxEvent, 4000 bytes",
		},
		"an event without an end": {
			streams(strings.Repeat("data: x\n", 5000)), "client: an event is too large: more than MaxEvent, 4000 bytes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{answers: []answer{c.answer}}
			o := Options{HTTP: s.client(), MaxEvent: 4000}
			fluxtest.Verify(t, Events(place, o)).ErrorMatches(func(err error) bool { return assert.EqualError(t, err, c.want) })
			assert.Len(t, s.asked, 1)
			assert.Equal(t, 1, s.closed)
		})
	}
}

func TestAServerThatIsSilentIsLeft(t *testing.T) {
	silent := streams(":\n", 900*time.Millisecond, ":\n", time.Hour)
	s := &server{answers: []answer{
		silent,
		func(_ *server, req *http.Request) (*http.Response, error) { // not even a head
			<-req.Context().Done()
			return nil, req.Context().Err()
		},
	}}
	o := Options{HTTP: s.client(), Silence: time.Second, Retry: time.Second, Attempts: 1}
	var lost error
	o.OnLost = func(err error, _ time.Duration) { lost = err }
	fluxtest.Verify(t, Events(place, o)).
		NoEvent(1900*time.Millisecond + time.Second + time.Second - 1).Await(501 * time.Millisecond).ErrorIs(ErrSilent)
	assert.Equal(t, ErrSilent, lost)
	assert.Len(t, s.asked, 2)
}

func TestASubscriberThatAsksForNothingIsReadNothingFor(t *testing.T) {
	s := &server{answers: []answer{streams(strings.Repeat("data: 12345678\n\n", 4000))}}
	fluxtest.Verify(t, Events(place, Options{HTTP: s.client(), Silence: time.Second})).WithDemand(1).
		NextCount(1).
		NoEvent(time.Hour). // its own silence is not the server's
		ThenDo(func() { assert.LessOrEqual(t, s.taken, 8<<10) }).
		Request(1000).NextCount(1000).
		Cancel()
	assert.Len(t, s.asked, 1)
	assert.Equal(t, 1, s.closed)
}

func TestCancelEndsTheRequest(t *testing.T) {
	for name, a := range map[string]answer{
		"while it waits for the head": func(_ *server, req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		},
		"while it waits for events": streams(time.Hour),
		"between two attempts":      breaks(io.EOF),
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{answers: []answer{a}}
			fluxtest.Verify(t, Events(place, Options{HTTP: s.client()})).NoEvent(time.Second).Cancel()
		})
	}
}

func TestAResponseIsReadOnce(t *testing.T) {
	post := func(ctx context.Context) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodPost, place, strings.NewReader("why?"))
	}
	s := &server{answers: []answer{streams("data: because\n\n"), says(503, ""), says(204, "")}}
	answer := Response(post, Options{HTTP: s.client()})
	fluxtest.Verify(t, answer).Next(ssehttp.Event{Data: "because"}).Complete()
	fluxtest.Verify(t, answer).ErrorAs(new(*StatusError))
	fluxtest.Verify(t, answer).Complete()
	require.Len(t, s.asked, 3)
	assert.Equal(t, http.MethodPost, s.asked[0].method)
	assert.Equal(t, "why?", s.asked[1].body)
	unable := errors.New("no key")
	fluxtest.Verify(t, Response(func(context.Context) (*http.Request, error) { return nil, unable }, Options{})).Error(unable)
	fluxtest.Verify(t, Response(nil, Options{})).ErrorIs(ErrInvalidOptions)
}

func TestAPanicOfAHookIsTheErrorOfTheStream(t *testing.T) {
	s := &server{answers: []answer{streams("data: x\n\n")}}
	p := new(*flux.PanicError)
	fluxtest.Verify(t, Events(place, Options{HTTP: s.client(), OnOpen: func() { panic("open") }})).ErrorAs(p)
	fluxtest.Verify(t, Events(place, Options{HTTP: s.client(), OnLost: func(error, time.Duration) { panic("lost") }})).
		NextCount(1).ErrorAs(p)
}

func TestOptionsThatCannotWorkAreNamed(t *testing.T) {
	for want, o := range map[string]Options{
		"Retry is -1":           {Retry: -1},
		"MaxRetry is -2":        {MaxRetry: -2},
		"Attempts is -3":        {Attempts: -3},
		"Silence is -4":         {Silence: -4},
		"MaxEvent is -5":        {MaxEvent: -5},
		`LastEventID is "a\nb"`: {LastEventID: "a\nb"},
	} {
		for _, f := range []flux.Flux[ssehttp.Event]{Events(place, o), Response(nil, o)} {
			fluxtest.Verify(t, f).ErrorMatches(func(err error) bool {
				return assert.ErrorIs(t, err, ErrInvalidOptions) && assert.ErrorContains(t, err, want)
			})
		}
	}
	for _, url := range []string{"", "/stream", "ftp://example.com", "http://", "http://a b/"} {
		fluxtest.Verify(t, Events(url, Options{})).ErrorIs(ErrInvalidOptions)
	}
}

func TestJSONNamesWhatItCannotRead(t *testing.T) {
	n, err := JSON[int64](ssehttp.Event{Data: "7"})
	require.NoError(t, err)
	assert.Equal(t, int64(7), n)
	_, err = JSON[int64](ssehttp.Event{Name: "price", Data: "seven"})
	assert.ErrorContains(t, err, `event "price" with data "seven"`)
}

func TestEventsKeepTheRules(t *testing.T) {
	for name, events := range map[string]func(*http.Client) flux.Flux[ssehttp.Event]{
		"Events": func(c *http.Client) flux.Flux[ssehttp.Event] { return Events(place, Options{HTTP: c}).Take(5) },
		"Response": func(c *http.Client) flux.Flux[ssehttp.Event] {
			return Response(func(ctx context.Context) (*http.Request, error) {
				return http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
			}, Options{HTTP: c})
		},
	} {
		t.Run(name, func(t *testing.T) {
			rules.Publisher(t, rules.Config[ssehttp.Event]{
				Of: func(n int) flux.Publisher[ssehttp.Event] {
					s := &server{answers: []answer{streams(strings.Repeat("data: x\n\n", min(n, 1<<12)))}}
					return events(s.client()).Take(int64(n))
				},
			})
		})
	}
}

// What one request reads is not what another does.
func TestSubscriptionsShareNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answers: []answer{streams("id: 1\ndata: x\n\n"), streams("data: y\n\n")}}
		events := Events(place, Options{HTTP: s.client()}).Take(1)
		first, err := events.Collect(t.Context())
		require.NoError(t, err)
		second, err := events.Collect(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []ssehttp.Event{{ID: "1", Data: "x"}}, first)
		assert.Equal(t, []ssehttp.Event{{Data: "y"}}, second)
		assert.Empty(t, s.asked[1].lastID)
	})
}
