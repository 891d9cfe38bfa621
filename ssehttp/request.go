package ssehttp

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fasthttp"
)

// MaxLastEventID is the longest Last-Event-ID that is accepted, in bytes.
const MaxLastEventID = 1024

// Request is what a handler learns of the request that opens a stream. It may
// be kept by the pipeline: it then holds a copy of the path, the query and the
// headers (made once the handler has returned, because fasthttp uses its own
// memory again). A pipeline that does not refer to it keeps none of that alive.
//
// The handler's goroutine has it to itself; once the handler has returned any
// number of goroutines may read it.
type Request struct {
	live   *fasthttp.RequestCtx // until the handler has returned
	kept   string               // afterwards: path, query, then names and values
	ctx    context.Context
	remote net.Addr
	lastID string
}

// Context is done when the stream is over: its client is gone, it has ended, or
// the server shuts down. It is what the publisher is subscribed with. It has
// the values of [Options].Context. It costs nothing until Done is called.
func (r *Request) Context() context.Context { return r.ctx }

// RequestCtx is fasthttp's own context, for what middleware left in it, for a
// body, and to set headers of the response. It is nil once the handler has
// returned and must not be kept.
func (r *Request) RequestCtx() *fasthttp.RequestCtx { return r.live }

// LastEventID is the id of the last event that the client saw, empty for a
// first visit: the Last-Event-ID header, or else the query argument lastEventId
// or last_event_id (for clients that cannot set headers). One that no client
// can have got from an event was answered with a 400 before the handler ran: it
// is longer than [MaxLastEventID] or has control characters or invalid UTF-8.
func (r *Request) LastEventID() string { return r.lastID }

// RemoteAddr is the client's address as fasthttp sees it, in the form
// "192.0.2.1:4711".
func (r *Request) RemoteAddr() string { return r.remote.String() }

// Path is the path of the request, without its query.
func (r *Request) Path() string {
	if r.live != nil {
		return string(r.live.Path())
	}
	path, _ := nextKept(r.kept)
	return path
}

// Query is the first value of a query argument, or empty. Costs a scan of the
// query.
func (r *Request) Query(name string) string {
	if r.live != nil {
		return string(r.live.QueryArgs().Peek(name))
	}
	_, rest := nextKept(r.kept)
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
		return string(r.live.Request.Header.Peek(name))
	}
	_, rest := nextKept(r.kept)
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

// keep copies what the methods need and lets go of fasthttp's context.
func (r *Request) keep() {
	ctx := r.live
	buf := scratches.Get().(*[]byte)
	b := (*buf)[:0]
	b = appendKept(b, ctx.Path())
	b = appendKept(b, ctx.URI().QueryString())
	for key, value := range ctx.Request.Header.All() {
		b = appendKept(b, key)
		b = appendKept(b, value)
	}
	r.kept, r.live = string(b), nil
	*buf = b
	scratches.Put(buf)
}

func appendKept(b, text []byte) []byte {
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
func lastEventIDOf(ctx *fasthttp.RequestCtx) (string, error) {
	for _, found := range [][]byte{
		ctx.Request.Header.Peek("Last-Event-ID"),
		ctx.QueryArgs().Peek("lastEventId"),
		ctx.QueryArgs().Peek("last_event_id"),
	} {
		if len(found) > 0 {
			return checkLastEventID(string(found))
		}
	}
	return "", nil
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
