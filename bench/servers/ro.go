package main

import (
	"net"
	"net/http"

	"github.com/samber/ro"
)

// frame is an encoded event and the name that a client may ask for.
type frame struct {
	name  string
	bytes []byte
}

// serveRo is what Freshet does, with samber/ro and net/http: a publish subject of
// encoded events, and for each connection a filter and a map of its own. ro calls
// the observers one after another, so each hands over to a channel of its client,
// or the slowest client would stop all.
func serveRo(ln net.Listener, a *audience) (func(event), error) {
	h := newHub(a)
	prices := ro.NewPublishSubject[frame]()
	events := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		only := r.URL.Query().Get("only")
		own := ro.Pipe2(prices.AsObservable(),
			ro.Filter(func(f frame) bool { return only == "" || f.name == only }),
			ro.Map(func(f frame) []byte { return f.bytes }))
		c := make(chan []byte, clientQueue)
		h.stream(w, r, c, func() (leave func()) {
			sub := own.Subscribe(ro.OnNext(func(b []byte) { h.offer(c, b) }))
			a.join()
			return func() { sub.Unsubscribe(); a.leave() }
		})
	})
	server := &http.Server{Handler: mux(a, events)}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return func(e event) { prices.Next(frame{bytes: e.frame()}) }, nil
}
