package ssehttp

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/valyala/fasthttp"
)

// MaxLastEventID is the longest Last-Event-ID that is accepted, in bytes.
const MaxLastEventID = 1024

// Request is what a handler learns of the request that opens a stream. It may
// be kept by the pipeline: it then holds a copy of the method, the path, the query and
// the headers (made once the handler has returned, because HTTP servers use their
// memory again). A pipeline that does not refer to it keeps none of that alive.
//
// The handler's goroutine has it to itself; once the handler has returned any
// number of goroutines may read it.
type Request struct {
	live     exchange // until the handler has returned
	kept     string   // afterwards: method, path, query, then names and values
	ctx      context.Context
	remote   net.Addr
	lastID   string
	identity Identity
	closeAt  time.Time
}

// Context is done when the stream is over: its client is gone, it has ended, or
// the server shuts down. It is what the publisher is subscribed with. It has
// the values of [Options].Context. It costs nothing until Done is called.
func (r *Request) Context() context.Context { return r.ctx }

// RequestCtx is fasthttp's own context, for what middleware left in it and for a
// body. It is nil for a request of net/http and once the handler has returned, and
// must not be kept.
func (r *Request) RequestCtx() *fasthttp.RequestCtx {
	x, _ := r.live.(fastExchange)
	return x.ctx
}

// HTTPRequest is net/http's own request, for what middleware left in its context
// and for a body. It is nil for a request of fasthttp and once the handler has
// returned, and must not be kept.
func (r *Request) HTTPRequest() *http.Request {
	if x, ok := r.live.(httpExchange); ok {
		return x.r
	}
	return nil
}

// SetHeader sets a header of the response, in place of earlier values. It does
// nothing once the handler has returned.
func (r *Request) SetHeader(name, value string) {
	if r.live != nil {
		r.live.setHeader(name, value)
	}
}

// CloseAt has the stream closed at t, if that is before what was said so far:
// when a token expires, say. The client may come back and be asked again. The
// zero time is ignored, as is every call after the handler has returned.
func (r *Request) CloseAt(t time.Time) {
	if r.live != nil && !t.IsZero() && (r.closeAt.IsZero() || t.Before(r.closeAt)) {
		r.closeAt = t
	}
}

// Method is the request's method, GET or POST; HEAD is seen while the handler
// runs only.
func (r *Request) Method() string {
	if r.live != nil {
		return r.live.method()
	}
	method, _ := nextKept(r.kept)
	return method
}

// LastEventID is the id of the last event that the client saw, empty for a
// first visit: the Last-Event-ID header, or else the query argument lastEventId
// or last_event_id (for clients that cannot set headers). One that no client
// can have got from an event was answered with a 400 before the handler ran: it
// is longer than [MaxLastEventID] or has control characters or invalid UTF-8.
func (r *Request) LastEventID() string { return r.lastID }

// RemoteAddr is the client's address as the HTTP server sees it, in the form
// "192.0.2.1:4711".
func (r *Request) RemoteAddr() string { return r.remote.String() }

// Path is the path of the request, without its query.
func (r *Request) Path() string {
	if r.live != nil {
		return r.live.path()
	}
	_, rest := nextKept(r.kept)
	path, _ := nextKept(rest)
	return path
}

// Query is the first value of a query argument, or empty. Costs a scan of the
// query.
func (r *Request) Query(name string) string {
	if r.live != nil {
		return r.live.query(name)
	}
	_, rest := nextKept(r.kept)
	_, rest = nextKept(rest)
	query, _ := nextKept(rest)
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, _ := strings.Cut(pair, "=")
		if unescape(key) == name {
			return unescape(value)
		}
	}
	return ""
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// Header is the first value of a request header, or empty; the name's case does
// not matter. Costs a scan of the headers.
func (r *Request) Header(name string) string {
	if r.live != nil {
		return r.live.header(name)
	}
	_, rest := nextKept(r.kept)
	_, rest = nextKept(rest)
	_, rest = nextKept(rest)
	for rest != "" {
		var key, value string
		key, rest = nextKept(rest)
		value, rest = nextKept(rest)
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

// keep copies what the methods need and lets go of the HTTP server's request.
func (r *Request) keep() {
	x := r.live
	buf := scratches.Get().(*[]byte)
	b := (*buf)[:0]
	b = appendKept(b, x.method())
	b = appendKept(b, x.path())
	b = appendKept(b, x.rawQuery())
	b = x.appendHeaders(b)
	r.kept, r.live = string(b), nil
	*buf = b
	scratches.Put(buf)
}

func appendKept[S string | []byte](b []byte, text S) []byte {
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

func nextKept(s string) (text, rest string) {
	var n uint64
	for i := range len(s) {
		n |= uint64(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return s[i+1 : i+1+int(n)], s[i+1+int(n):]
		}
	}
	return "", ""
}

// lastEventIDOf finds and checks the id that a client resumes from.
func lastEventIDOf(x exchange) (string, error) {
	id := x.header("Last-Event-ID")
	for _, name := range []string{"lastEventId", "last_event_id"} {
		if id == "" {
			id = x.query(name)
		}
	}
	return checkLastEventID(id)
}

func checkLastEventID(id string) (string, error) {
	if len(id) > MaxLastEventID {
		return "", badLastEventID(id, fmt.Sprintf("it is longer than %d bytes", MaxLastEventID))
	}
	if !utf8.ValidString(id) {
		return "", badLastEventID(id, "it must be valid UTF-8")
	}
	for _, c := range id {
		if c < ' ' || c == 0x7f {
			return "", badLastEventID(id, "it must not have control characters")
		}
	}
	return id, nil
}

func badLastEventID(id, rule string) error {
	const most = 64
	if len(id) > most {
		return Status(fasthttp.StatusBadRequest, fmt.Sprintf("Last-Event-ID %+q... (%d bytes): %s", id[:most], len(id), rule))
	}
	return Status(fasthttp.StatusBadRequest, fmt.Sprintf("Last-Event-ID %+q: %s", id, rule))
}
