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

// Welcome is the data of the open event, in milliseconds.
type Welcome struct {
	Interval int64   `json:"interval"`
	Uptime   int64   `json:"uptime"`
	System   string  `json:"system"`
	Limits   []Limit `json:"limits"`
}

// Clients is the data of a clients event.
type Clients struct {
	Count int `json:"count"`
}

// watcher is told of the life of the pipelines.
type watcher interface {
	joined(client string)
	left(client string, why flux.SignalType)
	ended(err error) // a shared pipeline; err is nil for completion
}

func newFeed(every time.Duration, w watcher) *feed {
	started := time.Now()
	encode := ssehttp.JSON("open", ssehttp.Encoding[Welcome]{Retry: retry})
	return &feed{
		samples: sink.DirectBestEffort[Sample](),
		events:  sink.DirectBestEffort[ssehttp.Event](),
		watcher: w,
		welcome: func() (ssehttp.Event, error) {
			up := time.Since(started)
			return encode(Welcome{every.Milliseconds(), up.Milliseconds(), runtime.GOOS, limits})
		},
	}
}

// logger writes the lives of the pipelines to the standard logger.
type logger struct{}

func (logger) joined(client string) { log.Printf("%s joined", client) }

func (logger) left(client string, why flux.SignalType) { log.Printf("%s left: %v", client, why) }

func (logger) ended(err error) { log.Printf("sampling ended: %v", err) }
