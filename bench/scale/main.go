// Command scale holds as many event streams as the machine allows: several server
// processes that share one port (SO_REUSEPORT) and are joined by a NATS server,
// embedded in the first of them, and several client processes with source addresses
// of their own. Once a second it publishes an event, which every client of every
// server must get, and it says what that took: memory, processors, the time until
// the last client had it, and which limit of the machine is the nearest.
//
//	go run ./bench/scale -conns 100000 -duration 30s
//
// It prints a table, writes everything measured as JSON and a page with plots under
// bench/results, and exits with 1 if a connection was not made or an event was lost.
// It needs Linux and connects to 127.0.0.0/8 only.
//
// # Processes
//
// The program starts itself again in two roles. As many processes are started as
// the limit of open files asks for, and two servers at least. Before it starts it
// raises that limit where it may.
package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/bench/internal/cmdline"
	"github.com/freshet-go/freshet/bench/internal/load"
)

func main() { cmdline.Main("scale", run) }

type options struct {
	Conns    int           `json:"conns"`
	Servers  int           `json:"servers"`
	Clients  int           `json:"clients"`
	Duration time.Duration `json:"duration_ns"`
	Every    time.Duration `json:"every_ns"`
	Connect  time.Duration `json:"connect_timeout_ns"`

	out   string
	role  string // of a process that the program started
	addr  string // to listen on, or to connect to
	bus   string // of a server that joins
	index int    // of the process in its role
}

// The roles of the processes that the program starts.
const (
	roleServer = "server"
	roleClient = "client"
)

func run(ctx context.Context, args []string) error {
	opt, err := parse(args)
	if err != nil {
		return err
	}
	switch opt.role {
	case roleServer:
		return serve(ctx, opt)
	case roleClient:
		return client(ctx, opt)
	}
	return measure(ctx, opt)
}

// The bounds of the flags.
const (
	maxConns     = 1_000_000
	maxProcesses = 64
)

func parse(args []string) (opt options, err error) {
	f := flag.NewFlagSet("scale", flag.ContinueOnError)
	f.IntVar(&opt.Conns, "conns", 100_000, "connections")
	f.DurationVar(&opt.Duration, "duration", 30*time.Second, "how long to publish")
	f.DurationVar(&opt.Every, "every", time.Second, "time between two events")
	f.IntVar(&opt.Servers, "servers", 0, "server processes; 0: as many as the limit of open files asks for, at least 2")
	f.IntVar(&opt.Clients, "clients", 0, "client processes; 0: as many as the limit of open files asks for")
	f.DurationVar(&opt.Connect, "connect-timeout", 2*time.Minute, "for all connections together")
	f.StringVar(&opt.out, "out", "", "directory for the JSON and the page; empty: results in the bench module")
	f.StringVar(&opt.role, "role", "", "for the processes that the program starts")
	f.StringVar(&opt.addr, "addr", "127.0.0.1:0", "for the processes that the program starts")
	f.StringVar(&opt.bus, "bus", "", "for the processes that the program starts")
	f.IntVar(&opt.index, "index", 0, "for the processes that the program starts")
	if err := f.Parse(args); err != nil {
		return opt, err
	}
	if f.NArg() > 0 {
		return opt, fmt.Errorf("argument %q: only flags are taken", f.Arg(0))
	}
	return opt, opt.check()
}

func (o options) check() error {
	switch {
	case o.Conns < 1 || o.Conns > maxConns:
		return fmt.Errorf("conns %d: must be from 1 to %d", o.Conns, maxConns)
	case o.Duration < time.Second || o.Duration > load.MaxDuration/2:
		return fmt.Errorf("duration %v: must be from 1s to %v", o.Duration, load.MaxDuration/2)
	case o.Every < 10*time.Millisecond || o.Every > o.Duration:
		return fmt.Errorf("every %v: must be from 10ms to the duration, %v", o.Every, o.Duration)
	case o.Servers < 0 || o.Servers > maxProcesses || o.Clients < 0 || o.Clients > maxProcesses:
		return fmt.Errorf("%d servers, %d clients: must be from 0 to %d each", o.Servers, o.Clients, maxProcesses)
	case o.Connect <= 0 || o.Connect > load.MaxDuration:
		return fmt.Errorf("connect timeout %v: must be more than 0 and at most %v", o.Connect, load.MaxDuration)
	case o.role != "" && o.role != roleServer && o.role != roleClient:
		return fmt.Errorf("role %q: must be %s or %s", o.role, roleServer, roleClient)
	}
	return nil
}

// Files that a process needs besides its connections. A server needs a second one
// for a moment for each connection that it takes over, and the kernel does not
// share connections out evenly.
const (
	serverSpare = 1500
	clientSpare = 200
)

// plan fills in how many processes there are to be, for a limit of open files.
func (o options) plan(files int) (options, error) {
	if files <= serverSpare {
		return o, fmt.Errorf("a process may have %d open files: at least %d are needed", files, serverSpare+1)
	}
	if o.Servers == 0 {
		uneven := o.Conns + o.Conns/50
		o.Servers = max(2, (uneven+files-serverSpare-1)/(files-serverSpare))
	}
	if o.Clients == 0 {
		o.Clients = (o.Conns + files - clientSpare - 1) / (files - clientSpare)
	}
	if o.Servers > maxProcesses || o.Clients > maxProcesses || o.Clients > o.Conns {
		return o, fmt.Errorf("%d connections with %d open files a process: %d servers and %d clients, and there may be %d each, and a connection each",
			o.Conns, files, o.Servers, o.Clients, maxProcesses)
	}
	return o, nil
}
