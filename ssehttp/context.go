package ssehttp

import (
	"context"
	"sync"
	"time"
)

// streamContext is the context of one stream: done when its client is gone or
// its connection is closed for any other reason. It is a part of the connection
// and not made by context.WithCancel, because most pipelines never look at it:
// the channel is made when Done is first called, and functions that wait for
// the end (context.AfterFunc, derived contexts) are kept in a list, without a
// goroutine.
//
// INVARIANTS (mu guards everything below it)
//   - err is nil until the end, then context.Canceled, and then waiting is nil.
//   - done, once made, is the channel that every Done returns.
type streamContext struct {
	base context.Context

	mu      sync.Mutex
	err     error
	done    chan struct{}
	waiting []*afterEnd
}

type afterEnd struct{ f func() }

// Deadline is that of the server's context.
func (x *streamContext) Deadline() (time.Time, bool) { return x.base.Deadline() }

// Value is that of the server's context.
func (x *streamContext) Value(key any) any { return x.base.Value(key) }

// Err is context.Canceled after the end.
func (x *streamContext) Err() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.err
}

// Done is closed at the end.
func (x *streamContext) Done() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.done == nil {
		x.done = make(chan struct{})
		if x.err != nil {
			close(x.done)
		}
	}
	return x.done
}

// AfterFunc makes package context wait here instead of on a goroutine: f runs
// at the end, on a goroutine of its own, unless stop is called first.
func (x *streamContext) AfterFunc(f func()) (stop func() bool) {
	w := &afterEnd{f}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.err != nil {
		go f() // as context.AfterFunc does on a context that is done
		return func() bool { return false }
	}
	x.waiting = append(x.waiting, w)
	return func() bool { return x.forget(w) }
}

func (x *streamContext) forget(w *afterEnd) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, other := range x.waiting {
		if other == w {
			last := len(x.waiting) - 1
			x.waiting[i], x.waiting[last] = x.waiting[last], nil
			x.waiting = x.waiting[:last]
			return true
		}
	}
	return false
}

// end makes the context done. No user code runs on the calling goroutine.
func (x *streamContext) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.err != nil {
		return
	}
	x.err = context.Canceled
	if x.done != nil {
		close(x.done)
	}
	for _, w := range x.waiting {
		go w.f() // user code may block, and the caller may be a shard
	}
	x.waiting = nil
}
