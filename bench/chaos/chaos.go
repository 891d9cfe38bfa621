package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/machine"
	"github.com/freshet-go/freshet/bench/internal/program"
	"github.com/freshet-go/freshet/bench/internal/verdict"
)

// chaos is a test under way.
type chaos struct {
	options
	programs program.Programs
	server   *program.Server
	before   state
	after    state
	phases   []phase
	verdicts verdict.List
}

// state is what the server has.
type state struct {
	stats program.Stats
	files int
	rss   int64 // KiB
}

// phase is what one disturbance did.
type phase struct {
	name   string
	note   string // what became of those that disturbed
	tries  int
	result load.Result // of the clients that behave
}

func wreak(ctx context.Context, opt options) (*chaos, error) {
	c := &chaos{options: opt}
	var err error
	if err := machine.RaiseFileLimit(opt.conns + max(opt.bad, opt.silent) + spareFiles); err != nil {
		return c, err
	}
	if c.programs, err = program.Build(ctx); err != nil {
		return c, err
	}
	defer c.programs.Remove()
	c.server, err = c.programs.Start(ctx, "-kind", opt.kind, "-protect", "-rate", strconv.FormatFloat(opt.rate, 'f', -1, 64))
	if err != nil {
		return c, err
	}
	defer c.server.Stop()
	if c.before, err = c.look(ctx); err != nil {
		return c, err
	}
	if err := c.all(ctx); err != nil {
		return c, err
	}
	if err := c.settle(ctx); err != nil {
		return c, err
	}
	c.judge()
	return c, ctx.Err()
}

// spareFiles is what this process needs besides its connections.
const spareFiles = 200

func (c *chaos) look(ctx context.Context) (s state, err error) {
	if s.stats, err = c.server.Stats(ctx); err != nil {
		return s, err
	}
	if s.stats.Streams == nil {
		return s, fmt.Errorf("kind %q: the server does not account for its streams", c.kind)
	}
	if s.files, err = machine.Descriptors(c.server.PID()); err != nil {
		return s, err
	}
	s.rss, err = machine.ResidentKiB(c.server.PID())
	return s, err
}

// all runs the phases: the disturbances between two phases without any.
func (c *chaos) all(ctx context.Context) error {
	if err := c.phase(ctx, quietBefore, nothing); err != nil {
		return err
	}
	for _, d := range disturbances {
		for _, name := range c.only {
			if name == d.name {
				if err := c.phase(ctx, d.name, d.run); err != nil {
					return err
				}
			}
		}
	}
	return c.phase(ctx, quietAfter, nothing)
}

// The phases without a disturbance.
const (
	quietBefore = "nothing, before"
	quietAfter  = "nothing, after"
)

func nothing(ctx context.Context, _ *chaos) (string, error) { <-ctx.Done(); return "", nil }

// tries is how often a phase is measured that went badly: once may be the machine's
// doing.
const tries = 3

// phase disturbs, and measures those that behave meanwhile.
func (c *chaos) phase(ctx context.Context, name string, disturb disturbance) error {
	for try := 1; ; try++ {
		p, err := c.try(ctx, name, disturb)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		p.tries = try
		fmt.Fprintf(os.Stderr, "%s: p99 %.1f ms, %d gaps, %d ended; %s\n", name, ms(p.result.Latency.P99), p.result.Gaps, ended(p.result), p.note)
		if try == tries || name == quietBefore || name == quietAfter || c.good(p, c.phases[0].result.Latency.P99) {
			c.phases = append(c.phases, p)
			return nil
		}
	}
}

func (c *chaos) try(ctx context.Context, name string, disturb disturbance) (phase, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p := phase{name: name}
	type outcome struct {
		note string
		err  error
	}
	over := make(chan outcome, 1) // so that the disturbance can end when the measurement failed
	begin := func(context.Context, int64) {
		go func() { // ends with ctx
			note, err := disturb(ctx, c)
			over <- outcome{note, err}
		}()
	}
	result, err := load.Run(ctx, load.Options{URLs: []string{c.url()}, Conns: c.conns, Duration: c.options.phase, Begin: begin})
	stop()
	if err != nil {
		return p, err
	}
	o := <-over
	result.Samples, result.Histograms = nil, nil
	p.result, p.note = result, o.note
	return p, o.err
}

func (c *chaos) url() string { return "http://" + c.server.Addr + "/events" }

func ended(r load.Result) (n int64) {
	for _, k := range r.Errors {
		n += k
	}
	return n
}

func ms(us int64) float64 { return float64(us) / 1000 }

// What must hold. Below the floor a 99th percentile says more of the machine than of
// the server.
const (
	worse           = 2.0
	floorMS         = 25.0
	spareGoroutines = 32
	leftFiles       = 16
	leftKiB         = 8 << 10
)

// good reports whether those that behave kept what they had.
func (c *chaos) good(p phase, quiet int64) bool {
	return p.result.Gaps == 0 && p.result.Duplicates == 0 && ended(p.result) == 0 && p.result.Open == int64(c.conns) &&
		ms(p.result.Latency.P99) <= max(worse*ms(quiet), floorMS)
}

// settleTime is how long the server has until it is as it was.
const settleTime = 60 * time.Second

func (c *chaos) settle(ctx context.Context) error {
	for end := time.Now().Add(settleTime); ; {
		var err error
		if c.after, err = c.look(ctx); err != nil {
			return err
		}
		if c.same() || time.Now().After(end) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func (c *chaos) same() bool {
	return c.after.stats.Streams.Live == 0 && c.after.files <= c.before.files+leftFiles &&
		c.after.stats.Goroutines <= c.before.stats.Goroutines+spareGoroutines
}

// judge compares what was found with what must hold.
func (c *chaos) judge() {
	quiet := max(c.phases[0].result.Latency.P99, c.phases[len(c.phases)-1].result.Latency.P99)
	bound := max(worse*ms(quiet), floorMS)
	for _, p := range c.phases[1 : len(c.phases)-1] {
		r := p.result
		c.verdicts.Add(p.name+": the others", c.good(p, quiet), fmt.Sprintf("p99 at most %.1f ms, none lost, none ended", bound),
			"p99 %.1f ms, %d lost, %d ended, %d of %d open, at try %d", ms(r.Latency.P99), r.Gaps, ended(r), r.Open, c.conns, p.tries)
	}
	s := c.after.stats.Streams
	sum := s.Live
	for _, n := range s.Closed {
		sum += n
	}
	c.verdicts.Add("accepted less live and closed", s.Accepted == sum, "0", "%d of %d", s.Accepted-sum, s.Accepted)
	c.verdicts.Add("live when all have left", s.Live == 0, "0", "%d", s.Live)
	c.verdicts.Add("bytes that wait when all have left", s.Pending == 0, "0", "%d", s.Pending)
	c.verdicts.Add("open files before and after", c.after.files <= c.before.files+leftFiles, fmt.Sprintf("at most %d more", leftFiles), "%d and %d", c.before.files, c.after.files)
	c.verdicts.Add("goroutines before and after", c.after.stats.Goroutines <= c.before.stats.Goroutines+spareGoroutines,
		fmt.Sprintf("at most %d more", spareGoroutines), "%d and %d", c.before.stats.Goroutines, c.after.stats.Goroutines)
}

// text is the report for a terminal.
func (c *chaos) text() string {
	var t strings.Builder
	fmt.Fprintf(&t, "chaos for %s: %d clients that behave, %v events/s, %d that do not, phases of %v; %s\n\n", c.kind, c.conns, c.rate, c.bad, c.options.phase, machine.Look().Text())
	t.WriteString(c.verdicts.String())
	t.WriteString("\n")
	for _, p := range c.phases {
		fmt.Fprintf(&t, "%s: p50 %.1f ms, p99 %.1f ms; %s\n", p.name, ms(p.result.Latency.P50), ms(p.result.Latency.P99), p.note)
	}
	s := c.after.stats.Streams
	fmt.Fprintf(&t, "accepted %d, refused %d, closed %v; memory %d KiB before, %d KiB after\n", s.Accepted, s.Refused, s.Closed, c.before.rss, c.after.rss)
	return t.String()
}

// errEarly says that a process that was to disturb ended by itself.
var errEarly = errors.New("the process that was to disturb could not connect")
