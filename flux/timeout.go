package flux

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Timeout ends the stream with an error that matches ErrTimeout if no value
// comes within gap of the subscription, or of the value before; the source is
// cancelled. The error is sent by a timer's goroutine that exists only for that.
// A gap that is not positive ends with ErrInvalid.
//
// Source: Reactor's Flux.timeout(Duration).
func (f Flux[T]) Timeout(gap time.Duration) Flux[T] {
	return f.TimeoutOr(gap, Error[T](fmt.Errorf("no value within %v: %w", gap, ErrTimeout)))
}

// TimeoutOr is [Flux.Timeout] that goes on with fallback instead of failing. The
// open demand goes over to it; it is not timed.
//
// Source: Reactor's Flux.timeout(Duration, Publisher).
func (f Flux[T]) TimeoutOr(gap time.Duration, fallback Publisher[T]) Flux[T] {
	switch {
	case gap <= 0:
		return Error[T](invalid("Timeout(%v): the time must be positive", gap))
	case fallback == nil:
		return Error[T](invalid("TimeoutOr(%v, nil): the publisher must not be nil", gap))
	}
	src, other := f.source(), sourceOf(fallback)
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		t := &timeout[T]{relay: newSwitch(s), ctx: ctx, gap: gap, other: other}
		t.timer = stoppedTimer(t.fire) // armed once the subscriber was told
		s.OnSubscribe(t)
		t.begin()
		src.subscribe(ctx, t)
	})}
}

// timeout watches the gaps of one upstream.
//
// INVARIANTS
//   - guard guards state and due, and is never held while calling out. The timer
//     acts only in state waiting: not while a value is on its way down (sending),
//     so that its error is never concurrent with it, nor once either side won.
//   - The timer is not moved for each value: it looks at due when it fires, and
//     sleeps on if that has moved.
type timeout[T any] struct {
	relay[T]
	ctx   context.Context
	gap   time.Duration
	other source[T]
	timer *time.Timer

	lock  sync.Mutex
	state timeoutState
	due   time.Time
}

type timeoutState uint8

const (
	timeoutWaiting timeoutState = iota
	timeoutSending              // a value is on its way down
	timeoutOver                 // the source or the timer ended it
)

// begin starts the first gap.
func (t *timeout[T]) begin() {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.state == timeoutWaiting {
		t.due = time.Now().Add(t.gap)
		t.timer.Reset(t.gap)
	}
}

// fire runs on the timer's goroutine.
func (t *timeout[T]) fire() {
	t.lock.Lock()
	up := false
	switch wait := time.Until(t.due); {
	case t.state == timeoutSending:
		t.timer.Reset(t.gap)
	case t.state == timeoutWaiting && wait > 0:
		t.timer.Reset(wait)
	case t.state == timeoutWaiting:
		t.state, up = timeoutOver, true
	}
	t.lock.Unlock()
	if !up {
		return
	}
	t.drop()
	defer t.settle()
	t.other.subscribe(t.ctx, &t.relay)
}

// OnSubscribe may come after the time is up: the subscription itself takes time.
func (t *timeout[T]) OnSubscribe(s Subscription) { t.setFirst(s) }

// enter moves from one state to another, if it is in that.
func (t *timeout[T]) enter(from, to timeoutState) bool {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.state != from {
		return false
	}
	t.state = to
	if to == timeoutWaiting {
		t.due = time.Now().Add(t.gap)
	}
	return true
}

func (t *timeout[T]) OnNext(v T) {
	if !t.TryOnNext(v) {
		t.replace()
	}
}

func (t *timeout[T]) TryOnNext(v T) bool {
	if !t.enter(timeoutWaiting, timeoutSending) {
		dropNext(t.ctx, v)
		return true
	}
	took := t.relay.TryOnNext(v)
	t.enter(timeoutSending, timeoutWaiting)
	return took
}

func (t *timeout[T]) OnError(err error) {
	if !t.enter(timeoutWaiting, timeoutOver) {
		dropError(t.ctx, err)
		return
	}
	t.timer.Stop()
	t.down.OnError(err)
}

func (t *timeout[T]) OnComplete() {
	if t.enter(timeoutWaiting, timeoutOver) {
		t.timer.Stop()
		t.down.OnComplete()
	}
}

func (t *timeout[T]) Cancel() {
	t.lock.Lock()
	t.state = timeoutOver
	t.lock.Unlock()
	t.timer.Stop()
	t.relay.Cancel()
}

// settle settles a panic from below that came out of the fallback's terminal.
func (t *timeout[T]) settle() {
	if p := caught(recover()); p != nil {
		settle(t.ctx, t.down, p, t)
	}
}
