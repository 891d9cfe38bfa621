package program

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
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Server is a running server process. Its methods may be called from any goroutine,
// Stop once.
type Server struct {
	Addr string
	PIDs []int // of the processes that serve

	pages string // address of its pages of figures
	cmd   *exec.Cmd
}

// startTimeout bounds how long a server takes to listen: a JVM has a lot to load.
const startTimeout = 40 * time.Second

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
	s := &Server{cmd: cmd}
	if err == nil {
		err = s.read(line)
	}
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("server said %q instead of where it listens: %w", line, err)
	}
	return s, nil
}

// read takes the line with which a server introduces itself: "listening on ADDR", and
// for one that is no Go library "pages ADDR pids PID,PID".
func (s *Server) read(line string) error {
	words := strings.Fields(line)
	if len(words) < 3 || words[0] != "listening" || words[1] != "on" {
		return errors.New("these are other words")
	}
	s.Addr, s.pages, s.PIDs = words[2], words[2], []int{s.cmd.Process.Pid}
	if len(words) < 7 {
		return nil
	}
	s.pages, s.PIDs = words[4], nil
	for text := range strings.SplitSeq(words[6], ",") {
		pid, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		s.PIDs = append(s.PIDs, pid)
	}
	return nil
}

// External reports whether the server is no Go library, but processes of its own.
func (s *Server) External() bool { return s.pages != s.Addr }

// PID is the first process's id.
func (s *Server) PID() int { return s.PIDs[0] }

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
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.pages+path, nil)
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
