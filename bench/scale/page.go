package main

import (
	"fmt"
	"time"

	"github.com/freshet-go/freshet/bench/internal/chart"
	"github.com/freshet-go/freshet/bench/internal/course"
	"github.com/freshet-go/freshet/bench/internal/load"
)

func (r *report) page() chart.Page {
	o := r.Options
	return chart.Page{
		Title: fmt.Sprintf("%s live event streams on one machine", grouped(r.Connected)),
		Lead: fmt.Sprintf("%d Freshet servers share one port and are joined by NATS; %d client processes hold the other ends. Every %v one event goes to every client.",
			o.Servers, o.Clients, o.Every),
		Facts: []string{r.Machine.Text(), r.When.Format("2 January 2006, 15:04 MST"), fmt.Sprintf("%d open files a process", r.Limits.Files)},
		Tiles: r.tiles(),
		Sections: []chart.Section{
			{Title: "What the clients saw", Figures: r.seen()},
			{Title: "What it took", Figures: r.taken(), Table: r.processTable()},
			{Title: "What gives way first", Text: []string{r.bottleneck()}, Table: r.resourceTable()},
			{Title: "How to read this", Notes: notes},
		},
	}
}

// grouped writes 100000 as 100,000.
func grouped(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

func (r *report) tiles() []chart.Tile {
	one, last := r.perConn(), r.last()
	took := time.Duration(r.began(phaseIdle).AtMS-r.began(phaseConnecting).AtMS) * time.Millisecond
	return []chart.Tile{
		{Value: grouped(r.Result.Open), What: "streams open at the end", Note: fmt.Sprintf("of %s, connected in %v", grouped(int64(r.Options.Conns)), took.Round(100*time.Millisecond))},
		{Value: grouped(r.Lost), What: "deliveries lost", Note: fmt.Sprintf("%s arrived, of %d events", grouped(r.Result.Events), r.Published), Good: r.Lost == 0},
		{Value: chart.Number(inMS(middle(last))) + " ms", What: "until the last client had it", Note: fmt.Sprintf("median of the events; at the most %s ms", chart.Number(inMS(r.Result.Latency.Max)))},
		{Value: chart.Number(one.server) + " KiB", What: "server memory a stream", Note: fmt.Sprintf("%s while idle", chart.Number(one.serverIdle))},
		{Value: chart.Number(one.kernel) + " KiB", What: "kernel memory a stream", Note: "for both ends, which are on this machine"},
		{Value: chart.Number(one.delivery) + " µs", What: "server CPU a delivery", Note: fmt.Sprintf("all servers: %.0f %% of one processor", 100*one.delivery*float64(r.Connected)/float64(r.Options.Every.Microseconds()))},
	}
}

var seconds = chart.Axis{Title: "seconds since the first server was started"}

func figure(title, note string, x, y chart.Axis, series ...chart.Series) chart.Figure {
	return chart.Figure{Title: title, Note: note, Plot: chart.Lines(title, x, y, series)}
}

func (r *report) seen() []chart.Figure {
	var first, last []chart.Point
	for _, e := range r.Result.ByEvent {
		first = append(first, chart.Point{X: float64(e.ID), Y: inMS(e.First)})
		last = append(last, chart.Point{X: float64(e.ID), Y: inMS(e.Last)})
	}
	return []chart.Figure{
		figure("Until the first and the last client had it", "each event", chart.Axis{Title: "number of the event"}, chart.Axis{Title: "ms since it was due"},
			chart.Series{Label: "last client", Strong: true, Points: last}, chart.Series{Label: "first client", Color: 2, Points: first}),
		figure("Delivery time by percentile", "all deliveries", chart.Axis{Title: "percent of the deliveries", Ticks: chart.PercentTicks}, chart.Axis{Title: "ms, logarithmic", Log: true},
			chart.Series{Label: "delivery", Strong: true, Points: course.Delivery(r.Result)}),
		figure("Open connections", "as the clients count them", seconds, chart.Axis{}, chart.Series{Label: "open", Strong: true, Points: r.moved(course.Open)}),
		figure("Deliveries", "the whole run", seconds, chart.Axis{Title: "per second"}, chart.Series{Label: "deliveries", Strong: true, Points: r.moved(course.Events)}),
	}
}

// moved gives a course of the clients on the axis of the samples, which begins with
// the first server and not with the first client.
func (r *report) moved(points func(load.Result) []chart.Point) []chart.Point {
	late := float64(r.began(phaseConnecting).AtMS) / 1000
	all := points(r.Result)
	for i := range all {
		all[i].X += late
	}
	return all
}

// cpuSpan is over how many samples the use of processors is taken, since the kernel
// counts it in steps of 10 ms and events come once a second.
const cpuSpan = 4

func (r *report) taken() []chart.Figure {
	return []chart.Figure{
		figure("Memory", "by who has it", seconds, chart.Axis{Title: "MiB"},
			r.level("servers", 0, func(s sample) int64 { return s.ServerKiB }),
			r.level("clients", 2, func(s sample) int64 { return s.ClientKiB }),
			r.level("kernel", 5, r.kernelKiB)),
		figure("Processors", fmt.Sprintf("%d there are", r.Machine.CPUs), seconds, chart.Axis{Title: "% of one processor"},
			r.rate("servers", 0, func(s sample) int64 { return s.ServerCPU }),
			r.rate("clients", 2, func(s sample) int64 { return s.ClientCPU }),
			r.rate("the machine", 8, func(s sample) int64 { return s.BusyMS })),
	}
}

func (r *report) level(label string, color int, value func(sample) int64) chart.Series {
	s := chart.Series{Label: label, Color: color, Strong: color == 0}
	for _, x := range r.Samples {
		s.Points = append(s.Points, chart.Point{X: float64(x.AtMS) / 1000, Y: float64(value(x)) / 1024})
	}
	return s
}

func (r *report) rate(label string, color int, value func(sample) int64) chart.Series {
	s := chart.Series{Label: label, Color: color, Strong: color == 0}
	for i := 1; i < len(r.Samples); i++ {
		a, b := r.Samples[max(0, i-cpuSpan)], r.Samples[i]
		if b.AtMS > a.AtMS {
			s.Points = append(s.Points, chart.Point{X: float64(b.AtMS) / 1000, Y: 100 * max(0, float64(value(b)-value(a))) / float64(b.AtMS-a.AtMS)})
		}
	}
	return s
}

func (r *report) processTable() *chart.Table {
	t := &chart.Table{Head: []string{"process", "connections", "open files", "memory MiB", "before MiB", "CPU s", "goroutines", "dropped"}}
	for _, p := range r.Processes {
		row := chart.Row{Strong: p.Role == roleServer, Cells: []string{fmt.Sprintf("%s %d", p.Role, p.Index+1), grouped(p.Conns), grouped(int64(p.Files)),
			fmt.Sprintf("%.1f", float64(p.EndKiB)/1024), "", fmt.Sprintf("%.2f", p.CPUSeconds), "", ""}}
		if s := p.Server; s != nil {
			row.Cells[4], row.Cells[6], row.Cells[7] = fmt.Sprintf("%.1f", float64(p.BeforeKiB)/1024), fmt.Sprint(s.Goroutines), fmt.Sprint(s.Dropped)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (r *report) resourceTable() *chart.Table {
	t := &chart.Table{Head: []string{"resource", "used", "there is", "part"}}
	for i, x := range r.Resources {
		t.Rows = append(t.Rows, chart.Row{Strong: i == 0, Cells: []string{x.Name, x.Used, x.Limit, fmt.Sprintf("%.1f %%", 100*x.Part)}})
	}
	return t
}

// notes explain the figures to those who see only the page.
var notes = []chart.Note{
	{Term: "One port, several processes", Text: "Every server listens on the same port with SO_REUSEPORT; the kernel shares the connections out by a hash of their addresses. There are as many processes as the limit of open files of one process asks for."},
	{Term: "The bus", Text: "A NATS server inside the first server process. A publisher of its own puts each event on it once; every server takes it from there, encodes it once, and sends it to its connections, each through a pipeline of its own."},
	{Term: "Delivery time", Text: "From the moment at which the event was due, which is in the event, to the return of the read that brought its last byte: the bus, the server's loop over its connections, the kernel, and the queue of the client process, which shares the processors with the servers."},
	{Term: "Lost", Text: "Events published times connections, less what arrived. It is counted for every event, so that one that reached all but one connection shows."},
	{Term: "Kernel memory", Text: "The growth of the kernel's slab and of TCP's buffers from before the first connection until all were connected, over the connections. Both ends are on this machine; a server alone has about half of it."},
	{Term: "What gives way first", Text: "How much of each of the machine's limits was used. More connections need more of the first row."},
}
