package load

import "fmt"

// busyWarning is the part of the window from which on a worker counts as the
// bottleneck.
const busyWarning = 0.9

// othersWarning is the part of the machine from which on the rest of it counts as
// a disturbance.
const othersWarning = 0.05

// conclude computes what follows from the counts, and warns.
func (r *Result) conclude() {
	if r.WindowSeconds > 0 {
		r.EventsPerS = float64(r.Events) / r.WindowSeconds
		r.BytesPerS = float64(r.Bytes) / r.WindowSeconds
	}
	if r.Client.Busiest > busyWarning {
		r.Warnings = append(r.Warnings, fmt.Sprintf(
			"a worker was busy for %.0f %% of the window: the load generator may be the bottleneck", 100*r.Client.Busiest))
	}
	if r.Client.Others > othersWarning {
		r.Warnings = append(r.Warnings, fmt.Sprintf("other processes took %.0f %% of the machine", 100*r.Client.Others))
	}
	if r.Untimed > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d events had no timestamp", r.Untimed))
	}
	s := r.Server
	if s == nil {
		return
	}
	if len(r.URLs) > 1 {
		r.Warnings = append(r.Warnings, "several URLs, and the figures of one server process: they are over all connections and all events")
	}
	if r.Events > 0 {
		s.CPUPerEvent = s.CPUSeconds * 1e6 / float64(r.Events)
	}
	if r.Heads > 0 {
		s.RSSPerConn = float64(s.RSSEnd-s.RSSBefore) / float64(r.Heads)
		s.IdleRSSPerConn = float64(s.RSSConnected-s.RSSBefore) / float64(r.Heads)
	}
	for _, sample := range r.Samples {
		s.RSSMax = max(s.RSSMax, sample.RSSKiB)
	}
	s.RSSMax = max(s.RSSMax, s.RSSEnd, s.RSSConnected)
}
