package otel_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
	"github.com/freshet-go/freshet/ssehttp/otel"
)

const patient = 10 * time.Second

// collect gives the values by name and attributes; of a histogram its count.
func collect(t testing.TB, r *metric.ManualReader) map[string]float64 {
	var all metricdata.ResourceMetrics
	require.NoError(t, r.Collect(context.Background(), &all))
	values := map[string]float64{}
	put := func(name string, set attribute.Set, v float64) {
		values[name+" "+set.Encoded(attribute.DefaultEncoder())] = v
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					put(m.Name, p.Attributes, float64(p.Value))
				}
			case metricdata.Sum[float64]:
				for _, p := range data.DataPoints {
					put(m.Name, p.Attributes, p.Value)
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					put(m.Name, p.Attributes, float64(p.Count))
				}
			}
		}
	}
	return values
}

func serve(t *testing.T, o otel.Options) (url string, m *otel.Metrics) {
	m, err := otel.New(o)
	require.NoError(t, err)
	s := ssehttp.New(ssehttp.Options{Hooks: []ssehttp.Hook{m}})
	m.Watch(s)
	h := httptest.NewServer(s.Handler(func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		if r.Path() == "/one" {
			return flux.Just(ssehttp.Event{Data: "hello"}), nil
		}
		return nil, ssehttp.Status(http.StatusForbidden, "no")
	}))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patient)
		defer cancel()
		assert.NoError(t, s.Shutdown(ctx))
		h.Close()
	})
	return h.URL, m
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(b)
}

func TestAReaderCollectsWhatTheServerDid(t *testing.T) {
	reader := metric.NewManualReader()
	url, m := serve(t, otel.Options{
		Provider:   metric.NewMeterProvider(metric.WithReader(reader)),
		Attributes: []attribute.KeyValue{attribute.String("server", "a")},
	})
	assert.Contains(t, get(t, url+"/one"), "data: hello")
	assert.Equal(t, "no\n", get(t, url+"/no"))

	var values map[string]float64
	require.Eventually(t, func() bool {
		values = collect(t, reader)
		return values["freshet.sse.stream.duration freshet.sse.reason=completed,server=a"] == 1
	}, patient, 10*time.Millisecond)
	for name, want := range map[string]float64{
		"freshet.sse.streams server=a":                                     0,
		"freshet.sse.streams.accepted server=a":                            1,
		"freshet.sse.events server=a":                                      1,
		"freshet.sse.pending server=a":                                     0,
		"freshet.sse.streams.closed freshet.sse.reason=completed,server=a": 1,
		"freshet.sse.streams.closed freshet.sse.reason=stalled,server=a":   0,
		"freshet.sse.streams.closed freshet.sse.reason=evicted,server=a":   0,
		"freshet.sse.demand.withheld server=a":                             0,
		"freshet.sse.requests.refused freshet.sse.cause=handler,server=a":  1,
	} {
		got, ok := values[name]
		assert.True(t, ok, name)
		assert.InDelta(t, want, got, 0, name)
	}
	assert.Positive(t, values["freshet.sse.io server=a"])

	require.NoError(t, m.Close())
	assert.NotContains(t, collect(t, reader), "freshet.sse.streams server=a")
}

func ExampleNew() {
	reader := metric.NewManualReader()
	metrics, err := otel.New(otel.Options{Provider: metric.NewMeterProvider(metric.WithReader(reader))})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := ssehttp.New(ssehttp.Options{Hooks: []ssehttp.Hook{metrics}})
	metrics.Watch(server)

	var all metricdata.ResourceMetrics
	err = reader.Collect(context.Background(), &all)
	fmt.Println(all.ScopeMetrics[0].Metrics[0].Name, err)
	// Output:
	// freshet.sse.streams <nil>
}
