package mono

import (
	"context"
	"fmt"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// TakeUntilOther is empty if other gives a value or completes before src has
// ended; src is then cancelled. See flux.TakeUntilOther.
//
// Source: Reactor's Mono.takeUntilOther.
func TakeUntilOther[T, U any](src flux.Publisher[T], other flux.Publisher[U]) Mono[T] {
	return Mono[T](flux.TakeUntilOther(From(src), other))
}

// DelaySubscriptionUntil subscribes to src when other gives its first value, or
// completes; see flux.DelaySubscriptionUntil.
//
// Source: Reactor's Mono.delaySubscription(Publisher).
func DelaySubscriptionUntil[T, U any](src flux.Publisher[T], other flux.Publisher[U]) Mono[T] {
	return Mono[T](flux.DelaySubscriptionUntil(From(src), other))
}

// TimeoutFirst ends with an error that matches ErrTimeout, and cancels src, if
// limit gives a value or completes before src has a value or an end; see
// flux.TimeoutFirst.
//
// Source: Reactor's Mono.timeout(Publisher).
func TimeoutFirst[T, U any](src flux.Publisher[T], limit flux.Publisher[U]) Mono[T] {
	return Mono[T](flux.TimeoutFirst(From(src), limit))
}

// TimeoutFirstOr is [TimeoutFirst] that goes on with the first value of fallback
// instead of failing.
//
// Source: Reactor's Mono.timeout(Publisher, Mono).
func TimeoutFirstOr[T, U any](src flux.Publisher[T], limit flux.Publisher[U], fallback flux.Publisher[T]) Mono[T] {
	never := func(T) flux.Publisher[U] { return flux.Never[U]() }
	return Mono[T](flux.TimeoutEachOr(From(src), limit, never, From(fallback)))
}

// RepeatWhenEmpty subscribes to src again and again until it has a value: each time
// it was empty, the companion, the publisher that companion makes of the counts of
// those times (0, 1, ...), decides with its next value that src is to run again, or
// ends the stream with its own end. An error of src passes. See flux.RepeatWhen.
//
// Source: Reactor's Mono.repeatWhenEmpty(Function).
func RepeatWhenEmpty[T, U any, P flux.Publisher[U]](
	src flux.Publisher[T], companion func(counts flux.Flux[int64]) P,
) Mono[T] {
	if companion == nil {
		return nilFunc[T]("RepeatWhenEmpty")
	}
	one := From(src)
	return flux.RepeatWhen[T, U](one, func(sent flux.Flux[int64]) P { return companion(counted(sent)) }).Next()
}

// RepeatWhenEmptyMax is [RepeatWhenEmpty] whose counts end after max of them with
// an error that matches ErrInvalid, which ends the stream unless the companion
// makes something else of it. A negative max ends with ErrInvalid.
//
// Source: Reactor's Mono.repeatWhenEmpty(int, Function).
func RepeatWhenEmptyMax[T, U any, P flux.Publisher[U]](
	src flux.Publisher[T], max int64, companion func(counts flux.Flux[int64]) P,
) Mono[T] {
	if companion == nil {
		return nilFunc[T]("RepeatWhenEmptyMax")
	}
	if max < 0 {
		return Error[T](fmt.Errorf("%w: RepeatWhenEmptyMax(%d): the count must not be negative", flux.ErrInvalid, max))
	}
	return RepeatWhenEmpty[T, U](src, func(counts flux.Flux[int64]) P {
		tooMany := fmt.Errorf("%w: RepeatWhenEmptyMax(%d): still no value after as many repeats", flux.ErrInvalid, max)
		return companion(counts.TakeUnbounded(max).ConcatWith(flux.Error[int64](tooMany)))
	})
}

func counted(sent flux.Flux[int64]) flux.Flux[int64] {
	return flux.Map(flux.Index(sent), func(i flux.Indexed[int64]) int64 { return i.Index })
}

// RetryWhenCompanion subscribes to src again when the companion, the publisher that
// companion makes of the failures, gives a value; see flux.RetryWhenCompanion.
//
// Source: Reactor's Mono.retryWhen(Retry.from(Function)).
func RetryWhenCompanion[T, U any, P flux.Publisher[U]](
	src flux.Publisher[T], companion func(failures flux.Flux[flux.RetrySignal]) P,
) Mono[T] {
	return Mono[T](flux.RetryWhenCompanion[T, U](From(src), companion))
}

// CacheInvalidateWhen caches the value of src until the publisher that trigger
// makes of it gives a value or ends; then the value is discarded, and the next
// subscription runs src anew. The publisher is subscribed to when the value has
// gone to those that wait, and runs on until then. trigger is called by the
// goroutine of src; its panic is the error of those that wait, and the value is not
// kept. Otherwise it is the CacheInvalidateIf of a Mono: an error is not kept, and
// an empty src ends with ErrEmpty.
//
// Source: Reactor's Mono.cacheInvalidateWhen.
func CacheInvalidateWhen[T, X any, P flux.Publisher[X]](src flux.Publisher[T], trigger func(v T) P) Mono[T] {
	if trigger == nil {
		return nilFunc[T]("CacheInvalidateWhen")
	}
	return flux.MonoCacheInvalidateWhen(inside.Token{}, From(src), func(v T) flux.Publisher[X] { return trigger(v) })
}

// Publish gives the first value of the publisher that f makes of src, in which src
// may be used several times: it runs once for all of them, and is cancelled when
// the last of them cancels. f is called at each subscription, on the subscribing
// goroutine; its panic is the error of the stream.
//
// Source: Reactor's Mono.publish.
func Publish[T, R any, P flux.Publisher[R]](src flux.Publisher[T], f func(shared Mono[T]) P) Mono[R] {
	if f == nil {
		return nilFunc[R]("Publish")
	}
	return Defer[R](func(context.Context) P { return f(From(src).Share()) })
}
