package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/machine"
	"github.com/freshet-go/freshet/bench/internal/program"
	"github.com/freshet-go/freshet/bench/internal/verdict"
)

// report is what a soak found.
type report struct {
	Options  options       `json:"options"`
	When     time.Time     `json:"when"`
	Machine  machine.Facts `json:"machine"`
	Verdicts verdict.List  `json:"verdicts"`
	Before   sample        `json:"before"` // without connections
	After    sample        `json:"after"`  // the same, when all had left
	Kills    int           `json:"kills"`
	Samples  []sample      `json:"samples"`
	Result   load.Result   `json:"result"` // of those that read
}

// sample is what the server had at one moment.
type sample struct {
	AtMS       int64           `json:"at_ms"`
	RSSKiB     int64           `json:"rss_kib"`
	HeapKiB    int64           `json:"heap_kib"`
	Files      int64           `json:"files"`
	Goroutines int64           `json:"goroutines"`
	Streams    program.Streams `json:"streams"`
}

// off gives by how much the accounts do not add up.
func (s sample) off() int64 {
	sum := s.Streams.Live
	for _, n := range s.Streams.Closed {
		sum += n
	}
	return s.Streams.Accepted - sum
}

// test is a soak under way.
type test struct {
	options
	report   report
	programs program.Programs
	server   *program.Server
	start    time.Time
}

func soak(ctx context.Context, opt options) (report, error) {
	t := test{options: opt, start: time.Now(), report: report{Options: opt, When: time.Now().UTC().Truncate(time.Second), Machine: machine.Look()}}
	var err error
	if t.programs, err = program.Build(ctx); err != nil {
		return t.report, err
	}
	defer t.programs.Remove()
	t.server, err = t.programs.Start(ctx, "-kind", opt.Kind, "-protect", "-rate", strconv.FormatFloat(opt.Rate, 'f', -1, 64))
	if err != nil {
		return t.report, err
	}
	defer t.server.Stop()
	if t.report.Before, err = t.look(ctx); err != nil {
		return t.report, err
	}
	if err := t.load(ctx); err != nil {
		return t.report, err
	}
	if err := t.settle(ctx); err != nil {
		return t.report, err
	}
	t.report.judge()
	return t.report, ctx.Err()
}

func (t *test) look(ctx context.Context) (sample, error) {
	st, err := t.server.Stats(ctx)
	if err != nil {
		return sample{}, err
	}
	if st.Streams == nil {
		return sample{}, fmt.Errorf("kind %q: the server does not account for its streams", t.Kind)
	}
	s := sample{AtMS: time.Since(t.start).Milliseconds(), Goroutines: st.Goroutines, HeapKiB: st.HeapKiB, Streams: *st.Streams}
	if s.RSSKiB, err = machine.ResidentKiB(t.server.PID()); err != nil {
		return s, err
	}
	files, err := machine.Descriptors(t.server.PID())
	s.Files = int64(files)
	return s, err
}

// load runs all clients for the duration and samples meanwhile.
func (t *test) load(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	slow, killed := int(float64(t.Conns)*t.Slow), int(float64(t.Conns)*t.Killed)
	type outcome struct {
		result load.Result
		err    error
	}
	readers := make(chan outcome, 1) // so that the readers can end when nobody waits for them any more
	go func() {                      // ends with the duration or ctx
		r, err := load.Run(ctx, load.Options{
			URLs: []string{t.url()}, Conns: t.Conns - slow - killed, Slow: slow, Churn: t.Churn, Reconnect: time.Second, SlowStay: slowStay,
			Duration: t.Duration, Progress: os.Stderr,
		})
		readers <- outcome{r, err}
	}()
	victims := make(chan int, 1)                      // as readers
	go func() { victims <- t.victims(ctx, killed) }() // ends with ctx
	each := time.NewTicker(min(max(t.Duration/120, 500*time.Millisecond), 10*time.Second))
	defer each.Stop()
	for {
		select {
		case o := <-readers:
			t.report.Result = o.result
			t.report.Result.Samples, t.report.Result.Histograms = nil, nil
			stop()
			t.report.Kills = <-victims
			return o.err
		case <-each.C:
			if s, err := t.look(ctx); err == nil { // it may be too busy once; it shows in the number of samples
				t.report.Samples = append(t.report.Samples, s)
			}
		}
	}
}

func (t *test) url() string { return "http://" + t.server.Addr + "/events" }

// slowStay is how long those that never read stay, longer than the server's patience
// with them: the kernel drops such a connection without a word to the client.
const slowStay = 25 * time.Second

// killEvery is how long the victims live.
const killEvery = 5 * time.Second

// victims starts a process with n connections, kills it, and starts the next, until
// ctx is done. It gives how many were killed.
func (t *test) victims(ctx context.Context, n int) (kills int) {
	for n > 0 && ctx.Err() == nil {
		victim := exec.CommandContext(ctx, t.programs.Sseload, "-url", t.url(), "-conns", strconv.Itoa(n), "-duration", "1h", "-first-source", "1000", "-json", os.DevNull)
		if err := victim.Start(); err != nil {
			fmt.Fprintln(os.Stderr, "soak:", err)
			return kills
		}
		select {
		case <-ctx.Done():
		case <-time.After(killEvery):
		}
		_ = victim.Process.Kill() // SIGKILL: its sockets are closed by the kernel
		_ = victim.Wait()
		kills++
	}
	return kills
}

// The server has settled when nobody is connected and the goroutines that fasthttp
// keeps for a while are gone.
const settleTime = 45 * time.Second

// settle waits until the server is as it was, or the time is over.
func (t *test) settle(ctx context.Context) error {
	for end := time.Now().Add(settleTime); ; {
		s, err := t.look(ctx)
		if err != nil {
			return err
		}
		t.report.After = s
		if s.Streams.Live == 0 && s.Files <= t.report.Before.Files+spareFiles && s.Goroutines <= t.report.Before.Goroutines+spareGoroutines || time.Now().After(end) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// quarter gives the median of a figure over the k-th quarter of the samples, from 0.
func (r *report) quarter(k int, value func(sample) int64) int64 {
	n := len(r.Samples)
	var all []int64
	for _, s := range r.Samples[n*k/4 : n*(k+1)/4] {
		all = append(all, value(s))
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}
