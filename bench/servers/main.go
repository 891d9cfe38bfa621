// Command servers runs one small SSE server: Freshet's, a rival's in the form
// that its documentation recommends, or the floor. All kinds broadcast the same
// events to every connected client, and all have the same two pages of figures
// beside the stream, so that compare can treat them alike.
//
//	servers -kind nethttp -addr 127.0.0.1:0 -rate 20
//
// It prints one line, "listening on ADDR", and serves what follows. Rivals that are
// no Go libraries run as processes beside this one, which then only publishes and
// has the other pages: the line is "listening on ADDR pages ADDR pids PID,PID".
//
//	/events  the stream
//	/stats   JSON: connections, when the last one left, what was emitted, memory
//	/gc      a forced collection that gives memory back to the system
//	/heap    a heap profile, /cpu a CPU profile of three seconds
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/freshet-go/freshet/ssehttp"

	"github.com/freshet-go/freshet/bench/internal/cmdline"
	"github.com/freshet-go/freshet/bench/internal/machine"
)

// kind starts a server on ln and returns how to broadcast one event; it is called
// from one goroutine. The server runs until the process ends.
type kind func(ln net.Listener, a *audience) (broadcast func(event), err error)

// A kind whose server is a process of its own says so in a.external.
var kinds = map[string]kind{
	"centrifuge":            serveCentrifuge,
	"fasthttp-streamwriter": serveStreamWriter,
	"fiber":                 serveFiber,
	"freshet":               serveFreshet,
	"freshet-nethttp":       serveFreshetNetHTTP,
	"gosse":                 serveGoSSE,
	"nethttp":               serveNetHTTP,
	"nchan":                 serveNchan,
	"r3labs":                serveR3Labs,
	"rawloop":               serveRawLoop,
	"ro":                    serveRo,
	"webflux":               serveWebFlux,
}

// The bounds of the flags.
const (
	maxRate  = 1_000_000
	maxAwait = 1_000_000
	// spareFiles is what a server needs besides its connections: those under way,
	// and a second one for a moment for each that is being taken over.
	spareFiles = 1024
)

type options struct {
	kind  string
	addr  string
	rate  float64
	await int
	quiet time.Duration

	protect bool
	missing bool
}

func main() { cmdline.Main("servers", run) }

func run(ctx context.Context, args []string) error {
	opt, err := parse(args)
	if err != nil {
		return err
	}
	if opt.missing {
		printMissing(os.Stdout)
		return nil
	}
	if err := machine.RaiseFileLimit(opt.await + spareFiles); err != nil {
		return err
	}
	ln, err := listen(ctx, opt.kind, opt.addr)
	if err != nil {
		return err
	}
	a := newAudience(opt.kind)
	a.protect = opt.protect
	broadcast, err := kinds[opt.kind](ln, a)
	if err != nil {
		return err
	}
	line, err := a.introduce(ln.Addr())
	if err != nil {
		return err
	}
	defer a.close()
	fmt.Println(line)
	if !a.await(ctx, opt.await) {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(opt.quiet):
	}
	pace(ctx, opt.rate, a, broadcast)
	return nil
}

func parse(args []string) (opt options, err error) {
	f := flag.NewFlagSet("servers", flag.ContinueOnError)
	f.StringVar(&opt.kind, "kind", "", "one of "+strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	f.StringVar(&opt.addr, "addr", "127.0.0.1:0", "address in 127.0.0.0/8; port 0 picks a free one")
	f.Float64Var(&opt.rate, "rate", 1, "events a second; 0: none")
	f.IntVar(&opt.await, "await", 0, "broadcast only from when this many clients have connected")
	f.DurationVar(&opt.quiet, "quiet", 500*time.Millisecond, "how long to wait after that")
	f.BoolVar(&opt.missing, "missing", false, "print the kinds that cannot run here, and why")
	f.BoolVar(&opt.protect, "protect", false, "with limits and timeouts, as on the internet; freshet and freshet-nethttp only")
	if err := f.Parse(args); err != nil {
		return opt, err
	}
	addr, err := netip.ParseAddrPort(opt.addr)
	switch {
	case opt.missing:
		return opt, nil
	case kinds[opt.kind] == nil:
		return opt, fmt.Errorf("kind %q: must be one of %s", opt.kind, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	case opt.protect && !strings.HasPrefix(opt.kind, "freshet"):
		return opt, fmt.Errorf("kind %q: only freshet and freshet-nethttp can be protected", opt.kind)
	case err != nil || !addr.Addr().Is4() || !addr.Addr().IsLoopback():
		return opt, fmt.Errorf("addr %q: must be a port of an address in 127.0.0.0/8", opt.addr)
	case !(opt.rate >= 0 && opt.rate <= maxRate):
		return opt, fmt.Errorf("rate %v: must be from 0 to %d", opt.rate, maxRate)
	case opt.await < 0 || opt.await > maxAwait:
		return opt, fmt.Errorf("await %d: must be from 0 to %d", opt.await, maxAwait)
	case opt.quiet < 0 || opt.quiet > time.Minute:
		return opt, fmt.Errorf("quiet %v: must be from 0 to 1m", opt.quiet)
	}
	return opt, nil
}

// listen opens the listener that a kind recommends: freshet has one of its own,
// which accepts a connection once its request has begun to come.
func listen(ctx context.Context, kind, addr string) (net.Listener, error) {
	if kind == "freshet" {
		return ssehttp.Listen(ctx, addr)
	}
	return net.Listen("tcp4", addr)
}
