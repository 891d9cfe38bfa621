package main

import (
	"cmp"
	"slices"

	"github.com/freshet-go/freshet/bench/internal/chart"
	"github.com/freshet-go/freshet/bench/internal/course"
	"github.com/freshet-go/freshet/bench/internal/load"
)

// plots gives the lines of a report: how latencies are distributed, how the rate
// moves them, and the course of a run.
func (r report) plots() (figures []chart.Figure) {
	if r.Options.Scenario == "saturate" {
		return []chart.Figure{r.loadCurve()}
	}
	if r.Options.Scenario != "idle-kill" {
		figures = append(figures, chart.Figure{Title: "Delivery time by percentile", Note: "less is better; the middle round",
			Plot: chart.Lines("Delivery time by percentile", chart.Axis{Title: "percent of the events", Ticks: chart.PercentTicks},
				chart.Axis{Title: "ms, logarithmic", Log: true}, r.series(course.Delivery))})
	}
	for _, c := range courses {
		series := r.series(c.points)
		if (c.idle || r.Options.Scenario != "idle-kill") && !flat(series) {
			figures = append(figures, chart.Figure{Title: c.title, Note: "one run of each",
				Plot: chart.Lines(c.title, chart.Axis{Title: "seconds since the first connect"}, chart.Axis{Title: c.unit}, series)})
		}
	}
	return figures
}

// flat reports whether there is nothing to see.
func flat(series []chart.Series) bool {
	for _, s := range series {
		if slices.ContainsFunc(s.Points, func(p chart.Point) bool { return p.Y != 0 }) {
			return false
		}
	}
	return true
}

// series draws the last run of each kind's middle round.
func (r report) series(points func(load.Result) []chart.Point) (series []chart.Series) {
	for _, kind := range r.Options.Kinds {
		var rows []row
		for _, row := range r.Rows {
			if row.Kind == kind && len(row.Runs) > 0 {
				rows = append(rows, row)
			}
		}
		if len(rows) == 0 {
			continue
		}
		slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.Values[latencyP99], b.Values[latencyP99]) })
		runs := rows[(len(rows)-1)/2].Runs
		series = append(series, line(kind, points(runs[len(runs)-1])))
	}
	return series
}

func line(kind string, points []chart.Point) chart.Series {
	k := find(kind)
	return chart.Series{Label: kind, Color: k.color, Strong: kind == subject, Dashed: k.role == floor, Points: points}
}

// courses are what samples tell over the time of a run.
var courses = []struct {
	title, unit string
	points      func(load.Result) []chart.Point
	idle        bool // worth showing when nothing is sent
}{
	{"Resident memory of the server", "MiB", course.RSS, true},
	{"CPU of the server", "% of one processor", course.CPU, false},
	{"Events that arrived", "per second", course.Events, false},
}

// loadCurve draws p99 over the rate that arrived, a dot a step of the search.
func (r report) loadCurve() chart.Figure {
	var series []chart.Series
	for _, kind := range r.Options.Kinds {
		var points []chart.Point
		for _, row := range r.Rows {
			for _, run := range row.Runs {
				if row.Kind == kind && row.Round == 1 && run.Latency.Count > 0 {
					points = append(points, chart.Point{X: run.EventsPerS, Y: ms(run.Latency.P99)})
				}
			}
		}
		slices.SortFunc(points, func(a, b chart.Point) int { return cmp.Compare(a.X, b.X) })
		series = append(series, line(kind, points))
	}
	return chart.Figure{Title: "99th percentile by load", Note: "further right is better",
		Plot: chart.Lines("p99 by load", chart.Axis{Title: "deliveries a second", Log: true}, chart.Axis{Title: "ms, logarithmic", Log: true}, series)}
}
