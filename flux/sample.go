package flux

import (
	"context"
	"sync"
	"time"
)

// Sample gives, every period, the latest value that came in it, and none if none
// came. When f completes, the value of the last period is given too, when it is
// requested. A tick that has a value and finds no demand ends the stream with
// ErrOverflow. f is asked for everything; the values in between are discarded. The
// values are sent by a timer's goroutine. A period that is not positive ends with
// ErrInvalid.
//
// Source: Reactor's Flux.sample(Duration), which gives the last value whether it
// was requested or not.
func (f Flux[T]) Sample(period time.Duration) Flux[T] {
	if period <= 0 {
		return Error[T](invalid("Sample(%v): the period must be positive", period))
	}
	return sampleOn(f.source(), intervalSource{period, period})
}

// SampleOn gives the latest value of src whenever sampler gives one, on the
// goroutine of sampler. When sampler completes, so does the result, without the
// value that waits. An error of either ends it at once and cancels the other.
// Otherwise it is [Flux.Sample].
//
// Source: Reactor's Flux.sample(Publisher).
func SampleOn[T, U any](src Publisher[T], sampler Publisher[U]) Flux[T] {
	return sampleOn(sourceOf(src), sourceOf(sampler))
}

func sampleOn[T, U any](main source[T], other source[U]) Flux[T] {
	return sampled(func(ctx context.Context, s *sampling[T]) {
		s.value = func(v T) { s.hold(v) }
		other.subscribe(ctx, &throttle[U]{
			ctx: ctx, up: s.side.next(), every: true,
			next: func() { s.giveHeld(0) },
			over: func() { s.stop(nil) },
			fail: s.stop,
		})
		main.subscribe(ctx, &sampleMain[T]{s})
	})
}

// SampleFirst gives a value and then lets those go that come within d of it, and
// so on. A value that finds no demand waits for it, and those that come meanwhile
// go too. f is asked for everything; the values in between are discarded. A d that
// is not positive ends with ErrInvalid.
//
// Source: Reactor's Flux.sampleFirst(Duration), which gives a value whether it was
// requested or not.
func (f Flux[T]) SampleFirst(d time.Duration) Flux[T] {
	if d <= 0 {
		return Error[T](invalid("SampleFirst(%v): the time must be positive", d))
	}
	return sampleFirst(f.source(), func(T) source[int64] { return onceAfter(d) })
}

// SampleFirstBy gives a value v and then lets those go that come until the
// publisher throttle(v) gives its first value or completes. An error of it ends
// the stream, as does a panic of throttle, which is called by the goroutine that
// sends v, after v. Otherwise it is [Flux.SampleFirst].
//
// Source: Reactor's Flux.sampleFirst(Function).
func SampleFirstBy[T, U any, P Publisher[U]](src Publisher[T], throttle func(v T) P) Flux[T] {
	if throttle == nil {
		return Error[T](invalid("SampleFirstBy(nil): the function must not be nil"))
	}
	return sampleFirst(sourceOf(src), func(v T) source[U] { return sourceFrom[U](throttle(v)) })
}

func sampleFirst[T, U any](main source[T], throttle func(T) source[U]) Flux[T] {
	return sampled(func(ctx context.Context, s *sampling[T]) {
		s.value = func(v T) {
			if s.shut.Load() || s.waiting() {
				discard(ctx, v)
				return
			}
			s.shut.Store(true)
			s.offer(v)
			open := func() { s.shut.Store(false) }
			throttled(s, v, throttle, open)
		}
		main.subscribe(ctx, &sampleMain[T]{s})
	})
}

// SampleTimeout gives a value when no other came within d of it, as a debounce
// does. When f completes, the value that waits is given at once. A value whose
// time it is and that finds no demand ends the stream with ErrOverflow. f is asked
// for everything; the values in between are discarded. The values are sent by a
// timer's goroutine. A d that is not positive ends with ErrInvalid.
//
// Source: Reactor's Flux.sampleTimeout with a delay.
func (f Flux[T]) SampleTimeout(d time.Duration) Flux[T] {
	if d <= 0 {
		return Error[T](invalid("SampleTimeout(%v): the time must be positive", d))
	}
	return sampleTimeout(f.source(), func(T) source[int64] { return onceAfter(d) })
}

// SampleTimeoutBy gives a value v when the publisher throttle(v) gives its first
// value or completes before another value of src comes; that one cancels it. An
// error of the publisher ends the stream, as does a panic of throttle, which is
// called by the goroutine that sends v. Otherwise it is [Flux.SampleTimeout].
//
// Source: Reactor's Flux.sampleTimeout(Function).
func SampleTimeoutBy[T, U any, P Publisher[U]](src Publisher[T], throttle func(v T) P) Flux[T] {
	if throttle == nil {
		return Error[T](invalid("SampleTimeoutBy(nil): the function must not be nil"))
	}
	return sampleTimeout(sourceOf(src), func(v T) source[U] { return sourceFrom[U](throttle(v)) })
}

func sampleTimeout[T, U any](main source[T], throttle func(T) source[U]) Flux[T] {
	return sampled(func(ctx context.Context, s *sampling[T]) {
		s.flush = true
		s.value = func(v T) {
			turn := s.hold(v)
			s.side.drop()
			fire := func() { s.giveHeld(turn) }
			throttled(s, v, throttle, fire)
		}
		main.subscribe(ctx, &sampleMain[T]{s})
	})
}

// serial is the subscription to one publisher after another, of which only the
// latest counts; mu guards cur and cancelled, and is not held while calling out.
type serial struct {
	mu        sync.Mutex
	cur       *arbiter
	cancelled bool
}

// next cancels the subscription there is, and gives one for the next publisher,
// which is asked for everything.
func (s *serial) next() *arbiter {
	a := &arbiter{open: Unbounded}
	s.mu.Lock()
	last := s.cur
	s.cur, a.cancelled = a, s.cancelled
	s.mu.Unlock()
	if last != nil {
		last.Cancel()
	}
	return a
}

// drop cancels the subscription there is.
func (s *serial) drop() {
	s.mu.Lock()
	last := s.cur
	s.cur = nil
	s.mu.Unlock()
	if last != nil {
		last.Cancel()
	}
}

// cancel cancels the subscription there is, and every later one.
func (s *serial) cancel() {
	s.mu.Lock()
	s.cancelled = true
	s.mu.Unlock()
	s.drop()
}
