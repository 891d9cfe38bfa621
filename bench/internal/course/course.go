// Package course turns what a run of the load generator measured into points to
// draw: how memory, rates and connections went over its time, and how times are
// distributed. It stands between load, which measures and draws nothing, and chart,
// which draws and knows no servers. All functions are pure.
package course

import (
	"github.com/freshet-go/freshet/bench/internal/chart"
	"github.com/freshet-go/freshet/bench/internal/load"
)

// RSS gives the server's resident memory in MiB over the seconds of the run; nil if
// its process was not known.
func RSS(r load.Result) []chart.Point {
	if r.Server == nil {
		return nil
	}
	return levels(r, func(s load.Sample) float64 { return float64(s.RSSKiB) / 1024 })
}

// Open gives the open connections over the seconds of the run.
func Open(r load.Result) []chart.Point {
	return levels(r, func(s load.Sample) float64 { return float64(s.Open) })
}

// Events gives the events a second over the seconds of the run.
func Events(r load.Result) []chart.Point {
	return rates(r, 1, func(s load.Sample) float64 { return float64(s.Events) })
}

// cpuSpan is over how many samples CPU is taken, since the kernel counts it in
// steps of 10 ms.
const cpuSpan = 4

// CPU gives the server's use of the processors over the seconds of the run, in
// percent of one; nil if its process was not known.
func CPU(r load.Result) []chart.Point {
	if r.Server == nil {
		return nil
	}
	return rates(r, cpuSpan, func(s load.Sample) float64 { return float64(s.CPUMS) / 10 })
}

// Delivery gives the milliseconds of the delivery times by percentile; nil without
// any. Results of older versions have the points of the summary only.
func Delivery(r load.Result) (points []chart.Point) {
	if len(r.Curve) == 0 {
		return Percentiles(r.Latency)
	}
	for _, q := range r.Curve {
		points = append(points, at(q.Percent, q.US))
	}
	return points
}

// Percentiles gives the milliseconds of a summary by percentile; nil if it is empty.
func Percentiles(s load.Summary) []chart.Point {
	if s.Count == 0 {
		return nil
	}
	return []chart.Point{at(50, s.P50), at(90, s.P90), at(99, s.P99), at(99.9, s.P999), at(100, s.Max)}
}

func at(percent float64, us int64) chart.Point {
	return chart.Point{X: chart.Percent(percent), Y: float64(us) / 1000}
}

func levels(r load.Result, value func(load.Sample) float64) (points []chart.Point) {
	for _, s := range r.Samples {
		points = append(points, chart.Point{X: float64(s.AtMS) / 1000, Y: value(s)})
	}
	return points
}

// rates gives what a count grew by in a second, between a sample and the one span
// samples before it.
func rates(r load.Result, span int, count func(load.Sample) float64) (points []chart.Point) {
	for i := 1; i < len(r.Samples); i++ {
		a, b := r.Samples[max(i-span, 0)], r.Samples[i]
		if b.AtMS > a.AtMS {
			points = append(points, chart.Point{X: float64(b.AtMS) / 1000, Y: 1000 * (count(b) - count(a)) / float64(b.AtMS-a.AtMS)})
		}
	}
	return points
}
