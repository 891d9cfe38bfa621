package main

import (
	"fmt"
	"log"

	"github.com/nats-io/nats.go"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

// gateway makes one stream of what the page needs.
type gateway struct {
	up   upstreams
	pace pace
}

var (
	quote   = ssehttp.JSON[Quote]("quote")
	weather = ssehttp.JSON[Weather]("weather")
)

// events is the stream of a page. Its upstreams are its own: they are asked when
// it comes, and left when it leaves.
func (g gateway) events(*ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	quotes := g.up.quotes().Timeout(g.pace.patience).OnBackpressureLatest()
	weathers := g.up.weather(g.pace.poll, g.pace.patience)
	orders := g.up.messages("orders.>")
	heartbeats := flux.Interval(g.pace.pulse).OnBackpressureDrop(nil)
	return flux.Merge(
		g.lasting("quotes", flux.TryMap(quotes, quote)),
		g.lasting("weather", flux.TryMap(weathers, weather)),
		g.lasting("orders", flux.Map(orders, order)),
		flux.Map(heartbeats, heartbeat),
	), nil
}

// lasting keeps a source that fails from ending the stream. A hiccup is retried and
// nobody learns of it; when that does not help the page is told that the source is
// down, and after a pause all begins again.
func (g gateway) lasting(source string, events flux.Flux[ssehttp.Event]) flux.Flux[ssehttp.Event] {
	tried := events.
		RetryWhen(flux.RetryBackoff(2, g.pace.retry).Transient(true)).
		OnErrorResume(func(err error) flux.Publisher[ssehttp.Event] {
			log.Printf("%s: %v", source, err)
			return flux.Just(ssehttp.Event{Name: "down", Data: source})
		})
	return flux.RepeatWhen(tried, func(runs flux.Flux[int64]) flux.Flux[int64] {
		return runs.DelayElements(g.pace.pause)
	})
}

// order passes a message of the broker on as it is: it is JSON already.
func order(m *nats.Msg) ssehttp.Event { return ssehttp.Event{Name: "order", Data: string(m.Data)} }

func heartbeat(n int64) ssehttp.Event {
	return ssehttp.Event{Name: "heartbeat", Data: fmt.Sprint(n + 1)}
}
