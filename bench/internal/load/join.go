package load

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histograms are a result's times as whole histograms of microseconds, in the
// compressed text form of HdrHistogram (V2), so that percentiles of several results
// together are exact, which no mean of percentiles is.
type Histograms struct {
	Connect    string `json:"connect"`
	Head       string `json:"head"`
	FirstEvent string `json:"first_event"`
	Back       string `json:"back"`
	Latency    string `json:"latency"`
}

// encode gives "" for an empty histogram.
func encode(h *hdrhistogram.Histogram) string {
	if h.TotalCount() == 0 {
		return ""
	}
	b, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return "" // compressing to memory does not fail
	}
	return string(b)
}

// Join makes one result of those of several processes that loaded the same server
// at the same time: counts are added up, times are merged exactly, courses are laid
// over each other by the clock, and each server process counts once. The error
// names the result that lacks its histograms, which those of Run have.
func Join(results ...Result) (Result, error) {
	if len(results) == 0 {
		return Result{}, fmt.Errorf("0 results: there must be at least one to join")
	}
	j := joint{connect: newHistogram(), head: newHistogram(), first: newHistogram(), back: newHistogram(), latency: newHistogram()}
	j.r.Errors = map[string]int64{}
	for i, r := range results {
		if err := j.merge(r); err != nil {
			return Result{}, fmt.Errorf("result %d of %d: %w", i+1, len(results), err)
		}
	}
	r := &j.r
	r.Samples = joinSamples(results)
	r.summarize(j.connect, j.head, j.first, j.back, j.latency)
	r.conclude()
	slices.Sort(r.Warnings)
	r.Warnings = slices.Compact(r.Warnings)
	return j.r, nil
}

// summarize fills in what is computed of the histograms.
func (r *Result) summarize(connect, head, first, back, latency *hdrhistogram.Histogram) {
	r.Connect, r.Head, r.FirstEvent = summarize(connect), summarize(head), summarize(first)
	r.Back, r.Latency = summarize(back), summarize(latency)
	r.Curve = curve(latency)
	r.Histograms = &Histograms{encode(connect), encode(head), encode(first), encode(back), encode(latency)}
}

// joint is a join under way.
type joint struct {
	r                                   Result
	connect, head, first, back, latency *hdrhistogram.Histogram
}

func (j *joint) merge(one Result) error {
	if one.Histograms == nil {
		return fmt.Errorf("it has no histograms: it must be what sseload -json wrote")
	}
	for _, h := range []struct {
		to   *hdrhistogram.Histogram
		text string
	}{{j.connect, one.Histograms.Connect}, {j.head, one.Histograms.Head}, {j.first, one.Histograms.FirstEvent}, {j.back, one.Histograms.Back}, {j.latency, one.Histograms.Latency}} {
		if h.text == "" {
			continue
		}
		part, err := hdrhistogram.Decode([]byte(h.text))
		if err != nil {
			return fmt.Errorf("histogram: %w", err)
		}
		h.to.Merge(part)
	}
	j.count(one)
	j.r.use(one)
	return nil
}

// count adds the plain counts.
func (j *joint) count(one Result) {
	r := &j.r
	for _, url := range one.URLs {
		if !slices.Contains(r.URLs, url) {
			r.URLs = append(r.URLs, url)
		}
	}
	if r.Started.IsZero() || one.Started.Before(r.Started) {
		r.Started = one.Started
	}
	r.Conns += one.Conns
	r.WindowSeconds = max(r.WindowSeconds, one.WindowSeconds)
	r.HeadsIn = max(r.HeadsIn, one.HeadsIn)
	r.Worst = max(r.Worst, one.Worst)
	r.Broken = r.Broken || one.Broken
	for _, add := range []struct {
		to   *int64
		more int64
	}{{&r.Heads, one.Heads}, {&r.Open, one.Open}, {&r.Events, one.Events}, {&r.Bytes, one.Bytes}, {&r.Reads, one.Reads}, {&r.Comments, one.Comments},
		{&r.Gaps, one.Gaps}, {&r.Duplicates, one.Duplicates}, {&r.Untimed, one.Untimed}, {&r.Reopened, one.Reopened}, {&r.Unnumbered, one.Unnumbered}} {
		*add.to += add.more
	}
	r.Warnings = append(r.Warnings, one.Warnings...)
	r.ByEvent = mergeTallies(r.ByEvent, one.ByEvent)
	for _, why := range slices.Sorted(maps.Keys(one.Errors)) {
		r.Errors[why] += one.Errors[why]
	}
}

// use adds what processes used. A server's process that several results have is
// taken from the first of them; of the rest of the machine the least is believed,
// since each result counts the others' load generators as such.
func (r *Result) use(one Result) {
	r.Client.CPUSeconds += one.Client.CPUSeconds
	r.Client.RSSKiB += one.Client.RSSKiB
	if r.Client.Busiest == 0 || one.Client.Others < r.Client.Others {
		r.Client.Others = one.Client.Others
	}
	r.Client.Busiest = max(r.Client.Busiest, one.Client.Busiest)
	if one.Slow != nil {
		r.Slow = &SlowResult{Conns: one.Slow.Conns + orZero(r.Slow).Conns, Closed: one.Slow.Closed + orZero(r.Slow).Closed}
	}
	if k := one.Kill; k != nil {
		if r.Kill == nil {
			r.Kill = &KillResult{BeganNS: k.BeganNS, EndedNS: k.EndedNS}
		}
		r.Kill.Conns += k.Conns
		r.Kill.BeganNS, r.Kill.EndedNS = min(r.Kill.BeganNS, k.BeganNS), max(r.Kill.EndedNS, k.EndedNS)
	}
	if s := one.Server; s != nil {
		if r.Server == nil {
			copied := *s
			r.Server = &copied
		} else if r.Server.PID != s.PID {
			r.Server.add(*s)
		}
	}
}

func orZero(s *SlowResult) SlowResult {
	if s == nil {
		return SlowResult{}
	}
	return *s
}

// add adds another process.
func (s *ServerUse) add(other ServerUse) {
	s.CPUSeconds += other.CPUSeconds
	s.RSSBefore += other.RSSBefore
	s.RSSConnected += other.RSSConnected
	s.RSSEnd += other.RSSEnd
	s.RSSMax += other.RSSMax
}

// joinSamples lays the courses over each other: at each moment of the first one's
// grid the latest sample of every result, added up. A server's process counts once.
func joinSamples(results []Result) (joined []Sample) {
	start := slices.MinFunc(results, func(a, b Result) int { return a.Started.Compare(b.Started) }).Started
	end := int64(0)
	for _, r := range results {
		if n := len(r.Samples); n > 0 {
			end = max(end, r.Samples[n-1].AtMS+r.Started.Sub(start).Milliseconds())
		}
	}
	at := make([]int, len(results))
	for ms := int64(0); ms <= end; ms += int64(sampleEvery / time.Millisecond) {
		sum, seen := Sample{AtMS: ms}, map[int]bool{}
		for i, r := range results {
			late := r.Started.Sub(start).Milliseconds()
			for at[i] < len(r.Samples) && r.Samples[at[i]].AtMS+late <= ms {
				at[i]++
			}
			if at[i] == 0 {
				continue
			}
			s := r.Samples[at[i]-1]
			sum.Open, sum.Events, sum.Bytes = sum.Open+s.Open, sum.Events+s.Events, sum.Bytes+s.Bytes
			if r.Server != nil && !seen[r.Server.PID] {
				seen[r.Server.PID] = true
				sum.CPUMS, sum.RSSKiB = sum.CPUMS+s.CPUMS, sum.RSSKiB+s.RSSKiB
			}
		}
		joined = append(joined, sum)
	}
	return joined
}
