package main

import (
	"log"
	"runtime"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// retry is how long a browser waits before it connects again: short, so that a
// restart of the server is hardly seen.
const retry = time.Second

// bye is the last event that a client gets when the server goes.
var bye = ssehttp.Event{Name: "bye", Data: `{"reason":"the server is shutting down"}`, Retry: retry}

// Welcome is the data of the open event. Interval is in milliseconds; Limits are what alerts are raised at, Alerts those that are
// raised already.
type Welcome struct {
	Interval int64   `json:"interval"`
	System   string  `json:"system"`
	Limits   []Limit `json:"limits"`
	Alerts   []Alert `json:"alerts"`
}

// Clients is the data of a clients event.
type Clients struct {
	Count int `json:"count"`
}

// watcher is told of the lives of the pipelines, by any goroutine; it must not
// block.
type watcher interface {
	joined(c client)
	left(c client, why flux.SignalType)
	ended(err error) // the shared pipeline; err is nil for completion
}

func newFeed(w watcher) *feed {
	return &feed{events: sink.DirectBestEffort[ssehttp.Event](), watcher: w}
}

// welcome makes the data of the open event, given the alerts that are raised.
func welcome(every time.Duration) func([]Alert) any {
	return func(raised []Alert) any {
		return Welcome{Interval: every.Milliseconds(), System: runtime.GOOS, Limits: limits, Alerts: raised}
	}
}

// handle answers a request with the pipeline of its client.
func (f *feed) handle(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	c, err := clientOf(r)
	if err != nil {
		return nil, err
	}
	f.watcher.joined(c)
	return f.connection(&c), nil
}

// logger writes the lives of the pipelines to the standard logger.
type logger struct{}

func (logger) joined(c client) { log.Printf("%s joined", c.addr) }

func (logger) left(c client, why flux.SignalType) { log.Printf("%s left: %v", c.addr, why) }

// ended is called for a failure only: the samples have no end of their own, and
// a cancel makes no signal.
func (logger) ended(err error) { log.Printf("the sampling has ended, the charts stand still: %v", err) }
