package flux

import (
	"context"
	"sync"
	"time"
)

// trigger subscribes to a publisher whose signals steer an operator instead of
// passing through it: boundaries, openings, closings. It asks for everything.
//
// INVARIANTS: mu guards up and over and is never held while calling out; over is
// raised once, by the end of the publisher or by cancel, and nothing is called
// after it.
type trigger[T any] struct {
	ctx  context.Context
	next func(v T)
	end  func(err error) // nil for completion

	mu   sync.Mutex
	up   Subscription
	over bool
}

func (t *trigger[T]) OnSubscribe(s Subscription) {
	t.mu.Lock()
	over := t.over
	t.up = s
	t.mu.Unlock()
	if over {
		s.Cancel()
		return
	}
	s.Request(Unbounded)
}

func (t *trigger[T]) OnNext(v T) {
	t.mu.Lock()
	over := t.over
	t.mu.Unlock()
	if !over {
		t.next(v)
	}
}

func (t *trigger[T]) OnError(err error) {
	if _, first := t.finish(); !first {
		dropError(t.ctx, err)
		return
	}
	t.end(err)
}

func (t *trigger[T]) OnComplete() {
	if _, first := t.finish(); first {
		t.end(nil)
	}
}

// cancel lets the publisher go; it reports whether that was still to be done.
func (t *trigger[T]) cancel() bool {
	up, first := t.finish()
	if first && up != nil {
		up.Cancel()
	}
	return first
}

func (t *trigger[T]) finish() (up Subscription, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	first, t.over = !t.over, true
	return t.up, first
}

// afterwards completes the trigger in d from now, as if its publisher had.
func (t *trigger[T]) afterwards(d time.Duration) {
	timer := time.AfterFunc(d, t.OnComplete)
	t.OnSubscribe(stopTimer{timer})
}

// stopTimer is the subscription of something that a timer sends.
type stopTimer struct{ timer *time.Timer }

func (stopTimer) Request(int64) {}
func (s stopTimer) Cancel()     { s.timer.Stop() }
