package main

import (
	"net"
	"net/http"
	"sync"
)

// clientQueue is how many events wait for one client before it misses some; in a
// channel, because the client's goroutine may be blocked in a write while the
// broadcaster goes on. The same for all kinds that have a channel per client.
const clientQueue = 64

// mux gives the pages that every kind on net/http has.
func mux(a *audience, events http.Handler) *http.ServeMux {
	m := http.NewServeMux()
	m.Handle("/events", events)
	for path, page := range a.pages() {
		m.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page()) })
	}
	return m
}

// hub is the set of clients of the kinds without one of their own: a channel
// each, and an event that does not fit is missed.
type hub struct {
	a       *audience
	mu      sync.Mutex // guards clients; held over the broadcast, which never blocks
	clients map[chan []byte]struct{}
}

func newHub(a *audience) *hub { return &hub{a: a, clients: map[chan []byte]struct{}{}} }

func (h *hub) join(c chan []byte) {
	h.mu.Lock()
	h.clients[c] = struct{}{}
	h.mu.Unlock()
	h.a.join()
}

func (h *hub) leave(c chan []byte) {
	h.mu.Lock()
	delete(h.clients, c)
	h.mu.Unlock()
	h.a.leave()
}

func (h *hub) broadcast(e event) {
	frame := e.frame()
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		h.offer(c, frame)
	}
}

// offer hands a frame to a client that has room, or counts it as missed.
func (h *hub) offer(c chan []byte, frame []byte) {
	select {
	case c <- frame:
	default:
		h.a.missed.Add(1)
	}
}

// serveNetHTTP is the hand-written server on the standard library: a channel and
// a goroutine a client, a flush an event.
func serveNetHTTP(ln net.Listener, a *audience) (func(event), error) {
	h := newHub(a)
	server := &http.Server{Handler: mux(a, http.HandlerFunc(h.serveHTTP))}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return h.broadcast, nil
}

func (h *hub) serveHTTP(w http.ResponseWriter, r *http.Request) {
	c := make(chan []byte, clientQueue)
	h.stream(w, r, c, func() (leave func()) {
		h.join(c)
		return func() { h.leave(c) }
	})
}

// stream sends the head, joins, and writes what comes in c until the client
// leaves.
func (h *hub) stream(w http.ResponseWriter, r *http.Request, c <-chan []byte, join func() (leave func())) {
	flush := http.NewResponseController(w).Flush
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	if flush() != nil {
		return
	}
	defer join()()
	for {
		select {
		case <-r.Context().Done():
			return
		case frame := <-c:
			if _, err := w.Write(frame); err != nil || flush() != nil {
				return
			}
		}
	}
}
