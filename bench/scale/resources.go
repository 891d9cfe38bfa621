package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// resource is one of the machine's, and how much of it was used.
type resource struct {
	Name  string  `json:"name"`
	Used  string  `json:"used"`
	Limit string  `json:"limit"`
	Part  float64 `json:"part"` // of the limit, 0 to 1 and more
	Each  bool    `json:"each"` // the limit is that of one process or address, and more of them help
}

// resources gives them, the one that gives way first in front.
func (r *report) resources() []resource {
	before, idle := r.began(phaseConnecting), r.began(phaseIdle)
	from, to := r.began(phasePublishing), r.began(phaseOver)
	wall := float64(max(1, to.AtMS-from.AtMS))
	taken, buffers := int64(0), int64(0)
	for _, s := range r.Samples {
		taken, buffers = max(taken, s.ServerKiB+s.ClientKiB+r.kernelKiB(s)), max(buffers, s.Kernel.BuffersKiB)
	}
	files := int64(0)
	for _, p := range r.Processes {
		files = max(files, int64(p.Files))
	}
	ports := int64(r.Limits.LastPort - r.Limits.FirstPort + 1)
	perSource := int64(r.Options.Conns / r.Options.Clients / max(1, (r.Options.Conns/r.Options.Clients+9999)/10000))
	all := []resource{
		share("open files of one process", files, int64(r.Limits.Files), "").each(),
		share("ports of one source address", perSource, ports, "").each(),
		share("memory, at the most", taken>>10, before.Kernel.AvailableKiB>>10, " MiB"),
		share("kernel memory for TCP buffers, at the most", buffers>>10, int64(r.Limits.TCPMemory)*4>>10, " MiB"),
		share("processors, while publishing", to.own()-from.own(), int64(wall)*int64(r.Machine.CPUs), " ms"),
		share("processors, while connecting", idle.own()-before.own(), max(1, idle.AtMS-before.AtMS)*int64(r.Machine.CPUs), " ms"),
		share("time between two events, until the last client has one", middle(r.last())/1000, r.Options.Every.Milliseconds(), " ms"),
	}
	slices.SortStableFunc(all, func(a, b resource) int { return cmp.Compare(b.Part, a.Part) })
	return all
}

func share(name string, used, limit int64, unit string) resource {
	return resource{name, fmt.Sprint(used, unit), fmt.Sprint(limit, unit), float64(used) / float64(max(1, limit)), false}
}

func (x resource) each() resource {
	x.Each = true
	return x
}

// kernelKiB gives by how much the kernel's memory has grown since the first sample.
func (r *report) kernelKiB(s sample) int64 {
	first := r.Samples[0].Kernel
	return s.Kernel.SlabKiB + s.Kernel.BuffersKiB - first.SlabKiB - first.BuffersKiB
}

// bottleneck says in words which of the machine's resources is the nearest to its
// end, and which limit of a single process is, if that comes before.
func (r *report) bottleneck() string {
	var text strings.Builder
	for _, x := range r.Resources {
		what := fmt.Sprintf("%s, %s of %s (%.0f %%)", x.Name, x.Used, x.Limit, 100*x.Part)
		if !x.Each {
			fmt.Fprintf(&text, "Of the machine, the nearest to its end: %s.", what)
			break
		}
		fmt.Fprintf(&text, "A limit that more processes or addresses move: %s. ", what)
	}
	if other := r.others(); other > 0.05 {
		fmt.Fprintf(&text, " %.0f %% of the machine went to processes without a part in this.", 100*other)
	}
	return text.String()
}

// perConn are the figures that one connection costs.
type perConn struct {
	serverIdle, server, kernel, clients float64 // KiB
	delivery                            float64 // microseconds of the servers' processors
	clientDelivery                      float64
}

func (r *report) perConn() (p perConn) {
	n := float64(max(1, r.Connected))
	p.serverIdle = float64(r.sum(roleServer, func(u processUse) int64 { return u.ConnectedKiB - u.BeforeKiB })) / n
	p.server = float64(r.sum(roleServer, func(u processUse) int64 { return u.EndKiB - u.BeforeKiB })) / n
	before, publishing := r.began(phaseConnecting).Kernel, r.began(phasePublishing).Kernel
	p.kernel = float64(publishing.SlabKiB+publishing.BuffersKiB-before.SlabKiB-before.BuffersKiB) / n
	p.clients = float64(r.sum(roleClient, func(u processUse) int64 { return u.EndKiB })) / n
	deliveries := float64(max(1, r.Published)) * n
	p.delivery = float64(r.sum(roleServer, func(u processUse) int64 { return int64(u.CPUSeconds * 1e6) })) / deliveries
	p.clientDelivery = float64(r.sum(roleClient, func(u processUse) int64 { return int64(u.CPUSeconds * 1e6) })) / deliveries
	return p
}

// text is the report for a terminal.
func (r *report) text() string {
	var t strings.Builder
	one, last, res := r.perConn(), r.last(), r.Result
	took := time.Duration(r.began(phaseIdle).AtMS-r.began(phaseConnecting).AtMS) * time.Millisecond
	fmt.Fprintf(&t, "%d connections, %d servers, %d clients; %s\n\n", r.Options.Conns, r.Options.Servers, r.Options.Clients, r.Machine.Text())
	fmt.Fprintf(&t, "  connected       %d in %v, open at the end %d\n", r.Connected, took.Round(100*time.Millisecond), res.Open)
	fmt.Fprintf(&t, "  events          %d published, %d delivered, %d lost, %d duplicates\n", r.Published, res.Events, r.Lost, res.Duplicates)
	fmt.Fprintf(&t, "  last client     had an event after %.0f ms (median), %.0f ms at the most\n", inMS(middle(last)), inMS(res.Latency.Max))
	fmt.Fprintf(&t, "  delivery        p50 %.0f ms, p99 %.0f ms\n", inMS(res.Latency.P50), inMS(res.Latency.P99))
	fmt.Fprintf(&t, "  memory a conn.  servers %.2f KiB idle, %.2f at the end; kernel %.2f for both ends; clients %.2f\n", one.serverIdle, one.server, one.kernel, one.clients)
	fmt.Fprintf(&t, "  CPU a delivery  servers %.2f us, clients %.2f us; other load %.0f %% of the machine\n\n", one.delivery, one.clientDelivery, 100*r.others())
	for _, p := range r.Processes {
		fmt.Fprintf(&t, "  %s %d: %d connections, %d files, RSS %d MiB, CPU %.2f s\n", p.Role, p.Index, p.Conns, p.Files, p.EndKiB>>10, p.CPUSeconds)
	}
	t.WriteString("\n  what gives way first\n  " + r.bottleneck() + "\n")
	for _, x := range r.Resources {
		fmt.Fprintf(&t, "  %5.1f %%  %s: %s of %s\n", 100*x.Part, x.Name, x.Used, x.Limit)
	}
	for _, warning := range res.Warnings {
		fmt.Fprintf(&t, "  warning: %s\n", warning)
	}
	for why, n := range res.Errors {
		fmt.Fprintf(&t, "  error: %d times %s\n", n, why)
	}
	return t.String()
}

func inMS(us int64) float64 { return float64(us) / 1000 }

// others gives the part of the machine that other processes took while publishing.
func (r *report) others() float64 {
	from, to := r.began(phasePublishing), r.began(phaseOver)
	all := float64(max(1, to.AtMS-from.AtMS)) * float64(r.Machine.CPUs)
	return max(0, float64(to.BusyMS-from.BusyMS-(to.own()-from.own()))/all)
}
