package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/freshet-go/freshet/bench/internal/chart"
)

// writePage writes the reports as one page beside the results and prints where it is.
func writePage(dir string, reports []report) error {
	file, err := page(reports).WriteFile(filepath.Join(dir, "compare-"+time.Now().UTC().Format(stamp)+".html"))
	if err == nil {
		fmt.Println("page:", file)
	}
	return err
}

// page shows the reports: what stands out, where another server is first, and a
// section a report.
func page(reports []report) chart.Page {
	p := chart.Page{
		Title: "Freshet beside other SSE servers",
		Lead: "Every server sends the same events to the same number of clients on the same machine, one server at a time, in turn. " +
			"Bars are medians of the rounds, the thin lines on them the smallest and the largest value.",
	}
	for i, r := range reports {
		fact := r.Machine.Text()
		if i == 0 || !slices.Contains(p.Facts, fact) {
			p.Facts = append(p.Facts, fact)
		}
		p.Facts = append(p.Facts, fmt.Sprintf("%s: %s, %s", r.Options.Scenario, r.Options.text(), r.When.Format("2 January 2006, 15:04 MST")))
		p.Tiles = append(p.Tiles, r.tiles(scenarios[r.Options.Scenario])...)
	}
	if len(p.Tiles) > maxTiles {
		p.Tiles = p.Tiles[:maxTiles]
	}
	p.Sections = append(p.Sections, notFirst(reports))
	for _, r := range reports {
		p.Sections = append(p.Sections, r.section())
	}
	p.Sections = append(p.Sections, chart.Section{Title: "How this was measured", Notes: method})
	return p
}

// maxTiles is what stands well in one row.
const maxTiles = 6

// headlines are the columns that make a tile; the tables and bars have all.
var headlines = []string{rssPerConn, cpuPerEvent, latencyP99, headsIn, settledPerConn, noticedIn, p99Ratio, bestDeliveries}

// notFirst names every row in which the subject is not the best.
func notFirst(reports []report) chart.Section {
	s := chart.Section{Title: "Where " + subject + " is not first"}
	for _, r := range reports {
		s.List = append(s.List, r.behind(scenarios[r.Options.Scenario])...)
		for _, failure := range r.Failures {
			s.List = append(s.List, "Not measured: "+r.Options.Scenario+", "+failure)
		}
		if busy := r.busiest(); busy > busyPercent {
			s.List = append(s.List, fmt.Sprintf("%s: up to %.0f %% of the machine went to processes that have no part in this. Latencies say little then; measure again when it is quiet.",
				r.Options.Scenario, busy))
		}
	}
	if len(s.List) == 0 {
		s.Text = []string{"Nowhere in these figures."}
	}
	return s
}

// busyPercent is the other load from which on the page warns.
const busyPercent = 5

func (r report) busiest() (most float64) {
	for _, row := range r.Rows {
		most = max(most, row.Values[othersColumn.name])
	}
	return most
}

// plain says a column's name in words, and its unit.
var plain = map[string]struct{ words, unit string }{
	rssPerConn:     {"Memory a connection", "KiB"},
	settledPerConn: {"Memory a connection, after a collection", "KiB"},
	cpuPerEvent:    {"Server CPU a delivery", "µs"},
	latencyP50:     {"Delivery time, median", "ms"},
	latencyP99:     {"Delivery time, 99th percentile", "ms"},
	headsIn:        {"All clients connected in", "ms"},
	lostPercent:    {"Events not delivered in time", "%"},
	goroutines:     {"Goroutines a connection", ""},
	noticedIn:      {"Last of the disconnects noticed after", "ms"},
	noticed:        {"Disconnects noticed", ""},
	p99With:        {"99th percentile beside a client that never reads", "ms"},
	p99Ratio:       {"Slower by a client that never reads", "x"},
	rssWith:        {"Memory with a client that never reads", "MiB"},
	bestDeliveries: {"Most deliveries with p99 below 150 ms", "/s"},
}

func (c column) words() string {
	if p, ok := plain[c.name]; ok {
		return p.words
	}
	return c.name
}

func (c column) withUnit(v float64) string {
	text := c.text(v)
	if v >= 10_000 {
		text = chart.Number(v)
	}
	if unit := plain[c.name].unit; unit != "" {
		return text + " " + unit
	}
	return text
}

// tiles compare the subject with the best rival in each contest that is decided.
func (r report) tiles(s scenario) (tiles []chart.Tile) {
	for _, c := range s.columns {
		all := r.contest(c)
		mine, ok := own(all)
		next, rivals := c.best(opponents(all))
		if !ok || !rivals || c.better == neither || !slices.Contains(headlines, c.name) || mine.median == 0 || next.median == 0 {
			continue
		}
		tiles = append(tiles, chart.Tile{Value: c.withUnit(mine.median), What: c.words(),
			Note: c.compared(mine, next), Good: c.beats(mine, next) && !mine.overlaps(next) && r.Options.Rounds > 1})
	}
	return tiles
}

// compared says how the subject stands to the best rival.
func (c column) compared(mine, next spread) string {
	ratio, word := mine.median/next.median, "more"
	if ratio < 1 {
		ratio, word = 1/ratio, "less"
	}
	rival := fmt.Sprintf("%s, the best rival (%s)", next.kind, c.withUnit(next.median))
	switch {
	case !c.beats(mine, next) && !c.beats(next, mine):
		return "as " + rival
	case ratio < 2:
		rival = fmt.Sprintf("%.0f %% %s than %s", 100*math.Abs(1-mine.median/next.median), word, rival)
	default:
		rival = fmt.Sprintf("%.1f times %s than %s", ratio, word, rival)
	}
	if mine.overlaps(next) {
		rival += "; the rounds overlap"
	}
	return rival
}

// section holds a report's plots and its table.
func (r report) section() chart.Section {
	s := scenarios[r.Options.Scenario]
	out := chart.Section{
		Title: r.Options.Scenario + ": " + s.about,
		Text:  []string{r.Options.text() + ". A pointer over a server picks it out in every plot."},
		Table: r.pageTable(s),
	}
	for _, c := range s.columns {
		all := r.contest(c)
		if c.better != neither && c.name != latencyP50 && len(all) > 0 && !level(c, all) { // the median is in the plot of percentiles
			out.Figures = append(out.Figures, r.bars(c, all))
		}
	}
	out.Figures = append(out.Figures, r.plots()...)
	return out
}

// level reports whether all have the same figure, which needs no plot.
func level(c column, all []spread) bool {
	return !slices.ContainsFunc(all, func(s spread) bool { return c.beats(s, all[0]) || c.beats(all[0], s) })
}

// bars draws one column, the best first and the floor last.
func (r report) bars(c column, all []spread) chart.Figure {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b spread) int {
		switch fa, fb := find(a.kind).role == floor, find(b.kind).role == floor; {
		case fa != fb:
			if fb {
				return -1
			}
			return 1
		case c.beats(a, b):
			return -1
		case c.beats(b, a):
			return 1
		}
		return 0
	})
	bars := make([]chart.Bar, 0, len(all))
	for _, s := range all {
		k := find(s.kind)
		bars = append(bars, chart.Bar{
			Label: s.kind, Color: k.color, Strong: s.kind == subject, Dashed: k.role == floor,
			Value: s.median, Low: s.lowest, High: s.highest, Text: c.withUnit(s.median),
		})
	}
	note := "less is better"
	if c.better == more {
		note = "more is better"
	}
	return chart.Figure{Title: c.words(), Note: note, Plot: chart.Bars(c.words(), bars)}
}

// pageTable is the table of all columns, the best rival or ourselves marked.
func (r report) pageTable(s scenario) *chart.Table {
	columns := append(slices.Clone(s.columns), othersColumn)
	t := &chart.Table{Head: []string{"server"}}
	for _, c := range columns {
		t.Head = append(t.Head, c.name)
	}
	for _, kind := range r.Options.Kinds {
		row := chart.Row{Cells: []string{kind}, Best: map[int]bool{}, Strong: kind == subject}
		for i, c := range columns {
			row.Cells = append(row.Cells, strings.Replace(cell(r.values(kind, c.name), c.digits), " (", "\n(", 1))
			fair := slices.DeleteFunc(r.contest(c), func(s spread) bool { return find(s.kind).role == floor })
			first, ok := c.best(fair)
			row.Best[i+1] = ok && c.better != neither && first.kind == kind && !level(c, fair)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// method explains the figures to those who see only the page.
var method = []chart.Note{
	{Term: "A process each", Text: "Server and load generator are processes of their own, started anew for every measurement. Rounds take the servers in turn, and each round begins with another one, so that whatever else the machine does hits all."},
	{Term: "No coordinated omission", Text: "An event carries the moment at which it was due, not the one at which the server got round to it, and none is left out of the schedule. A server that falls behind is seen to: its latencies grow, instead of its schedule."},
	{Term: "Delivery time", Text: "From that moment to the return of the read that brought the event's last byte: the server's queue, its write, the kernel, and the queue of the load generator, which shares the processors with the server."},
	{Term: "CPU a delivery", Text: "The server process's user and system time in the measured window, over the events that arrived. It is the steadiest of the figures."},
	{Term: "Memory a connection", Text: "Resident memory above that of the process before its first connection, over the connections. Socket buffers belong to the kernel and are in nobody's figure."},
	{Term: "nchan, webflux", Text: "Processes of their own, whose own memory and processor time is measured; another process publishes to them by POST, one event at a time. A JVM is measured as it starts, like everybody: one that has run for minutes does better, and its memory before the first connection is in nobody's figure."},
	{Term: "rawloop", Text: "The floor: taken-over connections and one write call for each. No queue, no pipeline, no notice of clients that left: what a library cannot do for less."},
	{Term: "Other load", Text: "The part of the machine that went to processes without a part in the measurement. Where it is not near zero, latencies say little."},
}
