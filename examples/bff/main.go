// Command bff is a backend for a frontend: one stream for the page, merged from a
// service that streams, a service that is polled, a broker, and heartbeats. A
// service that fails is retried and reported, and the rest goes on.
//
//	go run ./examples/bff [-addr 127.0.0.1:8087]
//	curl -N 127.0.0.1:8087/events
//	curl -X POST '127.0.0.1:8087/outage?of=quotes'    # again: the service is back
//
// The services and the broker, a real NATS server, are inside the program.
package main

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/ssehttp"
)

//go:embed page
var page embed.FS

func main() {
	example.Main(func(ctx context.Context) (example.Program, error) {
		return newProgram(ctx, pace{
			services: 700 * time.Millisecond,
			poll:     2 * time.Second,
			patience: 5 * time.Second,
			retry:    200 * time.Millisecond,
			pause:    3 * time.Second,
			pulse:    15 * time.Second,
		})
	})
}

// pace is how long everything takes.
type pace struct {
	services time.Duration // between two quotes, or orders
	poll     time.Duration // between two questions about the weather
	patience time.Duration // that a service may be silent
	retry    time.Duration // before the first retry; each further one waits longer
	pause    time.Duration // until a service that is down is tried again
	pulse    time.Duration // between two heartbeats
}

func newProgram(ctx context.Context, p pace) (example.Program, error) {
	services, err := newServices(ctx, p.services)
	if err != nil {
		return example.Program{}, err
	}
	broker, err := newBroker(ctx, p.services)
	if err != nil {
		return example.Program{}, err
	}
	g := gateway{upstreams{services.url, broker.conn}, p}
	streams := ssehttp.New(ssehttp.Options{Limits: ssehttp.Limits{Streams: 1000}})
	return example.Program{
		Name: "bff", Addr: "127.0.0.1:8087", Page: page, Streams: streams,
		Try: "curl -N URL/events   and then   curl -X POST 'URL/outage?of=quotes'",
		Routes: map[string]fasthttp.RequestHandler{
			"GET /events": streams.HTTP(g.events),
			"POST /outage": func(ctx *fasthttp.RequestCtx) {
				if err := services.toggle(string(ctx.QueryArgs().Peek("of"))); err != nil {
					ctx.Error(err.Error(), fasthttp.StatusBadRequest)
				}
			},
			"GET /upstreams": func(ctx *fasthttp.RequestCtx) {
				ctx.SetContentType("application/json")
				_ = json.NewEncoder(ctx).Encode(report{
					Quotes: services.open.Load(), Weather: services.asked.Load(), Orders: broker.conn.NumSubscriptions(),
					Outages: map[string]bool{"quotes": services.noQuotes.Load(), "weather": services.noWeather.Load()},
				})
			},
		},
	}, nil
}

// report is what the upstreams see of us.
type report struct {
	Quotes  int64 `json:"quotes"`  // streams that are open
	Weather int64 `json:"weather"` // requests so far
	Orders  int   `json:"orders"`  // subscriptions at the broker

	Outages map[string]bool `json:"outages"`
}
