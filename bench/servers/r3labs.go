package main

import (
	"net"
	"net/http"
	"strconv"

	"github.com/r3labs/sse/v2"
)

// serveR3Labs is r3labs/sse as its README starts: one stream, made beforehand,
// and Publish. AutoReplay is off, or it would keep every event for ever.
func serveR3Labs(ln net.Listener, a *audience) (func(event), error) {
	s := sse.New()
	s.AutoReplay = false
	s.OnSubscribe = func(string, *sse.Subscriber) { a.join() }
	s.OnUnsubscribe = func(string, *sse.Subscriber) { a.leave() }
	const stream = "events"
	s.CreateStream(stream)
	events := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery = "stream=" + stream // the library takes the stream's name from the query
		s.ServeHTTP(w, r)
	})
	server := &http.Server{Handler: mux(a, events)}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return func(e event) {
		s.Publish(stream, &sse.Event{ID: []byte(strconv.FormatInt(e.id, 10)), Data: e.json()})
	}, nil
}
