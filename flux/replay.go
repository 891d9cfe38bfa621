package flux

import (
	"context"
	"sync"
	"time"

	"github.com/freshet-go/freshet/internal/replay"
)

// Replay makes f a source that many subscribers share, and that keeps every value
// and the end for those who come late. Each goes at its own pace: f is asked for
// everything, and what a slow subscriber has not taken stays in memory, where all
// kept values are. A Replay that has ended stays as it is, until it is
// disconnected; then the next Connect runs f anew.
//
// Signals are sent by f's goroutine, by the one that subscribes, for what is kept,
// and by the one that requests. A value costs an allocation; subscribing and
// cancelling are O(1) amortised.
//
// Source: Reactor's Flux.replay.
func (f Flux[T]) Replay() Connectable[T] { return replayOf(f, replay.All(), nil) }

// ReplayLast is Replay that keeps the last n values for those who come late. f is
// asked for n values ahead, then for three quarters of n each time the slowest
// subscriber has taken as many; so the slowest sets the pace, and if it is the last
// to leave f waits for the next one. n = 0 is a Publish
// that gives those who come after the end the end. n < 0 is ErrInvalid.
//
// Source: Reactor's Flux.replay(int).
func (f Flux[T]) ReplayLast(n int) Connectable[T] {
	if n == 0 {
		return publishedFor(f)
	}
	return replayOf(f, replay.Bounds{Count: int64(n), Age: replay.Forever}, negative("ReplayLast", n, 0))
}

// ReplayFor is Replay that keeps the values of the last d for those who come late.
// After the end nothing more is let go, until d after the end everything is: then
// the next subscriber runs f anew, with the context it was connected with. d < 0
// is ErrInvalid.
//
// Source: Reactor's Flux.replay(Duration).
func (f Flux[T]) ReplayFor(d time.Duration) Connectable[T] {
	return replayOf(f, replay.Bounds{Count: replay.Unbounded, Age: d}, negative("ReplayFor", 0, d))
}

// ReplayLastFor keeps the last n values, as far as they are not older than d; see
// [Flux.ReplayLast] for the pace and [Flux.ReplayFor] for the end.
//
// Source: Reactor's Flux.replay(int, Duration).
func (f Flux[T]) ReplayLastFor(n int, d time.Duration) Connectable[T] {
	err := negative("ReplayLastFor", n, d)
	if n == 0 && err == nil {
		return publishedFor(f)
	}
	return replayOf(f, replay.Bounds{Count: int64(n), Age: d}, err)
}

// Cache runs f once, when the first subscriber comes, and keeps everything for
// those who come later; f runs to its end though all have left, with the values,
// not the end, of the first subscriber's context. An error is kept like any end.
//
// Source: Reactor's Flux.cache, which is replay().autoConnect().
func (f Flux[T]) Cache() Flux[T] { return f.Replay().AutoConnect(1) }

// CacheLast is Cache that keeps the last n values, at the pace of the slowest; see
// [Flux.ReplayLast].
//
// Source: Reactor's Flux.cache(int).
func (f Flux[T]) CacheLast(n int) Flux[T] { return f.ReplayLast(n).AutoConnect(1) }

// CacheFor is Cache that keeps the values of the last d, and runs f anew for the
// first subscriber that comes later than d after its end; see [Flux.ReplayFor].
//
// Source: Reactor's Flux.cache(Duration).
func (f Flux[T]) CacheFor(d time.Duration) Flux[T] { return f.ReplayFor(d).AutoConnect(1) }

// CacheLastFor is CacheFor that keeps at most n values; see [Flux.ReplayLastFor].
//
// Source: Reactor's Flux.cache(int, Duration).
func (f Flux[T]) CacheLastFor(n int, d time.Duration) Flux[T] {
	return f.ReplayLastFor(n, d).AutoConnect(1)
}

// ShareNext gives the first value of f to all who ask: the first subscriber starts
// f, which is cancelled after its first value, and the outcome (a value, none, an
// error) is kept for good. Leaving does not stop f, which runs with the values,
// not the end, of the first subscriber's context.
//
// Source: Reactor's Flux.shareNext.
func (f Flux[T]) ShareNext() Mono[T] { return Mono[T](f.Next().Flux().Cache()) }

// negative gives the error for a bound below 0.
func negative(name string, n int, d time.Duration) error {
	switch {
	case n < 0:
		return invalid("%s(%d): must not be negative", name, n)
	case d < 0:
		return invalid("%s(%v): the duration must not be negative", name, d)
	}
	return nil
}

// publishedFor is a replay that keeps the end alone.
func publishedFor[T any](f Flux[T]) Connectable[T] {
	return Connectable[T]{&connectable[T]{src: f.source(), make: func() multicast[T] {
		return &publishing[T]{prefetch: defaultHop, keeps: true}
	}}}
}

func replayOf[T any](f Flux[T], b replay.Bounds, err error) Connectable[T] {
	return Connectable[T]{&connectable[T]{
		src: f.source(), err: err, restarts: b.Age != replay.Forever,
		make: func() multicast[T] { return newReplaying[T](b) },
	}}
}

// replaying is one run of a source into a replay buffer.
//
// INVARIANTS: mu guards up and done; up is set before anything is requested. The
// buffer serializes what subscribers get, and knows when more is to be requested.
type replaying[T any] struct {
	tether
	buf   *replay.Buffer[T]
	ahead int64 // requested at first

	mu   sync.Mutex
	up   Subscription
	done bool
}

func newReplaying[T any](b replay.Bounds) *replaying[T] {
	r := &replaying[T]{ahead: b.Count}
	rules := replay.Rules{
		BadRequest: badRequest,
		Panicked:   caught,
		Report:     dropError,
	}
	if b.Count != replay.Unbounded {
		rules.Batch = int64(refillAt(int(b.Count)))
		rules.More = func() { r.up.Request(rules.Batch) }
	}
	r.buf = replay.New[T](b, rules)
	return r
}

func (r *replaying[T]) add(ctx context.Context, s Subscriber[T], left func(ended bool)) {
	reader := r.buf.Prepare(ctx, left)
	r.greet(reader, s)
	r.buf.Join(reader, s)
}

// greet hands over the subscription; a panic of the subscriber costs it that.
func (r *replaying[T]) greet(reader *replay.Reader[T], s Subscriber[T]) {
	defer func() {
		if p := recover(); p != nil {
			r.buf.Fault(reader, s, p)
		}
	}()
	s.OnSubscribe(reader)
}

func (r *replaying[T]) over() bool { return r.buf.Expired() }

func (r *replaying[T]) disconnect(err error) {
	if up, first := r.end(); first && up != nil {
		up.Cancel()
	}
	r.buf.Close(err)
}

// end notes that the source has ended or is let go, and tells whether it is the
// first to say so.
func (r *replaying[T]) end() (up Subscription, first bool) {
	r.untie()
	r.mu.Lock()
	defer r.mu.Unlock()
	first = !r.done
	r.done = true
	return r.up, first
}

func (r *replaying[T]) OnSubscribe(s Subscription) {
	r.mu.Lock()
	r.up = s
	late := r.done
	r.mu.Unlock()
	if late {
		s.Cancel()
		return
	}
	s.Request(r.ahead)
}

func (r *replaying[T]) OnNext(v T) {
	if !r.buf.Append(v) {
		dropNext(r.ctx, v)
	}
}

func (r *replaying[T]) OnComplete() {
	r.end()
	r.buf.Close(nil)
}

func (r *replaying[T]) OnError(err error) {
	r.end()
	if !r.buf.Close(err) {
		dropError(r.ctx, err)
	}
}
