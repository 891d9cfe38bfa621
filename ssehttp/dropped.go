package ssehttp

import (
	"context"

	"github.com/freshet-go/freshet/flux"
)

// Errors that nobody can get any more, because their stream had ended, go to the
// hooks of the pipeline's context. Unless Options.Context has some of its own,
// the server's do the job, and say of which path the stream was.

// seen is a context that notes which hooks package flux finds in it.
type seen struct {
	context.Context
	hooks *flux.Hooks
}

func (s *seen) Value(key any) any {
	v := s.Context.Value(key)
	if h, ok := v.(*flux.Hooks); ok {
		s.hooks = h
	}
	return v
}

func hooksIn(ctx context.Context) *flux.Hooks {
	s := &seen{Context: ctx}
	flux.WithHooks(s, flux.Hooks{})
	return s.hooks
}

// withHooks makes the server's context the one that streams inherit from.
func (s *Server) withHooks() {
	if h := hooksIn(s.opts.Context); h != nil && h.ErrorDropped != nil {
		return
	}
	s.opts.Context = flux.WithHooks(s.opts.Context, flux.Hooks{ErrorDropped: func(err error) { s.dropped("", err) }})
	s.hooks = hooksIn(s.opts.Context)
}

// hooksFor gives the hooks of the streams of a path: once for each record, because
// package flux asks often.
func (s *Server) hooksFor(path string) *flux.Hooks {
	if s.hooks == nil {
		return nil
	}
	h := *s.hooks
	h.ErrorDropped = func(err error) { s.dropped(path, err) }
	return &h
}

func (s *Server) dropped(path string, err error) {
	s.counters.dropped.Add(1)
	s.opts.Logger.Error("ssehttp: error dropped: the stream had ended", "path", path, "error", err)
}
