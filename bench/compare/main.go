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
// rounds, writes everything measured as JSON under bench/results, and makes one
// HTML page with plots of it. Two more modes measure nothing:
//
//	go run ./bench/compare -page bench/results/broadcast-*.json    # the page again, of any results
//	go run ./bench/compare -readme bench/results/broadcast-*.json  # the tables of bench/README.md
//
// The quickest way to see something, in under three minutes:
//
//	go run ./bench/compare -quick
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/freshet-go/freshet/bench/internal/cmdline"
	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/program"
)

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

	scenarios []string // all that are asked for; Scenario is the one of a report
	out       string
	quick     bool
	page      bool     // make the page of files
	readme    bool     // write the README's tables from files
	files     []string // results
}

func main() { cmdline.Main("compare", run) }

func run(ctx context.Context, args []string) error {
	opt, err := parse(args)
	if err != nil {
		return err
	}
	if opt.page || opt.readme {
		return opt.show(ctx)
	}
	programs, err := program.Build(ctx)
	if err != nil {
		return err
	}
	defer programs.Remove()
	b := bench{opt, programs}
	absent, err := b.leaveOut(ctx)
	if err != nil {
		return err
	}
	var reports []report
	for _, name := range opt.scenarios {
		b.Scenario = name
		r, err := b.rounds(ctx)
		r.Failures = append(absent, r.Failures...)
		if err == nil {
			err = r.write(b.results())
		}
		if err != nil {
			return err
		}
		reports = append(reports, r)
	}
	return writePage(b.results(), reports)
}

// show makes the page or the README's tables from files.
func (o options) show(ctx context.Context) error {
	reports, err := readReports(o.files)
	if err != nil {
		return err
	}
	dir, err := program.ModuleDir(ctx)
	if err != nil {
		return err
	}
	if o.readme {
		err = writeReadme(filepath.Join(dir, "README.md"), reports)
	}
	if o.page && err == nil {
		err = writePage(bench{o, program.Programs{Dir: dir}}.results(), reports)
	}
	return err
}

// results is where files are written: a newcomer's look stays out of the tree.
func (b bench) results() string {
	switch {
	case b.out != "":
		return b.out
	case b.quick:
		return filepath.Join(os.TempDir(), "freshet-compare")
	}
	return filepath.Join(b.programs.Dir, "results")
}

// rounds measures every kind in every round.
func (b bench) rounds(ctx context.Context) (report, error) {
	s, report := scenarios[b.Scenario], newReport(b.options)
	for round := range b.Rounds {
		for i := range b.Kinds {
			kind := b.Kinds[(i+round)%len(b.Kinds)]
			fmt.Fprintf(os.Stderr, "%s, round %d of %d: %s\n", b.Scenario, round+1, b.Rounds, kind)
			r, err := s.measure(ctx, b, kind)
			if ctx.Err() != nil {
				return report, ctx.Err()
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
	return report, nil
}

// What -quick stands for where no flag says otherwise: a few seconds a server.
const (
	quickConns    = 2000
	quickRounds   = 2
	quickDuration = 3 * time.Second
)

func parse(args []string) (opt options, err error) {
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	kinds, names := "", ""
	f.StringVar(&names, "scenario", "broadcast", "one or several of "+strings.Join(scenarioNames, ", ")+", by commas")
	f.StringVar(&kinds, "kinds", strings.Join(allKinds(), ","), "servers to measure")
	f.IntVar(&opt.Conns, "conns", 5000, "connections")
	f.Float64Var(&opt.Rate, "rate", 20, "events a second; saturate begins with it, idle-kill has none")
	f.IntVar(&opt.Rounds, "rounds", 3, "rounds")
	f.DurationVar(&opt.Duration, "duration", 10*time.Second, "length of a measured window")
	f.DurationVar(&opt.Patience, "patience", 0, "wait up to this long before each measurement until the machine has nothing else to do")
	f.StringVar(&opt.out, "out", "", "directory for the JSON and the page; empty: results in the bench module")
	f.BoolVar(&opt.quick, "quick", false, fmt.Sprintf("a first look: %d connections, %d rounds of %v, written to a temporary directory",
		quickConns, quickRounds, quickDuration))
	f.BoolVar(&opt.page, "page", false, "measure nothing; make the page of the results files given as arguments")
	f.BoolVar(&opt.readme, "readme", false, "measure nothing; write the tables of bench/README.md from the results files given as arguments")
	if err := f.Parse(args); err != nil {
		return opt, err
	}
	if opt.quick {
		opt.hurry(f)
	}
	opt.Kinds, opt.scenarios = strings.Split(kinds, ","), strings.Split(names, ",")
	opt.files = f.Args()
	return opt, opt.check()
}

// hurry applies -quick to the flags that were not given.
func (o *options) hurry(f *flag.FlagSet) {
	given := map[string]bool{}
	f.Visit(func(g *flag.Flag) { given[g.Name] = true })
	if !given["conns"] {
		o.Conns = quickConns
	}
	if !given["rounds"] {
		o.Rounds = quickRounds
	}
	if !given["duration"] {
		o.Duration = quickDuration
	}
}

func (o options) check() error {
	if len(o.files) > 0 && !o.page && !o.readme {
		return fmt.Errorf("argument %q: only -page and -readme take files", o.files[0])
	}
	for _, kind := range o.Kinds {
		if !slices.Contains(allKinds(), kind) {
			return fmt.Errorf("kind %q: must be one of %s", kind, strings.Join(allKinds(), ", "))
		}
	}
	for _, name := range o.scenarios {
		if _, known := scenarios[name]; !known {
			return fmt.Errorf("scenario %q: must be one of %s", name, strings.Join(scenarioNames, ", "))
		}
	}
	switch {
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
