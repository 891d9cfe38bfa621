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
	{bestDeliveries, 0, more}, {bestRate, 0, neither}, {latencyP99, 1, neither}, {cpuPerEvent, 2, neither}, {lostPercent, 2, neither}, {failedRate, 0, neither},
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

// climb is the search for the highest rate that a server keeps up with.
type climb struct {
	bench
	kind   string
	row    row
	held   float64 // the highest rate that held, 0 at first
	failed float64 // the lowest that did not, infinite at first
}

// measureSaturate raises the rate by steps, each with a fresh server, until one
// fails, and then looks between the last that held and the first that did not.
func measureSaturate(ctx context.Context, b bench, kind string) (row, error) {
	c := climb{bench: b, kind: kind, row: row{Values: map[string]float64{}}, failed: math.Inf(1)}
	rate := b.Rate
	for n := 0; n < maxSteps && !c.ended() && rate <= maxRate; n++ {
		if err := c.step(ctx, rate); err != nil {
			return c.row, err
		}
		rate = math.Round(rate * growth)
	}
	for n := 0; n < bisections && c.held > 0 && c.ended() && c.failed-c.held > 1; n++ {
		if err := c.step(ctx, math.Round((c.held+c.failed)/2)); err != nil {
			return c.row, err
		}
	}
	if c.ended() {
		c.row.Values[failedRate] = c.failed
	}
	return c.row, nil
}

func (c *climb) ended() bool { return !math.IsInf(c.failed, 1) }

// step tries a rate, and once more if it fails: once may be the machine's doing.
func (c *climb) step(ctx context.Context, rate float64) error {
	for range 2 {
		if ok, err := c.try(ctx, rate); ok || err != nil {
			return err
		}
	}
	c.failed = rate
	return nil
}

func (c *climb) try(ctx context.Context, rate float64) (ok bool, err error) {
	result, _, err := c.once(ctx, c.kind, rate, 0)
	if err != nil {
		return false, err
	}
	lost, p99 := c.lost(result, rate), ms(result.Latency.P99)
	fmt.Fprintf(os.Stderr, "  %.0f events/s: %.0f deliveries/s, p99 %.1f ms, lost %.2f %%\n", rate, result.EventsPerS, p99, lost)
	result.Samples = nil // a step is many runs; their course tells nothing more
	c.row.Runs = append(c.row.Runs, result)
	if p99 >= maxP99MS || lost > maxLost {
		return false, nil
	}
	c.held = rate
	c.row.Values[bestDeliveries], c.row.Values[bestRate] = result.EventsPerS, rate
	c.row.Values[latencyP99], c.row.Values[lostPercent] = p99, lost
	c.row.Values[cpuPerEvent] = result.Server.CPUPerEvent
	return true, nil
}
