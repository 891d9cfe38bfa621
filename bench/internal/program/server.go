package program

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Server is a running server process. Its methods may be called from any goroutine,
// Stop once.
type Server struct {
	Addr string

	cmd *exec.Cmd
}

// startTimeout bounds how long a server takes to listen.
const startTimeout = 10 * time.Second

// Start runs bench/servers with the arguments and waits until it listens. The caller
// stops it.
func (p Programs) Start(ctx context.Context, args ...string) (*Server, error) {
	cmd := exec.CommandContext(ctx, p.Servers, args...)
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
	s := &Server{addr, cmd}
	if err != nil || !ok {
		s.Stop()
		return nil, fmt.Errorf("server said %q instead of where it listens", line)
	}
	return s, nil
}

// PID is the process's id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Stop ends the process and waits for it.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(3*time.Second, func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	_ = s.cmd.Wait() // its exit code says nothing about what was measured
}

// Stats are the figures that a server gives of itself.
type Stats struct {
	Joined     int64    `json:"joined"`
	Left       int64    `json:"left"`
	LastLeftNS int64    `json:"last_left_unix_ns"`
	Emitted    int64    `json:"emitted"`
	Missed     int64    `json:"missed"`
	Goroutines int64    `json:"goroutines"`
	HeapKiB    int64    `json:"heap_kib"`
	Streams    *Streams `json:"streams,omitempty"` // of Freshet only
}

// Streams are Freshet's own counters.
type Streams struct {
	Accepted int64            `json:"accepted"`
	Live     int64            `json:"live"`
	Refused  int64            `json:"refused"`
	Pending  int64            `json:"pending_bytes"`
	Closed   map[string]int64 `json:"closed"` // by reason
}

// Stats asks the server for them.
func (s *Server) Stats(ctx context.Context) (st Stats, err error) {
	b, err := s.Get(ctx, "/stats")
	if err == nil {
		err = json.Unmarshal(b, &st)
	}
	return st, err
}

// Get gives one of the server's pages.
func (s *Server) Get(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr+path, nil)
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
