package main

import (
	"context"

	"github.com/freshet-go/freshet/bench/internal/load"
)

const (
	p99Without = "p99 ms without"
	p99With    = "p99 ms with"
	p99Ratio   = "ratio"
	rssWithout = "RSS MiB without"
	rssWith    = "RSS MiB with"
	missed     = "missed by the server's count"
)

var slowColumns = []column{
	{p99Without, 1, neither}, {p99With, 1, less}, {p99Ratio, 2, less}, {rssWithout, 1, neither}, {rssWith, 1, less}, {missed, 0, neither}, {lostPercent, 2, less},
}

// measureSlow measures a server twice, one after the other: with and without one
// more client that never reads.
func measureSlow(ctx context.Context, b bench, kind string) (row, error) {
	without, _, err := b.once(ctx, kind, b.Rate, 0)
	if err != nil {
		return row{}, err
	}
	with, after, err := b.once(ctx, kind, b.Rate, 1)
	if err != nil {
		return row{}, err
	}
	values := map[string]float64{
		p99Without:  ms(without.Latency.P99),
		p99With:     ms(with.Latency.P99),
		rssWithout:  float64(without.Server.RSSMax) / 1024,
		rssWith:     float64(with.Server.RSSMax) / 1024,
		missed:      float64(after.Missed),
		lostPercent: b.lost(with, b.Rate), // of the others' events
	}
	if without.Latency.P99 > 0 {
		values[p99Ratio] = float64(with.Latency.P99) / float64(without.Latency.P99)
	}
	return row{Runs: []load.Result{without, with}, Values: values}, nil
}
