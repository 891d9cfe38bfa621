// Command chaos does to a protected Freshet server what the internet does to one,
// beside a thousand clients that behave, and looks whether those notice.
//
//	go run ./bench/chaos
//	go run ./bench/chaos -only garbage,silent -phase 5s
//
// Each disturbance has a phase of its own, behind one without any. It prints a table
// of bounds and exits with 1 if one was violated: the clients that behave must lose
// nothing and keep their 99th percentile within twice that of the phase before, and
// in the end nothing may be left. It needs Linux and connects to 127.0.0.0/8 only.
package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/freshet-go/freshet/bench/internal/cmdline"
	"github.com/freshet-go/freshet/bench/internal/load"
)

func main() { cmdline.Main("chaos", run) }

type options struct {
	conns  int
	bad    int
	silent int
	rate   float64
	phase  time.Duration
	kind   string
	only   []string
}

func run(ctx context.Context, args []string) error {
	opt, err := parse(args)
	if err != nil {
		return err
	}
	c, err := wreak(ctx, opt)
	if err != nil {
		return err
	}
	fmt.Println(c.text())
	return c.verdicts.Err()
}

func parse(args []string) (opt options, err error) {
	f := flag.NewFlagSet("chaos", flag.ContinueOnError)
	only := ""
	f.IntVar(&opt.conns, "conns", 1000, "clients that behave")
	f.IntVar(&opt.bad, "bad", 500, "clients that do not, in each phase")
	f.IntVar(&opt.silent, "silent", 10_000, "connections that never send a request")
	f.Float64Var(&opt.rate, "rate", 20, "events a second to each")
	f.DurationVar(&opt.phase, "phase", 10*time.Second, "length of each phase")
	f.StringVar(&opt.kind, "kind", "freshet", "freshet or freshet-nethttp")
	f.StringVar(&only, "only", strings.Join(names(), ","), "disturbances")
	if err := f.Parse(args); err != nil {
		return opt, err
	}
	opt.only = strings.Split(only, ",")
	for _, name := range opt.only {
		if !slices.Contains(names(), name) {
			return opt, fmt.Errorf("disturbance %q: must be one of %s", name, strings.Join(names(), ", "))
		}
	}
	switch {
	case f.NArg() > 0:
		return opt, fmt.Errorf("argument %q: only flags are taken", f.Arg(0))
	case opt.conns < 1 || opt.conns > load.MaxConns/2:
		return opt, fmt.Errorf("conns %d: must be from 1 to %d", opt.conns, load.MaxConns/2)
	case opt.bad < 1 || opt.bad > maxBad || opt.silent < 1 || opt.silent > maxBad:
		return opt, fmt.Errorf("bad %d, silent %d: must be from 1 to %d", opt.bad, opt.silent, maxBad)
	case opt.phase < 2*time.Second || opt.phase > load.MaxDuration:
		return opt, fmt.Errorf("phase %v: must be from 2s to %v", opt.phase, load.MaxDuration)
	}
	return opt, nil
}

// maxBad is what has sockets enough with the sources that there are.
const maxBad = 100_000
