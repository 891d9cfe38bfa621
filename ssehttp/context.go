package ssehttp

import (
	"context"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// streamContext is the context of one stream: done when its client is gone or
// its connection is closed for any other reason. It is a part of the connection
// and not made by context.WithCancel, because most pipelines never look at it:
// the channel is made when Done is first called, and functions that wait for
// the end (context.AfterFunc, derived contexts) are kept in a list, without a
// goroutine.
//
// INVARIANTS (mu guards everything below it)
//   - done, once made, is the channel that every Done returns; waiting is nil
//     after the end.
type streamContext struct {
	srv    *Server
	record *record // of the stream; set before the handler sees the context

	mu      sync.Mutex
	ended   bool
	done    chan struct{}
	waiting *afterEnd
}

// afterEnd is a function that waits for the end, in a list: there is rarely
// more than one.
type afterEnd struct {
	f    func()
	next *afterEnd
}

// Deadline is that of the server's context.
func (x *streamContext) Deadline() (time.Time, bool) { return x.srv.opts.Context.Deadline() }

// Value is that of the server's context; the server's own hooks for package flux
// become those that know the stream's path.
func (x *streamContext) Value(key any) any {
	v := x.srv.opts.Context.Value(key)
	if h, ok := v.(*flux.Hooks); ok && x.record != nil && h != nil && h == x.srv.hooks {
		return x.record.hooks
	}
	return v
}

// Err is context.Canceled after the end.
func (x *streamContext) Err() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended {
		return context.Canceled
	}
	return nil
}

// Done is closed at the end.
func (x *streamContext) Done() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.done == nil {
		x.done = make(chan struct{})
		if x.ended {
			close(x.done)
		}
	}
	return x.done
}

// AfterFunc makes package context wait here instead of on a goroutine: f runs
// at the end, on a goroutine of its own, unless stop is called first.
func (x *streamContext) AfterFunc(f func()) (stop func() bool) {
	w := &afterEnd{f: f}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended {
		go f() // as context.AfterFunc does on a context that is done
		return func() bool { return false }
	}
	w.next, x.waiting = x.waiting, w
	return func() bool { return x.forget(w) }
}

func (x *streamContext) forget(w *afterEnd) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for at := &x.waiting; *at != nil; at = &(*at).next {
		if *at == w {
			*at = w.next
			return true
		}
	}
	return false
}

// end makes the context done. No user code runs on the calling goroutine.
func (x *streamContext) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended {
		return
	}
	x.ended = true
	if x.done != nil {
		close(x.done)
	}
	for w := x.waiting; w != nil; w = w.next {
		go w.f() // user code may block, and the caller may be a shard
	}
	x.waiting = nil
}
