package flux

import (
	"context"
	"sync/atomic"
)

// Kernel: sampling
//
// A source runs as fast as it likes, and publishers at its side say which of its
// values go down, one at a time:
//
//	source ──OnNext──▶ value ──hold──▶ held ──give──▶ drain ──▶ subscriber
//	throttle (side) ──OnNext, OnComplete──────┘
//
// INVARIANTS
//   - Both are asked for everything. A value for give that finds no demand ends
//     the stream with ErrOverflow; one that is offered to the drain waits in its
//     queue, which holds one at most.
//   - The drain serializes what the source's goroutine and the side's send. An
//     error does not wait for the value in its queue.
//   - held and turn are guarded by the drain's mu. A value leaves held once: to
//     be given, or to be discarded.
//   - stop and Cancel cancel both sides; a late signal finds the drain ended.
type sampling[T any] struct {
	drain[T]
	main arbiter
	side serial

	held kept[T]
	turn int64 // counts what was held

	value func(v T) // what to do with a value of the source
	flush bool      // completion needs demand for the held value at once
	shut  atomic.Bool
}

// sampled makes an operator of the kind; start sets value and subscribes.
func sampled[T any](start func(ctx context.Context, s *sampling[T])) Flux[T] {
	return Flux[T]{sourceFunc[T](func(ctx context.Context, down Subscriber[T]) {
		s := &sampling[T]{drain: drain[T]{ctx: ctx, down: down, push: pusher(down), cut: true}}
		s.up = sides[T]{s}
		s.main.open = Unbounded
		down.OnSubscribe(s)
		start(ctx, s)
	})}
}

// hold keeps v in place of the value held so far.
func (s *sampling[T]) hold(v T) (turn int64) {
	s.mu.Lock()
	old := s.held
	s.held.keep(v)
	s.turn++
	turn = s.turn
	s.mu.Unlock()
	old.discard(s.ctx)
	return turn
}

// release takes the value held; turn, if not 0, says which it must be.
func (s *sampling[T]) release(turn int64) (k kept[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if turn == 0 || turn == s.turn {
		k, s.held = s.held, kept[T]{}
	}
	return k
}

// giveHeld gives the value held, if it is that of the turn.
func (s *sampling[T]) giveHeld(turn int64) {
	if k := s.release(turn); k.some {
		s.give(k.v)
	}
}

// give sends a value whose turn has come.
func (s *sampling[T]) give(v T) {
	if s.demand.load() != 0 {
		s.offer(v)
		return
	}
	discard(s.ctx, v)
	s.stop(ErrOverflow)
}

// waiting tells whether a value is in the queue.
func (s *sampling[T]) waiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.len() > 0
}

// stop ends the stream and cancels both sides.
func (s *sampling[T]) stop(err error) {
	s.cancelSides()
	s.end(err)
}

func (s *sampling[T]) cancelSides() {
	s.main.Cancel()
	s.side.cancel()
	k := s.release(0)
	k.discard(s.ctx)
}

func (s *sampling[T]) Request(n int64) { s.request(n) }

func (s *sampling[T]) Cancel() {
	s.cancelSides()
	s.cancel()
}

// sides is what the drain cancels when it fails by itself.
type sides[T any] struct{ s *sampling[T] }

func (u sides[T]) Request(int64) {}
func (u sides[T]) Cancel()       { u.s.cancelSides() }

// sampleMain is the subscriber of the source.
type sampleMain[T any] struct{ s *sampling[T] }

func (m *sampleMain[T]) OnSubscribe(up Subscription) { m.s.main.set(up) }

func (m *sampleMain[T]) OnNext(v T) {
	if m.s.stopped.Load() {
		discard(m.s.ctx, v)
		return
	}
	m.s.value(v)
}

func (m *sampleMain[T]) OnError(err error) { m.s.stop(err) }

// OnComplete gives the value that is held, in its place before the end.
func (m *sampleMain[T]) OnComplete() {
	s := m.s
	s.side.cancel()
	if k := s.release(0); k.some {
		if s.flush {
			s.give(k.v)
		} else {
			s.offer(k.v)
		}
	}
	s.end(nil)
}

// throttled subscribes to the publisher that f gives for v, whose first signal
// does then.
func throttled[T, U any](s *sampling[T], v T, f func(T) source[U], then func()) {
	if s.stopped.Load() {
		return
	}
	var src source[U]
	if err := try(func() { src = f(v) }); err != nil {
		s.stop(err)
		return
	}
	src.subscribe(s.ctx, &throttle[U]{ctx: s.ctx, up: s.side.next(), next: then, over: then, fail: s.stop})
}

// throttle is the subscriber of a publisher at the side. Unless every value of it
// counts, its first signal is its last.
type throttle[U any] struct {
	ctx   context.Context
	up    *arbiter
	next  func() // at a value
	over  func() // at completion
	fail  func(err error)
	every bool
	done  bool
}

func (t *throttle[U]) OnSubscribe(s Subscription) { t.up.set(s) }

func (t *throttle[U]) OnNext(U) {
	if t.done {
		return
	}
	if !t.every {
		t.done = true
		t.up.Cancel()
	}
	t.next()
}

func (t *throttle[U]) OnError(err error) {
	if t.done || t.up.isCancelled() {
		dropError(t.ctx, err)
		return
	}
	t.done = true
	t.fail(err)
}

func (t *throttle[U]) OnComplete() {
	if !t.done {
		t.done = true
		t.over()
	}
}
