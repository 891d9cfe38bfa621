package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// fasthttp keeps one goroutine for the Date header for good, and one that
		// sleeps up to 10 s after its server was shut down.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
	)
}

// program runs the example on a free port. stop is its ctrl-C.
func program(t *testing.T, args ...string) (url string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, append([]string{"-addr", "127.0.0.1:0", "-pace", "1ms"}, args...), in) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	go io.Copy(io.Discard, out) //nolint:errcheck // ends with the pipe, below
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		assert.NoError(t, <-ended)
		assert.NoError(t, in.Close())
	}
	t.Cleanup(stop)
	return regexp.MustCompile(`http://\S+`).FindString(line), stop
}

func post(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, nil)
	require.NoError(t, err)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(b)
}

// tab is a browser tab: it remembers the last id it saw.
type tab struct {
	t      *testing.T
	lastID string
	steps  map[int][]int // of each job, as they came
	names  []string      // of the events, as they came
	states map[int]string
}

func newTab(t *testing.T) *tab { return &tab{t: t, steps: map[int][]int{}, states: map[int]string{}} }

// read connects and takes events, until enough says so or the server ends the
// stream. It reports whether the server did.
func (b *tab) read(url string, enough func() bool) (ended bool) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"events", nil)
	require.NoError(b.t, err)
	if b.lastID != "" {
		req.Header.Set("Last-Event-ID", b.lastID)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(b.t, err)
	defer func() { assert.NoError(b.t, resp.Body.Close()) }()
	require.Equal(b.t, http.StatusOK, resp.StatusCode)
	var name, id, data string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			data = value
		case "":
			if name != "" {
				b.take(name, id, data)
			}
			if enough() {
				return false
			}
			name, data = "", ""
		}
	}
	return true
}

func (b *tab) take(name, id, data string) {
	b.names = append(b.names, name)
	b.lastID = id
	if name != "update" {
		return
	}
	var u Update
	require.NoError(b.t, json.Unmarshal([]byte(data), &u))
	b.steps[u.Job] = append(b.steps[u.Job], u.Step)
	b.states[u.Job] = u.State
}

func (b *tab) finished(jobs int) func() bool {
	return func() bool {
		n := 0
		for _, s := range b.states {
			if s != running {
				n++
			}
		}
		return n == jobs
	}
}

func (b *tab) after(events int) func() bool {
	return func() bool { events--; return events == 0 }
}

func every() (all []int) {
	for step := range steps + 1 {
		all = append(all, step)
	}
	return all
}

func TestATabThatLosesItsConnectionAgainAndAgainMissesNoStep(t *testing.T) {
	for name, args := range map[string]func() []string{
		"in memory": func() []string { return nil },
		"in files":  func() []string { return []string{"-dir", t.TempDir()} },
	} {
		t.Run(name, func(t *testing.T) {
			url, stop := program(t, args()...)
			for range 3 {
				status, _ := post(t, url+"jobs")
				require.Equal(t, http.StatusOK, status)
			}
			b := newTab(t)
			connections := 1
			for ; !b.finished(3)(); connections++ {
				n := b.after(7 * connections)
				b.read(url, func() bool { return b.finished(3)() || n() })
			}
			assert.Greater(t, connections, 5)
			assert.Equal(t, map[int][]int{1: every(), 2: every(), 3: every()}, b.steps)
			assert.NotContains(t, b.names, "startover")

			fresh := newTab(t)
			fresh.read(url, fresh.finished(3))
			assert.Equal(t, b.steps, fresh.steps, "a new tab gets the whole story")
			assert.Equal(t, b.lastID, fresh.lastID)
			stop()
		})
	}
}

func TestDropEndsTheStreamsAndTheyResume(t *testing.T) {
	url, stop := program(t)
	post(t, url+"jobs")
	b := newTab(t)
	ended := b.read(url, func() bool {
		if len(b.names) == 10 {
			post(t, url+"drop")
		}
		return b.finished(1)()
	})
	assert.True(t, ended)
	b.read(url, b.finished(1))
	assert.Equal(t, every(), b.steps[1])
	stop()
}

func TestATabResumesAcrossARestart(t *testing.T) {
	dir := t.TempDir()
	url, stop := program(t, "-dir", dir, "-pace", "1h")
	post(t, url+"jobs")
	b := newTab(t)
	b.read(url, b.after(1))
	stop()

	url, stop = program(t, "-dir", dir)
	post(t, url+"jobs")
	b.read(url, b.finished(2))
	assert.Equal(t, interrupted, b.states[1])
	assert.Equal(t, []int{0, 0}, b.steps[1])
	assert.Equal(t, every(), b.steps[2], "jobs go on counting")
	assert.NotContains(t, b.names, "startover")
	stop()
}

func TestATabWithAnIDThatIsNotKeptStartsOver(t *testing.T) {
	url, stop := program(t)
	post(t, url+"jobs")
	b := newTab(t)
	b.lastID = "01jd3kq8v0-000000004g-7h2k9q0a"
	b.read(url, b.finished(1))
	assert.Equal(t, "startover", b.names[0])
	assert.Equal(t, every(), b.steps[1])
	stop()
}

func TestAnIDThatNobodyCanHaveIsA400(t *testing.T) {
	url, stop := program(t)
	resp, err := http.Get(url + "events?lastEventId=a+b")
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Contains(t, string(body), `id "a b" has the byte 0x20`)
	http.DefaultClient.CloseIdleConnections()
	stop()
}

func TestThePageIsServedFromTheBinary(t *testing.T) {
	url, stop := program(t)
	for name, want := range map[string]string{"": "text/html", "app.js": "text/javascript", "style.css": "text/css"} {
		resp, err := http.Get(url + name)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Contains(t, resp.Header.Get("Content-Type"), want)
		assert.NotRegexp(t, `(src|href|import|from)\W{1,3}https?://`, string(body), "nothing comes from elsewhere")
	}
	status, body := post(t, url+"nowhere")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, body, "/nowhere")
	http.DefaultClient.CloseIdleConnections()
	stop()
}

func TestOnlySoManyJobsRunAtATime(t *testing.T) {
	url, stop := program(t, "-pace", "1h")
	for range atATime {
		status, _ := post(t, url+"jobs")
		require.Equal(t, http.StatusOK, status)
	}
	status, body := post(t, url+"jobs")
	assert.Equal(t, http.StatusTooManyRequests, status)
	assert.Contains(t, body, "8 jobs are running")
	stop()
}

func TestBadArgumentsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		"-pace 0s: must be at least 1ms":        {"-pace", "0"},
		`argument "8080": only flags are known`: {"8080"},
		"listen tcp":                            {"-addr", "127.0.0.1:99999"},
		"not a directory":                       {"-dir", "/dev/null/x"},
	} {
		assert.ErrorContains(t, run(t.Context(), args, io.Discard), want)
	}
}
