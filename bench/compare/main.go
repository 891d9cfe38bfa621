// Command compare measures Freshet beside other SSE servers on this machine, in
// rounds that take the servers in turn, so that whatever else the machine does
// hits all of them. It builds bench/servers and bench/sseload and runs each
// server and each load generator as a process of its own.
//
//	go run ./bench/compare -conns 5000 -rate 20 -rounds 3
//	go run ./bench/compare -scenario idle-kill
//	go run ./bench/compare -scenario slow -conns 1000 -rate 50
//	go run ./bench/compare -scenario saturate -kinds freshet,nethttp
//
// It prints a table of medians, with the smallest and the largest value of the
// rounds, and writes everything measured as JSON under bench/results.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
)

// allKinds are the servers that bench/servers has, in the order of the tables.
var allKinds = []string{"freshet", "gosse", "r3labs", "nethttp", "fasthttp-streamwriter", "rawloop"}

// A scenario measures one server once; see the files of their names.
type scenario struct {
	about   string
	measure func(context.Context, bench, string) (row, error)
	columns []column
}

var scenarios = map[string]scenario{
	"broadcast": {"every client gets every event", measureBroadcast, broadcastColumns},
	"idle-kill": {"idle clients, a fifth of them closed at once", measureIdleKill, idleKillColumns},
	"slow":      {"one client that never reads, and the others' latency with it and without", measureSlow, slowColumns},
	"saturate":  {"the rate is raised until p99 reaches 150 ms or 1 % is lost", measureSaturate, saturateColumns},
}

var scenarioNames = []string{"broadcast", "idle-kill", "slow", "saturate"}

// The bounds of the flags.
const (
	maxRate   = 10_000
	maxRounds = 50
)

type options struct {
	Scenario string        `json:"scenario"`
	Kinds    []string      `json:"kinds"`
	Conns    int           `json:"conns"`
	Rate     float64       `json:"rate"`
	Rounds   int           `json:"rounds"`
	Duration time.Duration `json:"duration_ns"`
	Patience time.Duration `json:"patience_ns"`
	out      string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "compare:", err)
		}
		os.Exit(1) // nothing is deferred but the end of signal handling
	}
}

func run(ctx context.Context, args []string) error {
	opt, err := parse(args)
	if err != nil {
		return err
	}
	b, err := build(ctx, opt)
	if err != nil {
		return err
	}
	defer b.remove()
	s := scenarios[opt.Scenario]
	report := newReport(opt)
	for round := range opt.Rounds {
		for i := range opt.Kinds {
			kind := opt.Kinds[(i+round)%len(opt.Kinds)]
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, opt.Rounds, kind)
			r, err := s.measure(ctx, b, kind)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil { // one server that fails must not cost the others their figures
				fmt.Fprintf(os.Stderr, "  %s: %v\n", kind, err)
				report.Failures = append(report.Failures, fmt.Sprintf("round %d: %s: %v", round+1, kind, err))
				continue
			}
			r.Kind, r.Round = kind, round+1
			r.Values[othersColumn.name] = others(r.Runs)
			report.Rows = append(report.Rows, r)
		}
	}
	return report.finish(b, s)
}

func parse(args []string) (opt options, err error) {
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	kinds := ""
	f.StringVar(&opt.Scenario, "scenario", "broadcast", "one of "+strings.Join(scenarioNames, ", "))
	f.StringVar(&kinds, "kinds", strings.Join(allKinds, ","), "servers to measure")
	f.IntVar(&opt.Conns, "conns", 5000, "connections")
	f.Float64Var(&opt.Rate, "rate", 20, "events a second; saturate begins with it, idle-kill has none")
	f.IntVar(&opt.Rounds, "rounds", 3, "rounds")
	f.DurationVar(&opt.Duration, "duration", 10*time.Second, "length of a measured window")
	f.DurationVar(&opt.Patience, "patience", 0, "wait up to this long before each measurement until the machine has nothing else to do")
	f.StringVar(&opt.out, "out", "", "directory for the JSON; empty: results in the bench module")
	if err := f.Parse(args); err != nil {
		return opt, err
	}
	opt.Kinds = strings.Split(kinds, ",")
	return opt, opt.check(f.Args())
}

func (o options) check(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("argument %q: only flags are taken", rest[0])
	}
	for _, kind := range o.Kinds {
		if !slices.Contains(allKinds, kind) {
			return fmt.Errorf("kind %q: must be one of %s", kind, strings.Join(allKinds, ", "))
		}
	}
	_, known := scenarios[o.Scenario]
	switch {
	case !known:
		return fmt.Errorf("scenario %q: must be one of %s", o.Scenario, strings.Join(scenarioNames, ", "))
	case o.Conns < 1 || o.Conns > load.MaxConns/2:
		return fmt.Errorf("conns %d: must be from 1 to %d", o.Conns, load.MaxConns/2)
	case !(o.Rate > 0 && o.Rate <= maxRate):
		return fmt.Errorf("rate %v: must be more than 0 and at most %d", o.Rate, maxRate)
	case o.Rounds < 1 || o.Rounds > maxRounds:
		return fmt.Errorf("rounds %d: must be from 1 to %d", o.Rounds, maxRounds)
	case o.Patience < 0 || o.Patience > load.MaxDuration:
		return fmt.Errorf("patience %v: must be from 0 to %v", o.Patience, load.MaxDuration)
	case o.Duration < time.Second || o.Duration > load.MaxDuration/2:
		return fmt.Errorf("duration %v: must be from 1s to %v", o.Duration, load.MaxDuration/2)
	}
	return nil
}
