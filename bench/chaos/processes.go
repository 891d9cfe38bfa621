package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// badSource is the index of the first source address of those that do not behave.
const badSource = 5000

// crowd is a process with clients of its own.
type crowd struct {
	cmd  *exec.Cmd
	hold io.Closer // its standard input
}

// gather starts one and waits until all its clients are connected.
func (c *chaos) gather(ctx context.Context) (*crowd, error) {
	cmd := exec.CommandContext(ctx, c.programs.Sseload, "-url", c.url(), "-conns", strconv.Itoa(c.bad), "-duration", "1h", "-warmup", "0s",
		"-first-source", strconv.Itoa(badSource), "-json", os.DevNull, "-hold")
	hold, err := cmd.StdinPipe() // nothing is written: it stays connected until it is killed
	if err != nil {
		return nil, err
	}
	progress, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	connected := make(chan bool, 1) // so that the reader can end when nobody waits
	go func() {                     // reads the progress lines until the process ends
		lines := bufio.NewScanner(progress)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "connected ") {
				connected <- true
				break
			}
		}
		_, _ = io.Copy(io.Discard, progress)
		select {
		case connected <- false:
		default:
		}
	}()
	select {
	case ok := <-connected:
		if !ok {
			_ = cmd.Wait() // that it ended is the news
			return nil, errEarly
		}
	case <-ctx.Done():
	}
	return &crowd{cmd, hold}, nil
}

// kill ends the process as a crash or the kernel does.
func (p *crowd) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.hold.Close()
	_ = p.cmd.Wait() // it was killed
}

// killed has a process with clients killed, several times.
func killed(ctx context.Context, c *chaos) (string, error) {
	kills := 0
	for ctx.Err() == nil {
		p, err := c.gather(ctx)
		if err != nil {
			return "", err
		}
		pause(ctx, time.Second)
		p.kill()
		kills++
	}
	return fmt.Sprintf("%d processes of %d clients killed", kills, c.bad), nil
}

// paused stops a process with clients for half of the phase and lets it go on.
func paused(ctx context.Context, c *chaos) (string, error) {
	p, err := c.gather(ctx)
	if err != nil {
		return "", err
	}
	defer p.kill()
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return "", err
	}
	pause(ctx, c.options.phase/2)
	live := int64(-1)
	if st, err := c.server.Stats(context.WithoutCancel(ctx)); err == nil {
		live = st.Streams.Live
	}
	if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		return "", err
	}
	<-ctx.Done()
	return fmt.Sprintf("%d clients stopped for %v and resumed; %d streams were live then", c.bad, c.options.phase/2, live), nil
}

// pause waits, or until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
