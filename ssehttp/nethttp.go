package ssehttp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Handler gives the net/http handler that serves h, over HTTP/1.1 and HTTP/2. It
// answers as [Server.HTTP] does, and the pipelines are the same. A connection of
// HTTP/1.1 is taken over from net/http: without TLS it is carried on Linux as one of
// fasthttp is, without a goroutine. A stream of HTTP/2, or one behind a ResponseWriter that cannot be
// hijacked, keeps the goroutine of its request.
//
// The stream's context has the values of the request's context, so that middleware
// can leave something there, and then those of Options.Context. Shutdown of the
// http.Server does not know the streams that were taken over; [Server.Shutdown] does.
func (s *Server) Handler(h Handler) http.Handler {
	s.checkHandler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.accept(httpExchange{&httpRequest{w: w, r: r}}, h)
	})
}

// httpExchange is a request of net/http.
type httpExchange struct{ *httpRequest }

type httpRequest struct {
	w http.ResponseWriter
	r *http.Request
}

func (x httpExchange) method() string            { return x.r.Method }
func (x httpExchange) path() string              { return x.r.URL.Path }
func (x httpExchange) route(s *Server) *record   { return s.route([]byte(x.r.URL.Path)) }
func (x httpExchange) rawQuery() string          { return x.r.URL.RawQuery }
func (x httpExchange) query(name string) string  { return x.r.URL.Query().Get(name) }
func (x httpExchange) header(name string) string { return x.r.Header.Get(name) }
func (x httpExchange) remote() net.Addr          { return httpAddr(x.r.RemoteAddr) }

func (x httpExchange) appendHeaders(b []byte) []byte {
	for name, values := range x.r.Header {
		for _, v := range values {
			b = appendKept(appendKept(b, name), v)
		}
	}
	return b
}

func (x httpExchange) setHeader(name, value string) { x.w.Header().Set(name, value) }

func (x httpExchange) addHeader(name, value string) { x.w.Header().Add(name, value) }

func (x httpExchange) answer(code int, text string) {
	if text != "" {
		x.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	x.w.WriteHeader(code)
	_, _ = io.WriteString(x.w, text) // a client that is gone needs no answer
}

func (x httpExchange) headOnly(k Coding) {
	x.streamHeaders(k)
	x.w.WriteHeader(http.StatusOK)
}

func (x httpExchange) streamHeaders(k Coding) {
	h := x.w.Header()
	h.Del("Content-Length")
	h.Del("Content-Encoding")
	if k != 0 {
		h.Set("Content-Encoding", k.String())
	}
	h.Set("Content-Type", contentType)
	for _, f := range streamHeader {
		if h.Get(f.name) == "" {
			h.Set(f.name, f.value)
		}
	}
}

func (x httpExchange) outlet(s *Server) outlet {
	if x.r.ProtoMajor == 1 && x.r.TLS == nil {
		if out := s.httpSocket(x.r.Context()); out != nil {
			return out
		}
	}
	st := &httpStream{stream: newStream(s), values: x.r.Context()}
	st.out = st
	return st
}

func (x httpExchange) stream(s *Server, o opening) {
	c := o.out.core()
	if err := s.admit(o); err != nil {
		s.refuse(x, err)
		return
	}
	defer c.release()
	x.streamHeaders(c.coding())
	control := http.NewResponseController(x.w)
	nc, err := x.hijack(control)
	st, ok := o.out.(*httpStream)
	if !ok && (err != nil || !bare(nc)) { // not what outlet thought
		st = &httpStream{stream: &stream{conn: c}, values: x.r.Context()}
		c.out, o.out = st, st
	}
	if err == nil {
		o.out.start(x.head(s, c.coding()), nc, o)
		return
	}
	x.w.WriteHeader(http.StatusOK)
	w := &httpWire{w: x.w, control: control, left: x.r.Context().Done(), end: make(chan struct{})}
	st.run(w, c.coding().usual().opener, o)
}

var errNoHijack = errors.New("ssehttp: HTTP/2 connections have other streams")

func (x httpExchange) hijack(control *http.ResponseController) (net.Conn, error) {
	if x.r.ProtoMajor != 1 {
		return nil, errNoHijack
	}
	nc, _, err := control.Hijack()
	return nc, err
}

// head is that of a connection that was taken over, with the comment that tells the
// client that the stream is open.
func (x httpExchange) head(s *Server, k Coding) []byte {
	h := x.w.Header()
	h.Set("Connection", "close")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	b := bytes.NewBufferString("HTTP/1.1 200 OK\r\n")
	_ = h.Write(b) // to memory
	b.WriteString("\r\n")
	b.Write(k.usual().opener)
	return s.sharedHead(b.Bytes())
}

type httpAddr string

func (httpAddr) Network() string  { return "tcp" }
func (a httpAddr) String() string { return string(a) }

// httpStream is a stream whose context has the values of net/http's.
type httpStream struct {
	*stream
	values context.Context
}

func (st *httpStream) context() context.Context { return httpContext{&st.streamContext, st.values} }

type httpContext struct {
	*streamContext
	values context.Context
}

func (x httpContext) Value(key any) any {
	if v := x.values.Value(key); v != nil {
		return v
	}
	return x.streamContext.Value(key)
}

// httpWire is the response to a request of net/http, whose goroutine waits.
type httpWire struct {
	w       http.ResponseWriter
	control *http.ResponseController
	left    <-chan struct{}
	end     chan struct{} // closed by cut
	until   atomic.Int64  // when the write under way must be over, in Unix nanoseconds; set by the writer, read by wait
}

// wait is woken by a write that fails, too: net/http ends the context before the
// writer hears of it.
func (w *httpWire) wait() Reason {
	select {
	case <-w.left:
	case <-w.end:
	}
	if until := w.until.Load(); until != 0 && time.Now().UnixNano() >= until {
		return Stalled
	}
	return Gone
}

func (w *httpWire) write(b []byte) error {
	defer w.until.Store(0)
	if _, err := w.w.Write(b); err != nil {
		return err
	}
	return w.control.Flush()
}

// allow does nothing for a ResponseWriter that knows no deadlines.
func (w *httpWire) allow(until time.Time) {
	w.until.Store(until.UnixNano())
	_ = w.control.SetWriteDeadline(until)
}

func (w *httpWire) cut(writing bool) {
	if writing {
		_ = w.control.SetWriteDeadline(time.Unix(1, 0))
	}
	close(w.end)
}

func (w *httpWire) done() {}
