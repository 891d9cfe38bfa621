package sink

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
	"github.com/freshet-go/freshet/internal/replay"
)

// Replay is a multicast sink that keeps values for those who come late: a new
// subscriber gets what is kept, then what comes. Every subscriber goes at its own
// pace, and a slow one misses nothing, whatever the bounds: it keeps what it has
// still to come alive, and from nobody else. Make one with [ReplayAll],
// [ReplayLatest], [ReplayLatestOrDefault], [ReplayLimit], [ReplayFor] or
// [ReplayLimitFor].
//
// An emission gives OK also when nobody is subscribed, and only FailTerminated or,
// from a Strict sink, FailNonSerialized otherwise. Emissions that meet need no
// hand-off queue: each value is stored at once, and whoever is sending to a
// subscriber sends that too. A terminal comes after all values; those who come
// after it get what is kept and the terminal.
//
// Every method may be called by any goroutine and from inside any signal. An
// emission is O(subscribers) with one small allocation; a subscription takes about
// 140 bytes. Stats.Pending is the number of values kept for those who come late.
type Replay[T any] struct {
	many[T]
	buf      *replay.Buffer[T]
	strict   bool
	given    int64       // values that nobody emitted: the default
	emitting atomic.Bool // of a Strict sink: somebody is
}

// ReplayAll keeps every value for as long as the sink lives: its memory grows
// with each emission. Where the stream is long, [ReplayLimit] or a [Log] is meant.
//
// At most one Options is used; HandOff is not. Source: Reactor's
// Sinks.many().replay().all().
func ReplayAll[T any](o ...Options) *Replay[T] { return replaying[T](replay.All(), o) }

// ReplayLatest keeps the newest value: for a state, whose present is wanted at
// once.
//
// Source: Reactor's Sinks.many().replay().latest().
func ReplayLatest[T any](o ...Options) *Replay[T] {
	return replaying[T](replay.Bounds{Count: 1, Age: replay.Forever}, o)
}

// ReplayLatestOrDefault keeps the newest value, and until there is one v.
//
// Source: Reactor's Sinks.many().replay().latestOrDefault(v).
func ReplayLatestOrDefault[T any](v T, o ...Options) *Replay[T] {
	r := ReplayLatest[T](o...)
	r.buf.Append(v)
	r.given = 1
	return r
}

// ReplayLimit keeps the newest n values. n < 1 makes a sink that has failed with
// an error matching [flux.ErrInvalid].
//
// Source: Reactor's Sinks.many().replay().limit(n).
func ReplayLimit[T any](n int, o ...Options) *Replay[T] {
	return replayLimit[T](fmt.Sprintf("ReplayLimit(%d)", n), n, time.Second, o, replay.Bounds{Count: int64(n), Age: replay.Forever})
}

// ReplayFor keeps the values that are younger than d. What has become too old
// leaves the memory at the next emission or subscription. After the terminal
// nothing ages any more. d <= 0 makes a sink that has failed with an error matching
// [flux.ErrInvalid].
//
// Source: Reactor's Sinks.many().replay().limit(duration).
func ReplayFor[T any](d time.Duration, o ...Options) *Replay[T] {
	return replayLimit[T](fmt.Sprintf("ReplayFor(%v)", d), 1, d, o, replay.Bounds{Count: replay.Unbounded, Age: d})
}

// ReplayLimitFor keeps the newest n values that are younger than d; see
// [ReplayLimit] and [ReplayFor].
//
// Source: Reactor's Sinks.many().replay().limit(n, duration).
func ReplayLimitFor[T any](n int, d time.Duration, o ...Options) *Replay[T] {
	return replayLimit[T](fmt.Sprintf("ReplayLimitFor(%d, %v)", n, d), n, d, o, replay.Bounds{Count: int64(n), Age: d})
}

func replayLimit[T any](call string, n int, d time.Duration, o []Options, b replay.Bounds) *Replay[T] {
	r := replaying[T](b, o)
	if n < 1 || d <= 0 {
		r.buf.Close(invalid("%s: both the number and the age must be positive", call))
	}
	return r
}

func replaying[T any](b replay.Bounds, o []Options) *Replay[T] {
	opt := first(o)
	r := &Replay[T]{buf: newBuffer[T](b), strict: opt.Strict}
	r.hooks = opt.Hooks
	r.core = replayCore[T]{r}
	r.flux = flux.From[T](recording[T]{r.buf})
	return r
}

func newBuffer[T any](b replay.Bounds) *replay.Buffer[T] {
	return replay.New[T](b, replay.Rules{BadRequest: badRequest, Panicked: panicked, Report: report})
}

// Flux gives the sink's output, to chain operators on.
//
// Source: Reactor's Sinks.Many.asFlux.
func (r *Replay[T]) Flux() flux.Flux[T] { return r.flux }

// replayCore emits into the buffer.
type replayCore[T any] struct{ sink *Replay[T] }

func (c replayCore[T]) emit(v T) Result {
	return c.alone(func() bool { return c.sink.buf.Append(v) })
}

func (c replayCore[T]) end(err error) Result {
	return c.alone(func() bool { return c.sink.buf.Close(err) })
}

// alone sends a signal, unless the sink is strict and another emission is in
// progress.
func (c replayCore[T]) alone(send func() bool) Result {
	if c.sink.strict {
		if c.sink.buf.Closed() {
			return FailTerminated
		}
		if c.sink.emitting.Swap(true) {
			return FailNonSerialized
		}
		defer c.sink.emitting.Store(false)
	}
	if !send() {
		return FailTerminated
	}
	return OK
}

func (c replayCore[T]) count() int { return c.sink.buf.Stats().Subscribers }

func (c replayCore[T]) stats() Stats {
	s := c.sink.buf.Stats()
	return Stats{Subscribers: s.Subscribers, Pending: int(s.Kept), Emitted: s.Appended - c.sink.given, Delivered: s.Delivered}
}

// recording is a buffer as a publisher that needs no guard.
type recording[T any] struct{ buf *replay.Buffer[T] }

func (recording[T]) KeepsContract(inside.Token) {}

func (r recording[T]) Subscribe(ctx context.Context, down flux.Subscriber[T]) {
	reader := r.buf.Prepare(ctx, nil)
	if r.greet(reader, down) {
		r.buf.Join(reader, down)
	}
}

// greet calls OnSubscribe and tells whether it returned.
func (r recording[T]) greet(reader *replay.Reader[T], down flux.Subscriber[T]) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			r.buf.Fault(reader, down, p)
		}
	}()
	down.OnSubscribe(reader)
	return true
}
