package mono

import (
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// When completes when all publishers have; their values are discarded. They are
// subscribed to by the first request, in order, and asked for everything. The first
// error ends it and cancels the others. Without publishers it completes at once.
// For publishers of several types, take the flux.Completion of each, or [And]. The
// end is sent by the goroutine of the last.
//
// Source: Reactor's Mono.when.
func When[T any](srcs ...flux.Publisher[T]) Mono[struct{}] { return when(false, srcs) }

// WhenDelayError is [When] that waits for all publishers, and ends with the errors
// there were, joined (errors.Join) in the order of the publishers.
//
// Source: Reactor's Mono.whenDelayError.
func WhenDelayError[T any](srcs ...flux.Publisher[T]) Mono[struct{}] { return when(true, srcs) }

func when[T any](delayed bool, srcs []flux.Publisher[T]) Mono[struct{}] {
	return flux.MonoWhen(inside.Token{}, delayed, func(z *flux.Sides) {
		for _, src := range srcs {
			flux.Side(z, src)
		}
	})
}

// And completes when src and other have, which may differ in their type; otherwise
// it is [When].
//
// Source: Reactor's Mono.and.
func And[T, U any](src flux.Publisher[T], other flux.Publisher[U]) Mono[struct{}] {
	return flux.MonoWhen(inside.Token{}, false, func(z *flux.Sides) {
		flux.Side(z, src)
		flux.Side(z, other)
	})
}

// FirstWithSignal follows the publisher that sends the first signal, be it a value,
// completion or an error; the others are cancelled. See flux.FirstWithSignal.
//
// Source: Reactor's Mono.firstWithSignal.
func FirstWithSignal[T any](srcs ...flux.Publisher[T]) Mono[T] {
	return Mono[T](flux.FirstWithSignal(firsts(srcs)...))
}

// FirstWithValue gives the first value of any of the publishers; if none has one,
// it ends with a *flux.NoValueError, which matches ErrEmpty. See
// flux.FirstWithValue.
//
// Source: Reactor's Mono.firstWithValue.
func FirstWithValue[T any](srcs ...flux.Publisher[T]) Mono[T] {
	return Mono[T](flux.FirstWithValue(firsts(srcs)...))
}

func firsts[T any](srcs []flux.Publisher[T]) []flux.Publisher[T] {
	ones := make([]flux.Publisher[T], len(srcs))
	for i, src := range srcs {
		ones[i] = From(src)
	}
	return ones
}

// SequenceEqual tells whether a and b have equal values, or both none; see
// flux.SequenceEqual, which compares whole streams.
//
// Source: Reactor's Mono.sequenceEqual.
func SequenceEqual[T comparable](a, b flux.Publisher[T]) Mono[bool] { return flux.SequenceEqual(a, b) }
