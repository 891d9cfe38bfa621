package ssehttp

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A proxy is one of those that stand in front of servers, with settings as its
// package brings them: nothing is told about streams.
type proxy struct {
	name   string
	config string // %[1]s: its address, %[2]s: the server's, %[3]s: a directory of its own
	args   func(config, dir string) []string
	zips   bool // although the stream says no-transform
}

var proxies = []proxy{
	{"nginx", `
daemon off; pid %[3]s/pid; error_log %[3]s/error.log;
events {}
http {
  access_log off; client_body_temp_path %[3]s/body; proxy_temp_path %[3]s/proxy;
  fastcgi_temp_path %[3]s/f; uwsgi_temp_path %[3]s/u; scgi_temp_path %[3]s/s;
  gzip on; gzip_types text/event-stream; gzip_proxied any; gzip_min_length 0;
  server { listen %[1]s; location / { proxy_pass http://%[2]s; proxy_http_version 1.1; } }
}`, func(config, dir string) []string { return []string{"-p", dir, "-c", config} }, true},
	{"haproxy", `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend in
  bind %[1]s
  default_backend out
  compression algo gzip
  compression type text/event-stream
backend out
  server s %[2]s
`, func(config, _ string) []string { return []string{"-db", "-f", config} }, false},
}

// behind starts a proxy in front of a server and gives its address. Without the
// program the test is skipped, unless FRESHET_PROXIES is "required", as it is where
// CI has installed them.
func (p proxy) behind(t *testing.T, server string) string {
	t.Helper()
	binary, err := exec.LookPath(p.name)
	if err != nil {
		if os.Getenv("FRESHET_PROXIES") == "required" {
			require.NoError(t, err)
		}
		t.Skipf("no %s here: its Debian package is not installed", p.name)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := ln.Addr().String()
	require.NoError(t, ln.Close())
	dir := t.TempDir()
	config := filepath.Join(dir, "config")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, p.config, address, server, dir), 0o600))
	cmd := exec.Command(binary, p.args(config, dir)...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(p.name, "said:", said.String())
		}
	})
	require.Eventually(t, func() bool {
		nc, err := net.Dial("tcp", address)
		if err == nil {
			_ = nc.Close()
		}
		return err == nil
	}, patient, 5*time.Millisecond, "%s listens", p.name)
	return address
}

func TestEventsComeOneByOneThroughAProxy(t *testing.T) {
	for _, p := range proxies {
		for _, encoding := range []string{"identity", "gzip", "gzip by the server"} {
			t.Run(p.name+" "+encoding, func(t *testing.T) {
				h := newHand()
				// HAProxy does not look whether its client is there until it has
				// something to say, so it is the heartbeat that finds out.
				o := Options{Heartbeat: 50 * time.Millisecond}
				byServer := encoding == "gzip by the server"
				if byServer {
					o.Compression = []Coding{Gzip}
				}
				s := transports[0].serve(t, o, h.handler)
				client := &http.Client{Transport: &http.Transport{DisableCompression: encoding == "identity"}}
				defer client.CloseIdleConnections()
				resp := get(t, client, "http://"+p.behind(t, s.addr)+"/")
				assert.Equal(t, http.StatusOK, resp.StatusCode)
				assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
				assert.Equal(t, byServer || p.zips && encoding == "gzip", resp.Uncompressed)
				h.subscribed(t)
				lines := bufio.NewScanner(resp.Body)
				for i := range 3 { // each is read before the next is sent
					h.sub.OnNext(data(fmt.Sprint("event ", i)))
					for lines.Scan() && lines.Text() != fmt.Sprint("data: event ", i) {
					}
					require.Equal(t, fmt.Sprint("data: event ", i), lines.Text())
				}
				require.NoError(t, resp.Body.Close())
				h.cancelled(t)
			})
		}
	}
}
