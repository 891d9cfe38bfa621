package flux

import (
	"context"
	"iter"
	"math"
	"sync/atomic"
)

// Just gives the values, in order, then completes. It is synchronous: the
// values are sent by the goroutine that requests. The slice of a Just(s...)
// must not be changed afterwards. Safe for concurrent subscriptions.
//
// Source: Reactor's Flux.just.
func Just[T any](values ...T) Flux[T] { return FromSlice(values) }

// FromSlice gives the elements of values, in order, then completes; the slice
// is not copied and must not be changed afterwards. It is synchronous: the
// values are sent by the goroutine that requests.
//
// Source: Reactor's Flux.fromArray, Flux.fromIterable.
func FromSlice[T any](values []T) Flux[T] {
	switch len(values) {
	case 0:
		return Empty[T]()
	case 1:
		return Flux[T]{justSource[T]{&values[0]}}
	}
	return Flux[T]{sliceSource[T](values)}
}

// Range gives count integers from start on, then completes. A negative count,
// or one beyond math.MaxInt, ends with ErrInvalid. It is synchronous: the values are sent by the goroutine
// that requests.
//
// Source: Reactor's Flux.range.
func Range(start, count int) Flux[int] {
	switch {
	case count < 0:
		return Error[int](invalid("Range(%d, %d): the count must not be negative", start, count))
	case start > math.MaxInt-count:
		return Error[int](invalid("Range(%d, %d): the last integer must not exceed math.MaxInt", start, count))
	case count == 0:
		return Empty[int]()
	}
	return Flux[int]{rangeSource{start, start + count}}
}

// Empty completes at once.
//
// Source: Reactor's Flux.empty.
func Empty[T any]() Flux[T] { return Flux[T]{emptySource[T]{}} }

// Never sends no signal, whatever is requested, until it is cancelled.
//
// Source: Reactor's Flux.never.
func Never[T any]() Flux[T] { return Flux[T]{neverSource[T]{}} }

// Error ends at once with err; a nil err ends with ErrInvalid.
//
// Source: Reactor's Flux.error.
func Error[T any](err error) Flux[T] {
	if err == nil {
		err = invalid("Error(nil): the error must not be nil")
	}
	return Flux[T]{errorSource[T]{err}}
}

// Defer calls f at each subscription, on the subscribing goroutine, and
// subscribes to what it returns. ctx is the subscription's context. A panic of
// f is the error of the stream.
//
// Source: Reactor's Flux.defer, Flux.deferContextual.
func Defer[T any, P Publisher[T]](f func(ctx context.Context) P) Flux[T] {
	if f == nil {
		return nilFunc[T]("Defer")
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		var p Publisher[T]
		if err := try(func() { p = f(ctx) }); err != nil {
			p = Error[T](err)
		}
		sourceOf(p).subscribe(ctx, s)
	})}
}

// scalar is a source of at most one value that is known without subscribing;
// operators that would merge or concatenate it take the value directly.
type scalar[T any] interface {
	scalar() (v T, ok bool, err error)
}

type emptySource[T any] struct{}

func (emptySource[T]) scalar() (v T, ok bool, err error) { return v, false, nil }

func (emptySource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	s.OnSubscribe(nothing{})
	sendEnd(ctx, s, nil)
}

type errorSource[T any] struct{ err error }

func (e errorSource[T]) scalar() (v T, ok bool, err error) { return v, false, e.err }

func (e errorSource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	s.OnSubscribe(nothing{})
	sendEnd(ctx, s, e.err)
}

type neverSource[T any] struct{}

func (neverSource[T]) subscribe(_ context.Context, s Subscriber[T]) {
	s.OnSubscribe(&silence{down: s})
}

// silence is the subscription of Never. over admits one signal, the error of a
// bad Request, which may come from several goroutines, and none after a cancel.
type silence struct {
	down lifecycle
	over atomic.Bool
}

func (n *silence) Cancel() { n.over.Store(true) }

func (n *silence) Request(d int64) {
	if d <= 0 && !n.over.Swap(true) {
		n.down.OnError(badRequest(d))
	}
}

// nothing is the subscription of a source that has no value to send.
type nothing struct{}

func (nothing) Request(int64) {}
func (nothing) Cancel()       {}

// justSource points to its value, so that it becomes an interface without an
// allocation.
type justSource[T any] struct{ v *T }

func (j justSource[T]) scalar() (v T, ok bool, err error) { return *j.v, true, nil }

func (j justSource[T]) size() int { return 1 }
func (j justSource[T]) at(int) T  { return *j.v }

func (j justSource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	runLoop(ctx, s, listCursor[T]{list: j})
}

type sliceSource[T any] []T

func (src sliceSource[T]) size() int  { return len(src) }
func (src sliceSource[T]) at(i int) T { return src[i] }

func (src sliceSource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	runLoop(ctx, s, sliceCursor[T]{values: src})
}

type sliceCursor[T any] struct {
	silent
	values []T
}

func (c *sliceCursor[T]) advance(push func(T) bool, n int64, stop *atomic.Bool) (used int64, end bool, err error) {
	for i, v := range c.values {
		if used == n {
			c.values = c.values[i:]
			return used, false, nil
		}
		if push(v) {
			used++
		}
		if stop.Load() {
			return used, false, nil
		}
	}
	return used, true, nil
}

// silent is a cursor that runs no user code and holds nothing.
type silent struct{}

func (silent) close()        {}
func (silent) running() bool { return false }

type rangeSource struct{ from, to int }

func (r rangeSource) size() int    { return r.to - r.from }
func (r rangeSource) at(i int) int { return r.from + i }

func (r rangeSource) subscribe(ctx context.Context, s Subscriber[int]) {
	runLoop(ctx, s, rangeCursor{next: r.from, to: r.to})
}

type rangeCursor struct {
	silent
	next, to int
}

func (c *rangeCursor) advance(push func(int) bool, n int64, stop *atomic.Bool) (used int64, end bool, err error) {
	i := c.next
	for i != c.to && used < n {
		if push(i) {
			used++
		}
		i++
		if stop.Load() {
			break
		}
	}
	c.next = i
	return used, i == c.to, nil
}

// FromSeq gives the values of seq, then completes. seq is run by the goroutine
// that requests: in one loop when the demand is unbounded, and otherwise as a
// coroutine (iter.Pull, about 100 ns a value) that is resumed for each
// requested value, so that nothing is pulled before it is asked for; the end is
// seen when the value after the last is requested. Cancel stops the iteration
// and runs its deferred calls. A panic of seq is the error of the stream, or goes
// to the dropped-error hook after a cancel. Each subscription iterates anew; seq must allow that if there is more than one.
//
// Source: Reactor's Flux.fromIterable, Flux.fromStream.
func FromSeq[T any](seq iter.Seq[T]) Flux[T] {
	if seq == nil {
		return Error[T](invalid("FromSeq(nil): the sequence must not be nil"))
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		runLoop(ctx, s, seqCursor[T]{ctx: ctx, seq: seq})
	})}
}

type seqCursor[T any] struct {
	ctx  context.Context
	seq  iter.Seq[T]
	next func() (T, bool)
	quit func()
	busy bool
}

func (c *seqCursor[T]) running() bool { return c.busy }

func (c *seqCursor[T]) close() {
	if c.quit == nil {
		return
	}
	if err := try(c.quit); err != nil { // a deferred call of seq
		dropError(c.ctx, err)
	}
}

// keepingStack catches a panic of seq on the coroutine of a pull, where its stack is
// still known, and panics with that.
func keepingStack[T any](seq iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		defer func() {
			if p := caught(recover()); p != nil {
				panic(p)
			}
		}()
		seq(yield)
	}
}

func (c *seqCursor[T]) advance(push func(T) bool, n int64, stop *atomic.Bool) (used int64, end bool, err error) {
	if c.next == nil && n == Unbounded {
		c.busy = true
		for v := range c.seq {
			c.busy = false
			push(v)
			if stop.Load() {
				return 0, false, nil
			}
			c.busy = true
		}
		c.busy = false
		return 0, true, nil
	}
	if c.next == nil {
		c.next, c.quit = iter.Pull(keepingStack(c.seq))
	}
	for used < n && !stop.Load() {
		c.busy = true
		v, ok := c.next()
		c.busy = false
		if !ok {
			return used, true, nil
		}
		if push(v) {
			used++
		}
	}
	return used, false, nil
}
