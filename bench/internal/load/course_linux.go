package load

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/freshet-go/freshet/bench/internal/machine"
)

// lineEvery is the distance of two progress lines on a terminal, plainEvery that
// elsewhere.
const (
	lineEvery  = 500 * time.Millisecond
	plainEvery = 5 * time.Second
)

// totals are the live counts of all workers at one moment.
type totals struct {
	requested, heads, open, failed, events, bytes, worst, lastHead, slowClosed int64
}

// course follows a run: totals, samples and the progress line. Only the
// coordinator touches it.
type course struct {
	opt     Options
	start   time.Time
	workers []*worker
	now     totals
	samples []Sample

	terminal   bool
	nextSample time.Time
	nextLine   time.Time
	lastLine   time.Time
	lastEvents int64
}

func newCourse(opt Options, start time.Time, workers []*worker) course {
	return course{opt: opt, start: start, workers: workers, terminal: isTerminal(opt.Progress), lastLine: start}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// look takes the totals, and a sample and a progress line when they are due.
func (c *course) look(what string) {
	c.now = totals{}
	for _, w := range c.workers {
		l := &w.live
		c.now.requested += l.requested.Load()
		c.now.heads += l.heads.Load()
		c.now.open += l.open.Load()
		c.now.failed += l.failed.Load()
		c.now.events += l.events.Load()
		c.now.bytes += l.bytes.Load()
		c.now.slowClosed += l.slowClosed.Load()
		c.now.worst = max(c.now.worst, l.worst.Load())
		c.now.lastHead = max(c.now.lastHead, l.lastHead.Load())
	}
	t := time.Now()
	if !t.Before(c.nextSample) {
		c.nextSample = t.Add(sampleEvery)
		c.sample(t)
	}
	if c.opt.Progress != nil && !t.Before(c.nextLine) {
		c.line(t, what)
	}
}

func (c *course) sample(t time.Time) {
	s := Sample{AtMS: t.Sub(c.start).Milliseconds(), Open: c.now.open, Events: c.now.events, Bytes: c.now.bytes}
	if len(c.opt.PIDs) > 0 {
		cpu, _ := together(c.opt.PIDs, machine.CPU) // a server that died shows in the errors
		s.CPUMS = cpu.Milliseconds()
		s.RSSKiB, _ = together(c.opt.PIDs, machine.QuickKiB)
	}
	c.samples = append(c.samples, s)
}

func (c *course) line(t time.Time, what string) {
	per := float64(c.now.events-c.lastEvents) / max(t.Sub(c.lastLine).Seconds(), 0.001)
	c.lastLine, c.lastEvents = t, c.now.events
	format, every := "\r\x1b[K%s", lineEvery
	if !c.terminal {
		format, every = "%s\n", plainEvery
	}
	c.nextLine = t.Add(every)
	text := fmt.Sprintf("%5.1fs %s: %d/%d open, %.0f events/s, worst so far %.1f ms, %d failed",
		t.Sub(c.start).Seconds(), what, c.now.open, c.opt.Conns, per, float64(c.now.worst)/1e6, c.now.failed)
	_, _ = fmt.Fprintf(c.opt.Progress, format, text)
}

// end finishes the progress line.
func (c *course) end() {
	if c.opt.Progress != nil && c.terminal {
		_, _ = fmt.Fprintln(c.opt.Progress)
	}
}
