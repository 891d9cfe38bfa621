package conformance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A panic on a goroutine of the code under test, or a loop that never ends, must
// be the failure of one case and not the end of the run. So the cases run in a
// worker, which is this test binary started again; it writes, to a pipe, the
// number of each case before it starts and its outcome after. When it dies, or
// says nothing for patience, the case it was at has failed, and another worker
// goes on behind it.
const (
	workerFrom = "FRESHET_TRACE_WORKER"   // set in a worker: the case it begins with
	registryOf = "FRESHET_TRACE_REGISTRY" // which registry a worker uses: "hidden", "faulty", or the usual one
	patience   = 20 * time.Second
)

type message struct {
	Case    int
	Outcome *outcome // nil: the case begins
}

func isWorker() bool { return os.Getenv(workerFrom) != "" }

// serve is the worker.
func serve(t *testing.T, cases []*Case) {
	from, err := strconv.Atoi(os.Getenv(workerFrom))
	require.NoError(t, err)
	pipe := os.NewFile(3, "outcomes")
	out := json.NewEncoder(pipe)
	reg := newRegistry()
	switch os.Getenv(registryOf) {
	case "hidden":
		reg.hidden = true
	case "faulty":
		reg = faultyRegistry()
	}
	for i := from; i < len(cases); i++ {
		require.NoError(t, out.Encode(message{Case: i}))
		o := runCase(t, cases[i], reg)
		if o.Verdict == passed && !*dump {
			o.Lines = nil
		}
		require.NoError(t, out.Encode(message{i, &o}))
	}
	require.NoError(t, pipe.Close())
}

// runInWorkers runs the cases in workers, one after the other.
func runInWorkers(t *testing.T, cases []*Case, patience time.Duration, done func(*Case, outcome), env ...string) {
	for next := 0; next < len(cases); {
		w := startWorker(t, next, patience, env...)
		current := next
		for m := range w.messages(t) {
			current = m.Case
			if m.Outcome != nil {
				done(cases[current], *m.Outcome)
				current++
			}
		}
		died := w.wait()
		next = current
		if next < len(cases) {
			done(cases[next], outcome{Verdict: failed, Faults: []string{"an unknown time: " + died}})
			next++
		} else if died != "" {
			t.Error("after the last case: " + died)
		}
	}
}

type worker struct {
	cmd    *exec.Cmd
	pipe   *os.File
	output bytes.Buffer

	patience time.Duration
	hung     bool
}

func startWorker(t *testing.T, from int, patience time.Duration, env ...string) *worker {
	exe, err := os.Executable()
	require.NoError(t, err)
	read, write, err := os.Pipe()
	require.NoError(t, err)
	w := &worker{pipe: read, patience: patience}
	w.cmd = exec.Command(exe, "-test.run=^TestReactorTraces$", "-test.timeout=0", "-show="+strconv.FormatBool(*dump))
	w.cmd.Env = append(os.Environ(), workerFrom+"="+strconv.Itoa(from))
	w.cmd.Env = append(w.cmd.Env, env...)
	w.cmd.ExtraFiles = []*os.File{write}
	w.cmd.Stdout, w.cmd.Stderr = &w.output, &w.output
	require.NoError(t, w.cmd.Start())
	require.NoError(t, write.Close())
	return w
}

// messages gives what the worker says until it ends or has been silent for too
// long, in which case it is killed.
func (w *worker) messages(t *testing.T) func(yield func(message) bool) {
	return func(yield func(message) bool) {
		defer func() { _ = w.pipe.Close() }()
		lines := bufio.NewReader(w.pipe)
		for {
			require.NoError(t, w.pipe.SetReadDeadline(time.Now().Add(w.patience)))
			b, err := lines.ReadBytes('\n')
			if err != nil {
				w.hung = os.IsTimeout(err)
				if w.hung {
					_ = w.cmd.Process.Kill()
				}
				return
			}
			var m message
			require.NoError(t, json.Unmarshal(b, &m))
			if !yield(m) {
				return
			}
		}
	}
}

// wait gives the reason for which the worker died, "" if it ended well.
func (w *worker) wait() string {
	err := w.cmd.Wait()
	switch {
	case w.hung:
		return fmt.Sprintf("the case hung for %v", w.patience)
	case err == nil:
		return ""
	}
	return fmt.Sprintf("the process died: %v\n%s", err, excerpt(w.output.String(), 60))
}

// excerpt gives the first lines of an output, where Go says what happened.
func excerpt(s string, lines int) string {
	l := strings.Split(s, "\n")
	return strings.Join(l[:min(lines, len(l))], "\n")
}
