package main

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// feed is what all connections share: the samples, and the events made of them.
type feed struct {
	samples *sink.Direct[Sample]
	events  *sink.Direct[ssehttp.Event]
	welcome func() (ssehttp.Event, error)
	watcher watcher
}

// start samples for everybody: each sample is taken once and each event encoded
// once, however many connections there are. It ends with ctx.
func (f *feed) start(ctx context.Context, every time.Duration, sample func(int64) Sample) {
	flux.Merge(
		named("cpu", flux.Map(f.samples, func(s Sample) CPU { return s.CPU })),
		named("memory", flux.Map(f.samples, func(s Sample) Memory { return s.Memory })),
		named("go", flux.Map(f.samples, func(s Sample) Go { return s.Go })),
		named("net", flux.Map(f.samples, func(s Sample) Net { return s.Net })),
		named("clients", flux.Map(f.samples, func(Sample) Clients { return Clients{f.events.SubscriberCount()} })),
		named("alert", alerts(f.samples)),
	).SubscribeFunc(ctx, func(e ssehttp.Event) { f.events.TryEmit(e) }, f.watcher.ended)

	flux.Map(flux.Interval(every), sample).
		SubscribeFunc(ctx, func(s Sample) { f.samples.TryEmit(s) }, f.watcher.ended)
}

// named makes values the events of one name, with JSON for their data.
func named[T any](name string, values flux.Flux[T]) flux.Flux[ssehttp.Event] {
	return flux.TryMap(values, ssehttp.JSON(name, ssehttp.Encoding[T]{Retry: retry}))
}

// alerts says when a limit is reached, and when its figure is well below again.
func alerts(samples flux.Publisher[Sample]) flux.Flux[Alert] {
	return flux.FlatMap(flux.FromSlice(limits), func(l Limit) flux.Flux[Alert] {
		readings := flux.Map(samples, l.read).StartWith(Alert{}).Scan(Alert.then)
		return flux.DistinctUntilChangedBy(readings, func(a Alert) bool { return a.Raised }).Skip(1)
	})
}

// connect is the pipeline of one connection: the events it asked for, after a
// welcome, numbered on from the last one it has seen.
func (f *feed) connect(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	only, err := onlyOf(r.Query("only"))
	if err != nil {
		return nil, err
	}
	last, err := lastIDOf(r.LastEventID())
	if err != nil {
		return nil, err
	}
	welcome, err := f.welcome()
	if err != nil {
		return nil, err
	}
	client := r.RemoteAddr()
	mine := f.events.Flux().
		Filter(func(e ssehttp.Event) bool { return slices.Contains(only, e.Name) }).
		StartWith(welcome).
		DoOnSubscribe(func() { f.watcher.joined(client) }).
		DoFinally(func(why flux.SignalType) { f.watcher.left(client, why) })
	return flux.Map(flux.Index(mine), func(e flux.Indexed[ssehttp.Event]) ssehttp.Event {
		e.Value.ID = strconv.FormatInt(last+1+e.Index, 10)
		return e.Value
	}), nil
}
