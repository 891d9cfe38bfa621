package flux

import (
	"context"
	"sync/atomic"
	"time"
)

// Timer gives 0 after d, and completes. The value waits for demand: it is sent by
// the timer's goroutine, which exists only for that, or by the one that requests
// later. A d that is not positive counts as 0.
//
// Source: Reactor's Mono.delay.
func Timer(d time.Duration) Mono[int64] {
	return Mono[int64]{timerSource(d)}
}

// timerSource is a Timer as operators use it inside; see intervalSource.
type timerSource time.Duration

func (d timerSource) subscribe(ctx context.Context, s Subscriber[int64]) {
	t := &timerValue{ctx: ctx, down: s}
	t.timer = stoppedTimer(func() { t.mark(timerFired) })
	s.OnSubscribe(t)
	if t.state.Load()&timerOver == 0 {
		t.timer.Reset(max(time.Duration(d), 0))
	}
	if t.state.Load()&timerOver != 0 {
		t.timer.Stop()
	}
}

// timerValue is the subscription of a Timer.
//
// INVARIANTS: state only gains bits; whoever completes fired and wanted sends,
// and whoever sets over first has the last word.
type timerValue struct {
	ctx   context.Context
	down  Subscriber[int64]
	timer *time.Timer
	state atomic.Int32 // the timer, Request and Cancel meet here
}

const (
	timerFired = 1 << iota
	timerWanted
	timerOver
	timerCancelled
)

func (t *timerValue) mark(bit int32) {
	before := t.state.Or(bit)
	if before&bit == 0 && before|bit == timerFired|timerWanted && t.state.Or(timerOver)&timerOver == 0 {
		defer t.guard()
		t.down.OnNext(0)
		if t.state.Load()&timerCancelled == 0 {
			t.down.OnComplete()
		}
	}
}

func (t *timerValue) Request(n int64) {
	if n > 0 {
		t.mark(timerWanted)
		return
	}
	if t.state.Or(timerOver)&timerOver == 0 {
		t.timer.Stop()
		t.down.OnError(badRequest(n))
	}
}

func (t *timerValue) Cancel() {
	t.state.Or(timerOver | timerCancelled)
	t.timer.Stop()
}

func (t *timerValue) guard() {
	if p := caught(recover()); p != nil && !passPanic(t.down, p) {
		dropError(t.ctx, p)
	}
}
