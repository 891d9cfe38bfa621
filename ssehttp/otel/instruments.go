package otel

import (
	"go.opentelemetry.io/otel/metric"

	"github.com/freshet-go/freshet/ssehttp"
)

// builder makes instruments and collects what goes wrong.
type builder struct {
	meter       metric.Meter
	observables []metric.Observable
	errs        []error
}

func made[I any](b *builder, instrument I, err error) I {
	if err != nil {
		b.errs = append(b.errs, err)
	}
	if o, ok := any(instrument).(metric.Observable); ok {
		b.observables = append(b.observables, o)
	}
	return instrument
}

const prefix = "freshet.sse."

func (b *builder) counter(name, unit, what string) metric.Int64ObservableCounter {
	i, err := b.meter.Int64ObservableCounter(prefix+name, metric.WithUnit(unit), metric.WithDescription(what))
	return made(b, i, err)
}

func (b *builder) gauge(name, unit, what string) metric.Int64ObservableUpDownCounter {
	i, err := b.meter.Int64ObservableUpDownCounter(prefix+name, metric.WithUnit(unit), metric.WithDescription(what))
	return made(b, i, err)
}

func (b *builder) seconds(name, what string, buckets ...float64) metric.Float64Histogram {
	i, err := b.meter.Float64Histogram(prefix+name, metric.WithUnit("s"), metric.WithDescription(what),
		metric.WithExplicitBucketBoundaries(buckets...))
	return made(b, i, err)
}

func (m *Metrics) build(b *builder) {
	m.plain = []figure{
		{b.gauge("streams", "{stream}", "Streams that are open."), func(s *ssehttp.Stats) int64 { return s.Live }},
		{b.counter("streams.accepted", "{stream}", "Requests that became a stream."), func(s *ssehttp.Stats) int64 { return s.Accepted }},
		{b.counter("events", "{event}", "Events that sockets have taken."), func(s *ssehttp.Stats) int64 { return s.Events }},
		{b.counter("io", "By", "Bytes that sockets have taken."), func(s *ssehttp.Stats) int64 { return s.Bytes }},
		{b.counter("heartbeats", "{comment}", "Comments sent to idle clients."), func(s *ssehttp.Stats) int64 { return s.Heartbeats }},
		{b.counter("stalls", "{stall}", "Times that a client's socket was full."), func(s *ssehttp.Stats) int64 { return s.Stalls }},
		{b.gauge("pending", "By", "Bytes that wait for clients."), func(s *ssehttp.Stats) int64 { return s.Pending }},
		{b.counter("demand.withheld", "{time}", "Times that a stream that lags was not asked for more, because too much waited in total."), func(s *ssehttp.Stats) int64 { return s.Withheld }},
		{b.counter("errors.dropped", "{error}", "Errors of pipelines whose stream had ended."), func(s *ssehttp.Stats) int64 { return s.ErrorsDropped }},
		{b.counter("notices.missed", "{notice}", "Notices that hooks were too slow to hear."), func(s *ssehttp.Stats) int64 { return s.HooksMissed }},
	}
	m.closed = b.counter("streams.closed", "{stream}", "Streams that were closed, by reason.")
	m.refused = b.counter("requests.refused", "{request}", "Requests that were answered with a status, by cause.")
	m.shards.connections = b.gauge("shard.connections", "{connection}", "Connections of a shard.")
	m.shards.pending = b.gauge("shard.pending", "By", "Bytes that wait for clients of a shard.")
	m.shards.turns = b.counter("shard.turns", "{turn}", "Turns of a shard's loop.")
	busy, err := b.meter.Float64ObservableCounter(prefix+"shard.busy", metric.WithUnit("s"), metric.WithDescription("Time that the turns of a shard took."))
	m.shards.busy = made(b, busy, err)
	m.duration = b.seconds("stream.duration", "How long streams were open, by the reason of their end.",
		1, 5, 15, 60, 300, 900, 3600, 4*3600, 12*3600, 24*3600)
	turns := []float64{1e-5, 1e-4, 5e-4, 1e-3, 5e-3, .01, .025, .05, .1, .25, .5, 1}
	m.turn = b.seconds("shard.turn", "How long a turn of a shard took, which is the lag that the next event finds.", turns...)
	m.write = b.seconds("stream.write", "How long a stream that has a goroutine took to write what was there for it.", turns...)
}
