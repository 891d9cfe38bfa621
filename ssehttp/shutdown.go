package ssehttp

import (
	"context"
)

// Shutdown ends every stream and returns when that is done, or when ctx is.
//
// New requests are answered with 503 and Retry-After. Every client gets
// Options.LastEvent behind what waits for it, and its connection is closed when
// that is written; every publisher is cancelled at once, and Shutdown waits for
// the cancellations (doOnCancel, doFinally) to return. When ctx is done first,
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
	return err
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
		frame := s.farewell()
		s.shards.leave(frame)
		for _, st := range streams {
			st.sendAway(frame)
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

// farewell is the last frame for every client.
func (s *Server) farewell() []byte {
	frame, _ := s.opts.Mode.Append(nil, s.opts.LastEvent) // New has tried it
	return frame
}

func (s *Server) streamList() []*stream {
	list := make([]*stream, 0, len(s.streams))
	for st := range s.streams {
		list = append(list, st)
	}
	return list
}
