package flux

import (
	"context"
	"sync"
	"time"
)

// DelayElements sends each value d after it came, one after another: a value is
// requested from f when the one before has gone, and its time begins then. A
// value whose time has come waits for demand. Completion comes with the last
// value; an error of f cuts in at once. The values are sent by a
// timer's goroutine that exists only for that.
//
// Source: Reactor's Flux.delayElements.
func (f Flux[T]) DelayElements(d time.Duration) Flux[T] {
	return ConcatMap(f, func(v T) Flux[T] {
		return linearOf(source[int64](timerSource(d)), func(_ *stage, next func(T) bool) func(int64) bool {
			return func(int64) bool { return next(v) }
		})
	})
}

// DelaySubscription subscribes to f d after the subscription; the demand there is
// by then goes over to it. It is subscribed to by a timer's goroutine that exists
// only for that.
//
// Source: Reactor's Flux.delaySubscription(Duration).
func (f Flux[T]) DelaySubscription(d time.Duration) Flux[T] {
	return delaySubscription(f.source(), source[int64](timerSource(d)))
}

// DelaySubscriptionUntil subscribes to src when other gives its first value,
// which cancels other, or completes; the demand there is by then goes over to
// src. An error of other is the error of the stream. src is subscribed to by the
// goroutine of other, which is asked for everything.
//
// Source: Reactor's Flux.delaySubscription(Publisher).
func DelaySubscriptionUntil[T, U any](src Publisher[T], other Publisher[U]) Flux[T] {
	return delaySubscription(sourceOf(src), sourceOf(other))
}

func delaySubscription[T, U any](up source[T], until source[U]) Flux[T] {
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		d := &delayedSource[T]{relay: newRelay(s)}
		t := &trigger[U]{ctx: ctx}
		d.forget = func() { t.cancel() }
		start := func() { up.subscribe(ctx, d) }
		t.next = func(U) {
			if t.cancel() {
				start()
			}
		}
		t.end = func(err error) {
			if err != nil {
				s.OnError(err)
				return
			}
			start()
		}
		s.OnSubscribe(d)
		if !d.isCancelled() {
			until.subscribe(ctx, t)
		}
	})}
}

// delayedSource is a relay with one upstream, which is still to come.
type delayedSource[T any] struct {
	relay[T]
	forget func() // lets the trigger go
}

func (d *delayedSource[T]) Cancel() {
	d.forget()
	d.relay.Cancel()
}

// DelaySequence sends every value d after it came, without changing the time
// between them. Completion and an error are delayed too, but not if nothing
// waits. Demand passes through. The signals are sent by a timer's goroutine that
// exists only for that.
//
// Source: Reactor's Flux.delaySequence.
func (f Flux[T]) DelaySequence(d time.Duration) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		q := &delaySequence[T]{ctx: ctx, down: s, d: d}
		q.timer = stoppedTimer(q.fire)
		src.subscribe(ctx, q)
	})}
}

// delaySequence holds signals until they are due.
//
// INVARIANTS
//   - mu guards queue, end, due and state, and is never held while calling out.
//   - busy means that somebody is sending down; that goroutine alone sends, and
//     looks again before it stops. The timer is set only by whoever is busy, or
//     for the first signal of an empty queue.
//   - Once over nothing is sent; the queue has been discarded.
type delaySequence[T any] struct {
	ctx  context.Context
	up   Subscription
	down Subscriber[T]
	d    time.Duration

	mu    sync.Mutex
	timer *time.Timer
	queue ring[later[T]]
	end   *ending
	due   time.Time // of end
	busy  bool
	over  bool
}

type later[T any] struct {
	v   T
	due time.Time
}

func (q *delaySequence[T]) OnSubscribe(s Subscription) {
	q.up = s
	q.down.OnSubscribe(q)
}

func (q *delaySequence[T]) OnNext(v T) {
	q.mu.Lock()
	late := q.over || q.end != nil
	if !late {
		q.queue.push(later[T]{v, time.Now().Add(q.d)})
		if q.queue.len() == 1 && !q.busy {
			q.timer.Reset(q.d)
		}
	}
	q.mu.Unlock()
	if late {
		dropNext(q.ctx, v)
	}
}

func (q *delaySequence[T]) OnError(err error) { q.finish(&ending{err: err}) }
func (q *delaySequence[T]) OnComplete()       { q.finish(&ending{}) }

func (q *delaySequence[T]) finish(end *ending) {
	q.mu.Lock()
	late := q.over || q.end != nil
	now := false
	if !late {
		q.end, q.due = end, time.Now()
		if q.queue.len() > 0 {
			q.due = q.due.Add(q.d)
		}
		now = q.queue.len() == 0 && !q.busy
		q.busy = q.busy || now
	}
	q.mu.Unlock()
	switch {
	case late && end.err != nil:
		dropError(q.ctx, end.err)
	case now:
		q.send()
	}
}

// fire runs on the timer's goroutine.
func (q *delaySequence[T]) fire() {
	q.mu.Lock()
	mine := !q.busy && !q.over
	q.busy = q.busy || mine
	q.mu.Unlock()
	if mine {
		defer q.guard()
		q.send()
	}
}

// send passes what is due. The caller has made q busy.
func (q *delaySequence[T]) send() {
	for {
		v, ok, end := q.next()
		if !ok {
			end.deliver(q.down)
			return
		}
		q.down.OnNext(v)
	}
}

// next gives what is due, or sets the timer for what will be.
func (q *delaySequence[T]) next() (v T, ok bool, end *ending) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	switch {
	case q.over:
		return v, false, nil
	case q.queue.len() > 0:
		if wait := q.queue.peek().due.Sub(now); wait > 0 {
			q.busy = false
			q.timer.Reset(wait)
			return v, false, nil
		}
		return q.queue.pop().v, true, nil
	case q.end == nil:
		q.busy = false
		return v, false, nil
	case q.due.After(now):
		q.busy = false
		q.timer.Reset(q.due.Sub(now))
		return v, false, nil
	}
	q.over = true
	return v, false, q.end
}

func (q *delaySequence[T]) Request(n int64) { q.up.Request(n) }

func (q *delaySequence[T]) Cancel() {
	q.mu.Lock()
	q.over = true
	waiting := q.queue
	q.queue = ring[later[T]]{}
	q.mu.Unlock()
	q.timer.Stop()
	q.up.Cancel()
	waiting.drop(func(w later[T]) { discard(q.ctx, w.v) })
}

func (q *delaySequence[T]) TakePanic(p error) bool { return passPanic(q.down, p) }

// guard settles a panic from below, which came out on the timer's goroutine.
func (q *delaySequence[T]) guard() {
	p := caught(recover())
	if p == nil || passPanic(q.down, p) {
		return
	}
	q.Cancel()
	dropError(q.ctx, p)
}
