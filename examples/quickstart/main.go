// Command quickstart shows the machine it runs on, live, in any number of
// browsers: samples of /proc and of the Go runtime go through a Flux into a
// best-effort sink, and from there, as Server-Sent Events, to a page that draws
// them.
//
//	go run ./examples/quickstart [-addr 127.0.0.1:8080] [-interval 1s]
//
// Port 0 takes a free port. Ctrl-C says goodbye to the clients and ends the
// program within three seconds; a second ctrl-C ends it at once.
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
	"runtime/debug"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/ssehttp"
)

// The time that clients get to take their last event, and then the requests for
// the page to be answered; together less than the three seconds promised.
const (
	goodbyeTime = 1500 * time.Millisecond
	closeTime   = 1 * time.Second
)

// shortest is the shortest interval: the kernel counts processor time in ticks
// of 10 ms, so below a few of them a sample says nothing.
const shortest = 50 * time.Millisecond

// gcPercent is how much garbage may gather, in percent of what lives, before it is
// collected. Nearly all that lives here are connections, which make little garbage: with
// 5,000 of them and 25,000 events a second it is collected once in ten seconds, and a
// connection costs 2.0 KiB instead of 2.7.
const gcPercent = 25

func main() {
	log.SetFlags(log.Ltime)
	if os.Getenv("GOGC") == "" { // whoever runs it knows better
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the next signal is not ours any more and ends the program
	err := run(ctx, os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		log.Fatal("quickstart: ", err)
	}
}

// run serves until ctx is done. Everything that can be wrong with args or the
// address is an error before the first line is printed to out.
func run(ctx context.Context, args []string, out io.Writer) error {
	addr, every, err := parseFlags(args)
	if err != nil {
		return err
	}
	sampler, err := newSampler(os.DirFS("/proc"), time.Now)
	if err != nil {
		log.Printf("sampling without what cannot be read: %v", err)
	}
	page, err := newPage()
	if err != nil {
		return err
	}
	listener, err := ssehttp.Listen(ctx, addr)
	if err != nil {
		return err
	}
	feed := newFeed(logger{})
	events := ssehttp.New(ssehttp.Options{LastEvent: bye})
	server := newServer(events.HTTP(feed.handle), page)
	feed.start(ctx, every, sampler.sample)

	failed := make(chan error, 1) // room for the error of a server that nobody waits for any more
	go func() { failed <- server.Serve(listener) }()
	url := "http://" + reachable(listener.Addr().(*net.TCPAddr))
	_, _ = fmt.Fprintf(out, "page:   %s/\nstream: curl -N '%s/events?only=cpu,memory'\nctrl-C ends it\n", url, url)

	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	goodbye(events, server)
	return err
}

func parseFlags(args []string) (addr string, every time.Duration, err error) {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.StringVar(&addr, "addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 takes a free one")
	flags.DurationVar(&every, "interval", time.Second, "time between two samples")
	if err := flags.Parse(args); err != nil {
		return "", 0, err
	}
	if flags.NArg() > 0 {
		return "", 0, fmt.Errorf("argument %q: only flags are known", flags.Arg(0))
	}
	if every < shortest {
		return "", 0, fmt.Errorf("-interval %v: must be at least %v", every, shortest)
	}
	return addr, every, nil
}

func newServer(events, page fasthttp.RequestHandler) *fasthttp.Server {
	return &fasthttp.Server{
		Name:            "quickstart",
		ReadTimeout:     5 * time.Second,
		WriteTimeout:    5 * time.Second,
		IdleTimeout:     time.Minute,
		CloseOnShutdown: true,
		Handler: func(ctx *fasthttp.RequestCtx) {
			if string(ctx.Path()) == "/events" {
				events(ctx)
				return
			}
			page(ctx)
		},
	}
}

// goodbye drains both servers, in a bounded time whatever the clients do.
func goodbye(events *ssehttp.Server, server *fasthttp.Server) {
	within := func(d time.Duration, shutdown func(context.Context) error, left string) {
		ctx, cancel := context.WithTimeout(context.Background(), d)
		defer cancel()
		if err := shutdown(ctx); err != nil {
			log.Printf("%s: %v", left, err)
		}
	}
	log.Print("goodbye")
	within(goodbyeTime, events.Shutdown, "closed clients that did not take their last event")
	within(closeTime, server.ShutdownWithContext, "closed requests under way")
}

// reachable is an address that a browser on this machine can open.
func reachable(a *net.TCPAddr) string {
	if a.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", a.Port)
	}
	return a.String()
}
