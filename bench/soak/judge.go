package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What may be more without being growth, besides those that never read: they come and
// are closed in waves, which a quarter of a short soak may see the one side of. The
// first quarter is not looked at: pools and the collector's pace settle in it.
const (
	spareFiles      = 16
	spareGoroutines = 32
	growsFiles      = 200 // churn and victims: between closing and opening
	growsGoroutines = 64  // fasthttp's workers
	growsKiB        = 2048
	growsPart       = 0.05
	slowKiB         = 8   // for each of those that never read
	unaccounted     = 200 // connections that change sides while they are counted
	present         = 0.95
)

// judge compares what was found with what must hold.
func (r *report) judge() {
	v := &r.Verdicts
	rss := func(s sample) int64 { return s.RSSKiB }
	files := func(s sample) int64 { return s.Files }
	goroutines := func(s sample) int64 { return s.Goroutines }
	slow := int64(float64(r.Options.Conns) * r.Options.Slow)
	moreKiB, moreFiles := growsKiB+slow*slowKiB, growsFiles+slow
	from, to := r.quarter(1, rss), r.quarter(3, rss)
	v.Add("memory, second and last quarter", len(r.Samples) >= 8 && float64(to) <= float64(from)*(1+growsPart)+float64(moreKiB),
		fmt.Sprintf("at most %.0f %% and %d MiB more", 100*growsPart, moreKiB>>10), "%.1f and %.1f MiB", float64(from)/1024, float64(to)/1024)
	from, to = r.quarter(1, files), r.quarter(3, files)
	v.Add("open files, second and last quarter", to <= from+moreFiles, fmt.Sprintf("at most %d more", moreFiles), "%d and %d", from, to)
	from, to = r.quarter(1, goroutines), r.quarter(3, goroutines)
	v.Add("goroutines, second and last quarter", to <= from+growsGoroutines, fmt.Sprintf("at most %d more", growsGoroutines), "%d and %d", from, to)

	most := int64(0)
	for _, s := range r.Samples {
		most = max(most, s.off(), -s.off())
	}
	v.Add("accepted less live and closed, all the time", most <= unaccounted, fmt.Sprintf("at most %d either way", unaccounted), "%d", most)
	v.Add("accepted less live and closed, at the end", r.After.off() == 0, "0", "%d of %d", r.After.off(), r.After.Streams.Accepted)
	readers := float64(r.Options.Conns) * (1 - r.Options.Slow)
	live := r.quarter(3, func(s sample) int64 { return s.Streams.Live })
	v.Add("live connections, last quarter", float64(live) >= present*readers, fmt.Sprintf("at least %.0f %% of the %.0f that read", 100*present, readers), "%d", live)

	v.Add("lost by those that read", r.Result.Gaps == 0, "0", "%d of %d", r.Result.Gaps, r.Result.Events)
	v.Add("duplicates", r.Result.Duplicates == 0, "0", "%d", r.Result.Duplicates)
	v.Add("connections refused", r.After.Streams.Refused == r.Before.Streams.Refused, "0", "%d", r.After.Streams.Refused)
	v.Add("those that read and were closed by the server", r.closedOnReaders() == 0, "0, but for their lifetime", "%d", r.closedOnReaders())

	v.Add("live when all have left", r.After.Streams.Live == 0, "0", "%d", r.After.Streams.Live)
	v.Add("bytes that wait when all have left", r.After.Streams.Pending == 0, "0", "%d", r.After.Streams.Pending)
	v.Add("open files before and after", r.After.Files <= r.Before.Files+spareFiles, fmt.Sprintf("at most %d more", spareFiles), "%d and %d", r.Before.Files, r.After.Files)
	v.Add("goroutines before and after", r.After.Goroutines <= r.Before.Goroutines+spareGoroutines, fmt.Sprintf("at most %d more", spareGoroutines), "%d and %d", r.Before.Goroutines, r.After.Goroutines)
}

// closedOnReaders counts what ended under those that read, less what was due: their
// streams have a lifetime. Churn and the never-reading are not in it.
func (r *report) closedOnReaders() int64 {
	ended := int64(0)
	for _, n := range r.Result.Errors {
		ended += n
	}
	return max(0, ended-r.After.Streams.Closed["expired"])
}

// text is the report for a terminal.
func (r *report) text() string {
	var t strings.Builder
	o, res := r.Options, r.Result
	fmt.Fprintf(&t, "soak of %s for %v: %d connections, %v events/s, %v come and go a second, %.0f %% never read, %.0f %% are killed; %s\n\n",
		o.Kind, o.Duration, o.Conns, o.Rate, o.Churn, 100*o.Slow, 100*o.Killed, r.Machine.Text())
	t.WriteString(r.Verdicts.String())
	fmt.Fprintf(&t, "\naccepted %d, closed", r.After.Streams.Accepted)
	for _, reason := range slices.Sorted(maps.Keys(r.After.Streams.Closed)) {
		fmt.Fprintf(&t, " %s %d", reason, r.After.Streams.Closed[reason])
	}
	fmt.Fprintf(&t, "; %d processes killed, %d connections came back\n", r.Kills, res.Reopened)
	fmt.Fprintf(&t, "delivered %d events, p50 %.1f ms, p99 %.1f ms; back within p99 %.1f ms; %d samples\n",
		res.Events, float64(res.Latency.P50)/1000, float64(res.Latency.P99)/1000, float64(res.Back.P99)/1000, len(r.Samples))
	for _, why := range slices.Sorted(maps.Keys(res.Errors)) {
		fmt.Fprintf(&t, "ended under a client: %d times %s\n", res.Errors[why], why)
	}
	return t.String()
}
