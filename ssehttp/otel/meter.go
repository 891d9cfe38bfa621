// Package otel shows the figures of an [ssehttp.Server] to OpenTelemetry.
//
//	metrics, err := otel.New(otel.Options{})
//	server := ssehttp.New(ssehttp.Options{Hooks: []ssehttp.Hook{metrics}})
//	metrics.Watch(server)
//
// Counters and gauges are read from Server.Stats when a reader collects, and cost
// the server nothing in between. The histograms need the [Metrics] to be a hook
// of the server; without that they stay empty.
//
// # Instruments
//
//	freshet.sse.streams            {stream}   streams that are open
//	freshet.sse.streams.accepted   {stream}   requests that became a stream
//	freshet.sse.streams.closed     {stream}   by freshet.sse.reason, see ssehttp.Reason
//	freshet.sse.requests.refused   {request}  by freshet.sse.cause, see ssehttp.Refusal
//	freshet.sse.events             {event}    events that sockets have taken
//	freshet.sse.io                 By         bytes that sockets have taken
//	freshet.sse.heartbeats         {comment}
//	freshet.sse.stalls             {stall}    times that a client's socket was full
//	freshet.sse.pending            By         bytes that wait for clients
//	freshet.sse.demand.withheld    {time}     times that a stream that lags was not asked for more
//	freshet.sse.errors.dropped     {error}    errors of pipelines whose stream had ended
//	freshet.sse.notices.missed     {notice}   that hooks were too slow to hear
//	freshet.sse.shard.connections  {connection}  by freshet.sse.shard, as the next three
//	freshet.sse.shard.pending      By
//	freshet.sse.shard.turns        {turn}     of the shard's loop
//	freshet.sse.shard.busy         s          that the turns took
//	freshet.sse.stream.duration    s          histogram, by freshet.sse.reason
//	freshet.sse.shard.turn         s          histogram: how long a turn took, the lag that the next event finds
//	freshet.sse.stream.write       s          histogram: the same for a stream of the goroutine transport, of which its client is a part
package otel

import (
	"context"
	"errors"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/freshet-go/freshet/ssehttp"
)

const (
	scope     = "github.com/freshet-go/freshet/ssehttp/otel"
	reasonKey = attribute.Key("freshet.sse.reason")
	causeKey  = attribute.Key("freshet.sse.cause")
	shardKey  = attribute.Key("freshet.sse.shard")
)

// Options of [Metrics]. The zero value is useful.
type Options struct {
	// Provider makes the meter. otel.GetMeterProvider().
	Provider metric.MeterProvider

	// Attributes are on every measurement: which server it is, if a process has
	// several.
	Attributes []attribute.KeyValue
}

// Metrics are instruments for a server and a hook of ssehttp. Make them with [New].
// All methods may be called by any goroutine.
type Metrics struct {
	server       atomic.Pointer[ssehttp.Server] // set by Watch while a reader may collect
	registration metric.Registration
	attributes   []attribute.KeyValue

	plain           []figure
	closed, refused metric.Int64ObservableCounter
	shards          shardInstruments
	duration        metric.Float64Histogram
	turn, write     metric.Float64Histogram
	turnOption      metric.RecordOption // made once: turns are many
}

// figure is an instrument that is read from Stats.
type figure struct {
	instrument metric.Int64Observable
	value      func(*ssehttp.Stats) int64
}

type shardInstruments struct {
	connections, pending metric.Int64ObservableUpDownCounter
	turns                metric.Int64ObservableCounter
	busy                 metric.Float64ObservableCounter
}

// New makes the instruments, which show nothing of a server before [Metrics.Watch].
// Its error is that of the meter.
func New(o Options) (*Metrics, error) {
	if o.Provider == nil {
		o.Provider = otel.GetMeterProvider()
	}
	m := &Metrics{attributes: o.Attributes, turnOption: metric.WithAttributeSet(attribute.NewSet(o.Attributes...))}
	b := &builder{meter: o.Provider.Meter(scope)}
	m.build(b)
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	r, err := b.meter.RegisterCallback(m.observe, b.observables...)
	if err != nil {
		return nil, err
	}
	m.registration = r
	return m, nil
}

// Watch shows the figures of s from now on, instead of those of a server before.
func (m *Metrics) Watch(s *ssehttp.Server) { m.server.Store(s) }

// Close takes the instruments off their meter; the histograms take no more either
// once the server has gone.
func (m *Metrics) Close() error { return m.registration.Unregister() }

// OnStreamClosed records how long the stream was open.
func (m *Metrics) OnStreamClosed(s ssehttp.StreamClosed) {
	m.duration.Record(context.Background(), s.Lasted.Seconds(), m.with(reasonKey.String(s.Reason.String())))
}

// OnShardTurn records how long the turn took.
func (m *Metrics) OnShardTurn(t ssehttp.ShardTurn) {
	if t.Shard < 0 {
		m.write.Record(context.Background(), t.Took.Seconds(), m.turnOption)
		return
	}
	m.turn.Record(context.Background(), t.Took.Seconds(), m.turnOption)
}

func (m *Metrics) with(more ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(append(more, m.attributes...)...))
}

// observe is called by the reader.
func (m *Metrics) observe(_ context.Context, out metric.Observer) error {
	server := m.server.Load()
	if server == nil {
		return nil
	}
	s, all := server.Stats(), m.with()
	for _, f := range m.plain {
		out.ObserveInt64(f.instrument, f.value(&s), all)
	}
	for _, r := range ssehttp.Reasons() {
		out.ObserveInt64(m.closed, s.Closed(r), m.with(reasonKey.String(r.String())))
	}
	for _, r := range ssehttp.Refusals() {
		out.ObserveInt64(m.refused, s.RefusedFor(r), m.with(causeKey.String(r.String())))
	}
	for i, shard := range s.Shards {
		which := m.with(shardKey.Int(i))
		out.ObserveInt64(m.shards.connections, shard.Connections, which)
		out.ObserveInt64(m.shards.pending, shard.Pending, which)
		out.ObserveInt64(m.shards.turns, shard.Turns, which)
		out.ObserveFloat64(m.shards.busy, shard.Busy.Seconds(), which)
	}
	return nil
}
