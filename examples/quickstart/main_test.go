package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program runs the quickstart on a free port. stop is its ctrl-C: it returns
// what run returned, and how long that took.
func program(t *testing.T, args ...string) (url string, stop func() (time.Duration, error)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), in) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	go io.Copy(io.Discard, out) //nolint:errcheck // ends with the pipe, below
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, in.Close())
	})
	return regexp.MustCompile(`http://\S+`).FindString(line), func() (time.Duration, error) {
		started := time.Now()
		cancel()
		err := <-done
		return time.Since(started), err
	}
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	req.Close = true
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(body)
}

func TestThePageAndItsPartsAreServedFromTheBinary(t *testing.T) {
	url, stop := program(t)
	for name, want := range map[string]string{
		"": "text/html", "app.js": "text/javascript", "chart.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml",
	} {
		resp, body := get(t, url+name)
		assert.Equal(t, http.StatusOK, resp.StatusCode, name)
		assert.Contains(t, resp.Header.Get("Content-Type"), want)
		assert.NotEmpty(t, body)
		assert.NotRegexp(t, `(src|href|import|from)\W{1,3}https?://`, body, "nothing comes from elsewhere")
	}
	resp, body := get(t, url+"nowhere")
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	assert.Contains(t, body, "/nowhere")
	_, err := stop()
	require.NoError(t, err)
}

func TestAMeaninglessRequestIsA400ThatSaysWhy(t *testing.T) {
	url, stop := program(t)
	resp, body := get(t, url+"events?only=cpu,disk")
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Contains(t, body, `there is no event "disk"; allowed are cpu, memory, go, net, clients, alert`)
	resp, body = get(t, url+"events", "Last-Event-ID", "yesterday")
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Contains(t, body, `malformed Last-Event-ID "yesterday"`)
	_, err := stop()
	require.NoError(t, err)
}

func TestCtrlCGivesEveryClientALastEventAndACloseInTime(t *testing.T) {
	url, stop := program(t, "-interval", "50ms")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"events?only=cpu%2Cclients", nil)
	require.NoError(t, err)
	req.Header.Set("Last-Event-ID", "41")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))

	// Three that make trouble: one that never reads, one in the middle of its
	// request, one that says nothing at all.
	for _, start := range []string{"GET /events HTTP/1.1\r\nHost: x\r\n\r\n", "GET /eve", ""} {
		c, err := net.Dial("tcp", strings.Trim(strings.TrimPrefix(url, "http://"), "/"))
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, c.Close()) })
		_, err = io.WriteString(c, start)
		require.NoError(t, err)
	}

	lines := bufio.NewScanner(resp.Body)
	var text []string
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "id: 45") {
		text = append(text, lines.Text())
	}
	took, err := stop()
	require.NoError(t, err)
	assert.Less(t, took, 3*time.Second)
	for lines.Scan() {
		text = append(text, lines.Text())
	}
	require.NoError(t, lines.Err(), "the stream ends in order")
	whole := strings.Join(text, "\n")
	assert.Contains(t, whole, "id: 42\nevent: open\n")
	assert.Contains(t, whole, "id: 43\nevent: cpu\nretry: 1000\n")
	assert.True(t, strings.HasSuffix(whole, "event: bye\nretry: 1000\ndata: "+bye.Data+"\n"), whole)
}

func TestBadArgumentsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		"-interval 1ms: must be at least 50ms":  {"-interval", "1ms"},
		"-interval -1s: must be at least 50ms":  {"-interval", "-1s"},
		`argument "8080": only flags are known`: {"8080"},
		"listen tcp":                            {"-addr", "127.0.0.1:99999"},
	} {
		assert.ErrorContains(t, run(t.Context(), args, io.Discard), want)
	}
}

func TestThePrintedAddressCanBeOpened(t *testing.T) {
	assert.Equal(t, "localhost:80", reachable(&net.TCPAddr{IP: net.IPv4zero, Port: 80}))
	assert.Equal(t, "localhost:80", reachable(&net.TCPAddr{IP: net.IPv6unspecified, Port: 80}))
	assert.Equal(t, "127.0.0.1:80", reachable(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}))
	assert.Equal(t, "[::1]:80", reachable(&net.TCPAddr{IP: net.IPv6loopback, Port: 80}))
}
