package ssehttp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

const allowed = "GET, HEAD, POST, OPTIONS"

var errNoPublisher = errors.New("ssehttp: the handler returned neither a publisher nor an error")

// exchange is one request and its answer, whichever HTTP server they belong to.
// It is used by the goroutine of the request only, until the handler returns.
type exchange interface {
	method() string
	path() string
	route(s *Server) *record // that of the path
	rawQuery() string
	query(name string) string
	header(name string) string
	// appendHeaders appends the names and values for a Request to keep.
	appendHeaders(b []byte) []byte
	remote() net.Addr

	setHeader(name, value string)
	addHeader(name, value string)
	// answer ends the exchange with a status and a text, which may be empty.
	answer(code int, text string)
	// headOnly ends it with the head that a stream would have.
	headOnly(k Coding)
	// outlet is what a stream of this exchange would write to.
	outlet(s *Server) outlet
	// stream ends it with a stream: sooner or later it admits the opening and starts
	// its outlet, or drops it.
	stream(s *Server, o opening)
}

// opening is a stream that is about to begin.
type opening struct {
	out    outlet
	ticket ticket
	events flux.Publisher[Event]
	until  time.Time // when it expires; the zero time never comes
}

// accept answers one request, on the goroutine of its HTTP server.
func (s *Server) accept(x exchange, h Handler) {
	s.opts.CORS.answer(x)
	if len(s.opts.Compression) > 0 {
		x.addHeader("Vary", "Accept-Encoding")
	}
	switch method := x.method(); {
	case s.err != nil:
		s.refuse(x, s.err)
	case h == nil:
		s.refuse(x, errNilHandler)
	case method == http.MethodOptions:
		x.setHeader("Allow", allowed)
		x.answer(http.StatusNoContent, "")
	case method != http.MethodGet && method != http.MethodPost && method != http.MethodHead:
		x.setHeader("Allow", allowed)
		s.refuse(x, errMethod)
	case s.closed.Load():
		s.refuseClosed(x)
	case !accepts(x.header("Accept")):
		s.refuse(x, errNotAcceptable)
	default:
		s.open(x, h)
	}
}

// open runs the handler. The connection is admitted only when the HTTP server
// has let go of it, so a request that is abandoned in between (a timeout, a
// failed deadline) costs nothing.
func (s *Server) open(x exchange, h Handler) {
	id, err := lastEventIDOf(x)
	if err != nil {
		s.refuse(x, err)
		return
	}
	out := x.outlet(s)
	c := out.core()
	k := s.coding(x.header("Accept-Encoding"))
	c.record = s.begin(x, out, k)
	r := &Request{live: x, ctx: out.context(), remote: x.remote(), lastID: id}
	events, p, err := s.ask(h, r)
	if err == nil && x.method() == http.MethodHead {
		r.live = nil
		x.headOnly(k)
		c.streamContext.end()
		return
	}
	if err != nil {
		r.live = nil
		s.refuse(x, err)
		c.streamContext.end()
		return
	}
	r.keep()
	x.stream(s, opening{out, p, events, s.closeAt(r)})
}

// ask finds out who sends the request and whether there is room for another
// stream, and runs the user's functions.
func (s *Server) ask(h Handler, r *Request) (events flux.Publisher[Event], p ticket, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &flux.PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	if p, err = s.limits.ticket(r); err != nil {
		return nil, p, err
	}
	if err = s.limits.check(p); err != nil {
		return nil, p, err
	}
	if f := s.opts.Authenticate; f != nil {
		if r.identity, err = f(r); err != nil {
			return nil, p, err
		}
		r.CloseAt(r.identity.Expires)
	}
	if events, err = h(r); err == nil && events == nil {
		err = errNoPublisher
	}
	return events, p, err
}

// streamHeader is what the head of every stream says of its content, unless
// others have set it.
var streamHeader = [...]struct{ name, value string }{
	{"Cache-Control", "no-cache, no-transform"},
	{"X-Accel-Buffering", "no"},
}

const contentType = "text/event-stream"

// scratches are buffers for bytes that are copied as soon as their number is
// known.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

const openComment = ": open\n"

// refuse answers with the status of err. Headers of other handlers stay.
func (s *Server) refuse(x exchange, err error) {
	code, message := statusOf(err)
	s.refused(err)
	if s.observers.hear(hearsRefused) { // the path is a copy
		s.tellRefused(err, x.path(), x.remote())
	}
	if code == http.StatusInternalServerError {
		s.logRefusal(x, err)
	}
	if after := retryAfter(err); after != "" {
		x.setHeader("Retry-After", after)
	}
	if code == http.StatusNoContent || code == http.StatusNotModified {
		message = ""
	} else {
		message += "\n"
	}
	x.answer(code, message)
}

func (s *Server) logRefusal(x exchange, err error) {
	args := []any{"path", x.path(), "remote", x.remote().String(), "error", err}
	if p, ok := errors.AsType[*flux.PanicError](err); ok {
		args = append(args, "stack", string(p.Stack))
	}
	s.opts.Logger.Error("ssehttp: request refused", args...)
}

func (s *Server) refuseClosed(x exchange) {
	x.setHeader("Connection", "close")
	s.refuse(x, s.shuttingDown())
}

// closeAt is when a stream ends at the latest; the zero time if nothing says so.
func (s *Server) closeAt(r *Request) time.Time {
	life := s.opts.Limits.Lifetime
	if life == 0 {
		return r.closeAt
	}
	at := time.Now().Add(life - rand.N(life/10+1))
	if !r.closeAt.IsZero() && r.closeAt.Before(at) {
		return r.closeAt
	}
	return at
}

// accepts tells whether an Accept header lets text/event-stream through; a missing
// one accepts everything.
func accepts(header string) bool {
	if header == "" {
		return true
	}
	best, specific := false, -1
	for part := range strings.SplitSeq(header, ",") {
		media, params, _ := strings.Cut(part, ";")
		rank := slices.Index([]string{"*/*", "text/*", contentType}, strings.ToLower(strings.TrimSpace(media)))
		if rank > specific {
			best, specific = !weighsNothing(params), rank
		}
	}
	return best
}

// weighsNothing finds q=0 among the parameters of a media range.
func weighsNothing(params string) bool {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			return err == nil && q == 0
		}
	}
	return false
}

// seconds rounds up, as Retry-After wants it.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// panicError describes a recovered value that is not an error of flux yet.
func panicError(p any) error {
	if err, ok := p.(*flux.PanicError); ok {
		return err
	}
	return fmt.Errorf("ssehttp: %w", &flux.PanicError{Value: p, Stack: debug.Stack()})
}
