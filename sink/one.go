package sink

import (
	"context"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/replay"
)

// One is a sink of one value: a promise that any goroutine keeps, once, and any
// number of subscribers wait for as a Mono. Those who come late get the value at
// once. Make one with [NewOne].
//
// Every method may be called by any goroutine and from inside any signal; of
// several that end the sink at the same time one succeeds.
//
// Source: Reactor's Sinks.One.
type One[T any] struct{ Empty[T] }

// NewOne makes a sink of one value. Of the Options only Hooks is used.
//
// Source: Reactor's Sinks.one().
func NewOne[T any](o ...Options) *One[T] {
	s := &One[T]{}
	s.init(first(o))
	return s
}

// TryEmit gives v to every subscriber, those to come included, and completes. It
// gives OK, or FailTerminated if the sink has its value, its completion or its
// error.
//
// Source: Reactor's Sinks.One.tryEmitValue.
func (s *One[T]) TryEmit(v T) Result {
	return s.finish(func() {
		s.buf.Append(v)
		s.buf.Close(nil)
	})
}

// Emit is TryEmit; a value that came too late goes to Hooks.NextDropped. It asks
// h whether to try again, which does not help a sink that has its end.
//
// Source: Reactor's Sinks.One.emitValue.
func (s *One[T]) Emit(v T, h Handler) Result {
	r := persist(SignalNext, h, func() Result { return s.TryEmit(v) })
	if r == FailTerminated {
		dropNext(&s.hooks, v)
	}
	return r
}

// Empty is a sink without a value: any goroutine completes or fails it, once, and
// any number of subscribers wait for that as a Mono. Make one with [NewEmpty].
//
// Source: Reactor's Sinks.Empty.
type Empty[T any] struct {
	buf   *replay.Buffer[T]
	mono  flux.Mono[T]
	hooks flux.Hooks
	// done is raised by the one who ends the sink; atomic, because several may try.
	done atomic.Bool
}

// NewEmpty makes a sink without a value. Of the Options only Hooks is used.
//
// Source: Reactor's Sinks.empty().
func NewEmpty[T any](o ...Options) *Empty[T] {
	s := &Empty[T]{}
	s.init(first(o))
	return s
}

func (s *Empty[T]) init(o Options) {
	s.buf = newBuffer[T](replay.Bounds{Count: 1, Age: replay.Forever})
	s.hooks = o.Hooks
	s.mono = flux.Mono[T](flux.From[T](recording[T]{s.buf}))
}

// Mono gives what subscribers wait for.
//
// Source: Reactor's Sinks.Empty.asMono.
func (s *Empty[T]) Mono() flux.Mono[T] { return s.mono }

// Flux gives the Mono as a Flux.
func (s *Empty[T]) Flux() flux.Flux[T] { return s.mono.Flux() }

// Subscribe implements flux.Publisher; it is Mono().Subscribe.
func (s *Empty[T]) Subscribe(ctx context.Context, down flux.Subscriber[T]) {
	s.mono.Subscribe(ctx, down)
}

// TryEmpty completes without a value. It gives OK or FailTerminated.
//
// Source: Reactor's Sinks.Empty.tryEmitEmpty.
func (s *Empty[T]) TryEmpty() Result { return s.finish(func() { s.buf.Close(nil) }) }

// TryError fails with err. It gives OK or FailTerminated. A nil err is replaced by
// one that matches [flux.ErrInvalid].
//
// Source: Reactor's Sinks.Empty.tryEmitError.
func (s *Empty[T]) TryError(err error) Result {
	return s.finish(func() { s.buf.Close(orInvalid(err)) })
}

// EmitEmpty is TryEmpty that asks h whether to try again.
//
// Source: Reactor's Sinks.Empty.emitEmpty.
func (s *Empty[T]) EmitEmpty(h Handler) Result { return persist(SignalComplete, h, s.TryEmpty) }

// EmitError is TryError that asks h whether to try again; an error that came too
// late goes to Hooks.ErrorDropped.
//
// Source: Reactor's Sinks.Empty.emitError.
func (s *Empty[T]) EmitError(err error, h Handler) Result {
	r := persist(SignalError, h, func() Result { return s.TryError(err) })
	if r == FailTerminated {
		dropError(&s.hooks, orInvalid(err))
	}
	return r
}

// SubscriberCount counts those who wait.
//
// Source: Reactor's Sinks.Empty.currentSubscriberCount.
func (s *Empty[T]) SubscriberCount() int { return s.buf.Stats().Subscribers }

// Stats gives the sink's counts.
func (s *Empty[T]) Stats() Stats {
	c := s.buf.Stats()
	return Stats{Subscribers: c.Subscribers, Pending: int(c.Kept), Emitted: c.Appended, Delivered: c.Delivered}
}

// finish lets the first caller end the sink.
func (s *Empty[T]) finish(end func()) Result {
	if s.done.Swap(true) {
		return FailTerminated
	}
	end()
	return OK
}
