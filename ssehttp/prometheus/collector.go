// Package prometheus shows the figures of an [ssehttp.Server] to Prometheus.
//
//	collector := prometheus.New(prometheus.Options{})
//	server := ssehttp.New(ssehttp.Options{Hooks: []ssehttp.Hook{collector}})
//	collector.Watch(server)
//	registry.MustRegister(collector)
//
// Counters and gauges are read from Server.Stats when Prometheus scrapes, and cost
// the server nothing in between. The histograms (how long streams last, how long
// shards take for a turn, and streams that have a goroutine for a write) need the collector to be a hook of the server; without that
// they stay empty.
//
// # Metrics
//
// All names begin with the namespace, "freshet_sse" unless Options say otherwise.
//
//	streams                          gauge      streams that are open
//	streams_accepted_total           counter    requests that became a stream
//	streams_closed_total{reason}     counter    see ssehttp.Reason
//	requests_refused_total{cause}    counter    see ssehttp.Refusal
//	events_sent_total                counter    events that sockets have taken
//	sent_bytes_total                 counter    bytes that sockets have taken
//	heartbeats_total                 counter
//	stalls_total                     counter    times that a client's socket was full
//	pending_bytes                    gauge      bytes that wait for clients
//	demand_withheld_total            counter    times that a stream that lags was not asked for more
//	errors_dropped_total             counter    errors of pipelines whose stream had ended
//	hook_notices_missed_total        counter    notices that hooks were too slow to hear
//	shard_connections{shard}         gauge
//	shard_pending_bytes{shard}       gauge
//	shard_turns_total{shard}         counter    turns of the shard's loop
//	shard_busy_seconds_total{shard}  counter    time that the turns took
//	stream_duration_seconds{reason}  histogram  how long streams were open
//	shard_turn_seconds               histogram  how long a turn took: the lag that the next event finds
//	stream_write_seconds             histogram  the same for a stream of the goroutine transport, of which its client is a part
package prometheus

import (
	"strconv"
	"sync/atomic"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/freshet-go/freshet/ssehttp"
)

// Options of a [Collector]. The zero value is useful.
type Options struct {
	// Namespace is what the names of the metrics begin with. "freshet_sse".
	Namespace string

	// Labels are on every metric: server="a", say, if a process has several.
	Labels prom.Labels

	// Durations are the buckets of stream_duration_seconds. From 1 s to a day.
	Durations []float64

	// Turns are the buckets of shard_turn_seconds and stream_write_seconds. From 10 µs
	// to a second.
	Turns []float64
}

// Collector is a prometheus.Collector and a hook of ssehttp. Make one with [New].
// All methods may be called by any goroutine.
type Collector struct {
	server    atomic.Pointer[ssehttp.Server] // set by Watch while Prometheus may scrape
	figures   figures
	durations *prom.HistogramVec
	turns     prom.Histogram
	writes    prom.Histogram
}

// New makes a collector, which shows nothing of a server before [Collector.Watch].
// It panics for options that client_golang does not take, a label that is no name
// say, as client_golang itself does.
func New(o Options) *Collector {
	if o.Namespace == "" {
		o.Namespace = "freshet_sse"
	}
	if o.Durations == nil {
		o.Durations = []float64{1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600}
	}
	if o.Turns == nil {
		o.Turns = []float64{1e-5, 1e-4, 5e-4, 1e-3, 5e-3, .01, .025, .05, .1, .25, .5, 1}
	}
	return &Collector{
		figures: newFigures(o),
		durations: prom.NewHistogramVec(prom.HistogramOpts{
			Namespace: o.Namespace, Name: "stream_duration_seconds", ConstLabels: o.Labels, Buckets: o.Durations,
			Help: "How long streams were open, by the reason of their end.",
		}, []string{"reason"}),
		turns: prom.NewHistogram(prom.HistogramOpts{
			Namespace: o.Namespace, Name: "shard_turn_seconds", ConstLabels: o.Labels, Buckets: o.Turns,
			Help: "How long a turn of a shard took, which is the lag that the next event finds.",
		}),
		writes: prom.NewHistogram(prom.HistogramOpts{
			Namespace: o.Namespace, Name: "stream_write_seconds", ConstLabels: o.Labels, Buckets: o.Turns,
			Help: "How long a stream that has a goroutine took to write what was there for it.",
		}),
	}
}

// Watch shows the figures of s from now on, instead of those of a server before.
func (c *Collector) Watch(s *ssehttp.Server) { c.server.Store(s) }

// OnStreamClosed observes how long the stream was open.
func (c *Collector) OnStreamClosed(s ssehttp.StreamClosed) {
	c.durations.WithLabelValues(s.Reason.String()).Observe(s.Lasted.Seconds())
}

// OnShardTurn observes how long the turn took.
func (c *Collector) OnShardTurn(t ssehttp.ShardTurn) {
	if t.Shard < 0 {
		c.writes.Observe(t.Took.Seconds())
		return
	}
	c.turns.Observe(t.Took.Seconds())
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prom.Desc) {
	c.figures.describe(out)
	c.durations.Describe(out)
	c.turns.Describe(out)
	c.writes.Describe(out)
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(out chan<- prom.Metric) {
	if s := c.server.Load(); s != nil {
		c.figures.collect(s.Stats(), out)
	}
	c.durations.Collect(out)
	c.turns.Collect(out)
	c.writes.Collect(out)
}

// figures are the metrics that are read from Stats.
type figures struct {
	plain           []figure
	closed, refused *prom.Desc
	shards          []shardFigure
}

type figure struct {
	desc  *prom.Desc
	kind  prom.ValueType
	value func(*ssehttp.Stats) float64
}

type shardFigure struct {
	desc  *prom.Desc
	kind  prom.ValueType
	value func(ssehttp.ShardStats) float64
}

func newFigures(o Options) figures {
	var f figures
	desc := func(name, help string, labels ...string) *prom.Desc {
		return prom.NewDesc(prom.BuildFQName(o.Namespace, "", name), help, labels, o.Labels)
	}
	plain := func(kind prom.ValueType, name, help string, value func(*ssehttp.Stats) float64) {
		f.plain = append(f.plain, figure{desc(name, help), kind, value})
	}
	shard := func(kind prom.ValueType, name, help string, value func(ssehttp.ShardStats) float64) {
		f.shards = append(f.shards, shardFigure{desc(name, help, "shard"), kind, value})
	}
	plain(prom.GaugeValue, "streams", "Streams that are open.", func(s *ssehttp.Stats) float64 { return float64(s.Live) })
	plain(prom.CounterValue, "streams_accepted_total", "Requests that became a stream.", func(s *ssehttp.Stats) float64 { return float64(s.Accepted) })
	plain(prom.CounterValue, "events_sent_total", "Events that sockets have taken.", func(s *ssehttp.Stats) float64 { return float64(s.Events) })
	plain(prom.CounterValue, "sent_bytes_total", "Bytes that sockets have taken.", func(s *ssehttp.Stats) float64 { return float64(s.Bytes) })
	plain(prom.CounterValue, "heartbeats_total", "Comments sent to idle clients.", func(s *ssehttp.Stats) float64 { return float64(s.Heartbeats) })
	plain(prom.CounterValue, "stalls_total", "Times that a client's socket was full.", func(s *ssehttp.Stats) float64 { return float64(s.Stalls) })
	plain(prom.GaugeValue, "pending_bytes", "Bytes that wait for clients.", func(s *ssehttp.Stats) float64 { return float64(s.Pending) })
	plain(prom.CounterValue, "demand_withheld_total", "Times that a stream that lags was not asked for more, because too much waited in total.", func(s *ssehttp.Stats) float64 { return float64(s.Withheld) })
	plain(prom.CounterValue, "errors_dropped_total", "Errors of pipelines whose stream had ended.", func(s *ssehttp.Stats) float64 { return float64(s.ErrorsDropped) })
	plain(prom.CounterValue, "hook_notices_missed_total", "Notices that hooks were too slow to hear.", func(s *ssehttp.Stats) float64 { return float64(s.HooksMissed) })
	f.closed = desc("streams_closed_total", "Streams that were closed, by reason.", "reason")
	f.refused = desc("requests_refused_total", "Requests that were answered with a status, by cause.", "cause")
	shard(prom.GaugeValue, "shard_connections", "Connections of a shard.", func(s ssehttp.ShardStats) float64 { return float64(s.Connections) })
	shard(prom.GaugeValue, "shard_pending_bytes", "Bytes that wait for clients of a shard.", func(s ssehttp.ShardStats) float64 { return float64(s.Pending) })
	shard(prom.CounterValue, "shard_turns_total", "Turns of a shard's loop.", func(s ssehttp.ShardStats) float64 { return float64(s.Turns) })
	shard(prom.CounterValue, "shard_busy_seconds_total", "Time that the turns of a shard took.", func(s ssehttp.ShardStats) float64 { return s.Busy.Seconds() })
	return f
}

func (f *figures) describe(out chan<- *prom.Desc) {
	for _, p := range f.plain {
		out <- p.desc
	}
	out <- f.closed
	out <- f.refused
	for _, p := range f.shards {
		out <- p.desc
	}
}

func (f *figures) collect(s ssehttp.Stats, out chan<- prom.Metric) {
	for _, p := range f.plain {
		out <- prom.MustNewConstMetric(p.desc, p.kind, p.value(&s))
	}
	for _, r := range ssehttp.Reasons() {
		out <- prom.MustNewConstMetric(f.closed, prom.CounterValue, float64(s.Closed(r)), r.String())
	}
	for _, r := range ssehttp.Refusals() {
		out <- prom.MustNewConstMetric(f.refused, prom.CounterValue, float64(s.RefusedFor(r)), r.String())
	}
	for i, shard := range s.Shards {
		for _, p := range f.shards {
			out <- prom.MustNewConstMetric(p.desc, p.kind, p.value(shard), strconv.Itoa(i))
		}
	}
}
