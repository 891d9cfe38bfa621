package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"maps"

	"github.com/freshet-go/freshet/bench/internal/load"
)

// table prints a result for people.
func table(w io.Writer, r load.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d connections, %.1f s\n", strings.Join(r.URLs, ", "), r.Conns, r.WindowSeconds)
	fmt.Fprintf(&b, "  connected   %d, open at the end %d, all in %.1f ms\n", r.Heads, r.Open, float64(r.HeadsIn)/1000)
	fmt.Fprintf(&b, "  events      %d, %.0f a second, %.1f in a read\n", r.Events, r.EventsPerS, per(r.Events, r.Reads))
	fmt.Fprintf(&b, "  bytes       %d, %.1f MB a second; %d comments\n", r.Bytes, r.BytesPerS/1e6, r.Comments)
	fmt.Fprintf(&b, "  lost        %d by gaps in the ids; %d duplicates, %d without a number\n", r.Gaps, r.Duplicates, r.Unnumbered)
	fmt.Fprintf(&b, "  %-12s%9s %9s %9s %9s %9s %9s ms\n", "", "mean", "p50", "p90", "p99", "p99.9", "max")
	row(&b, "connect", r.Connect)
	row(&b, "head", r.Head)
	row(&b, "first event", r.FirstEvent)
	if r.Back.Count > 0 {
		row(&b, "back", r.Back)
	}
	row(&b, "latency", r.Latency)
	if s := r.Server; s != nil {
		fmt.Fprintf(&b, "  server      CPU %.2f s, %.2f us an event; RSS %d KiB before, %d connected, %d at the end, %.2f KiB a connection\n",
			s.CPUSeconds, s.CPUPerEvent, s.RSSBefore, s.RSSConnected, s.RSSEnd, s.RSSPerConn)
	}
	fmt.Fprintf(&b, "  sseload     CPU %.2f s, busiest worker %.0f %%, RSS %d KiB\n", r.Client.CPUSeconds, 100*r.Client.Busiest, r.Client.RSSKiB)
	if r.Reopened > 0 {
		fmt.Fprintf(&b, "  came back   %d times\n", r.Reopened)
	}
	if r.Slow != nil {
		fmt.Fprintf(&b, "  slow        %d connections that never read, %d closed by the server\n", r.Slow.Conns, r.Slow.Closed)
	}
	if r.Kill != nil {
		fmt.Fprintf(&b, "  killed      %d connections in %.1f ms\n", r.Kill.Conns, float64(r.Kill.EndedNS-r.Kill.BeganNS)/1e6)
	}
	for _, why := range slices.Sorted(maps.Keys(r.Errors)) {
		fmt.Fprintf(&b, "  error       %d times: %s\n", r.Errors[why], why)
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(&b, "  warning     %s\n", warning)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func row(b *strings.Builder, name string, s load.Summary) {
	ms := func(us int64) float64 { return float64(us) / 1000 }
	fmt.Fprintf(b, "  %-12s%9.2f %9.2f %9.2f %9.2f %9.2f %9.2f\n",
		name, s.Mean/1000, ms(s.P50), ms(s.P90), ms(s.P99), ms(s.P999), ms(s.Max))
}

func per(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
