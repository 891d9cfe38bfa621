package ssehttp

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
)

// patient is how long a test waits for what must happen; it fails then.
const patient = 10 * time.Second

// transport is one way in which a connection can be carried. The tests that
// take one run against each.
type transport struct {
	name       string
	goroutines bool
	network    string
	tls        bool
	netHTTP    bool
}

var transports = []transport{
	{name: "taken over", network: "tcp"},
	{name: "goroutine", network: "tcp", goroutines: true},
	{name: "TLS", network: "tcp", tls: true},
	{name: "unix", network: "unix"},
	{name: "net/http", network: "tcp", netHTTP: true},
	{name: "net/http with TLS", network: "tcp", netHTTP: true, tls: true},
}

func overTransports(t *testing.T, f func(t *testing.T, tr transport)) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) { f(t, tr) })
	}
}

// served is a server under test with its fasthttp server around it.
type served struct {
	*Server
	t    *testing.T
	tr   transport
	addr string
	log  *logLines
}

// serve starts a server; o is changed to fit the transport. wrap may put
// middleware around the handler and configure fasthttp.
func (tr transport) serve(t *testing.T, o Options, h Handler, wrap ...func(*fasthttp.Server)) *served {
	t.Helper()
	o.Goroutines = o.Goroutines || tr.goroutines
	lines := &logLines{}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(lines, nil))
	}
	address := "127.0.0.1:0"
	if tr.network == "unix" {
		address = t.TempDir() + "/s"
	}
	ln, err := net.Listen(tr.network, address)
	require.NoError(t, err)
	s := &served{Server: New(o), t: t, tr: tr, addr: ln.Addr().String(), log: lines}
	if tr.tls {
		ln = tls.NewListener(ln, testTLS())
	}
	if tr.netHTTP {
		s.serveNetHTTP(ln, h)
		return s
	}
	fs := &fasthttp.Server{Handler: s.HTTP(h), Logger: silentLogger{}, IdleTimeout: time.Second}
	for _, w := range wrap {
		w(fs)
	}
	done := make(chan error, 1)
	go func() { done <- fs.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patient)
		defer cancel()
		assert.NoError(t, s.Shutdown(ctx))
		assert.NoError(t, fs.ShutdownWithContext(ctx))
		assert.NoError(t, <-done)
		s.after()
	})
	return s
}

// serveNetHTTP serves with net/http instead.
func (s *served) serveNetHTTP(ln net.Listener, h Handler) {
	hs := &http.Server{Handler: s.Handler(h), ReadHeaderTimeout: time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan error, 1)
	go func() { done <- hs.Serve(ln) }()
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patient)
		defer cancel()
		assert.NoError(s.t, s.Shutdown(ctx))
		assert.NoError(s.t, hs.Shutdown(ctx))
		assert.ErrorIs(s.t, <-done, http.ErrServerClosed)
		s.after()
	})
}

// after checks, of a server that was shut down, that no connection was counted out
// twice, or not at all.
func (s *served) after() {
	s.accounts()
	s.mu.Lock()
	defer s.mu.Unlock()
	assert.Zero(s.t, s.active)
	assert.Zero(s.t, s.limits.streams)
}

// accounts checks that no connection is lost from the books.
func (s *served) accounts() {
	st := s.Stats()
	var closed int64
	for r := Gone; r < reasons; r++ {
		closed += st.Closed(r)
	}
	assert.Equal(s.t, st.Accepted, st.Live+closed)
	assert.Zero(s.t, st.Live, "connections left over: %+v", st)
}

// eventually waits for what another goroutine of the server will do.
func (s *served) eventually(what string, f func() bool) {
	s.t.Helper()
	require.Eventually(s.t, f, patient, time.Millisecond, what)
}

type silentLogger struct{}

func (silentLogger) Printf(string, ...any) {}

// logLines is what was logged.
type logLines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logLines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// client is a strict reader of one response.
type client struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func (s *served) dial() *client {
	s.t.Helper()
	nc, err := net.DialTimeout(s.tr.network, s.addr, patient)
	require.NoError(s.t, err)
	if s.tr.tls {
		nc = tls.Client(nc, &tls.Config{InsecureSkipVerify: true})
	}
	require.NoError(s.t, nc.SetDeadline(time.Now().Add(patient)))
	s.t.Cleanup(func() { _ = nc.Close() })
	return &client{nc, s.t, bufio.NewReader(nc)}
}

// get sends a request for path with more header lines.
func (s *served) get(path string, header ...string) *client {
	s.t.Helper()
	c := s.dial()
	c.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + lines(header) + "\r\n")
	return c
}

func lines(header []string) string {
	var b strings.Builder
	for _, h := range header {
		b.WriteString(h + "\r\n")
	}
	return b.String()
}

func (c *client) send(text string) {
	c.t.Helper()
	_, err := io.WriteString(c, text)
	require.NoError(c.t, err)
}

func (c *client) line() string {
	c.t.Helper()
	l, err := c.r.ReadString('\n')
	require.NoError(c.t, err, "after %q", l)
	return strings.TrimSuffix(l, "\n")
}

// head reads the status line and the header fields.
func (c *client) head() (status string, header map[string]string) {
	c.t.Helper()
	status = strings.TrimSuffix(c.line(), "\r")
	header = map[string]string{}
	for {
		l := strings.TrimSuffix(c.line(), "\r")
		if l == "" {
			return status, header
		}
		key, value, _ := strings.Cut(l, ": ")
		if old := header[key]; old != "" {
			value = old + "; " + value
		}
		header[key] = value
	}
}

// open reads the head of a stream and its comment.
func (c *client) open() *client {
	c.t.Helper()
	status, _ := c.head()
	require.Equal(c.t, "HTTP/1.1 200 OK", status)
	require.Equal(c.t, ": open", c.line())
	return c
}

// event reads one event's lines; heartbeats are skipped.
func (c *client) event() string {
	c.t.Helper()
	var b strings.Builder
	for {
		l := c.line()
		if l == "" {
			return b.String()
		}
		if l != ":" {
			b.WriteString(l + "|")
		}
	}
}

// rest reads to the end.
func (c *client) rest() string {
	c.t.Helper()
	b, err := io.ReadAll(c.r)
	require.NoError(c.t, err, "after %q", b)
	return string(b)
}

// ended reads until the connection ends, in whatever way.
func (c *client) ended() {
	c.t.Helper()
	_, err := io.Copy(io.Discard, c.r)
	timeout, ok := errors.AsType[net.Error](err)
	require.False(c.t, ok && timeout.Timeout(), "the connection was not closed")
}

// hand is a publisher whose one subscription the test drives by hand.
type hand struct {
	sub       flux.Subscriber[Event]
	ctx       context.Context
	live      chan struct{} // closed at the subscription
	gone      chan struct{} // closed by Cancel
	requested atomic.Int64
	cancels   atomic.Int64
	onRequest func(n int64)
	onCancel  func()
}

func newHand() *hand { return &hand{live: make(chan struct{}), gone: make(chan struct{})} }

func (h *hand) handler(*Request) (flux.Publisher[Event], error) { return h, nil }

func (h *hand) Subscribe(ctx context.Context, s flux.Subscriber[Event]) {
	h.sub, h.ctx = s, ctx
	s.OnSubscribe(h)
	close(h.live)
}

func (h *hand) Request(n int64) {
	h.requested.Add(n)
	if h.onRequest != nil {
		h.onRequest(n)
	}
}

func (h *hand) Cancel() {
	if h.cancels.Add(1) == 1 {
		close(h.gone)
	}
	if h.onCancel != nil {
		h.onCancel()
	}
}

func (h *hand) wait(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patient):
		require.FailNow(t, "waited in vain", what)
	}
}

func (h *hand) subscribed(t *testing.T) *hand {
	t.Helper()
	h.wait(t, h.live, "the subscription")
	return h
}

func (h *hand) cancelled(t *testing.T) {
	t.Helper()
	h.wait(t, h.gone, "the cancellation")
}

func data(s string) Event { return Event{Data: s} }

func encoded(t testing.TB, e Event) Event {
	t.Helper()
	e, err := e.Encoded()
	require.NoError(t, err)
	return e
}

// of is a handler that answers every request with p.
func of(p flux.Publisher[Event]) Handler {
	return func(*Request) (flux.Publisher[Event], error) { return p, nil }
}

var testTLS = sync.OnceValue(func() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert}, PrivateKey: key}}}
})
