package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// external is a server that is a process beside this one: a rival that is no Go
// library. This process publishes to it by POST, one at a time, and asks it how many
// clients it has.
type external struct {
	name   string
	cmd    *exec.Cmd
	base   string // its URL
	client *http.Client
	dir    string // temporary, for its files; "" is none
	header string // of a request to publish: holds the event's id
	counts func(*external) (joined, left int64, err error)
	gc     string // path to POST to for a collection; "" is none
}

// collect has the process collect, if it can.
func (e *external) collect() []byte {
	if e.gc != "" {
		resp, err := e.client.Post(e.base+e.gc, "text/plain", nil)
		if err != nil {
			return []byte(err.Error())
		}
		_ = resp.Body.Close()
	}
	return []byte("done\n")
}

// start runs the process and waits until it answers. The kind closes ln before, whose
// port the process has then.
func (e *external) start(a *audience) error {
	e.cmd.Stderr = os.Stderr
	e.cmd.SysProcAttr = childOfThis()
	e.client = &http.Client{Timeout: 10 * time.Second}
	if err := e.cmd.Start(); err != nil {
		return err
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, _, err := e.counts(e)
		if err == nil {
			break
		}
		if time.Now().After(end) {
			e.stop()
			return fmt.Errorf("%s did not answer: %w", e.name, err)
		}
	}
	a.external = e
	go e.watch(a) // asks until the process ends
	return nil
}

// watch keeps the audience's counts.
func (e *external) watch(a *audience) {
	for ; ; time.Sleep(20 * time.Millisecond) {
		joined, left, err := e.counts(e)
		if err != nil {
			continue // busy, or ended with this process
		}
		a.joined.Store(joined)
		if a.left.Swap(left) != left {
			a.lastLeft.Store(time.Now().UnixNano())
		}
	}
}

func (e *external) broadcast(ev event) {
	req, err := http.NewRequest(http.MethodPost, e.base+"/publish", bytes.NewReader(ev.json()))
	if err != nil {
		return // cannot happen: the URL is our own
	}
	req.Header.Set("Content-Type", "text/plain")
	req.Header.Set(e.header, strconv.FormatInt(ev.id, 10))
	resp, err := e.client.Do(req)
	if err != nil {
		fmt.Fprintf(os.Stderr, "servers: %s: %v\n", e.name, err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
	_ = resp.Body.Close()
}

// get gives a page of the process.
func (e *external) get(path string) (string, error) {
	resp, err := e.client.Get(e.base + path)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", resp.StatusCode)
	}
	return string(b), err
}

func (e *external) stop() {
	_ = e.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(2*time.Second, func() { _ = e.cmd.Process.Kill() })
	defer timer.Stop()
	_ = e.cmd.Wait() // it was told to end
	if e.dir != "" {
		_ = os.RemoveAll(e.dir)
	}
}

// pids are those of the process and its children.
func (e *external) pids() []string {
	pid := e.cmd.Process.Pid
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) // absent: it has none
	return append([]string{strconv.Itoa(pid)}, strings.Fields(string(b))...)
}

// introduce gives the line that tells where to connect. For an external server it
// also serves the pages of figures, at an address of their own.
func (a *audience) introduce(addr net.Addr) (string, error) {
	e := a.external
	if e == nil {
		return fmt.Sprint("listening on ", addr), nil
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	pages := &http.Server{Handler: mux(a, http.NotFoundHandler())}
	go func() { _ = pages.Serve(ln) }() // accepts until the process ends
	return fmt.Sprintf("listening on %v pages %v pids %s", addr, ln.Addr(), strings.Join(e.pids(), ",")), nil
}

func (a *audience) close() {
	if a.external != nil {
		a.external.stop()
	}
}

// errMissing says that a program that a kind needs is not on this machine.
var errMissing = errors.New("not on this machine")

// missing gives why a kind cannot run here; nil if it can.
var missing = map[string]func() error{"nchan": missingNchan, "webflux": missingWebFlux}

// printMissing prints a line for each kind that cannot run here: its name, a tab, and
// the reason.
func printMissing(w io.Writer) {
	names := make([]string, 0, len(missing))
	for name := range missing {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := missing[name](); err != nil {
			_, _ = fmt.Fprintf(w, "%s\t%v\n", name, err)
		}
	}
}

// free closes the listener, whose port is then the child's.
func free(ln net.Listener) string {
	addr := ln.Addr().String()
	_ = ln.Close()
	return addr
}

// command is one that ends when it is told to, by close.
func command(name string, args ...string) *exec.Cmd {
	return exec.CommandContext(context.Background(), name, args...)
}
