// Package example is what the example programs have in common and what none of
// them is about: the -addr flag, the embedded page, and an orderly end at ctrl-C.
// An example is a function that makes a [Program]; its main calls [Main].
package example

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/ssehttp"
)

// Program is one example: what it serves, and how that is announced.
type Program struct {
	Name string
	Addr string   // where it listens unless -addr says otherwise, host:port
	Page embed.FS // its files are in the folder page; index.html is at "/"

	// Routes has a handler for each method and path, as in "POST /notify". The
	// page answers all others.
	Routes map[string]fasthttp.RequestHandler

	// Streams are the servers behind the routes that are streams. They are shut
	// down first, so that every client gets its last event.
	Streams *ssehttp.Server

	// Try is a command for the reader, in which URL stands for the address.
	Try string
}

// goodbyeTime is how long clients get to take their last event, and then again for
// the requests that are under way.
const goodbyeTime = time.Second

// Main runs an example until ctrl-C, and ends the process with its error. A second
// ctrl-C ends it at once.
func Main(begin func(ctx context.Context) (Program, error)) {
	log.SetFlags(log.Ltime)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the next signal is not ours any more
	err := Run(ctx, begin, os.Args[1:], os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

// Run serves until ctx is done. begin gets a context that is done when Run
// returns. What is wrong with args or the address is an error before the first
// line is printed to out, a single write.
func Run(ctx context.Context, begin func(ctx context.Context) (Program, error), args []string, out io.Writer) error {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	p, err := begin(life)
	if err != nil {
		return err
	}
	addr, err := p.parse(args)
	if err != nil {
		return err
	}
	listener, err := ssehttp.Listen(ctx, addr)
	if err != nil {
		return err
	}
	server := p.server()
	failed := make(chan error, 1) // room for the error of a server that nobody waits for any more
	go func() { failed <- server.Serve(listener) }()
	url := "http://" + reachable(listener.Addr().(*net.TCPAddr))
	_, _ = fmt.Fprintf(out, "page:  %s/\ntry:   %s\nctrl-C ends it\n", url, strings.ReplaceAll(p.Try, "URL", url))
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, within(goodbyeTime, p.Streams.Shutdown), within(goodbyeTime, server.ShutdownWithContext))
}

func (p Program) parse(args []string) (addr string, err error) {
	flags := flag.NewFlagSet(p.Name, flag.ContinueOnError)
	flags.StringVar(&addr, "addr", p.Addr, "`host:port` to listen on; port 0 takes a free one")
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	if flags.NArg() > 0 {
		return "", fmt.Errorf("argument %q: only flags are known", flags.Arg(0))
	}
	return addr, nil
}

func (p Program) server() *fasthttp.Server {
	page := pageHandler(p.Page)
	return &fasthttp.Server{
		Name:               p.Name,
		ReadTimeout:        5 * time.Second,
		WriteTimeout:       5 * time.Second,
		IdleTimeout:        time.Minute,
		MaxRequestBodySize: 1 << 20,
		CloseOnShutdown:    true,
		Handler: func(ctx *fasthttp.RequestCtx) {
			if h := p.Routes[string(ctx.Method())+" "+string(ctx.Path())]; h != nil {
				h(ctx)
				return
			}
			page(ctx)
		},
	}
}

// within bounds a shutdown, and forgives the clients that it had to cut off.
func within(d time.Duration, shutdown func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// reachable is an address that a browser on this machine can open.
func reachable(a *net.TCPAddr) string {
	if a.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", a.Port)
	}
	return a.String()
}
