package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/machine"
)

// cluster is one measurement: the processes, and what connects them.
type cluster struct {
	options
	report  *report
	watch   *watch
	servers []*process
	clients []*process
	addr    string
	bus     *nats.Conn
	busURL  string
}

// measure runs the whole of it.
func measure(ctx context.Context, opt options) error {
	files := machine.FileLimit()
	opt, err := opt.plan(files)
	if err != nil {
		return err
	}
	c := &cluster{options: opt, watch: newWatch()}
	c.report = newReport(opt, files)
	err = c.run(ctx)
	c.report.Samples = c.watch.stop()
	for _, p := range append(c.clients, c.servers...) {
		p.stop()
	}
	if err != nil {
		return err
	}
	return c.report.finish(ctx)
}

func (c *cluster) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{c.startServers, c.connect, c.publish, c.collect} {
		if err := step(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// startTimeout bounds how long a server takes to listen.
const startTimeout = 20 * time.Second

// startServers starts the first server with the bus in it, then the others on its
// port, and joins the bus.
func (c *cluster) startServers(ctx context.Context) error {
	for i := range c.Servers {
		args := []string{}
		if i > 0 {
			args = append(args, "-addr", c.addr, "-bus", c.busURL)
		}
		p, err := startRole(ctx, roleServer, i, args...)
		if err != nil {
			return err
		}
		c.servers = append(c.servers, p)
		c.watch.add(p)
		words, err := p.line("listening on ", startTimeout)
		if err != nil {
			return err
		}
		if i == 0 {
			c.addr, c.busURL = words[0], words[1]
		}
	}
	var err error
	if c.bus, err = nats.Connect(c.busURL, nats.Name("publisher")); err != nil {
		return err
	}
	for i, p := range c.servers {
		kib, err := machine.ResidentKiB(p.pid())
		if err != nil {
			return err
		}
		c.report.Processes = append(c.report.Processes, processUse{Role: roleServer, Index: i, PID: p.pid(), BeforeKiB: kib})
	}
	fmt.Fprintf(os.Stderr, "%d servers on %s, joined by %s\n", c.Servers, c.addr, c.busURL)
	return nil
}

// connect starts the clients and waits until all are connected.
func (c *cluster) connect(ctx context.Context) error {
	c.report.mark(phaseConnecting, c.watch.take())
	for i := range c.Clients {
		conns := c.Conns*(i+1)/c.Clients - c.Conns*i/c.Clients
		p, err := startRole(ctx, roleClient, i, "-addr", c.addr, "-conns", strconv.Itoa(conns),
			"-duration", c.Duration.String(), "-every", c.Every.String(), "-connect-timeout", c.Connect.String())
		if err != nil {
			return err
		}
		c.clients = append(c.clients, p)
		c.watch.add(p)
		c.report.Processes = append(c.report.Processes, processUse{Role: roleClient, Index: i, PID: p.pid(), Conns: int64(conns)})
	}
	for _, p := range c.clients {
		words, err := p.line("connected ", c.Connect+startTimeout)
		if err != nil {
			return err
		}
		n, _ := strconv.ParseInt(words[0], 10, 64) // its own number
		c.report.Connected += n
		fmt.Fprintf(os.Stderr, "%d of %d connected\n", c.report.Connected, c.Conns)
	}
	c.report.mark(phaseIdle, c.watch.take())
	return nil
}

// idleFor is how long all are connected before anything is sent, so that memory can
// be taken.
const idleFor = 3 * time.Second

// publish has all clients begin and publishes by the clock until the duration is
// over. An event carries the moment at which it was due.
func (c *cluster) publish(ctx context.Context) error {
	time.Sleep(idleFor)
	for i, p := range c.servers {
		c.report.Processes[i].ConnectedKiB, _ = machine.ResidentKiB(p.pid())
	}
	for _, p := range c.clients {
		if _, err := fmt.Fprintln(p.in, "go"); err != nil {
			return fmt.Errorf("client %d: %w", p.index, err)
		}
	}
	time.Sleep(settle / 2)
	c.useBefore()
	c.report.mark(phasePublishing, c.watch.take())
	start, n := time.Now(), int64(c.Duration/c.Every)
	for id := int64(1); id <= n && ctx.Err() == nil; id++ {
		due := start.Add(time.Duration(id-1) * c.Every)
		time.Sleep(time.Until(due))
		if err := c.bus.PublishMsg(message(id, due)); err != nil {
			return err
		}
		if err := c.bus.FlushTimeout(busTimeout); err != nil { // it is with the bus's server now
			return err
		}
		c.report.Published = id
	}
	time.Sleep(time.Until(start.Add(c.Duration)))
	c.useAfter()
	c.report.mark(phaseOver, c.watch.take())
	return ctx.Err()
}

// useBefore and useAfter take the processor time of every process at both ends of
// the publishing.
func (c *cluster) useBefore() {
	for i := range c.report.Processes {
		cpu, _ := machine.CPU(c.report.Processes[i].PID)
		c.report.Processes[i].CPUSeconds = -cpu.Seconds()
	}
}

func (c *cluster) useAfter() {
	for i := range c.report.Processes {
		p := &c.report.Processes[i]
		cpu, _ := machine.CPU(p.PID)
		p.CPUSeconds += cpu.Seconds()
		p.EndKiB, _ = machine.ResidentKiB(p.PID)
	}
}

// message is about 160 bytes of JSON, as those of bench/servers.
func message(id int64, due time.Time) *nats.Msg {
	m := nats.NewMsg(subject)
	m.Header.Set(idHeader, strconv.FormatInt(id, 10))
	m.Data = fmt.Appendf(nil, `{"t":%d,"n":%d,"symbol":"FRSH","bid":104.25,"ask":104.31,"volume":184467,"venue":"loopback",`+
		`"text":"about a hundred and fifty bytes of JSON"}`, due.UnixNano(), id)
	return m
}

// collect asks the servers for their figures, and takes the clients' results.
func (c *cluster) collect(context.Context) error {
	for i := range c.servers {
		p := &c.report.Processes[i]
		m, err := c.bus.Request(statsStart+strconv.Itoa(i), nil, busTimeout)
		if err != nil {
			return fmt.Errorf("server %d: %w", i, err)
		}
		var s nodeStats
		if err := json.Unmarshal(m.Data, &s); err != nil {
			return err
		}
		p.Server, p.Conns, p.Files = &s, s.Live, s.Files
	}
	for i := range c.report.Processes {
		if p := &c.report.Processes[i]; p.Role == roleClient {
			p.Files, _ = machine.Descriptors(p.PID)
		}
	}
	var results []load.Result
	for _, p := range c.clients {
		timer := time.AfterFunc(c.Duration+busTimeout, func() { _ = p.cmd.Process.Kill() })
		var r load.Result
		err := json.NewDecoder(p.out).Decode(&r)
		timer.Stop()
		if err != nil {
			return fmt.Errorf("client %d: its result: %w", p.index, err)
		}
		results = append(results, r)
	}
	var err error
	c.report.Result, err = load.Join(results...)
	c.report.Result.Histograms = nil
	c.bus.Close()
	return err
}
