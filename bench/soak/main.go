// Command soak runs a protected Freshet server for half an hour under clients that
// come and go, read slowly or not at all, and are killed, and looks whether anything
// grows.
//
//	go run ./bench/soak                  # 30 minutes, 5,000 connections
//	go run ./bench/soak -duration 2m
//
// Of the connections a tenth never reads, so that the server closes it, and comes back
// after a while, a hundredth belongs to a process that is killed (SIGKILL) and started again,
// and of the rest 100 a second leave and come back. It prints a table of bounds and
// exits with 1 if one was violated. It needs Linux and connects to 127.0.0.0/8 only.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/freshet-go/freshet/bench/internal/cmdline"
	"github.com/freshet-go/freshet/bench/internal/load"
)

func main() { cmdline.Main("soak", run) }

type options struct {
	Duration time.Duration `json:"duration_ns"`
	Conns    int           `json:"conns"`
	Rate     float64       `json:"rate"`
	Churn    float64       `json:"churn"`
	Slow     float64       `json:"slow"`   // of conns
	Killed   float64       `json:"killed"` // of conns
	Kind     string        `json:"kind"`

	json string
}

func run(ctx context.Context, args []string) error {
	opt, err := parse(args)
	if err != nil {
		return err
	}
	r, err := soak(ctx, opt)
	if err != nil {
		return err
	}
	fmt.Println(r.text())
	if opt.json != "" {
		b, err := json.Marshal(r)
		if err == nil {
			err = os.WriteFile(opt.json, append(b, '\n'), 0o644)
		}
		if err != nil {
			return err
		}
	}
	return r.Verdicts.Err()
}

// The shortest soak that can tell growth: each of its quarters needs samples.
const shortest = 20 * time.Second

func parse(args []string) (opt options, err error) {
	f := flag.NewFlagSet("soak", flag.ContinueOnError)
	f.DurationVar(&opt.Duration, "duration", 30*time.Minute, "how long")
	f.IntVar(&opt.Conns, "conns", 5000, "connections")
	f.Float64Var(&opt.Rate, "rate", 20, "events a second to each")
	f.Float64Var(&opt.Churn, "churn", 100, "connections a second that leave and come back")
	f.Float64Var(&opt.Slow, "slow", 0.10, "part of the connections that never reads")
	f.Float64Var(&opt.Killed, "killed", 0.01, "part of the connections whose process is killed, again and again")
	f.StringVar(&opt.Kind, "kind", "freshet", "freshet or freshet-nethttp")
	f.StringVar(&opt.json, "json", "", "write the samples and verdicts to this file")
	if err := f.Parse(args); err != nil {
		return opt, err
	}
	switch {
	case f.NArg() > 0:
		return opt, fmt.Errorf("argument %q: only flags are taken", f.Arg(0))
	case opt.Duration < shortest || opt.Duration > load.MaxDuration:
		return opt, fmt.Errorf("duration %v: must be from %v to %v", opt.Duration, shortest, load.MaxDuration)
	case opt.Conns < 100 || opt.Conns > load.MaxConns/2:
		return opt, fmt.Errorf("conns %d: must be from 100 to %d", opt.Conns, load.MaxConns/2)
	case !(opt.Slow >= 0 && opt.Killed >= 0 && opt.Slow+opt.Killed < 0.9):
		return opt, fmt.Errorf("slow %v, killed %v: must be parts of the connections, less than 0.9 together", opt.Slow, opt.Killed)
	}
	return opt, nil
}
