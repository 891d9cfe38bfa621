// Command sseload opens many connections to one SSE server on this machine and
// measures connect time, delivery latency, throughput, gaps and duplicates.
//
//	sseload -url http://127.0.0.1:8080/events -conns 5000 -duration 10s
//	sseload -url http://127.0.0.1:8080/a -url http://127.0.0.1:8081/a -header "Authorization: Bearer x"
//	sseload -url http://127.0.0.1:8080/events -pid 4711 -html report.html
//
// See the package bench/internal/load for what the figures mean. It needs Linux
// and connects to 127.0.0.0/8 only.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "sseload:", err)
		}
		os.Exit(1) // nothing is deferred but the end of signal handling
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opt, to, err := parse(args, stderr)
	if err != nil {
		return err
	}
	opt.Progress = stderr
	result, err := load.Run(ctx, opt)
	if err != nil {
		return errors.Join(err, detail(result.Errors))
	}
	if to.json != "-" {
		err = table(stdout, result)
	}
	if to.json != "" && err == nil {
		err = write(stdout, to.json, result)
	}
	if to.html != "" && err == nil {
		_, err = page(result).WriteFile(to.html)
	}
	return err
}

// output says where the result goes besides the table.
type output struct{ json, html string }

func parse(args []string, stderr io.Writer) (opt load.Options, to output, err error) {
	f := flag.NewFlagSet("sseload", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Func("url", "event stream to open, http://127.x.y.z:port/path; several take the connections in turn", func(s string) error {
		opt.URLs = append(opt.URLs, s)
		return nil
	})
	opt.Header = http.Header{}
	f.Func("header", "\"Name: value\" of the requests; may be given several times", func(s string) error {
		return addHeader(opt.Header, s)
	})
	f.StringVar(&opt.LastEventID, "last-event-id", "", "resume after this event")
	f.IntVar(&opt.Conns, "conns", 100, "connections")
	f.DurationVar(&opt.Duration, "duration", 10*time.Second, "length of the measured window")
	f.DurationVar(&opt.Warmup, "warmup", time.Second, "between the last response head and the window")
	f.DurationVar(&opt.ConnectTimeout, "connect-timeout", 30*time.Second, "for all connections together")
	f.IntVar(&opt.Rate, "rate", 0, "new connections a second; 0: as fast as they are accepted")
	f.IntVar(&opt.Workers, "workers", 0, "epoll loops; 0: one for each two CPUs")
	f.IntVar(&opt.Sources, "sources", 0, "source addresses; 0: one for each 10,000 connections")
	f.IntVar(&opt.FirstSource, "first-source", 0, "index of the first source address; several sseload beside each other take different ones")
	f.StringVar(&opt.TimeField, "time-field", "t", "JSON member of the data that holds the timestamp")
	f.DurationVar(&opt.TimeUnit, "time-unit", time.Nanosecond, "unit of the timestamp, since 1970")
	f.IntVar(&opt.PID, "pid", 0, "process id of the server: its CPU and memory are measured")
	f.IntVar(&opt.Slow, "slow", 0, "further connections that never read")
	f.IntVar(&opt.Kill, "kill", 0, "how many of the connections to close at once")
	f.DurationVar(&opt.KillAfter, "kill-after", time.Second, "when, from the start of the window")
	f.StringVar(&to.json, "json", "", "write the result as JSON to this file, - for the standard output instead of the table")
	f.StringVar(&to.html, "html", "", "write the result as a page with plots to this file")
	if err := f.Parse(args); err != nil {
		return opt, to, err
	}
	if f.NArg() > 0 {
		return opt, to, fmt.Errorf("argument %q: only flags are taken", f.Arg(0))
	}
	return opt, to, nil
}

// addHeader takes one "Name: value".
func addHeader(h http.Header, s string) error {
	name, value, ok := strings.Cut(s, ":")
	if !ok {
		return errors.New("there must be a colon between name and value")
	}
	h.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	return nil
}

func write(stdout io.Writer, file string, result load.Result) error {
	b, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	b = append(b, '\n')
	if file == "-" {
		_, err = stdout.Write(b)
		return err
	}
	return os.WriteFile(file, b, 0o644)
}

// detail gives the counted errors of connections as one error, or nil.
func detail(counted map[string]int64) error {
	var errs []error
	for why, n := range counted {
		errs = append(errs, fmt.Errorf("%d times: %s", n, why))
	}
	return errors.Join(errs...)
}
