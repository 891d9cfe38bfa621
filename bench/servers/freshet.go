package main

import (
	"net"
	"strconv"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// serveFreshet is a best-effort sink of encoded events, and for each connection
// a pipeline of its own: filter, map and merge, as the quickstart has them.
func serveFreshet(ln net.Listener, a *audience) (func(event), error) {
	prices, notices := sink.DirectBestEffort[ssehttp.Event](), sink.DirectBestEffort[ssehttp.Event]()
	a.dropped = func() int64 { return prices.Stats().Dropped }
	sse := ssehttp.New(ssehttp.Options{})
	if err := sse.Err(); err != nil {
		return nil, err
	}
	handler := sse.HTTP(func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		only := r.Query("only")
		wanted := prices.Flux().Filter(func(e ssehttp.Event) bool { return only == "" || e.Name == only })
		own := flux.Map(wanted, func(e ssehttp.Event) ssehttp.Event { return e })
		return flux.Merge[ssehttp.Event](own, notices).DoOnSubscribe(a.join).DoOnCancel(a.leave), nil
	})
	server := &fasthttp.Server{Handler: fastHandler(a, handler)}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return func(e event) {
		encoded, err := ssehttp.Event{ID: strconv.FormatInt(e.id, 10), Data: string(e.json())}.Encoded()
		if err == nil { // a number and JSON can always be written
			prices.TryEmit(encoded)
		}
	}, nil
}
