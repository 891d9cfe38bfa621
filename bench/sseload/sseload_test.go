package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/bench/internal/load"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve streams an event every 20 ms.
func serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		each := time.NewTicker(20 * time.Millisecond)
		defer each.Stop()
		for id := 1; r.Context().Err() == nil; id++ {
			_, _ = fmt.Fprintf(w, "id: %d\ndata: {\"at\":%d}\n\n", id, time.Now().UnixMilli())
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-each.C:
			}
		}
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

func TestSseloadWritesJSONThatCanBeReadBack(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the load generator needs Linux")
	}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{
		"-url", serve(t), "-conns", "4", "-duration", "300ms", "-warmup", "0s", "-json", "-", "-time-field", "at", "-time-unit", "1ms",
	}, &out, io.Discard))
	var got load.Result
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	assert.Equal(t, int64(4), got.Heads)
	assert.GreaterOrEqual(t, got.Events, int64(4))
	assert.Equal(t, got.Events, got.Latency.Count)
}

func TestSseloadPrintsATable(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the load generator needs Linux")
	}
	var out, progress bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-url", serve(t), "-conns", "2", "-duration", "100ms", "-warmup", "0s", "-slow", "1"}, &out, &progress))
	assert.Contains(t, out.String(), "connected   2, open at the end 2")
	assert.Contains(t, out.String(), "slow        1 connections that never read, 0 closed by the server")
	assert.Contains(t, out.String(), "events had no timestamp")
	assert.Contains(t, progress.String(), "connecting")
}

func TestSseloadWritesAPageOfItsOwn(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the load generator needs Linux")
	}
	file := filepath.Join(t.TempDir(), "report.html")
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{
		"-url", serve(t), "-url", serve(t), "-conns", "4", "-duration", "300ms", "-warmup", "0s", "-time-field", "at", "-time-unit", "1ms",
		"-pid", strconv.Itoa(os.Getpid()), "-header", "X-A: b", "-last-event-id", "3", "-html", file,
	}, &out, io.Discard))
	assert.Contains(t, out.String(), "4 connections")
	html, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, part := range []string{"4 event streams for 0.3 s", "Delivery time by percentile", "Events that arrived", "Open connections",
		"CPU of the server", "Resident memory of the server", "Coordinated omission", "its busiest worker"} {
		assert.Contains(t, string(html), part)
	}
	assert.NotContains(t, string(html), "NaN")
}

func TestAStormIsAScenario(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the load generator needs Linux")
	}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-scenario", "storm", "-url", serve(t), "-conns", "6", "-kill-after", "100ms", "-duration", "600ms", "-warmup", "0s", "-time-field", ".at", "-time-unit", "1ms"}, &out, io.Discard))
	assert.Contains(t, out.String(), "open at the end 6")
	assert.Contains(t, out.String(), "came back   6 times")
	assert.NotContains(t, out.String(), "no timestamp")
}

func TestScenariosFillInWhatFlagsLeftOut(t *testing.T) {
	get := func(args ...string) load.Options {
		opt, _, err := parse(append(args, "-conns", "100"), io.Discard)
		require.NoError(t, err)
		return opt
	}
	assert.Equal(t, 2.0, get("-scenario", "churn").Churn)
	assert.Equal(t, 7.0, get("-scenario", "churn", "-churn", "7").Churn)
	assert.Equal(t, 10, get("-scenario", "slow").Slow)
	assert.Equal(t, 20, get("-scenario", "kill").Kill)
	assert.Equal(t, 100, get("-scenario", "storm").Kill)
	assert.Zero(t, get("-scenario", "idle").Kill)
	get("-scenario", "personal", "-url", "http://127.0.0.1/u/{n}")
	_, _, err := parse([]string{"-scenario", "personal", "-url", "http://127.0.0.1/u"}, io.Discard)
	assert.ErrorContains(t, err, "needs {n}")
	_, _, err = parse([]string{"-scenario", "x"}, io.Discard)
	assert.ErrorContains(t, err, `scenario "x"`)
}

func TestSseloadJoinsTheFilesOfSeveralProcesses(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the load generator needs Linux")
	}
	dir := t.TempDir()
	files := []string{filepath.Join(dir, "1.json"), filepath.Join(dir, "2.json")}
	url := serve(t)
	for i, file := range files {
		require.NoError(t, run(t.Context(), []string{"-url", url, "-conns", "3", "-first-source", strconv.Itoa(i), "-duration", "200ms", "-warmup", "0s", "-time-field", "at", "-time-unit", "1ms", "-json", file}, io.Discard, io.Discard))
	}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), append([]string{"-join", "-html", filepath.Join(dir, "all.html")}, files...), &out, io.Discard))
	assert.Contains(t, out.String(), "6 connections")
	assert.Contains(t, out.String(), "connected   6, open at the end 6")
	assert.FileExists(t, filepath.Join(dir, "all.html"))
	assert.ErrorContains(t, run(t.Context(), []string{"-join"}, io.Discard, io.Discard), "files are missing")
	assert.ErrorContains(t, run(t.Context(), []string{"-join", filepath.Join(dir, "all.html")}, io.Discard, io.Discard), "all.html")
}

func TestHoldWaitsForALine(t *testing.T) {
	var said bytes.Buffer
	in, out := io.Pipe()
	done := make(chan struct{})
	go func() { // until the line is written
		defer close(done)
		hold(&said, in)(t.Context(), 5)
	}()
	_, err := out.Write([]byte("go\n"))
	require.NoError(t, err)
	<-done
	assert.Equal(t, "connected 5\n", said.String())
	_ = out.Close()
}

func TestPageNamesWhatDisturbedTheRun(t *testing.T) {
	s := disturbances(load.Result{Warnings: []string{"a"}, Broken: true, Errors: map[string]int64{"status 503": 3}})
	assert.Equal(t, []string{"a", "the run was interrupted", "3 connections ended: status 503"}, s.List)
	assert.Empty(t, disturbances(load.Result{}).List)
}

func TestSseloadRefusesWhatIsNotLoopbackAndWhatIsNoFlag(t *testing.T) {
	assert.ErrorContains(t, run(t.Context(), []string{"-url", "http://192.0.2.1/"}, io.Discard, io.Discard), "127.0.0.0/8")
	assert.ErrorContains(t, run(t.Context(), []string{"-url", "http://127.0.0.1/", "x"}, io.Discard, io.Discard), `argument "x"`)
	assert.ErrorContains(t, run(t.Context(), []string{"-conns", "many"}, io.Discard, io.Discard), "many")
	assert.ErrorContains(t, run(t.Context(), []string{"-header", "nothing"}, io.Discard, io.Discard), "a colon")
	assert.ErrorContains(t, run(t.Context(), nil, io.Discard, io.Discard), "0 urls")
}
