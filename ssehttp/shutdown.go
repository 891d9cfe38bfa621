package ssehttp

import (
	"context"
	"time"
)

// Shutdown ends every stream and returns when that is done, or when ctx is.
//
// New requests are answered with 503 and Retry-After. Every client gets
// [Options].LastEvent behind what waits for it, and its connection is closed when
// that is written; every publisher is cancelled at once, and Shutdown waits for
// the cancellations (doOnCancel, doFinally) to return, and up to a second for the
// hooks to hear of it. When ctx is done first,
// the remaining connections are closed as they are and the error is
// context.Cause(ctx); user code that still runs is left to itself. Either way
// no goroutine of the server remains but those.
//
// It may be called by any goroutine and more than once: each call waits. The
// fasthttp server does not know the streams; shut it down as well, before or
// after.
func (s *Server) Shutdown(ctx context.Context) error {
	if s.err != nil {
		return nil
	}
	s.unwatch()
	idle := s.leaveAll()
	var err error
	select {
	case <-idle:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	s.stop()
	s.calm(ctx)
	return err
}

// calm lets the hooks hear the end. One that blocks is no error.
func (s *Server) calm(ctx context.Context) {
	const longest = time.Second
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	s.observers.calm(ctx.Done())
}

// leaveAll closes the door and asks every connection to go. The channel is
// closed when all have left.
func (s *Server) leaveAll() <-chan struct{} {
	s.closed.Store(true)
	s.mu.Lock()
	first := !s.closing
	s.closing = true
	if s.idle == nil {
		s.idle = make(chan struct{})
	}
	idle := s.idle
	if s.active == 0 {
		close(idle)
		s.idle = nil
	}
	streams := s.streamList()
	s.mu.Unlock()
	if first {
		f := s.farewell()
		s.shards.leave(f)
		for i, st := range streams {
			st.sendAway(f.form(st.coding(), i))
		}
	}
	return idle
}

// stop closes what is left, at once. It is also what happens when
// Options.Context is done.
func (s *Server) stop() {
	s.closed.Store(true)
	s.mu.Lock()
	s.closing, s.stopped = true, true
	streams := s.streamList()
	s.mu.Unlock()
	s.shards.end()
	for _, st := range streams {
		st.abort(ShutDown)
	}
}

// farewell is the last frame for every client, for each coding in several forms if it
// is our own: they spread the clients' return over a second RetryAfter, so that they
// do not all come at once to the server that has just started again.
type farewell [codings][][]byte

// form picks one for the i-th connection.
func (f *farewell) form(k Coding, i int) []byte { return f[k][i%len(f[k])] }

func (s *Server) farewell() *farewell {
	f := &farewell{}
	for _, e := range s.lastEvents() {
		frame, _ := s.opts.Mode.Append(nil, e) // New has tried it
		f[0] = append(f[0], frame)
		for _, k := range s.opts.Compression {
			f[k] = append(f[k], k.fragment(frame))
		}
	}
	return f
}

func (s *Server) lastEvents() (events []Event) {
	if e := s.opts.LastEvent; e != (Event{}) {
		return []Event{e}
	}
	const forms = 16
	for i := range time.Duration(forms) {
		events = append(events, Event{Name: "shutdown", Data: "the server is going away", Retry: s.opts.RetryAfter * (forms + i) / forms})
	}
	return events
}

func (s *Server) streamList() []*stream {
	list := make([]*stream, 0, len(s.streams))
	for st := range s.streams {
		list = append(list, st)
	}
	return list
}
