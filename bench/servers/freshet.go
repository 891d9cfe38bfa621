package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// freshetOf is a best-effort sink of encoded events, and for each connection a
// pipeline of its own: filter, map and merge, as the quickstart has them.
func freshetOf(a *audience) (*ssehttp.Server, ssehttp.Handler, func(event), error) {
	prices, notices := sink.DirectBestEffort[ssehttp.Event](), sink.DirectBestEffort[ssehttp.Event]()
	a.dropped = func() int64 { return prices.Stats().Dropped }
	sse := ssehttp.New(a.limits())
	a.streams = sse.Stats
	handler := func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		only := r.Query("only")
		wanted := prices.Flux().Filter(func(e ssehttp.Event) bool { return only == "" || e.Name == only })
		own := flux.Map(wanted, func(e ssehttp.Event) ssehttp.Event { return e })
		return flux.Merge[ssehttp.Event](own, notices).DoOnSubscribe(a.join).DoOnCancel(a.leave), nil
	}
	broadcast := func(e event) {
		encoded, err := ssehttp.Event{ID: strconv.FormatInt(e.id, 10), Data: string(e.json())}.Encoded()
		if err == nil { // a number and JSON can always be written
			prices.TryEmit(encoded)
		}
	}
	return sse, handler, broadcast, sse.Err()
}

// The limits of -protect. They are wide enough for a test whose thousands of clients
// share a few addresses, and each is reached by none of them alone.
const (
	headTimeout = 5 * time.Second
	headSize    = 8 << 10
	maxStreams  = 50_000
	maxRateOf   = 20_000
	maxPending  = 128 << 20 // bytes
)

// limits are none, or those of -protect.
func (a *audience) limits() ssehttp.Options {
	if !a.protect {
		return ssehttp.Options{}
	}
	return ssehttp.Options{StallTimeout: 10 * time.Second, Limits: ssehttp.Limits{
		Streams: maxStreams, PerAddress: maxStreams, Rate: maxRateOf, Burst: maxRateOf, PerKey: maxStreams,
		Key:      func(r *ssehttp.Request) string { return r.Query("user") },
		Lifetime: 10 * time.Minute,

		PendingPerStream: 1 << 20, PendingSoft: maxPending / 2, PendingHard: maxPending,
	}}
}

// serveFreshet has it in fasthttp.
func serveFreshet(ln net.Listener, a *audience) (func(event), error) {
	sse, handler, broadcast, err := freshetOf(a)
	if err != nil {
		return nil, err
	}
	server := &fasthttp.Server{Handler: fastHandler(a, sse.HTTP(handler))}
	if a.protect {
		server.ReadTimeout, server.ReadBufferSize, server.MaxRequestBodySize = headTimeout, headSize, headSize
		server.Logger = log.New(io.Discard, "", 0) // what is no request is what is being tested
	}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return broadcast, nil
}

// serveFreshetNetHTTP has it in net/http.
func serveFreshetNetHTTP(ln net.Listener, a *audience) (func(event), error) {
	sse, handler, broadcast, err := freshetOf(a)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: mux(a, sse.Handler(handler))}
	if a.protect {
		server.ReadHeaderTimeout, server.MaxHeaderBytes = headTimeout, headSize
		server.ErrorLog = log.New(io.Discard, "", 0)
	}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return broadcast, nil
}
