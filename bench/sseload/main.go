// Command sseload opens many connections to one SSE server on this machine and
// measures connect time, delivery latency, throughput, gaps and duplicates.
//
//	sseload -url http://127.0.0.1:8080/events -conns 5000 -duration 10s
//	sseload -url http://127.0.0.1:8080/a -url http://127.0.0.1:8081/a -header "Authorization: Bearer x"
//	sseload -url https://localhost:8443/events -insecure -time-field .meta.sent -time-unit 1ms
//	sseload -url http://127.0.0.1:8080/events -pid 4711 -html report.html
//	sseload -scenario storm -url http://127.0.0.1:8080/events -conns 2000
//	sseload -join -html report.html one.json two.json
//
// # Scenarios
//
// A scenario is a few flags by one name; each of them can be given besides.
//
//	idle       connect and wait: memory, connect time
//	broadcast  read what comes: the default
//	personal   a stream of its own for each connection: {n} in the URL is its number
//	churn      -churn: a fiftieth of the connections leave and come back each second
//	slow       -slow: a tenth more connections never read
//	kill       -kill: a fifth of the connections close at once
//	storm      -kill -storm -resume: all connections close at once and come back at once
//
// # Several processes
//
// One process may be too slow, or have too few files. Start several with -first-source
// apart, -json, and -hold, which prints "connected" and waits for a line on the
// standard input, so that they begin together; -join then makes one result of their
// files, with percentiles that are those of all events and no means of percentiles.
//
// # Coordinated omission
//
// A load generator that waits for one answer before it sends the next request leaves
// out the moments at which a slow server would have been asked: its percentiles are
// those of the good moments. This one asks for nothing: the server sends by its own
// schedule, and every event counts from the moment that its data names. Two things
// are left to the server. It must name the moment at which the event was due, not the
// one at which it got round to it, or its own queue is not in the figures. And it must
// not skip events when it is late, or the late ones are missing from the percentiles;
// they show as gaps in the ids, and in events a second.
//
// See the package bench/internal/load for what the figures mean. It needs Linux
// and connects to 127.0.0.0/8 only.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/freshet-go/freshet/bench/internal/cmdline"
	"github.com/freshet-go/freshet/bench/internal/load"
)

func main() {
	cmdline.Main("sseload", func(ctx context.Context, args []string) error { return run(ctx, args, os.Stdout, os.Stderr) })
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opt, to, err := parse(args, stderr)
	if err != nil {
		return err
	}
	opt.Progress = stderr
	var result load.Result
	if len(to.join) > 0 {
		result, err = join(to.join)
	} else {
		result, err = load.Run(ctx, opt)
	}
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

// output says where the result goes besides the table, and where it comes from if
// nothing is to be measured.
type output struct {
	json, html string
	join       []string
}

// join reads the results of several processes and makes one of them.
func join(files []string) (load.Result, error) {
	var results []load.Result
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return load.Result{}, err
		}
		var r load.Result
		if err := json.Unmarshal(b, &r); err != nil {
			return load.Result{}, fmt.Errorf("%s: %w", file, err)
		}
		results = append(results, r)
	}
	return load.Join(results...)
}

// hold says how many are connected and waits for a line, or for ctx.
func hold(stderr io.Writer, in io.Reader) func(context.Context, int64) {
	return func(ctx context.Context, heads int64) {
		_, _ = fmt.Fprintln(stderr, "connected", heads)
		line := make(chan struct{})
		go func() { // ends with the line, or with the process
			defer close(line)
			_, _ = bufio.NewReader(in).ReadString('\n')
		}()
		select {
		case <-line:
		case <-ctx.Done():
		}
	}
}

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
	f.BoolVar(&opt.Insecure, "insecure", false, "of https: take any certificate, one that the server signed itself for instance")
	f.StringVar(&opt.LastEventID, "last-event-id", "", "resume after this event")
	f.IntVar(&opt.Conns, "conns", 100, "connections")
	f.DurationVar(&opt.Duration, "duration", 10*time.Second, "length of the measured window")
	f.DurationVar(&opt.Warmup, "warmup", time.Second, "between the last response head and the window")
	f.DurationVar(&opt.ConnectTimeout, "connect-timeout", 30*time.Second, "for all connections together")
	f.IntVar(&opt.Rate, "rate", 0, "new connections a second; 0: as fast as they are accepted")
	f.IntVar(&opt.Workers, "workers", 0, "epoll loops; 0: one for each two CPUs")
	f.IntVar(&opt.Sources, "sources", 0, "source addresses; 0: one for each 10,000 connections")
	f.IntVar(&opt.FirstSource, "first-source", 0, "index of the first source address; several sseload beside each other take different ones")
	f.StringVar(&opt.TimeField, "time-field", "t", "JSON member of the data that holds the timestamp: a name wherever it stands, or a path like .meta.sent")
	f.DurationVar(&opt.TimeUnit, "time-unit", time.Nanosecond, "unit of the timestamp, since 1970")
	f.Func("pid", "process id of the server: its CPU and memory are measured; several are taken together", func(s string) error {
		pid, err := strconv.Atoi(s)
		opt.PIDs = append(opt.PIDs, pid)
		return err
	})
	f.IntVar(&opt.Slow, "slow", 0, "further connections that never read")
	f.DurationVar(&opt.SlowStay, "slow-stay", 0, "how long those stay before they leave and come back; 0: to the end")
	f.IntVar(&opt.Kill, "kill", 0, "how many of the connections to close at once")
	f.DurationVar(&opt.KillAfter, "kill-after", time.Second, "when, from the start of the window")
	f.BoolVar(&opt.Storm, "storm", false, "those closed at once come back at once")
	f.Float64Var(&opt.Churn, "churn", 0, "connections a second that leave and come back")
	f.BoolVar(&opt.Reset, "reset", false, "those who leave reset the connection instead of closing it")
	f.DurationVar(&opt.Reconnect, "reconnect", 0, "how long after the server closed a connection it is opened again; 0: never")
	f.BoolVar(&opt.Resume, "resume", false, "who comes back says its last id in Last-Event-ID, and what it missed counts as lost")
	scenario, held, joining := "", false, false
	f.StringVar(&scenario, "scenario", "broadcast", "one of "+strings.Join(scenarioNames(), ", ")+"; see the package's documentation")
	f.BoolVar(&held, "hold", false, "when all are connected, say so and wait for a line on the standard input")
	f.BoolVar(&joining, "join", false, "measure nothing; make one result of the JSON files given as arguments")
	f.StringVar(&to.json, "json", "", "write the result as JSON to this file, - for the standard output instead of the table")
	f.StringVar(&to.html, "html", "", "write the result as a page with plots to this file")
	if err := f.Parse(args); err != nil {
		return opt, to, err
	}
	switch {
	case joining && f.NArg() == 0:
		return opt, to, errors.New("join: the files are missing")
	case !joining && f.NArg() > 0:
		return opt, to, fmt.Errorf("argument %q: only -join takes files", f.Arg(0))
	}
	to.join = f.Args()
	if held {
		opt.Begin = hold(stderr, os.Stdin)
	}
	return opt, to, apply(scenario, &opt)
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
