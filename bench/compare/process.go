package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
)

const module = "github.com/freshet-go/freshet/bench"

// bench holds what every measurement needs: the options and the two programs.
type bench struct {
	options
	dir     string // of the bench module
	bin     string // where the programs are; removed at the end
	servers string
	sseload string
}

// build compiles the two programs. It works from the repository's root, where
// go.work ties the modules, and from the bench module.
func build(ctx context.Context, opt options) (bench, error) {
	b := bench{options: opt}
	var err error
	if b.dir, err = moduleDir(ctx); err != nil {
		return b, err
	}
	if b.bin, err = os.MkdirTemp("", "compare"); err != nil {
		return b, err
	}
	b.servers, b.sseload = filepath.Join(b.bin, "servers"), filepath.Join(b.bin, "sseload")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", b.bin, module+"/servers", module+"/sseload")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		b.remove()
		return b, fmt.Errorf("build: %w", err)
	}
	return b, nil
}

// moduleDir gives the directory of the bench module.
func moduleDir(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("the module %s is not to be found from here: run this from the repository's root", module)
	}
	return strings.TrimSpace(string(out)), nil
}

func (b bench) remove() { _ = os.RemoveAll(b.bin) }

// server is a running server process.
type server struct {
	cmd  *exec.Cmd
	addr string
}

// startTimeout bounds how long a server takes to listen.
const startTimeout = 10 * time.Second

// start waits for a quiet machine, if it is to, and runs a server that broadcasts from when await clients have come. The
// caller stops it.
func (b bench) start(ctx context.Context, kind string, rate float64, await int) (*server, error) {
	awaitQuiet(ctx, b.Patience)
	cmd := exec.CommandContext(ctx, b.servers, "-kind", kind,
		"-rate", strconv.FormatFloat(rate, 'f', -1, 64), "-await", strconv.Itoa(await))
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 3 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	timer := time.AfterFunc(startTimeout, func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	timer.Stop()
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	s := &server{cmd, addr}
	if err != nil || !ok {
		s.stop()
		return nil, fmt.Errorf("server said %q instead of where it listens", line)
	}
	return s, nil
}

// stop ends the process and waits for it.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(3*time.Second, func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	_ = s.cmd.Wait() // its exit code says nothing about what was measured
}

// stats are the figures that a server gives of itself.
type stats struct {
	Joined     int64 `json:"joined"`
	Left       int64 `json:"left"`
	LastLeftNS int64 `json:"last_left_unix_ns"`
	Emitted    int64 `json:"emitted"`
	Missed     int64 `json:"missed"`
	Goroutines int64 `json:"goroutines"`
}

func (s *server) stats(ctx context.Context) (st stats, err error) {
	b, err := s.get(ctx, "/stats")
	if err == nil {
		err = json.Unmarshal(b, &st)
	}
	return st, err
}

func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	return io.ReadAll(io.LimitReader(resp.Body, 1<<20))
}

// load runs sseload against the server and waits for its result.
func (b bench) load(ctx context.Context, s *server, args ...string) (result load.Result, err error) {
	all := append([]string{
		"-url", "http://" + s.addr + "/events", "-pid", strconv.Itoa(s.cmd.Process.Pid),
		"-conns", strconv.Itoa(b.Conns), "-json", "-",
	}, args...)
	cmd := exec.CommandContext(ctx, b.sseload, all...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return result, errors.Join(err, errors.New(lastLines(complaint.String(), 5)))
	}
	err = json.Unmarshal(out, &result)
	result.Histograms = nil // they are for joining results, and long
	return result, err
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
