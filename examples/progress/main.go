// Command progress shows the progress of background jobs in any number of tabs,
// none of which ever misses a step: every update goes into a log, and a tab that
// lost its connection, or was loaded anew, resumes behind the last one it saw.
//
//	go run ./examples/progress [-addr 127.0.0.1:8082] [-dir state] [-pace 80ms]
//
// With -dir the log stands in files, and resuming works across restarts of the
// program too. Port 0 takes a free port. Ctrl-C ends it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// goodbyeTime is how long clients get to take their last event.
const goodbyeTime = time.Second

func main() {
	log.SetFlags(log.Ltime)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the next signal is not ours any more and ends the program
	err := run(ctx, os.Args[1:], os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal("progress: ", err)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parseFlags(args)
	if err != nil {
		return err
	}
	updates, err := openUpdates(o.dir)
	if err != nil {
		return err
	}
	listener, err := ssehttp.Listen(ctx, o.addr)
	if err != nil {
		return errors.Join(err, updates.Close())
	}
	j := newJobs(ctx, updates, o.pace)
	events := ssehttp.New(ssehttp.Options{})
	streams := newStreams(updates)
	server := newServer(events.HTTP(streams.handle), j, streams)

	failed := make(chan error, 1) // room for the error of a server that nobody waits for any more
	go func() { failed <- server.Serve(listener) }()
	_, _ = fmt.Fprintf(out, "page:   http://%s/\nctrl-C ends it\n", listener.Addr().(*net.TCPAddr))

	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.Background(), goodbyeTime)
	defer cancel()
	err = errors.Join(err, ignoreTimeout(events.Shutdown(end)))
	err = errors.Join(err, ignoreTimeout(server.ShutdownWithContext(end)))
	return errors.Join(err, updates.Close())
}

// ignoreTimeout forgives clients that did not take their last event in time.
func ignoreTimeout(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

type options struct {
	addr, dir string
	pace      time.Duration
}

func parseFlags(args []string) (o options, err error) {
	flags := flag.NewFlagSet("progress", flag.ContinueOnError)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8082", "`host:port` to listen on; port 0 takes a free one")
	flags.StringVar(&o.dir, "dir", "", "`directory` to keep the log in; in memory without it")
	flags.DurationVar(&o.pace, "pace", 80*time.Millisecond, "about the time that a step of a job takes")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("argument %q: only flags are known", flags.Arg(0))
	}
	if o.pace < time.Millisecond {
		return o, fmt.Errorf("-pace %v: must be at least 1ms", o.pace)
	}
	return o, nil
}

// openUpdates makes the log. A tab that was away for longer than this keeps is
// told so and starts over.
func openUpdates(dir string) (*sink.Log[Update], error) {
	o := sink.LogOptions[Update]{
		Count: 20_000,
		Age:   24 * time.Hour,
		File:  sink.LogFile[Update]{Sync: 100 * time.Millisecond},
	}
	if dir == "" {
		return sink.NewLog(o), nil
	}
	return sink.OpenLog(dir, o)
}

func newServer(events fasthttp.RequestHandler, j *jobs, s *streams) *fasthttp.Server {
	page := newPage()
	return &fasthttp.Server{
		Name:            "progress",
		ReadTimeout:     5 * time.Second,
		WriteTimeout:    5 * time.Second,
		IdleTimeout:     time.Minute,
		CloseOnShutdown: true,
		Handler: func(ctx *fasthttp.RequestCtx) {
			switch path := string(ctx.Path()); {
			case path == "/events":
				events(ctx)
			case path == "/jobs" && ctx.IsPost():
				if err := j.start(); err != nil {
					ctx.Error(err.Error(), fasthttp.StatusTooManyRequests)
				}
			case path == "/drop" && ctx.IsPost():
				s.drop()
			default:
				page(ctx)
			}
		},
	}
}
