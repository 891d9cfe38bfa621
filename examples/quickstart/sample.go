package main

import (
	"io/fs"
	"math"
	"runtime/metrics"
	"time"
)

// Sample is one look at the machine and at this process. Each field but At is
// the data of the event of the same name. A slice that is nil, or a total of zero, says
// that this system does not tell.
type Sample struct {
	At     time.Time
	CPU    CPU
	Memory Memory
	Go     Go
	Net    Net
}

// CPU is the data of a cpu event: how busy the processors were since the sample
// before, in percent, and the load averages of 1, 5 and 15 minutes.
type CPU struct {
	Total float64   `json:"total"`
	Cores []float64 `json:"cores"`
	Load  []float64 `json:"load"`
}

// Memory is the data of a memory event, in bytes: the machine's, then what this
// process has resident.
type Memory struct {
	Total    uint64 `json:"total"`
	Used     uint64 `json:"used"`
	SwapUsed uint64 `json:"swapUsed"`
	RSS      uint64 `json:"rss"`
}

// Go is the data of a go event: this process as its runtime sees it. Uptime is in
// milliseconds, Heap in bytes; GCPauses counts the pauses since the sample before, and GCPauseMax is
// the longest of them in seconds.
type Go struct {
	Uptime     int64   `json:"uptime"`
	Goroutines uint64  `json:"goroutines"`
	Heap       uint64  `json:"heap"`
	GCCycles   uint64  `json:"gcCycles"`
	GCPauses   uint64  `json:"gcPauses"`
	GCPauseMax float64 `json:"gcPauseMax"`
}

// Net is the data of a net event, in bytes a second since the sample before.
// Loopback traffic is told apart: with everything on one machine it is where
// this program's own events go.
type Net struct {
	Known    bool    `json:"known"`
	In       float64 `json:"in"`
	Out      float64 `json:"out"`
	Loopback float64 `json:"loopback"`
}

// sampler turns counters into samples: it holds the reading before, which rates
// are measured against. One goroutine at a time may call sample.
type sampler struct {
	proc    fs.FS
	now     func() time.Time
	started time.Time
	last    reading
	lastAt  time.Time
	metrics []metrics.Sample
	pauses  []uint64 // bucket counts of the reading before
}

// reading is the raw state of the machine's counters at one moment.
type reading struct {
	cores        []coreTicks
	load         []float64
	memory       Memory
	net          map[string]traffic // by interface
	loopbackName string
}

// coreTicks counts what a core did since boot, in clock ticks.
type coreTicks struct {
	name        string
	busy, total uint64
}

// traffic counts bytes of one interface since it came up.
type traffic struct{ in, out uint64 }

// The order of the runtime's metrics in sampler.metrics.
const (
	goroutines = iota
	heapObjects
	gcCycles
	gcPauses
	runtimeTotal
	runtimeReleased
)

// newSampler takes the first reading, so that the first sample has something to
// be measured against. proc is the root of procfs; systems without one ignore
// it. The error names what could not be read; the sampler works without that.
func newSampler(proc fs.FS, now func() time.Time) (*sampler, error) {
	at := now()
	s := &sampler{proc: proc, now: now, started: at, lastAt: at, metrics: []metrics.Sample{
		goroutines:      {Name: "/sched/goroutines:goroutines"},
		heapObjects:     {Name: "/memory/classes/heap/objects:bytes"},
		gcCycles:        {Name: "/gc/cycles/total:gc-cycles"},
		gcPauses:        {Name: "/sched/pauses/total/gc:seconds"},
		runtimeTotal:    {Name: "/memory/classes/total:bytes"},
		runtimeReleased: {Name: "/memory/classes/heap/released:bytes"},
	}}
	var err error
	s.last, err = readMachine(proc)
	s.readRuntime()
	return s, err
}

// sample measures since the call before. Its argument is the tick that asked
// for it, so that it can be the function of a flux.Map.
func (s *sampler) sample(int64) Sample {
	at := s.now()
	next, _ := readMachine(s.proc) // what cannot be read was reported at the start, and stays zero
	out := rates(s.last, next, at.Sub(s.lastAt))
	out.At, out.Go = at, s.readRuntime()
	out.Go.Uptime = at.Sub(s.started).Milliseconds()
	if out.Memory.RSS == 0 { // no procfs: what the runtime holds from the system comes closest
		out.Memory.RSS = s.metrics[runtimeTotal].Value.Uint64() - s.metrics[runtimeReleased].Value.Uint64()
	}
	s.last, s.lastAt = next, at
	return out
}

// rates gives what changed from one reading to the next. A core or an interface
// that only one of them knows counts as idle.
func rates(before, after reading, elapsed time.Duration) Sample {
	out := Sample{Memory: after.memory, CPU: CPU{Load: after.load}, Net: Net{Known: after.net != nil}}
	known := make(map[string]coreTicks, len(before.cores))
	for _, c := range before.cores {
		known[c.name] = c
	}
	var busy, total uint64
	for _, c := range after.cores {
		was, ok := known[c.name]
		if !ok {
			was = c
		}
		b, t := tickDelta(was.busy, c.busy), tickDelta(was.total, c.total)
		out.CPU.Cores = append(out.CPU.Cores, percent(b, t))
		busy, total = busy+b, total+t
	}
	out.CPU.Total = percent(busy, total)
	if elapsed <= 0 {
		return out
	}
	for name, now := range after.net {
		was, ok := before.net[name]
		if !ok {
			continue
		}
		in := float64(byteDelta(was.in, now.in)) / elapsed.Seconds()
		sent := float64(byteDelta(was.out, now.out)) / elapsed.Seconds()
		if name == after.loopbackName {
			out.Net.Loopback += math.Round(in) // what loopback sends it receives
			continue
		}
		out.Net.In += math.Round(in)
		out.Net.Out += math.Round(sent)
	}
	return out
}

// tickDelta is now-was, or 0 where the counter went back: the kernel corrects
// its idle times now and then, and a core that was replugged starts anew.
func tickDelta(was, now uint64) uint64 {
	if now < was {
		return 0
	}
	return now - was
}

// byteDelta is the growth of an interface's byte counter. A fall of more than
// half the range is a wrap, of 32 bits where the old value fits into them (the
// kernel counts in the machine's word size); any other fall is a counter that
// started again from zero.
func byteDelta(was, now uint64) uint64 {
	switch fall := was - now; {
	case now >= was:
		return now - was
	case was <= math.MaxUint32 && fall > math.MaxUint32/2:
		return now + (math.MaxUint32 - was) + 1
	case fall > math.MaxUint64/2:
		return now - was // modulo 2^64
	}
	return now
}

// percent is part of whole, between 0 and 100, with one decimal.
func percent(part, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return math.Round(1000*min(float64(part)/float64(whole), 1)) / 10
}

func (s *sampler) readRuntime() Go {
	metrics.Read(s.metrics)
	out := Go{
		Goroutines: s.metrics[goroutines].Value.Uint64(),
		Heap:       s.metrics[heapObjects].Value.Uint64(),
		GCCycles:   s.metrics[gcCycles].Value.Uint64(),
	}
	histogram := s.metrics[gcPauses].Value.Float64Histogram()
	out.GCPauses, out.GCPauseMax = newPauses(s.pauses, histogram)
	s.pauses = append(s.pauses[:0], histogram.Counts...)
	return out
}

// newPauses counts the pauses that a histogram gained over the counts of
// before, and gives the upper bound of the highest bucket that gained any.
// Before is empty at the first reading, which gains nothing.
func newPauses(before []uint64, now *metrics.Float64Histogram) (count uint64, longest float64) {
	if len(before) != len(now.Counts) {
		return 0, 0
	}
	for i, n := range now.Counts {
		if n == before[i] {
			continue
		}
		count += n - before[i]
		longest = now.Buckets[i+1]
		if math.IsInf(longest, 1) {
			longest = now.Buckets[i]
		}
	}
	return count, longest
}
