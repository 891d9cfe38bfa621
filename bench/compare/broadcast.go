package main

import (
	"context"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/program"
)

// The figures that several scenarios share.
const (
	rssPerConn  = "RSS KiB/conn"
	cpuPerEvent = "server us/delivery"
	eventsPerS  = "deliveries/s"
	latencyP50  = "p50 ms"
	latencyP99  = "p99 ms"
	headsIn     = "all connected ms"
	lostPercent = "lost %"
)

var broadcastColumns = []column{
	{rssPerConn, 2, less}, {cpuPerEvent, 2, less}, {latencyP50, 1, less}, {latencyP99, 1, less}, {headsIn, 0, less}, {eventsPerS, 0, neither}, {lostPercent, 2, less},
}

// measureBroadcast has every client get every event.
func measureBroadcast(ctx context.Context, b bench, kind string) (row, error) {
	result, _, err := b.once(ctx, kind, b.Rate, 0)
	if err != nil {
		return row{}, err
	}
	return row{Runs: []load.Result{result}, Values: map[string]float64{
		rssPerConn:  result.Server.RSSPerConn,
		cpuPerEvent: result.Server.CPUPerEvent,
		latencyP50:  ms(result.Latency.P50),
		latencyP99:  ms(result.Latency.P99),
		headsIn:     ms(result.HeadsIn),
		eventsPerS:  result.EventsPerS,
		lostPercent: b.lost(result, b.Rate),
	}}, nil
}

// once runs a fresh server and one load with slow further clients that never
// read, and gives the result and the server's own figures after it.
func (b bench) once(ctx context.Context, kind string, rate float64, slow int) (load.Result, program.Stats, error) {
	s, err := b.start(ctx, kind, rate, b.Conns+slow)
	if err != nil {
		return load.Result{}, program.Stats{}, err
	}
	defer s.Stop()
	result, err := b.load(ctx, s, "-duration", b.Duration.String(), "-slow", itoa(slow))
	if err != nil {
		return result, program.Stats{}, err
	}
	st, err := s.Stats(ctx)
	return result, st, err
}

// lost gives the part of the events that were due in the window and did not
// arrive in it, in percent. It counts what a server dropped and what it is behind
// with. The window and the events are not in step, which is worth one event.
func (b bench) lost(r load.Result, rate float64) float64 {
	due := (rate*r.WindowSeconds - 1) * float64(b.Conns)
	return 100 * max(0, 1-float64(r.Events)/max(due, 1))
}

func ms(us int64) float64 { return float64(us) / 1000 }
