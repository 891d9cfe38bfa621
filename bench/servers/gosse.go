package main

import (
	"net"
	"net/http"
	"strconv"

	"github.com/tmaxmax/go-sse"
)

// serveGoSSE is tmaxmax/go-sse as its README starts: a sse.Server with its
// default provider Joe, as the handler of an http.Server. The head is flushed in
// OnSession, since the library otherwise keeps it back until the first event.
func serveGoSSE(ln net.Listener, a *audience) (func(event), error) {
	s := &sse.Server{OnSession: func(w http.ResponseWriter, _ *http.Request) ([]string, bool) {
		w.Header().Set("Content-Type", "text/event-stream")
		if http.NewResponseController(w).Flush() != nil {
			return nil, false
		}
		a.join()
		return []string{sse.DefaultTopic}, true
	}}
	events := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		a.leave()
	})
	server := &http.Server{Handler: mux(a, events)}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return func(e event) {
		m := &sse.Message{ID: sse.ID(strconv.FormatInt(e.id, 10))}
		m.AppendData(string(e.json()))
		_ = s.Publish(m) // fails after Shutdown only, and there is none
	}, nil
}
