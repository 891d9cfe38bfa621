package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// nchanModules is where Debian's package puts the module.
const nchanModules = "/usr/lib/nginx/modules/ngx_nchan_module.so"

func missingNchan() error {
	if _, err := exec.LookPath("nginx"); err != nil {
		return fmt.Errorf("nginx is %w: apt-get install libnginx-mod-nchan", errMissing)
	}
	if _, err := os.Stat(nchanModules); err != nil {
		return fmt.Errorf("nginx is there, its module nchan is %w: apt-get install libnginx-mod-nchan", errMissing)
	}
	return nil
}

// nchanConfig is a server as the README of nchan starts, with a worker a processor,
// room for the clients, and no message kept longer than it is sent.
const nchanConfig = `load_module %[1]s;
daemon off;
worker_processes auto;
worker_rlimit_nofile %[2]d;
pid %[3]s/nginx.pid;
error_log %[3]s/error.log;
events { worker_connections %[2]d; }
http {
	access_log off;
	client_body_temp_path %[3]s/body; proxy_temp_path %[3]s/proxy; fastcgi_temp_path %[3]s/fastcgi; uwsgi_temp_path %[3]s/uwsgi; scgi_temp_path %[3]s/scgi;
	nchan_shared_memory_size 256m;
	server {
		listen %[4]s backlog=4096;
		location = /events { nchan_subscriber eventsource; nchan_channel_id events; nchan_subscriber_first_message newest; }
		location = /publish { nchan_publisher http; nchan_channel_id events; nchan_message_buffer_length 100; nchan_message_timeout 10s; }
		location = /status { nchan_stub_status; }
	}
}
`

// nchanFiles is what a worker may have open: its clients, and its share of those of
// the other one where the kernel is uneven.
const nchanFiles = 19_000

// serveNchan is nchan, a module of nginx, in processes of its own. Its ids are not
// numbers.
func serveNchan(ln net.Listener, a *audience) (func(event), error) {
	if err := missingNchan(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "nchan")
	if err != nil {
		return nil, err
	}
	addr := free(ln)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, nchanConfig, nchanModules, nchanFiles, dir, addr), 0o600); err != nil {
		return nil, err
	}
	most := int64(0) // the most clients at the same time; of the watching goroutine, once it has begun
	e := &external{name: "nchan", cmd: command("nginx", "-c", file, "-e", filepath.Join(dir, "error.log")), base: "http://" + addr, dir: dir, header: "X-Event-Number",
		counts: func(e *external) (joined, left int64, err error) {
			page, err := e.get("/status")
			if err != nil {
				return 0, 0, err
			}
			n, err := stubStatus(page, "subscribers:")
			most = max(most, n)
			return most, most - n, err
		}}
	return e.broadcast, e.start(a)
}

// stubStatus gives the number behind a name of nchan's status page.
func stubStatus(page, name string) (int64, error) {
	for line := range strings.Lines(page) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
		}
	}
	return 0, fmt.Errorf("the status page has no %q", name)
}
