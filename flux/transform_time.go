package flux

import "time"

// Timestamped is a value and when it came.
type Timestamped[T any] struct {
	Time  time.Time
	Value T
}

// Timestamp gives each value with the time at which it came. Demand passes
// through.
//
// Source: Reactor's Flux.timestamp.
func Timestamp[T any](src Publisher[T]) Flux[Timestamped[T]] {
	return Map(src, func(v T) Timestamped[T] { return Timestamped[T]{time.Now(), v} })
}

// TimedValue is a value, when it came, and how long that took.
type TimedValue[T any] struct {
	Value             T
	Time              time.Time
	Elapsed           time.Duration // since the value before, or the subscription
	SinceSubscription time.Duration
}

// Timed gives each value with the time at which it came and the time since the
// value before and since the subscription. Demand passes through.
//
// Source: Reactor's Flux.timed.
func Timed[T any](src Publisher[T]) Flux[TimedValue[T]] {
	return linear(src, func(_ *stage, next func(TimedValue[T]) bool) func(T) bool {
		start := time.Now()
		last := start
		return func(v T) bool {
			now := time.Now()
			t := TimedValue[T]{v, now, now.Sub(last), now.Sub(start)}
			last = now
			return next(t)
		}
	})
}

// ElapsedValue is a value and how long it took to come.
type ElapsedValue[T any] struct {
	Elapsed time.Duration
	Value   T
}

// Elapsed gives each value with the time since the value before, or, for the
// first, since the subscription. Demand passes through.
//
// Source: Reactor's Flux.elapsed.
func Elapsed[T any](src Publisher[T]) Flux[ElapsedValue[T]] {
	return Map(Timed(src), func(t TimedValue[T]) ElapsedValue[T] { return ElapsedValue[T]{t.Elapsed, t.Value} })
}
