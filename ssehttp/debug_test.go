package ssehttp

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
)

// withDebug serves the debug page beside a stream, at /debug/streams.
func (tr transport) withDebug(t *testing.T, h Handler) *served {
	var page fasthttp.RequestHandler
	s := tr.serve(t, Options{}, h, func(fs *fasthttp.Server) {
		streams := fs.Handler
		fs.Handler = func(ctx *fasthttp.RequestCtx) {
			if string(ctx.Path()) == "/debug/streams" {
				page(ctx)
				return
			}
			streams(ctx)
		}
	})
	page = s.Debug().HTTP()
	return s
}

func (c *client) sample() (m sample) {
	c.t.Helper()
	name, text, _ := strings.Cut(c.event(), "|")
	require.Equal(c.t, "event: sample", name)
	text = strings.TrimSuffix(strings.TrimPrefix(text, "data: "), "|")
	require.NoError(c.t, json.Unmarshal([]byte(text), &m))
	return m
}

func TestTheDebugStreamShowsTheStreamsOfTheServer(t *testing.T) {
	for _, tr := range transports[:3] {
		t.Run(tr.name, func(t *testing.T) {
			s := tr.withDebug(t, of(flux.Never[Event]()))
			s.get("/prices").open()
			watcher := s.get("/debug/streams?events").open()
			m := watcher.sample()
			assert.WithinDuration(t, time.Now(), time.UnixMilli(m.At), patient)
			assert.Equal(t, int64(2), m.Live, "the watcher is a client, too")
			assert.Equal(t, int64(2), m.Accepted)
			assert.Len(t, m.Closed, len(Reasons()))
			assert.Len(t, m.Refused, len(Refusals()))
			var paths []string
			for _, st := range m.Streams {
				paths = append(paths, st.Path)
			}
			assert.ElementsMatch(t, []string{"/prices", "/debug/streams"}, paths)
		})
	}
}

func TestEverybodyWhoWatchesSharesTheSamples(t *testing.T) {
	s := transports[0].withDebug(t, of(flux.Never[Event]()))
	first := s.get("/debug/streams?events").open()
	first.sample()
	second := s.get("/debug/streams?events").open()
	at := second.sample().At
	for m := first.sample(); m.At != at; m = first.sample() {
		require.Less(t, m.At, at)
	}
	_ = first.Close()
	_ = second.Close()
	s.eventually("both are gone", func() bool { return s.Stats().Live == 0 })
	s.get("/debug/streams?events").open().sample() // and samples begin again
}

func TestTheDebugPageIsOneDocumentThatRunsNothingElse(t *testing.T) {
	s := New(Options{})
	debug := s.Debug()

	var ctx fasthttp.RequestCtx
	ctx.Request.SetRequestURI("/debug/streams")
	debug.HTTP()(&ctx)
	w := httptest.NewRecorder()
	debug.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/debug/streams", nil))

	assert.Equal(t, http.StatusOK, ctx.Response.StatusCode())
	assert.Equal(t, http.StatusOK, w.Code)
	page := w.Body.String()
	assert.Equal(t, page, string(ctx.Response.Body()))
	assert.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, "text/html; charset=utf-8", string(ctx.Response.Header.ContentType()))
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"} {
		assert.Equal(t, w.Header().Get(name), string(ctx.Response.Header.Peek(name)))
	}
	assert.NotContains(t, page, "/*style*/")
	assert.NotContains(t, page, "/*script*/")
	assert.NotContains(t, page, "https://")
	assert.NotContains(t, strings.ReplaceAll(page, "http://www.w3.org/2000/svg", ""), "http://")

	policy := w.Header().Get("Content-Security-Policy")
	style, _, _ := strings.Cut(page[strings.Index(page, "<style>")+len("<style>"):], "</style>")
	script, _, _ := strings.Cut(page[strings.Index(page, `<script type="module">`)+len(`<script type="module">`):], "</script>")
	assert.Contains(t, policy, "style-src "+hashSource([]byte(style)))
	assert.Contains(t, policy, "script-src "+hashSource([]byte(script)))
	assert.NotContains(t, policy, "unsafe")
}

func TestTheDebugPageIsOnlyRead(t *testing.T) {
	debug := New(Options{}).Debug()
	var ctx fasthttp.RequestCtx
	ctx.Request.Header.SetMethod(http.MethodDelete)
	debug.HTTP()(&ctx)
	assert.Equal(t, http.StatusMethodNotAllowed, ctx.Response.StatusCode())
	w := httptest.NewRecorder()
	debug.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodDelete, "/", nil))
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

func TestTheDebugPageIsServedByNetHTTP(t *testing.T) {
	s := New(Options{})
	h := httptest.NewServer(s.Debug().Handler())
	defer h.Close()
	resp, err := http.Get(h.URL + "/?events")
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	b := make([]byte, len(openComment+"event: sample"))
	_, err = io.ReadFull(resp.Body, b)
	require.NoError(t, err)
	assert.Equal(t, openComment+"event: sample", string(b))
	require.NoError(t, s.Shutdown(t.Context()))
}
