package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"

	"github.com/freshet-go/freshet/bench/internal/machine"
)

// What goes over the bus: events for everybody, and questions to one server.
const (
	subject    = "scale.events"
	idHeader   = "Event-Id"
	statsStart = "scale.stats."
	busTimeout = 10 * time.Second
)

// serve is a server process until ctx is done. It prints where it listens, and the
// bus that it is on.
func serve(ctx context.Context, opt options) error {
	if err := machine.RaiseFileLimit(machine.FileLimit()); err != nil {
		return err
	}
	bus := opt.bus
	if bus == "" {
		embedded, err := startBus()
		if err != nil {
			return err
		}
		defer embedded.Shutdown()
		bus = embedded.ClientURL()
	}
	n, err := newNode(bus, opt.index)
	if err != nil {
		return err
	}
	defer n.conn.Close()
	ln, err := ssehttp.ListenShared(ctx, opt.addr)
	if err != nil {
		return err
	}
	web := &fasthttp.Server{Handler: n.sse.HTTP(n.stream), NoDefaultServerHeader: true}
	go func() { _ = web.Serve(ln) }() // accepts until the process ends
	fmt.Println("listening on", ln.Addr(), bus)
	<-ctx.Done()
	return nil
}

// startBus starts a NATS server in this process, on a port that is free.
func startBus() (*server.Server, error) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, err
	}
	go s.Start() // until Shutdown
	if !s.ReadyForConnections(busTimeout) {
		s.Shutdown()
		return nil, fmt.Errorf("the NATS server was not ready within %v", busTimeout)
	}
	return s, nil
}

// node is one server: what comes from the bus goes to a sink, and from there through
// a pipeline for each connection.
type node struct {
	conn   *nats.Conn
	sse    *ssehttp.Server
	prices *sink.Direct[ssehttp.Event]
	events atomic.Int64 // counted by the bus's goroutine, read by the one that answers
}

func newNode(bus string, index int) (*node, error) {
	n := &node{sse: ssehttp.New(ssehttp.Options{}), prices: sink.DirectBestEffort[ssehttp.Event]()}
	if err := n.sse.Err(); err != nil {
		return nil, err
	}
	var err error
	if n.conn, err = nats.Connect(bus, nats.Name("server "+strconv.Itoa(index))); err != nil {
		return nil, err
	}
	if _, err = n.conn.Subscribe(subject, n.event); err != nil {
		return nil, err
	}
	if _, err = n.conn.Subscribe(statsStart+strconv.Itoa(index), n.stats); err != nil {
		return nil, err
	}
	return n, n.conn.FlushTimeout(busTimeout) // the server knows the subscriptions then
}

// event encodes what came once, for all connections.
func (n *node) event(m *nats.Msg) {
	n.events.Add(1)
	encoded, err := ssehttp.Event{ID: m.Header.Get(idHeader), Data: string(m.Data)}.Encoded()
	if err == nil { // a number and JSON can always be written
		n.prices.TryEmit(encoded)
	}
}

// stream gives every connection a pipeline of its own, as the quickstart has.
func (n *node) stream(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	only := r.Query("only")
	wanted := n.prices.Flux().Filter(func(e ssehttp.Event) bool { return only == "" || e.Name == only })
	return flux.Map(wanted, func(e ssehttp.Event) ssehttp.Event { return e }), nil
}

// nodeStats are a server's own figures.
type nodeStats struct {
	Accepted   int64 `json:"accepted"`
	Live       int64 `json:"live"`
	Sent       int64 `json:"events_sent"` // to sockets
	Bytes      int64 `json:"bytes_sent"`
	Dropped    int64 `json:"dropped"` // by the sink, for a client that did not keep up
	FromBus    int64 `json:"events_from_bus"`
	Goroutines int   `json:"goroutines"`
	HeapKiB    int64 `json:"heap_kib"`
	Files      int   `json:"files"`
}

func (n *node) stats(m *nats.Msg) {
	s := n.sse.Stats()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	files, _ := machine.Descriptors(os.Getpid()) // 0 where there is no /proc
	b, err := json.Marshal(nodeStats{
		Accepted: s.Accepted, Live: s.Live, Sent: s.Events, Bytes: s.Bytes, Dropped: n.prices.Stats().Dropped,
		FromBus: n.events.Load(), Goroutines: runtime.NumGoroutine(), HeapKiB: int64(mem.HeapInuse >> 10), Files: files,
	})
	if err == nil { // numbers can always be written
		_ = m.Respond(b) // the one who asked has a timeout
	}
}
