package ssehttp

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

type middlewareKey struct{}

// behindMiddleware serves h with a mux and a middleware of net/http, over HTTP/1.1
// or HTTP/2 without TLS.
func behindMiddleware(t *testing.T, two bool, s *Server, h Handler) (url string, client *http.Client) {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/events/{name}", s.Handler(h))
	hs := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Encoding", "br")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), middlewareKey{}, "left here")))
	}))
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!two)
	protocols.SetUnencryptedHTTP2(two)
	hs.Config.Protocols = protocols
	hs.Start()
	transport := &http.Transport{Protocols: protocols}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patient)
		defer cancel()
		assert.NoError(t, s.Shutdown(ctx))
		transport.CloseIdleConnections()
		hs.Close()
		assert.Zero(t, s.Stats().Live)
	})
	return hs.URL, &http.Client{Transport: transport}
}

func overHTTPVersions(t *testing.T, f func(t *testing.T, two bool)) {
	t.Run("HTTP/1.1", func(t *testing.T) { f(t, false) })
	t.Run("HTTP/2", func(t *testing.T) { f(t, true) })
}

func get(t *testing.T, c *http.Client, url string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Last-Event-ID", "7")
	resp, err := c.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func TestNetHTTPServesTheSameStreamWithItsMiddleware(t *testing.T) {
	overHTTPVersions(t, func(t *testing.T, two bool) {
		s := New(Options{Context: context.WithValue(context.Background(), ctxKey{}, "the server's")})
		kept := make(chan *Request, 1)
		url, client := behindMiddleware(t, two, s, func(r *Request) (flux.Publisher[Event], error) {
			assert.Equal(t, "x", r.HTTPRequest().PathValue("name"))
			assert.Nil(t, r.RequestCtx())
			r.SetHeader("X-Handler", "was here")
			kept <- r
			return flux.Defer(func(ctx context.Context) flux.Flux[Event] {
				return flux.Just(data(ctx.Value(middlewareKey{}).(string)), data(ctx.Value(ctxKey{}).(string)))
			}), nil
		})
		resp := get(t, client, url+"/events/x?n=%C3%BC&n=2")
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
		assert.Equal(t, "*", resp.Header.Get("Access-Control-Allow-Origin"))
		assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
		assert.Equal(t, "a=b", resp.Header.Get("Set-Cookie"))
		assert.Equal(t, "was here", resp.Header.Get("X-Handler"))
		assert.Empty(t, resp.Header.Get("Content-Encoding"))
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, ": open\ndata: left here\n\ndata: the server's\n\n", string(body))
		r := <-kept
		require.Eventually(t, func() bool { return s.Stats().Closed(Completed) == 1 }, patient, time.Millisecond) // the handler has returned
		assert.Nil(t, r.HTTPRequest())
		assert.Equal(t, []string{"GET", "/events/x", "ü", "7", "text/event-stream"},
			[]string{r.Method(), r.Path(), r.Query("n"), r.LastEventID(), r.Header("accept")})
		r.SetHeader("X-Late", "ignored")
	})
}

func TestALeavingClientOfNetHTTPCancelsThePublisher(t *testing.T) {
	overHTTPVersions(t, func(t *testing.T, two bool) {
		s := New(Options{})
		h := newHand()
		url, client := behindMiddleware(t, two, s, h.handler)
		resp := get(t, client, url+"/events/x")
		h.subscribed(t)
		h.sub.OnNext(data("1"))
		line, err := bufio.NewReader(resp.Body).ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, ": open\n", line)
		require.NoError(t, resp.Body.Close())
		h.cancelled(t)
		require.Eventually(t, func() bool { return s.Stats().Closed(Gone) == 1 }, patient, time.Millisecond)
	})
}

func TestAClientOfHTTP2ThatTakesNothingIsClosedAfterTheStallTimeout(t *testing.T) {
	s := New(Options{StallTimeout: 100 * time.Millisecond})
	cancelled := make(chan struct{})
	url, client := behindMiddleware(t, true, s, of(
		flux.Map(flux.Range(1, 1<<30), func(int) Event { return data(strings.Repeat("x", 1000)) }).
			DoOnCancel(func() { close(cancelled) })))
	get(t, client, url+"/events/x") // the flow control window of HTTP/2 fills up
	select {
	case <-cancelled:
	case <-time.After(patient):
		require.FailNow(t, "the client that takes nothing was kept")
	}
	require.Eventually(t, func() bool { return s.Stats().Closed(Stalled) == 1 }, patient, time.Millisecond)
}

func TestNetHTTPAnswersRefusalsAsFasthttpDoes(t *testing.T) {
	overHTTPVersions(t, func(t *testing.T, two bool) {
		s := New(Options{})
		url, client := behindMiddleware(t, two, s, func(*Request) (flux.Publisher[Event], error) {
			return nil, Status(http.StatusUnauthorized, "sign in first")
		})
		resp := get(t, client, url+"/events/x")
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)
		assert.Equal(t, "sign in first\n", string(body))
		assert.EqualValues(t, 1, s.Stats().RefusedFor(RefusedByHandler))
	})
}

// A ResponseWriter of a middleware may know neither deadlines nor flushes; then
// the stream cannot work, and ends instead of hanging.
func TestAResponseWriterThatCannotFlushEndsTheStream(t *testing.T) {
	s := New(Options{})
	w := struct{ http.ResponseWriter }{httptest.NewRecorder()}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	s.Handler(of(flux.Never[Event]())).ServeHTTP(w, r)
	require.NoError(t, s.Shutdown(t.Context()))
	assert.EqualValues(t, 1, s.Stats().Closed(Gone))
}

// wrappingListener hides the sockets of its connections, as a limiting listener
// does.
type wrappingListener struct{ net.Listener }

func (l wrappingListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return struct{ net.Conn }{nc}, nil
}

func TestAConnectionThatNetHTTPCannotGiveAwayBareGetsAGoroutine(t *testing.T) {
	s := New(Options{Heartbeat: time.Second, Limits: Limits{Lifetime: 200 * time.Millisecond}})
	h := newHand()
	hs := httptest.NewUnstartedServer(s.Handler(h.handler))
	hs.Listener = wrappingListener{hs.Listener}
	hs.Start()
	defer hs.Close()
	resp := get(t, hs.Client(), hs.URL)
	h.subscribed(t)
	h.sub.OnNext(data("1"))
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, ": open\ndata: 1\n\n", string(body))
	h.cancelled(t)
	require.NoError(t, s.Shutdown(t.Context()))
	assert.EqualValues(t, 1, s.Stats().Closed(Expired))
}
