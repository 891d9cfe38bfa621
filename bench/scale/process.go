package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is one that the program started, in a role.
type process struct {
	role  string
	index int
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
}

// startRole starts this program again. The caller stops it.
func startRole(ctx context.Context, role string, index int, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"-role", role, "-index", fmt.Sprint(index)}, args...)...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	p := &process{role: role, index: index, cmd: cmd}
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	return p, cmd.Start()
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stopTimeout is how long a process has to end when it is asked to.
const stopTimeout = 5 * time.Second

// line waits for the next line that the process prints, which must begin with want,
// and gives its other words.
func (p *process) line(want string, patience time.Duration) ([]string, error) {
	timer := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	line, err := p.out.ReadString('\n')
	rest, ok := strings.CutPrefix(line, want)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s %d said %q within %v instead of %q", p.role, p.index, line, patience, want)
	}
	return strings.Fields(rest), nil
}

// stop ends the process and waits for it.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(stopTimeout, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_ = p.cmd.Wait() // its exit code says nothing about what was measured
}
