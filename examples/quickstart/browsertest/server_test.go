package browsertest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// build makes the quickstart's binary: what is tested is the program as it is
// started, signals and exit code included.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "quickstart.exe")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/freshet-go/freshet/examples/quickstart").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// server is a running quickstart.
type server struct {
	cmd    *exec.Cmd
	url    string
	addr   string
	log    lines
	exited chan error // closed behind the one error
}

// start runs the quickstart at an address and returns when it serves.
func start(t *testing.T, binary, addr string) *server {
	t.Helper()
	s := &server{cmd: exec.Command(binary, "-addr", addr, "-interval", "250ms"), exited: make(chan error, 1)}
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() { s.cmd.Process.Kill() }) //nolint:errcheck // mostly gone by then
	read := bufio.NewReader(out)
	first, err := read.ReadString('\n')
	require.NoError(t, err, "the quickstart ended before it served: %s", s.log.String())
	s.url = regexp.MustCompile(`http://\S+`).FindString(first)
	s.addr = strings.Trim(strings.TrimPrefix(s.url, "http://"), "/")
	go func() { // reads to the end, which Wait must not come before
		io.Copy(io.Discard, read) //nolint:errcheck // the end is what it waits for
		s.exited <- s.cmd.Wait()
		close(s.exited)
	}()
	return s
}

// interrupt is a ctrl-C: the server must end in order, within three seconds.
func (s *server) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, s.cmd.Process.Signal(os.Interrupt))
	select {
	case err := <-s.exited:
		require.NoError(t, err, "the exit code is 0")
	case <-time.After(3 * time.Second):
		t.Fatal("the server has not ended three seconds after ctrl-C")
	}
}

// kill ends the server without a goodbye.
func (s *server) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, s.cmd.Process.Kill())
	require.Error(t, <-s.exited, "a killed process has no exit code 0")
}

// lines collects what a process writes, and wakes who waits for a line.
type lines struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{} // closed at the next write; nil while nobody waits
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await waits until the text has n places that match, and tells how many it has.
func (l *lines) await(pattern string, n int, atMost time.Duration) int {
	expr := regexp.MustCompile(pattern)
	late := time.After(atMost)
	for {
		l.mu.Lock()
		found := len(expr.FindAllString(l.text.String(), -1))
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed := l.changed
		l.mu.Unlock()
		if found >= n {
			return found
		}
		select {
		case <-changed:
		case <-late:
			return found
		}
	}
}
