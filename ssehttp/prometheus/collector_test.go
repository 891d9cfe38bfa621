package prometheus_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
	"github.com/freshet-go/freshet/ssehttp/prometheus"
)

const patient = 10 * time.Second

// serve answers /one with an event that is the last, /open with one that is not,
// /no with a 403, and /metrics with what the collector shows.
func serve(t *testing.T, o prometheus.Options) (url string, registry *prom.Registry) {
	c := prometheus.New(o)
	s := ssehttp.New(ssehttp.Options{Hooks: []ssehttp.Hook{c}})
	c.Watch(s)
	registry = prom.NewPedanticRegistry()
	require.NoError(t, registry.Register(c))

	hello := flux.Just(ssehttp.Event{Data: "hello"})
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.Handle("/", s.Handler(func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		switch r.Path() {
		case "/one":
			return hello, nil
		case "/open":
			return hello.ConcatWith(flux.Never[ssehttp.Event]()), nil
		}
		return nil, ssehttp.Status(http.StatusForbidden, "no")
	}))
	h := httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patient)
		defer cancel()
		assert.NoError(t, s.Shutdown(ctx))
		h.Close()
	})
	return h.URL, registry
}

func get(t *testing.T, url string) *http.Response {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func body(t *testing.T, url string) string {
	t.Helper()
	b, err := io.ReadAll(get(t, url).Body)
	require.NoError(t, err)
	return string(b)
}

func TestAScrapeShowsWhatTheServerDid(t *testing.T) {
	url, registry := serve(t, prometheus.Options{})
	assert.Contains(t, body(t, url+"/one"), "data: hello")
	assert.Equal(t, http.StatusForbidden, get(t, url+"/no").StatusCode)
	open := bufio.NewReader(get(t, url+"/open").Body)
	for line := ""; line != "data: hello\n"; {
		var err error
		line, err = open.ReadString('\n')
		require.NoError(t, err)
	}

	var text string
	require.Eventually(t, func() bool {
		text = body(t, url+"/metrics")
		return strings.Contains(text, `freshet_sse_stream_duration_seconds_count{reason="completed"} 1`) &&
			strings.Contains(text, "freshet_sse_events_sent_total 2\n")
	}, patient, 10*time.Millisecond)
	for _, line := range []string{
		"freshet_sse_streams 1",
		"freshet_sse_streams_accepted_total 2",
		`freshet_sse_streams_closed_total{reason="completed"} 1`,
		`freshet_sse_streams_closed_total{reason="stalled"} 0`,
		`freshet_sse_requests_refused_total{cause="handler"} 1`,
		`freshet_sse_requests_refused_total{cause="rate"} 0`,
		"freshet_sse_pending_bytes 0",
		"freshet_sse_demand_withheld_total 0",
		`freshet_sse_streams_closed_total{reason="evicted"} 0`,
		`freshet_sse_stream_duration_seconds_bucket{reason="completed",le="60"} 1`,
	} {
		assert.Contains(t, text, line+"\n")
	}
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	assert.Empty(t, problems)
}

func TestNamespaceAndLabelsAreOnEveryMetric(t *testing.T) {
	url, _ := serve(t, prometheus.Options{Namespace: "shop", Labels: prom.Labels{"server": "a"}})
	body(t, url+"/one")
	for line := range strings.Lines(body(t, url+"/metrics")) {
		if !strings.HasPrefix(line, "#") {
			assert.Regexp(t, `^shop_\w+\{.*server="a".*\} `, line)
		}
	}
}

func TestACollectorWithoutAServerShowsNoFigures(t *testing.T) {
	registry := prom.NewPedanticRegistry()
	require.NoError(t, registry.Register(prometheus.New(prometheus.Options{})))
	families, err := registry.Gather()
	require.NoError(t, err)
	require.Len(t, families, 2)
	assert.Equal(t, "freshet_sse_shard_turn_seconds", families[0].GetName())
	assert.Equal(t, "freshet_sse_stream_write_seconds", families[1].GetName())
}
