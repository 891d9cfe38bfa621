package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/freshet-go/freshet/bench/internal/chart"
	"github.com/freshet-go/freshet/bench/internal/course"
	"github.com/freshet-go/freshet/bench/internal/load"
)

func page(r load.Result) chart.Page {
	p := chart.Page{
		Title: fmt.Sprintf("%d event streams for %.1f s", r.Conns, r.WindowSeconds),
		Lead:  strings.Join(r.URLs, ", "),
		Facts: []string{r.Started.Format("2 January 2006, 15:04:05 MST"), fmt.Sprintf("%d of %d connected, %d open at the end", r.Heads, r.Conns, r.Open)},
		Tiles: tiles(r),
	}
	if s := disturbances(r); len(s.List) > 0 {
		p.Sections = append(p.Sections, s)
	}
	p.Sections = append(p.Sections,
		chart.Section{Title: "What the clients saw", Figures: seen(r), Table: times(r)},
		chart.Section{Title: "What it took", Figures: taken(r), Table: use(r)},
		chart.Section{Title: "How to read this", Notes: notes})
	return p
}

func tiles(r load.Result) []chart.Tile {
	tiles := []chart.Tile{
		{Value: chart.Number(r.EventsPerS) + " /s", What: "events delivered", Note: fmt.Sprintf("%d in the window, %.1f MB/s", r.Events, r.BytesPerS/1e6)},
		{Value: inMS(r.Latency.P50), What: "delivery, median", Note: "mean " + chart.Number(r.Latency.Mean/1000) + " ms"},
		{Value: inMS(r.Latency.P99), What: "delivery, 99th percentile", Note: "largest " + inMS(r.Latency.Max)},
		{Value: chart.Number(float64(r.Gaps)), What: "lost, by gaps in the ids", Note: fmt.Sprintf("%d duplicates", r.Duplicates)},
		{Value: inMS(r.HeadsIn), What: "until all were connected", Note: "99 of 100 answered within " + inMS(r.Head.P99)},
	}
	if s := r.Server; s != nil {
		tiles = append(tiles, chart.Tile{Value: chart.Number(s.RSSPerConn) + " KiB", What: "server memory a connection",
			Note: fmt.Sprintf("CPU %s µs a delivery", chart.Number(s.CPUPerEvent))})
	}
	return tiles
}

func inMS(us int64) string { return chart.Number(float64(us)/1000) + " ms" }

// disturbances lists what to know before believing the rest.
func disturbances(r load.Result) chart.Section {
	s := chart.Section{Title: "What disturbs these figures", List: slices.Clone(r.Warnings)}
	if r.Broken {
		s.List = append(s.List, "the run was interrupted")
	}
	for _, why := range slices.Sorted(maps.Keys(r.Errors)) {
		s.List = append(s.List, fmt.Sprintf("%d connections ended: %s", r.Errors[why], why))
	}
	return s
}

// one draws a single line.
func one(title, note, label string, x, y chart.Axis, points []chart.Point) []chart.Figure {
	if len(points) == 0 {
		return nil
	}
	return []chart.Figure{{Title: title, Note: note, Plot: chart.Lines(title, x, y, []chart.Series{{Label: label, Strong: true, Points: points}})}}
}

func seen(r load.Result) []chart.Figure {
	return slices.Concat(
		one("Delivery time by percentile", "in the window", "delivery", chart.Axis{Title: "percent of the events", Ticks: chart.PercentTicks}, chart.Axis{Title: "ms, logarithmic", Log: true}, course.Delivery(r)),
		one("Events that arrived", "the whole run", "events", seconds, chart.Axis{Title: "per second"}, course.Events(r)),
		one("Open connections", "the whole run", "open", seconds, chart.Axis{}, course.Open(r)),
		joining(r))
}

// joining draws how long a connection took to each of its first steps.
func joining(r load.Result) []chart.Figure {
	var series []chart.Series
	for i, step := range []struct {
		name string
		s    load.Summary
	}{{"connected", r.Connect}, {"response head", r.Head}, {"first event", r.FirstEvent}} {
		series = append(series, chart.Series{Label: step.name, Color: joinColors[i], Strong: true, Points: course.Percentiles(step.s)})
	}
	return []chart.Figure{{Title: "From the start of a connection", Note: "by percentile", Plot: chart.Lines("Time to connect by percentile",
		chart.Axis{Title: "percent of the connections", Ticks: chart.PercentTicks}, chart.Axis{Title: "ms, logarithmic", Log: true}, series)}}
}

// joinColors are told apart in both schemes.
var joinColors = []int{0, 2, 5}

var seconds = chart.Axis{Title: "seconds since the first connect"}

func taken(r load.Result) []chart.Figure {
	return slices.Concat(
		one("CPU of the server", "the whole run", "CPU", seconds, chart.Axis{Title: "% of one processor"}, course.CPU(r)),
		one("Resident memory of the server", "the whole run", "memory", seconds, chart.Axis{Title: "MiB"}, course.RSS(r)))
}

func times(r load.Result) *chart.Table {
	t := &chart.Table{Head: []string{"ms", "count", "mean", "p50", "p90", "p99", "p99.9", "max"}}
	for _, row := range []struct {
		name string
		s    load.Summary
	}{{"connect", r.Connect}, {"response head", r.Head}, {"first event", r.FirstEvent}, {"head, come back", r.Back}, {"delivery", r.Latency}} {
		if row.s.Count == 0 {
			continue
		}
		cells := []string{row.name, fmt.Sprint(row.s.Count), fmt.Sprintf("%.2f", row.s.Mean/1000)}
		for _, us := range []int64{row.s.P50, row.s.P90, row.s.P99, row.s.P999, row.s.Max} {
			cells = append(cells, fmt.Sprintf("%.2f", float64(us)/1000))
		}
		t.Rows = append(t.Rows, chart.Row{Cells: cells, Strong: row.name == "delivery"})
	}
	return t
}

func use(r load.Result) *chart.Table {
	t := &chart.Table{Head: []string{"process", "CPU s", "memory at the end MiB", "busy"}}
	if s := r.Server; s != nil {
		t.Rows = append(t.Rows, chart.Row{Strong: true, Cells: []string{fmt.Sprintf("server, process %d", s.PID),
			fmt.Sprintf("%.2f", s.CPUSeconds), fmt.Sprintf("%.1f", float64(s.RSSEnd)/1024), ""}})
	}
	t.Rows = append(t.Rows, chart.Row{Cells: []string{"sseload", fmt.Sprintf("%.2f", r.Client.CPUSeconds),
		fmt.Sprintf("%.1f", float64(r.Client.RSSKiB)/1024), fmt.Sprintf("its busiest worker %.0f %%", 100*r.Client.Busiest)}})
	if r.Server != nil {
		t.Rows = append(t.Rows, chart.Row{Cells: []string{"all other processes", "", "", fmt.Sprintf("%.0f %% of the machine", 100*r.Client.Others)}})
	}
	return t
}

// notes explain what the figures mean and what they do not.
var notes = []chart.Note{
	{Term: "Delivery time", Text: "From the timestamp in an event's data to the return of the read that brought its last byte: the server's queue, its write, the kernel, and the queue of sseload. Both processes must read the same clock."},
	{Term: "Coordinated omission", Text: "A load generator that waits for one answer before it asks for the next leaves out the moments at which a slow server would have been asked. Here nobody asks: the server sends by its own schedule. If it stamps an event with the moment at which the event was due, a server that falls behind is seen to. If it stamps events when it gets round to them, what they waited before is not in these figures."},
	{Term: "The window", Text: "Begins when every connection has its response head and the warm-up has passed. What arrives before it is checked for gaps, and not counted. The courses show the whole run."},
	{Term: "Percentiles", Text: "From a histogram with three significant digits over all events of all connections. Each further nine has the same room on the axis."},
	{Term: "Lost", Text: "Ids that were jumped over, where ids are numbers that count up. Without ids, compare the events a second with what was sent."},
	{Term: "Memory a connection", Text: "Resident memory of the server at the end, above that before the first connection, over the connections. Socket buffers belong to the kernel and are not in it."},
	{Term: "sseload itself", Text: "Shares the processors with the server. A busiest worker near 100 % means that these are figures of sseload, not of the server: more workers, or a second process, are needed."},
}
