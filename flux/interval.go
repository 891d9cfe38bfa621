package flux

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

// Interval gives 0, 1, 2, ... every period, the first after one period, for
// ever. A tick that finds no demand ends the stream with an error that matches
// ErrOverflow (put OnBackpressureDrop behind it to skip ticks). The values are
// sent by a timer's goroutine that exists only for the tick. A period that is not
// positive ends with ErrInvalid.
//
// Source: Reactor's Flux.interval(Duration).
func Interval(period time.Duration) Flux[int64] { return IntervalAfter(period, period) }

// IntervalAfter is [Interval] with the first value after start, which may be 0.
//
// Source: Reactor's Flux.interval(Duration, Duration).
func IntervalAfter(start, period time.Duration) Flux[int64] {
	switch {
	case period <= 0:
		return Error[int64](invalid("Interval(%v): the period must be positive", period))
	case start < 0:
		return Error[int64](invalid("IntervalAfter(%v, %v): the start must not be negative", start, period))
	}
	return Flux[int64]{intervalSource{start, period}}
}

// intervalSource is an Interval as operators use it inside. As a Flux it would
// make the compiler build every method of Flux[int64] in every package that uses
// the operator.
type intervalSource struct{ start, period time.Duration }

func (i intervalSource) subscribe(ctx context.Context, s Subscriber[int64]) {
	t := &ticker{ctx: ctx, down: s, period: i.period}
	t.timer = stoppedTimer(t.tick) // armed once the subscriber was told
	s.OnSubscribe(t)
	t.due = time.Now().Add(i.start)
	t.arm()
}

// ticker is the subscription of an Interval.
//
// INVARIANTS: busy admits one tick at a time, though a bad Request may fire the
// timer early; due belongs to the tick; after over nothing is sent.
type ticker struct {
	ctx    context.Context
	down   Subscriber[int64]
	period time.Duration
	due    time.Time
	timer  *time.Timer
	count  int64
	demand demand
	busy   atomic.Bool
	over   atomic.Bool
}

func (t *ticker) arm() {
	t.timer.Reset(max(0, time.Until(t.due)))
	if t.over.Load() {
		t.timer.Stop()
	}
}

// tick runs on the timer's goroutine.
func (t *ticker) tick() {
	if t.over.Load() || !t.busy.CompareAndSwap(false, true) {
		return
	}
	t.send()
	t.busy.Store(false)
	if t.over.Load() {
		return
	}
	if t.demand.err() != nil {
		t.due = time.Now()
	}
	t.arm()
}

func (t *ticker) send() {
	defer t.guard()
	if err := t.demand.err(); err != nil {
		t.fail(err)
		return
	}
	if t.demand.load() == 0 {
		t.fail(fmt.Errorf("Interval: tick %d was not requested: %w", t.count, ErrOverflow))
		return
	}
	t.demand.sub(1)
	t.count++
	t.due = t.due.Add(t.period)
	t.down.OnNext(t.count - 1)
}

func (t *ticker) fail(err error) {
	t.over.Store(true)
	t.down.OnError(err)
}

func (t *ticker) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	t.over.Store(true)
	settle(t.ctx, t.down, p, nil)
}

func (t *ticker) Request(n int64) {
	t.demand.add(n)
	if n <= 0 && !t.over.Load() {
		t.timer.Reset(0)
	}
}

func (t *ticker) Cancel() {
	t.over.Store(true)
	t.timer.Stop()
}

// stoppedTimer makes a timer that runs f once it is Reset. f gets a goroutine
// that exists only for the call.
func stoppedTimer(f func()) *time.Timer {
	t := time.AfterFunc(math.MaxInt64, f)
	t.Stop()
	return t
}
