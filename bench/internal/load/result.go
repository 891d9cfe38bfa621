package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Result is what one run measured. Times are in microseconds, memory in KiB.
type Result struct {
	URLs          []string  `json:"urls"`
	Started       time.Time `json:"started"`
	Conns         int       `json:"conns"`
	WindowSeconds float64   `json:"window_seconds"`

	Heads      int64            `json:"heads"`             // connections with a good response head
	Open       int64            `json:"open"`              // of those, open at the end of the window
	HeadsIn    int64            `json:"heads_in_us"`       // from the first connect to the last head
	Connect    Summary          `json:"connect_us"`        // TCP: until writable
	Head       Summary          `json:"head_us"`           // from connect until the head is whole
	FirstEvent Summary          `json:"first_event_us"`    // from connect until the first event
	Back       Summary          `json:"back_us"`           // as head, of connections that came back in the window
	Latency    Summary          `json:"latency_us"`        // from the timestamp in the data, in the window
	Curve      []Quantile       `json:"latency_curve"`     // the same, at more percentiles
	Events     int64            `json:"events"`            // all counts from here on: in the window
	Bytes      int64            `json:"bytes"`             // off the sockets, framing included
	Reads      int64            `json:"reads"`             // read calls that gave data
	Comments   int64            `json:"comments"`          // heartbeats and the like
	Gaps       int64            `json:"gaps"`              // ids that were jumped over
	Duplicates int64            `json:"duplicates"`        // ids not above the one before
	Untimed    int64            `json:"untimed"`           // events without the timestamp
	Reopened   int64            `json:"reopened"`          // connections that came back, or tried to
	Unnumbered int64            `json:"unnumbered"`        // events without a numeric id
	EventsPerS float64          `json:"events_per_second"` //
	BytesPerS  float64          `json:"bytes_per_second"`  //
	Worst      int64            `json:"worst_behind_us"`   // largest latency of any event since the start
	Broken     bool             `json:"interrupted"`       // the context ended the run early
	Warnings   []string         `json:"warnings,omitempty"`
	Errors     map[string]int64 `json:"errors,omitempty"`

	// Histograms are whole, so that results can be joined; ByEvent is there if
	// Options.ByEvent asked for it, by id.
	Histograms *Histograms  `json:"histograms,omitempty"`
	ByEvent    []EventTally `json:"by_event,omitempty"`

	Slow    *SlowResult `json:"slow,omitempty"`
	Kill    *KillResult `json:"kill,omitempty"`
	Server  *ServerUse  `json:"server,omitempty"`
	Client  ClientUse   `json:"client"`
	Samples []Sample    `json:"samples,omitempty"`
}

// Summary is a histogram in a few numbers, all in microseconds.
type Summary struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"mean"`
	P50   int64   `json:"p50"`
	P90   int64   `json:"p90"`
	P99   int64   `json:"p99"`
	P999  int64   `json:"p999"`
	Max   int64   `json:"max"`
}

// Quantile is one point of a distribution: so many percent took at most so long.
type Quantile struct {
	Percent float64 `json:"percent"`
	US      int64   `json:"us"`
}

// curvePercents are the percentiles of a curve. The largest value is the last.
var curvePercents = []float64{25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100}

// SlowResult tells of the connections that never read.
type SlowResult struct {
	Conns  int64 `json:"conns"`
	Closed int64 `json:"closed"` // by the server, seen without reading
}

// KillResult tells when connections were closed at once.
type KillResult struct {
	Conns   int64 `json:"conns"`
	BeganNS int64 `json:"began_unix_ns"` // before the first close
	EndedNS int64 `json:"ended_unix_ns"` // after the last close
}

// ServerUse is what the server process used.
type ServerUse struct {
	PID            int     `json:"pid"`               // of the first of its processes
	CPUSeconds     float64 `json:"cpu_seconds"`       // in the window, user and system
	CPUPerEvent    float64 `json:"cpu_per_event_us"`  // CPUSeconds over events received
	RSSBefore      int64   `json:"rss_before_kib"`    // before the first connection
	RSSConnected   int64   `json:"rss_connected_kib"` // when the last head had come
	RSSEnd         int64   `json:"rss_end_kib"`       // at the end of the window
	RSSMax         int64   `json:"rss_max_kib"`       // of all samples
	RSSPerConn     float64 `json:"rss_per_conn_kib"`  // (end - before) over heads
	IdleRSSPerConn float64 `json:"rss_connected_per_conn_kib"`
}

// ClientUse is what this process used, to tell a slow server from a busy load
// generator.
type ClientUse struct {
	CPUSeconds float64 `json:"cpu_seconds"`
	Busiest    float64 `json:"busiest_worker"` // part of the window that it was not waiting, 0 to 1
	RSSKiB     int64   `json:"rss_kib"`        // at the end of the window

	// Others is the part of the machine's capacity in the window that went to
	// neither this process nor the server, 0 to 1; only where the server's
	// process is known.
	Others float64 `json:"others"`
}

// sampleEvery is the distance of two samples.
const sampleEvery = 250 * time.Millisecond

// Sample is one point of the run's course.
type Sample struct {
	AtMS   int64 `json:"at_ms"` // since the start
	Open   int64 `json:"open"`
	Events int64 `json:"events"` // since the start
	Bytes  int64 `json:"bytes"`
	CPUMS  int64 `json:"server_cpu_ms"`
	RSSKiB int64 `json:"server_rss_kib"`
}

// maxMicros is the largest time a histogram holds; larger ones count as it.
const maxMicros = int64(MaxDuration / time.Microsecond)

// newHistogram makes one for microseconds with three significant digits.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, maxMicros, 3) }

// record adds a time in nanoseconds. What is below a microsecond counts as one.
func record(h *hdrhistogram.Histogram, ns int64) {
	_ = h.RecordValue(min(max(ns/1000, 1), maxMicros)) // cannot be out of range
}

func summarize(h *hdrhistogram.Histogram) Summary {
	if h.TotalCount() == 0 {
		return Summary{}
	}
	p := h.ValueAtPercentilesSlice([]float64{50, 90, 99, 99.9})
	return Summary{h.TotalCount(), h.Mean(), p[0], p[1], p[2], p[3], h.Max()}
}

// curve gives a histogram's percentiles; nil if it is empty.
func curve(h *hdrhistogram.Histogram) []Quantile {
	if h.TotalCount() == 0 {
		return nil
	}
	points := make([]Quantile, 0, len(curvePercents))
	for _, percent := range curvePercents {
		points = append(points, Quantile{percent, h.ValueAtPercentile(percent)})
	}
	return points
}
