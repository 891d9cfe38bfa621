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

// feed is what all connections share.
type feed struct {
	events  *sink.Direct[ssehttp.Event]
	open    flux.Flux[ssehttp.Event] // the open event of the moment
	watcher watcher                  // is told of the pipelines' lives
}

// start samples for everybody: a sample is taken once, and an event is encoded
// once, however many connections there are. It ends with ctx.
func (f *feed) start(ctx context.Context, every time.Duration, sample func(int64) Sample) {
	samples := flux.Map(flux.Interval(every), sample).Share()
	raised := flux.ScanWith(alerts(samples), []Alert{}, note)
	open := named("open", raised, welcome(every)).ReplayLast(1)
	open.Connect(ctx)
	f.open = open.Flux().Take(1)
	flux.Merge(
		named("cpu", samples, func(s Sample) any { return s.CPU }),
		named("memory", samples, func(s Sample) any { return s.Memory }),
		named("go", samples, func(s Sample) any { return s.Go }),
		named("net", samples, func(s Sample) any { return s.Net }),
		named("clients", samples, func(Sample) any { return Clients{f.events.SubscriberCount()} }),
		named("alert", alerts(samples), func(a Alert) any { return a }),
	).SubscribeFunc(ctx, func(e ssehttp.Event) { f.events.TryEmit(e) }, f.watcher.ended)
}

// named makes events of one name, with JSON of what is taken of each value.
func named[T any](name string, values flux.Flux[T], data func(T) any) flux.Flux[ssehttp.Event] {
	event := ssehttp.JSON(name, ssehttp.Encoding[any]{Retry: retry})
	return flux.TryMap(values, func(v T) (ssehttp.Event, error) { return event(data(v)) })
}

// alerts says when a limit is reached, and when its figure is well below again.
func alerts(samples flux.Flux[Sample]) flux.Flux[Alert] {
	return flux.FlatMap(flux.FromSlice(limits), func(l Limit) flux.Flux[Alert] {
		readings := flux.Map(samples, l.read).StartWith(Alert{}).Scan(Alert.then)
		return flux.DistinctUntilChangedBy(readings, func(a Alert) bool { return a.Raised }).Skip(1)
	})
}

// connection is the pipeline of one client: an open event, then the events that
// it asked for, numbered on from the last one that it has seen.
func (f *feed) connection(c *client) flux.Flux[ssehttp.Event] {
	mine := f.events.Flux().Filter(func(e ssehttp.Event) bool { return slices.Contains(c.only, e.Name) })
	all := flux.Concat(f.open, mine).DoFinally(func(why flux.SignalType) { f.watcher.left(*c, why) })
	return flux.Map(flux.Index(all), func(e flux.Indexed[ssehttp.Event]) ssehttp.Event {
		e.Value.ID = strconv.FormatInt(c.lastID+1+e.Index, 10)
		return e.Value
	})
}
