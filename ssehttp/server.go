package ssehttp

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Handler answers a request with the publisher of its events, or with an error
// that becomes an HTTP status (see [Status]). It runs on the goroutine of the
// request and should not block for long; the publisher is subscribed to once it has
// returned, and cancelled when the client is gone.
type Handler func(*Request) (flux.Publisher[Event], error)

// Server turns requests into streams of events. Make one with [New]; it may
// serve any number of handlers of any number of HTTP servers. All methods
// may be called by any goroutine.
type Server struct {
	opts     Options
	err      error // what is wrong with opts
	calls    upcalls
	counters counters
	shards   shards
	limits   limits
	pressure pressure
	unwatch  func() bool // takes the server off Options.Context
	lastHead atomic.Pointer[[]byte]

	began     time.Time
	observers observers
	routes    routes
	hooks     *flux.Hooks // that opts.Context was given by us; nil if it has its own
	debugged  atomic.Bool // set by Debug, read by every request: the page wants to know more of a stream

	mu      sync.Mutex           // guards what follows
	closing bool                 // no connection is admitted
	stopped bool                 // every connection is to be closed at once
	streams map[*stream]struct{} // of the goroutine transport
	active  int                  // connections with an open socket or a call into user code under way
	idle    chan struct{}        // made by Shutdown, closed when active is 0

	// closed is read by every request, so that a server that is shutting down
	// refuses it before its handler runs.
	closed atomic.Bool
}

// New makes a server. Options that cannot work (see [Options.Validate]) do not
// fail here: the server reports them by [Server.Err] and to its Logger, and
// answers every request with a 500. No goroutine runs before the first stream.
func New(o Options) *Server {
	s := &Server{err: o.Validate(), streams: map[*stream]struct{}{}, began: time.Now()}
	s.opts = o.withDefaults()
	if s.err != nil {
		s.opts.Logger.Error("ssehttp: the server answers every request with 500", "error", s.err)
		return s
	}
	s.limits.Limits = o.Limits
	s.pressure.soft, s.pressure.hard = o.Limits.PendingSoft, o.Limits.PendingHard
	s.observe(o.Hooks)
	s.withHooks()
	s.unwatch = context.AfterFunc(s.opts.Context, s.stop)
	return s
}

// Err is what is wrong with the options that the server was made with, or nil.
func (s *Server) Err() error { return s.err }

var errNilHandler = errors.New("ssehttp: HTTP(nil): the handler must not be nil")

func (s *Server) checkHandler(h Handler) {
	if h == nil {
		s.opts.Logger.Error(errNilHandler.Error())
	}
}

// admit counts a connection in, unless the server is closing or full. Its socket
// and the caller hold it then.
func (s *Server) admit(o opening) error {
	c := o.out.core()
	seats, err := s.enter(o.ticket)
	if err != nil {
		c.streamContext.end()
		return err
	}
	id := s.counters.accepted.Add(1)
	c.holds.Store(2) // the socket's and the caller's: the socket may be gone before start returns
	c.since = s.age()
	if r := c.record; r.own {
		r.seats, r.id, r.opened = seats, uint64(id), time.Now()
	}
	c.tellOpened()
	return nil
}

func (s *Server) enter(p ticket) (seats, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return seats{}, s.shuttingDown()
	}
	taken, err := s.limits.take(p)
	if err == nil {
		s.active++
	}
	return taken, err
}

// leave counts a connection out.
func (s *Server) leave(c *conn) {
	s.limits.give(c.record.seats)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active--
	if s.active == 0 && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
}
