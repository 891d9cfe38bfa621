package ssehttp

import (
	"bytes"
	"fmt"
	"net"
	"net/http"

	"github.com/valyala/fasthttp"
)

// HTTP gives the fasthttp handler that serves h. GET and POST open a stream,
// HEAD runs h and answers with the head alone, OPTIONS names the methods, any
// other is a 405. A request whose Accept header excludes text/event-stream is a
// 406, one with a malformed Last-Event-ID a 400, one that comes during a shutdown
// a 503 with Retry-After, one beyond the [Limits] a 429 or 503; h does not see
// those. A nil h is logged and answers 500.
//
// Headers and cookies that other handlers set on the response, before or after
// this one ran, are sent with the stream's own head. The connection belongs to
// the stream then and is not used for another request.
func (s *Server) HTTP(h Handler) fasthttp.RequestHandler {
	s.checkHandler(h)
	return func(ctx *fasthttp.RequestCtx) { s.accept(fastExchange{ctx}, h) }
}

// fastExchange is a request of fasthttp, whose strings and slices are good until
// the handler returns.
type fastExchange struct{ ctx *fasthttp.RequestCtx }

func (x fastExchange) method() string            { return methodName(x.ctx.Method()) }
func (x fastExchange) path() string              { return string(x.ctx.Path()) }
func (x fastExchange) route(s *Server) *record   { return s.route(x.ctx.Path()) }
func (x fastExchange) rawQuery() string          { return string(x.ctx.URI().QueryString()) }
func (x fastExchange) query(name string) string  { return string(x.ctx.QueryArgs().Peek(name)) }
func (x fastExchange) header(name string) string { return string(x.ctx.Request.Header.Peek(name)) }
func (x fastExchange) remote() net.Addr          { return x.ctx.RemoteAddr() }

func (x fastExchange) appendHeaders(b []byte) []byte {
	for key, value := range x.ctx.Request.Header.All() {
		b = appendKept(appendKept(b, key), value)
	}
	return b
}

// methodName is string(m) without an allocation for the usual methods.
func methodName(m []byte) string {
	for _, name := range [...]string{http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions} {
		if string(m) == name {
			return name
		}
	}
	return string(m)
}

func (x fastExchange) setHeader(name, value string) { x.ctx.Response.Header.Set(name, value) }

func (x fastExchange) addHeader(name, value string) { x.ctx.Response.Header.Add(name, value) }

func (x fastExchange) answer(code int, text string) {
	x.ctx.SetStatusCode(code)
	if text != "" {
		x.ctx.SetContentType("text/plain; charset=utf-8")
		x.ctx.SetBodyString(text)
	}
}

func (x fastExchange) headOnly(k Coding) {
	x.ctx.Response.SkipBody = true
	x.streamHeaders(k)
}

func (x fastExchange) streamHeaders(k Coding) {
	h := &x.ctx.Response.Header
	h.Del(fasthttp.HeaderContentLength)
	h.Del(fasthttp.HeaderTransferEncoding)
	h.Del(fasthttp.HeaderContentEncoding)
	if k != 0 {
		h.Set(fasthttp.HeaderContentEncoding, k.String())
	}
	h.SetContentType(contentType)
	for _, f := range streamHeader {
		if len(h.Peek(f.name)) == 0 {
			h.Set(f.name, f.value)
		}
	}
	h.SetContentLength(-2) // until the connection is closed
}

func (x fastExchange) outlet(s *Server) outlet { return s.outlet(x.ctx.Conn()) }

// stream takes the connection over when fasthttp has let go of it, in the hijack
// handler: its worker is free then, and the pipelined responses before this one
// are written.
func (x fastExchange) stream(s *Server, o opening) {
	x.ctx.HijackSetNoResponse(true)
	x.ctx.Hijack(func(nc net.Conn) {
		if err := s.admit(o); err != nil {
			s.refused(err)
			s.tellRefused(err, o.out.core().path(), nc.RemoteAddr())
			_, _ = nc.Write(lateRefusal(err))
			_ = nc.Close()
			return
		}
		defer o.out.core().release()
		o.out.start(x.head(s, o.out.core().coding()), nc, o)
	})
}

// lateRefusal is the answer to a request that found room when it came, and none
// when its connection was to be taken over.
func lateRefusal(err error) []byte {
	code, message := statusOf(err)
	after := ""
	if a := retryAfter(err); a != "" {
		after = "Retry-After: " + a + "\r\n"
	}
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n%s\r\n%s\n",
		code, http.StatusText(code), len(message)+1, after, message)
}

// head is the status line and the header of the stream, from what the handlers
// around ours left in fasthttp's response, and the comment that tells the
// client at once that the stream is open. The body ends with the connection: no
// length and no chunks, whose framing would differ for every connection that
// shares an event.
func (x fastExchange) head(s *Server, k Coding) []byte {
	h := &x.ctx.Response.Header
	h.SetStatusCode(fasthttp.StatusOK)
	x.streamHeaders(k)
	buf := scratches.Get().(*[]byte)
	defer scratches.Put(buf)
	*buf = append(h.AppendBytes(*buf), k.usual().opener...)
	return s.sharedHead(*buf)
}

// sharedHead gives a copy of b that lasts. Most connections that come in the same
// second get the same head, so the last one is kept and shared.
func (s *Server) sharedHead(b []byte) []byte {
	if last := s.lastHead.Load(); last != nil && bytes.Equal(*last, b) {
		return *last
	}
	own := bytes.Clone(b)
	s.lastHead.Store(&own)
	return own
}
