package flux

import "time"

// Timeout ends with an error that matches ErrTimeout, and cancels m, if no value
// comes within d of the subscription, and no end; see [Flux.Timeout].
//
// Source: Reactor's Mono.timeout(Duration).
func (m Mono[T]) Timeout(d time.Duration) Mono[T] { return Mono[T](m.Flux().Timeout(d)) }

// TimeoutOr is [Mono.Timeout] that goes on with the first value of fallback
// instead of failing. The open demand goes over to it; it is not timed.
//
// Source: Reactor's Mono.timeout(Duration, Mono).
func (m Mono[T]) TimeoutOr(d time.Duration, fallback Publisher[T]) Mono[T] {
	return Mono[T](m.Flux().TimeoutOr(d, only(fallback)))
}

// TakeFor is empty, and cancels m, if nothing comes within d of the subscription;
// see [Flux.TakeFor].
//
// Source: Reactor's Mono.take(Duration).
func (m Mono[T]) TakeFor(d time.Duration) Mono[T] { return Mono[T](m.Flux().TakeFor(d)) }

// DelayElement sends the value d after it came; neither an error nor the
// completion of an empty Mono is delayed. The value is sent by a timer's goroutine
// that exists only for that, or, if its time comes before its demand, by the one
// that requests.
//
// Source: Reactor's Mono.delayElement.
func (m Mono[T]) DelayElement(d time.Duration) Mono[T] { return Mono[T](m.Flux().DelayElements(d)) }

// DelaySubscription subscribes to m d after the subscription; see
// [Flux.DelaySubscription].
//
// Source: Reactor's Mono.delaySubscription(Duration).
func (m Mono[T]) DelaySubscription(d time.Duration) Mono[T] {
	return Mono[T](m.Flux().DelaySubscription(d))
}
