// Command eventbus sends each event to the clients that have registered for its
// name. A client may register for several; heartbeats are merged in, so that it
// knows that silence is not a lost connection.
//
//	go run ./examples/eventbus [-addr 127.0.0.1:8086]
//	curl -N '127.0.0.1:8086/events?names=order,stock'
//	curl -d '{"id": 7}' '127.0.0.1:8086/publish?name=order'
package main

import (
	"context"
	"embed"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/ssehttp"
)

//go:embed page
var page embed.FS

// pulse is the time between two heartbeats of a connection.
const pulse = 25 * time.Second

func main() { example.Main(begin) }

func begin(context.Context) (example.Program, error) {
	// The server's own heartbeats are comments, which a page cannot see.
	streams := ssehttp.New(ssehttp.Options{Heartbeat: ssehttp.Never, Limits: ssehttp.Limits{Streams: 10_000}})
	b := newBus(pulse)
	return example.Program{
		Name: "eventbus", Addr: "127.0.0.1:8086", Page: page, Streams: streams,
		Try: "curl -N 'URL/events?names=order,stock'   and then   curl -d '{\"id\": 7}' 'URL/publish?name=order'",
		Routes: map[string]fasthttp.RequestHandler{
			"GET /events":   streams.HTTP(b.register),
			"POST /publish": b.publish,
		},
	}, nil
}
