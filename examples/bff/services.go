package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// services stand for two services of somebody else, plain net/http: quotes are
// streamed, the weather is there for the asking. Each can have an outage. The
// fields are atomic because each request has a goroutine.
type services struct {
	url         string
	every       time.Duration
	open, asked atomic.Int64
	noQuotes    atomic.Bool
	noWeather   atomic.Bool
}

// newServices answers until ctx is done.
func newServices(ctx context.Context, every time.Duration) (*services, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &services{url: "http://" + listener.Addr().String(), every: every}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /quotes", s.quotes)
	mux.HandleFunc("GET /weather", s.weather)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }() // ends with ctx, here:
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return s, nil
}

// toggle begins or ends an outage.
func (s *services) toggle(name string) error {
	outages := map[string]*atomic.Bool{"quotes": &s.noQuotes, "weather": &s.noWeather}
	outage, ok := outages[name]
	if !ok {
		return fmt.Errorf("outage of %q: must be of quotes or weather", name)
	}
	outage.Store(!outage.Load())
	return nil
}

func (s *services) quotes(w http.ResponseWriter, r *http.Request) {
	if s.noQuotes.Load() {
		http.Error(w, "outage", http.StatusServiceUnavailable)
		return
	}
	s.open.Add(1)
	defer s.open.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	price := 100.0
	for !s.noQuotes.Load() {
		price = max(1, price+rand.NormFloat64())
		_, _ = fmt.Fprintf(w, "data: {\"symbol\":\"FRSH\",\"price\":%.2f}\n\n", price)
		_ = http.NewResponseController(w).Flush() // that the client has left is seen by the context
		select {
		case <-time.After(s.every):
		case <-r.Context().Done():
			return
		}
	}
}

func (s *services) weather(w http.ResponseWriter, _ *http.Request) {
	s.asked.Add(1)
	if s.noWeather.Load() {
		http.Error(w, "outage", http.StatusServiceUnavailable)
		return
	}
	celsius := 12 + 6*math.Sin(float64(time.Now().Unix())/20)
	_, _ = fmt.Fprintf(w, `{"city":"Bern","celsius":%.1f}`, celsius)
}
