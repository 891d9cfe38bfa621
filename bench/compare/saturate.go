package main

import (
	"context"
	"fmt"
	"math"
	"os"
)

const (
	bestDeliveries = "best deliveries/s"
	bestRate       = "at events/s"
	failedRate     = "failed at events/s"
)

var saturateColumns = []column{
	{bestDeliveries, 0}, {bestRate, 0}, {latencyP99, 1}, {cpuPerEvent, 2}, {lostPercent, 2}, {failedRate, 0},
}

// What a rate must keep to count: p99 under 150 ms and next to nothing lost, or
// a server that drops would win.
const (
	maxP99MS   = 150
	maxLost    = 1.0
	growth     = 1.6
	maxSteps   = 16
	bisections = 2
)

// measureSaturate raises the rate by steps, each with a fresh server, until one
// fails, and then looks twice between the last that held and the first that did
// not.
func measureSaturate(ctx context.Context, b bench, kind string) (row, error) {
	r := row{Values: map[string]float64{}}
	held, failed := 0.0, math.Inf(1)
	step := func(rate float64) error {
		result, _, err := b.once(ctx, kind, rate, 0)
		if err != nil {
			return err
		}
		lost, p99 := b.lost(result, rate), ms(result.Latency.P99)
		fmt.Fprintf(os.Stderr, "  %.0f events/s: %.0f deliveries/s, p99 %.1f ms, lost %.2f %%\n", rate, result.EventsPerS, p99, lost)
		result.Samples = nil // a step is many runs; their course tells nothing more
		r.Runs = append(r.Runs, result)
		if p99 >= maxP99MS || lost > maxLost {
			failed = rate
			return nil
		}
		held = rate
		r.Values[bestDeliveries], r.Values[bestRate] = result.EventsPerS, rate
		r.Values[latencyP99], r.Values[lostPercent] = p99, lost
		r.Values[cpuPerEvent] = result.Server.CPUPerEvent
		return nil
	}
	rate := b.Rate
	for n := 0; n < maxSteps && math.IsInf(failed, 1) && rate <= maxRate; n++ {
		if err := step(rate); err != nil {
			return r, err
		}
		rate = math.Round(rate * growth)
	}
	for n := 0; n < bisections && held > 0 && !math.IsInf(failed, 1) && failed-held > 1; n++ {
		if err := step(math.Round((held + failed) / 2)); err != nil {
			return r, err
		}
	}
	if !math.IsInf(failed, 1) {
		r.Values[failedRate] = failed
	}
	return r, nil
}
