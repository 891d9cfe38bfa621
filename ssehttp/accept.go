package ssehttp

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
)

const allowed = "GET, HEAD, POST, OPTIONS"

var errNoPublisher = errors.New("ssehttp: the handler returned neither a publisher nor an error")

// accept answers one request, on fasthttp's worker. The connection is taken
// over only after fasthttp let go of it (in the hijack handler), so a request
// that is abandoned in between (a timeout, a failed deadline) costs nothing.
func (s *Server) accept(ctx *fasthttp.RequestCtx, h Handler) {
	switch method := string(ctx.Method()); {
	case s.err != nil:
		s.refuse(ctx, s.err)
	case h == nil:
		s.refuse(ctx, errNilHandler)
	case method == fasthttp.MethodOptions:
		ctx.Response.Header.Set(fasthttp.HeaderAllow, allowed)
		ctx.SetStatusCode(fasthttp.StatusNoContent)
	case method != fasthttp.MethodGet && method != fasthttp.MethodPost && method != fasthttp.MethodHead:
		ctx.Response.Header.Set(fasthttp.HeaderAllow, allowed)
		s.refuse(ctx, Status(fasthttp.StatusMethodNotAllowed, "a stream of events is opened with GET"))
	case s.closed.Load():
		s.refuseClosed(ctx)
	default:
		s.open(ctx, h)
	}
}

func (s *Server) open(ctx *fasthttp.RequestCtx, h Handler) {
	id, err := lastEventIDOf(ctx)
	if err != nil {
		s.refuse(ctx, err)
		return
	}
	out := s.outlet(ctx.Conn())
	c := out.core()
	r := &Request{live: ctx, ctx: &c.streamContext, remote: ctx.RemoteAddr(), lastID: id}
	events, err := call(h, r)
	if err == nil && events == nil {
		err = errNoPublisher
	}
	if err != nil {
		r.live = nil
		s.refuse(ctx, err)
		c.streamContext.end()
		return
	}
	r.keep()
	if ctx.IsHead() {
		s.headOnly(ctx)
		c.streamContext.end()
		return
	}
	ctx.HijackSetNoResponse(true)
	ctx.Hijack(func(nc net.Conn) { s.takeOver(out, s.head(ctx), nc, events) })
}

// call runs the user's handler; a panic is its error.
func call(h Handler, r *Request) (events flux.Publisher[Event], err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &flux.PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return h(r)
}

// takeOver starts the stream. fasthttp's worker is free already, the pipelined
// responses before this one are written, and nc reads what may have come after
// the request, which nobody wants.
func (s *Server) takeOver(out outlet, head []byte, nc net.Conn, events flux.Publisher[Event]) {
	c := out.core()
	if !s.admit() {
		c.streamContext.end()
		_, _ = nc.Write([]byte("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: " +
			s.retryAfter() + "\r\n\r\n"))
		_ = nc.Close()
		return
	}
	s.counters.accepted.Add(1)
	c.holds.Store(2) // the socket's and ours: the socket may be gone before start returns
	defer c.release()
	out.start(head, nc, events)
}

// head is the status line and the header of the stream, from what the handlers
// around ours left in fasthttp's response, and the comment that tells the
// client at once that the stream is open. The body ends with the connection: no
// length and no chunks, whose framing would differ for every connection that
// shares an event.
//
// Most connections that come in the same second get the same head, so the last
// one is kept and shared.
func (s *Server) head(ctx *fasthttp.RequestCtx) []byte {
	h := &ctx.Response.Header
	h.SetStatusCode(fasthttp.StatusOK)
	streamHeaders(h)
	h.SetContentLength(-2) // until the connection is closed
	buf := scratches.Get().(*[]byte)
	defer scratches.Put(buf)
	*buf = append(h.AppendBytes(*buf), openComment...)
	if last := s.lastHead.Load(); last != nil && bytes.Equal(*last, *buf) {
		return *last
	}
	own := bytes.Clone(*buf)
	s.lastHead.Store(&own)
	return own
}

// scratches are buffers for bytes that are copied as soon as their number is
// known.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

const openComment = ": open\n"

func streamHeaders(h *fasthttp.ResponseHeader) {
	h.Del(fasthttp.HeaderContentLength)
	h.Del(fasthttp.HeaderTransferEncoding)
	h.Del(fasthttp.HeaderContentEncoding)
	h.SetContentType("text/event-stream")
	if len(h.Peek(fasthttp.HeaderCacheControl)) == 0 {
		h.Set(fasthttp.HeaderCacheControl, "no-cache, no-transform")
	}
	if len(h.Peek("X-Accel-Buffering")) == 0 {
		h.Set("X-Accel-Buffering", "no")
	}
}

func (s *Server) headOnly(ctx *fasthttp.RequestCtx) {
	ctx.Response.SkipBody = true
	streamHeaders(&ctx.Response.Header)
	ctx.Response.Header.SetContentLength(-2)
}

// refuse answers with the status of err. Headers of other handlers stay.
func (s *Server) refuse(ctx *fasthttp.RequestCtx, err error) {
	s.counters.refused.Add(1)
	code, message := statusOf(err)
	if code == fasthttp.StatusInternalServerError {
		s.logRefusal(ctx, err)
	}
	ctx.SetStatusCode(code)
	if code != fasthttp.StatusNoContent && code != fasthttp.StatusNotModified {
		ctx.SetContentType("text/plain; charset=utf-8")
		ctx.SetBodyString(message + "\n")
	}
}

func (s *Server) logRefusal(ctx *fasthttp.RequestCtx, err error) {
	args := []any{"path", string(ctx.Path()), "remote", ctx.RemoteAddr().String(), "error", err}
	if p, ok := errors.AsType[*flux.PanicError](err); ok {
		args = append(args, "stack", string(p.Stack))
	}
	s.opts.Logger.Error("ssehttp: request refused", args...)
}

func (s *Server) refuseClosed(ctx *fasthttp.RequestCtx) {
	ctx.Response.Header.Set(fasthttp.HeaderRetryAfter, s.retryAfter())
	ctx.SetConnectionClose()
	s.refuse(ctx, Status(fasthttp.StatusServiceUnavailable, "the server is shutting down"))
}

func (s *Server) retryAfter() string {
	return strconv.FormatInt(int64((s.opts.RetryAfter+time.Second-1)/time.Second), 10)
}

// panicError describes a recovered value that is not an error of flux yet.
func panicError(p any) error {
	if err, ok := p.(*flux.PanicError); ok {
		return err
	}
	return fmt.Errorf("ssehttp: %w", &flux.PanicError{Value: p, Stack: debug.Stack()})
}
