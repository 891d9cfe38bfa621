package flux

import (
	"context"

	"github.com/freshet-go/freshet/internal/inside"
)

// Flux is a stream of any number of values of type T that ends with completion,
// with an error, or not at all. It is a description: nothing runs until it is
// subscribed to, and each subscription runs it anew (unless its source is hot).
// The zero Flux is empty. A Flux is immutable and safe for concurrent use.
//
// Source: Reactor's Flux.
type Flux[T any] struct{ src source[T] }

// source is what stands behind a Flux: an operator of this package, which keeps
// the contract without being watched. subscribe never registers ctx for
// cancellation; that is done once, where the user subscribes.
type source[T any] interface {
	subscribe(ctx context.Context, s Subscriber[T])
}

// sourceFunc is a source that needs no state of its own at assembly.
type sourceFunc[T any] func(ctx context.Context, s Subscriber[T])

func (f sourceFunc[T]) subscribe(ctx context.Context, s Subscriber[T]) { f(ctx, s) }

// Subscribe starts a subscription. When ctx is done it is cancelled, without a
// signal; values already under way may still arrive. A nil subscriber is
// reported to the dropped-error hook. It may be called concurrently; which
// goroutine runs the signals is the source's affair, and a synchronous source
// runs them inside Request.
func (f Flux[T]) Subscribe(ctx context.Context, s Subscriber[T]) {
	subscribeWatched(ctx, f.source(), s)
}

// Flux returns f itself, so that a Flux can stand where anything with a Flux is
// wanted.
func (f Flux[T]) Flux() Flux[T] { return f }

func (f Flux[T]) source() source[T] {
	if f.src == nil {
		return emptySource[T]{}
	}
	return f.src
}

// From gives a Flux over any publisher. A Flux is returned as it is, and so is
// the Flux of anything that has one. Every other publisher is foreign: it is
// held to the contract by a guard on each signal (a few ns a value), which
// drops what comes after the terminal, turns a panic into an error, and reports
// a nil publisher or a missing OnSubscribe as an error.
//
// Source: Reactor's Flux.from.
func From[T any](p Publisher[T]) Flux[T] { return Flux[T]{sourceOf(p)} }

// sourceFrom is sourceOf for what a user's function returned. Asking for each of
// the usual types before the conversion to Publisher keeps them off the heap.
func sourceFrom[T any, P Publisher[T]](p P) source[T] {
	if f, ok := any(p).(Flux[T]); ok {
		return f.source()
	}
	if m, ok := any(p).(Mono[T]); ok {
		return m.Flux().source()
	}
	return sourceOf[T](p)
}

func sourceOf[T any](p Publisher[T]) source[T] {
	switch p := p.(type) {
	case nil:
		return errorSource[T]{err: invalid("nil publisher")}
	case Flux[T]:
		return p.source()
	case interface{ Flux() Flux[T] }:
		return p.Flux().source()
	case interface{ Output(inside.Token) Flux[T] }:
		return p.Output(inside.Token{}).source()
	case inside.Publisher:
		return sourceFunc[T](p.(Publisher[T]).Subscribe)
	}
	return foreign[T]{p}
}
