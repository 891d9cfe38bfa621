// Package exampletest drives an example program over real HTTP, as a browser
// would. Everything fails the test instead of returning an error, and is for the
// test's own goroutine.
package exampletest

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/examples/internal/example"
)

// patience is how long a test waits for what has to come.
const patience = 20 * time.Second

// VerifyMain is the TestMain of every example: no goroutine is left behind.
func VerifyMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// fasthttp keeps one goroutine for the Date header for good, and one that
		// sleeps up to 10 s after its server was shut down.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
	)
}

// Start runs an example on a free port, to the end of the test. url ends with a
// slash; stop is the program's ctrl-C, and returns when the program has ended.
func Start(t *testing.T, begin func(ctx context.Context) (example.Program, error)) (url string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- example.Run(ctx, begin, []string{"-addr", "127.0.0.1:0"}, in) }()
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	url = regexp.MustCompile(`http://\S+`).FindString(lines.Text())
	go io.Copy(io.Discard, out) //nolint:errcheck // ends with the pipe, below
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		assert.NoError(t, <-ended)
		assert.NoError(t, in.Close())
	}
	t.Cleanup(stop)
	return url, stop
}

// Do sends a request and gives the answer. headers are names and values in turn.
func Do(t *testing.T, method, url, body string, headers ...string) (status int, answer string, header http.Header) {
	t.Helper()
	resp, cancel := send(t, method, url, body, headers)
	defer cancel()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode, strings.TrimSuffix(string(b), "\n"), resp.Header
}

func send(t *testing.T, method, url, body string, headers []string) (*http.Response, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Close = true
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	require.NoError(t, err)
	return resp, cancel
}

// Event is an event as it came.
type Event struct{ ID, Name, Data, Retry string }

// Decode gives the JSON data of an event.
func Decode[T any](t *testing.T, e Event) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(e.Data), &v), "%+v", e)
	return v
}

// Stream is an open event stream: a browser's tab.
type Stream struct {
	t     *testing.T
	body  io.ReadCloser
	lines *bufio.Scanner
	leave context.CancelFunc
}

// Open opens a stream with GET, to the end of the test.
func Open(t *testing.T, url string, headers ...string) *Stream {
	t.Helper()
	return OpenWith(t, http.MethodGet, url, "", headers...)
}

// OpenWith opens a stream with a method and a body.
func OpenWith(t *testing.T, method, url, body string, headers ...string) *Stream {
	t.Helper()
	resp, cancel := send(t, method, url, body, headers)
	require.Equal(t, http.StatusOK, resp.StatusCode, url)
	require.Equal(t, "text/event-stream", strings.Split(resp.Header.Get("Content-Type"), ";")[0])
	s := &Stream{t: t, body: resp.Body, lines: bufio.NewScanner(resp.Body), leave: cancel}
	t.Cleanup(s.Close)
	return s
}

// Close closes the tab.
func (s *Stream) Close() {
	s.leave()
	_ = s.body.Close()
}

// Next gives the next event, or with names the next that has one of them.
func (s *Stream) Next(names ...string) Event {
	s.t.Helper()
	e, ok := s.scan(names)
	require.True(s.t, ok, "the stream ended before an event %v: %v", names, s.lines.Err())
	return e
}

// Rest gives the events up to the end of the stream.
func (s *Stream) Rest() (all []Event) {
	s.t.Helper()
	for {
		e, ok := s.scan(nil)
		if !ok {
			require.NoError(s.t, s.lines.Err(), "the server ends the stream")
			return all
		}
		all = append(all, e)
	}
}

func (s *Stream) scan(names []string) (e Event, ok bool) {
	for s.lines.Scan() {
		field, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch field {
		case "id":
			e.ID = value
		case "event":
			e.Name = value
		case "retry":
			e.Retry = value
		case "data":
			e.Data += value
		case "":
			if s.lines.Text() == "" && e != (Event{}) && wanted(e.Name, names) {
				return e, true
			}
			if s.lines.Text() == "" {
				e = Event{}
			}
		}
	}
	return Event{}, false
}

func wanted(name string, names []string) bool {
	return len(names) == 0 || slices.Contains(names, name)
}

// Page checks what every example promises: its page is in the binary and needs
// nothing from elsewhere, a wrong path and a wrong argument are named.
func Page(t *testing.T, begin func(ctx context.Context) (example.Program, error)) {
	t.Helper()
	url, stop := Start(t, begin)
	for name, want := range map[string]string{"": "text/html", "app.js": "text/javascript", "base.js": "text/javascript", "base.css": "text/css"} {
		status, body, header := Do(t, http.MethodGet, url+name, "")
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, header.Get("Content-Type"), want)
		assert.NotRegexp(t, `(src|href|import|from)\W{1,3}https?://`, body, "nothing comes from elsewhere")
	}
	status, body, _ := Do(t, http.MethodPost, url+"nowhere", "")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, body, "nothing for POST at /nowhere")
	stop()
	assert.ErrorContains(t, example.Run(t.Context(), begin, []string{"8080"}, io.Discard), `argument "8080": only flags are known`)
	assert.ErrorContains(t, example.Run(t.Context(), begin, []string{"-addr", "127.0.0.1:99999"}, io.Discard), "listen tcp")
}
