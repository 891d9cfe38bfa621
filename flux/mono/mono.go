// Package mono is the sources of a [Mono], a stream of at most one value, and the
// operators that change its type. It reads beside package flux:
//
//	user := mono.FromFunc(func(ctx context.Context) (User, error) { return users.Find(ctx, login) })
//	feed := mono.FlatMapMany(user, func(u User) flux.Flux[Event] { return events.Of(u) })
//
// What keeps the type is a method of [Mono] itself: see flux.Mono. The words, and
// the rules about contexts, goroutines, errors and panics, are those of package
// flux.
//
// # Operands
//
// An operand is any [flux.Publisher]. A Mono is taken as it is. Of any other, such
// as a Flux or a sink, the first value counts: it is asked for everything, and
// cancelled when that value has come, as by [From].
//
// # What flux has already
//
// Operators of package flux take a Mono, too. Those that give a Flux of one value
// for it have a counterpart here that gives a Mono; those that give a real Flux,
// such as flux.Expand or flux.RepeatWhen, or that give a Mono anyway, such as
// flux.Completion, flux.ThenEmpty, flux.Count or flux.SequenceEqual, do not.
package mono

import (
	"context"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Mono is flux.Mono: a stream of at most one value, then completion, or an error.
//
// Source: Reactor's Mono.
type Mono[T any] = flux.Mono[T]

// Just gives v. It is sent by the goroutine that requests it.
//
// Source: Reactor's Mono.just.
func Just[T any](v T) Mono[T] { return Mono[T](flux.Just(v)) }

// JustOrEmpty gives v if ok is true, and is empty otherwise: it takes what a
// lookup in a map, or a type assertion, gives.
//
// Source: Reactor's Mono.justOrEmpty(Optional).
func JustOrEmpty[T any](v T, ok bool) Mono[T] {
	if !ok {
		return Empty[T]()
	}
	return Just(v)
}

// FromPointer gives what p points to, as it is now, and is empty for nil.
//
// Source: Reactor's Mono.justOrEmpty.
func FromPointer[T any](p *T) Mono[T] {
	if p == nil {
		return Empty[T]()
	}
	return Just(*p)
}

// Empty completes at once.
//
// Source: Reactor's Mono.empty.
func Empty[T any]() Mono[T] { return Mono[T](flux.Empty[T]()) }

// Never sends no signal, whatever is requested, until it is cancelled.
//
// Source: Reactor's Mono.never.
func Never[T any]() Mono[T] { return Mono[T](flux.Never[T]()) }

// Error ends at once with err; a nil err ends with ErrInvalid.
//
// Source: Reactor's Mono.error.
func Error[T any](err error) Mono[T] { return Mono[T](flux.Error[T](err)) }

// Defer calls f at each subscription, on the subscribing goroutine, and gives the
// first value of the publisher that it returns. ctx is the subscription's context.
// A panic of f is the error of the stream; a nil f ends with ErrInvalid.
//
// Source: Reactor's Mono.defer, Mono.deferContextual.
func Defer[T any, P flux.Publisher[T]](f func(ctx context.Context) P) Mono[T] {
	if f == nil {
		return nilFunc[T]("Defer")
	}
	return Mono[T](flux.Defer(func(ctx context.Context) Mono[T] { return From[T](f(ctx)) }))
}

// From gives the first value of p, cancels p and completes; it is empty if p is,
// and an error before the value passes. p is asked for everything at the first
// request. A Mono is returned as it is.
//
// Source: Reactor's Mono.from.
func From[T any](p flux.Publisher[T]) Mono[T] {
	if m, ok := p.(Mono[T]); ok {
		return m
	}
	return flux.From(p).Next()
}

// FromDirect takes p as a Mono without a check: p must have at most one value, and
// is not cancelled after it. It spares what [From] costs.
//
// Source: Reactor's Mono.fromDirect.
func FromDirect[T any](p flux.Publisher[T]) Mono[T] { return Mono[T](flux.From(p)) }

// Delay gives 0 after d; see flux.Timer.
//
// Source: Reactor's Mono.delay.
func Delay(d time.Duration) Mono[int64] { return flux.Timer(d) }

// nilFunc answers an operator that was given no function.
func nilFunc[R any](operator string) Mono[R] {
	return Error[R](fmt.Errorf("%w: %s(nil): the function must not be nil", flux.ErrInvalid, operator))
}
