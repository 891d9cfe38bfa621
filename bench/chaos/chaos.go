package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
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
	once     state // when all had left after the phases
	after    state // and once more, see again
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
	quiet  int64       // p99 without the disturbance, just before, in microseconds
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
	if c.before, err = c.collected(ctx); err != nil {
		return c, err
	}
	if err := c.all(ctx); err != nil {
		return c, err
	}
	if c.once, err = c.settle(ctx); err != nil {
		return c, err
	}
	if err := c.again(ctx); err != nil {
		return c, err
	}
	if c.after, err = c.settle(ctx); err != nil {
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

// all runs the disturbances that are asked for.
func (c *chaos) all(ctx context.Context) error {
	for _, d := range disturbances {
		if !slices.Contains(c.only, d.name) {
			continue
		}
		if err := c.phase(ctx, d.name, d.run); err != nil {
			return err
		}
	}
	return nil
}

// againFor is how long each disturbance lasts when it comes for the second time.
const againFor = 2 * time.Second

// again has all disturbances once more, briefly and unmeasured: what pools and tables
// have grown to is there after the first time, and more after the second is a leak.
func (c *chaos) again(ctx context.Context) error {
	for _, d := range disturbances {
		if !slices.Contains(c.only, d.name) {
			continue
		}
		brief, stop := context.WithTimeout(ctx, againFor)
		_, err := d.run(brief, c)
		stop()
		if err != nil {
			return fmt.Errorf("%s again: %w", d.name, err)
		}
	}
	return nil
}

func nothing(ctx context.Context, _ *chaos) (string, error) { <-ctx.Done(); return "", nil }

// tries is how often a phase is measured that went badly: once may be the machine's
// doing.
const tries = 3

// phase measures those that behave without a disturbance, then with it: one after
// the other, since what else the machine does changes all the time.
func (c *chaos) phase(ctx context.Context, name string, disturb disturbance) error {
	for try := 1; ; try++ {
		quiet, err := c.try(ctx, name, c.options.phase/2, nothing)
		if err != nil {
			return err
		}
		p, err := c.try(ctx, name, c.options.phase, disturb)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		p.quiet, p.tries = quiet.result.Latency.P99, try
		fmt.Fprintf(os.Stderr, "%s: p99 %.1f ms, %.1f without, %d gaps, %d ended; %s\n", name, ms(p.result.Latency.P99), ms(p.quiet), p.result.Gaps, ended(p.result), p.note)
		if try == tries || c.good(p) {
			c.phases = append(c.phases, p)
			return nil
		}
	}
}

func (c *chaos) try(ctx context.Context, name string, length time.Duration, disturb disturbance) (phase, error) {
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
	result, err := load.Run(ctx, load.Options{URLs: []string{c.url()}, Conns: c.conns, Duration: length, Begin: begin, PIDs: c.server.PIDs})
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
	leftKiB         = 4 << 10 // after a collection
)

// good reports whether those that behave kept what they had.
func (c *chaos) good(p phase) bool {
	return p.result.Gaps == 0 && p.result.Duplicates == 0 && ended(p.result) == 0 && p.result.Open == int64(c.conns) &&
		ms(p.result.Latency.P99) <= p.bound()
}

// bound is what the 99th percentile may be, in milliseconds.
func (p phase) bound() float64 { return max(worse*ms(p.quiet), floorMS) }

// settleTime is how long the server has until it is as it was.
const settleTime = 60 * time.Second

func (c *chaos) settle(ctx context.Context) (state, error) {
	for end := time.Now().Add(settleTime); ; {
		s, err := c.look(ctx)
		if err != nil {
			return s, err
		}
		if c.settled(s) || time.Now().After(end) {
			return c.collected(ctx)
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// collected looks at the server after a collection.
func (c *chaos) collected(ctx context.Context) (state, error) {
	if _, err := c.server.Get(ctx, "/gc"); err != nil {
		return state{}, err
	}
	return c.look(ctx)
}

func (c *chaos) settled(s state) bool {
	return s.stats.Streams.Live == 0 && s.files <= c.before.files+leftFiles && s.stats.Goroutines <= c.before.stats.Goroutines+spareGoroutines
}

// judge compares what was found with what must hold.
func (c *chaos) judge() {
	for _, p := range c.phases {
		r := p.result
		c.verdicts.Add(p.name+": the others", c.good(p), fmt.Sprintf("p99 at most %.1f ms, none lost, none ended", p.bound()),
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
	c.verdicts.Add("memory after the first and the second time, collected", c.after.rss <= c.once.rss+leftKiB, fmt.Sprintf("at most %d MiB more", leftKiB>>10),
		"%.1f and %.1f MiB, %.1f before", float64(c.once.rss)/1024, float64(c.after.rss)/1024, float64(c.before.rss)/1024)
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
		fmt.Fprintf(&t, "%s: p50 %.1f ms, p99 %.1f ms, %.1f without; other processes took %.0f %% of the machine; %s\n",
			p.name, ms(p.result.Latency.P50), ms(p.result.Latency.P99), ms(p.quiet), 100*p.result.Client.Others, p.note)
	}
	s := c.after.stats.Streams
	fmt.Fprintf(&t, "accepted %d, refused %d, closed %v\n", s.Accepted, s.Refused, s.Closed)
	return t.String()
}

// errEarly says that a process that was to disturb ended by itself.
var errEarly = errors.New("the process that was to disturb could not connect")
