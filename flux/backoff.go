package flux

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// RetrySpec says when [Flux.RetryWhen] tries again. It is made by RetryMax,
// RetryMaxInARow, RetryIndefinitely, RetryFixedDelay or RetryBackoff, and refined
// by its methods, each of which gives a changed copy. The zero RetrySpec never
// tries again. It is immutable and safe for concurrent use; its functions are
// called by the goroutine of the failure, or of the timer that waited, and a panic
// of one is the error of the stream.
//
// Source: Reactor's Retry, RetrySpec and RetryBackoffSpec.
type RetrySpec struct {
	max        int64
	transient  bool
	min, cap   time.Duration // of the wait; no wait if min is 0
	multiplier float64
	jitter     float64
	filter     func(error) bool
	exhausted  func(RetrySignal) error
	before     func(RetrySignal)
	after      func(RetrySignal)
	err        error // what is wrong with the spec
}

// RetryExhaustedError is the error of a stream whose retries are used up. It
// unwraps to the last failure.
//
// Source: Reactor's Exceptions.retryExhausted.
type RetryExhaustedError struct {
	Retries int64 // how many there were, in a row if the spec counts so
	InARow  bool
	Last    error
}

func (e *RetryExhaustedError) Error() string {
	if e.InARow {
		return fmt.Sprintf("retries exhausted: %d in a row: %v", e.Retries, e.Last)
	}
	return fmt.Sprintf("retries exhausted: %d: %v", e.Retries, e.Last)
}

// Unwrap gives the last failure.
func (e *RetryExhaustedError) Unwrap() error { return e.Last }

// RetryMax tries again up to n times, at once. A negative n ends with ErrInvalid.
//
// Source: Reactor's Retry.max.
func RetryMax(n int64) RetrySpec { return retrySpec("RetryMax", n) }

// RetryMaxInARow tries again up to n times without a value between the failures,
// at once. A negative n ends with ErrInvalid.
//
// Source: Reactor's Retry.maxInARow.
func RetryMaxInARow(n int64) RetrySpec { return retrySpec("RetryMaxInARow", n).Transient(true) }

// RetryIndefinitely tries again at once after every failure.
//
// Source: Reactor's Retry.indefinitely.
func RetryIndefinitely() RetrySpec { return RetryMax(Unbounded) }

// RetryFixedDelay tries again up to n times, each d after the failure. A negative
// n or d ends with ErrInvalid.
//
// Source: Reactor's Retry.fixedDelay.
func RetryFixedDelay(n int64, d time.Duration) RetrySpec {
	s := RetryBackoff(n, d).MaxBackoff(d)
	s.jitter = 0
	return s
}

// RetryBackoff tries again up to n times, the k-th time after a wait of about
// first * 2^k, k counted from 0: half of it is given or taken at random. A negative
// n or wait ends with ErrInvalid.
//
// Source: Reactor's Retry.backoff.
func RetryBackoff(n int64, first time.Duration) RetrySpec {
	s := retrySpec("RetryBackoff", n)
	s.min, s.cap, s.multiplier, s.jitter = first, math.MaxInt64, 2, 0.5
	if first < 0 {
		s.err = invalid("RetryBackoff(%d, %v): the wait must not be negative", n, first)
	}
	return s
}

func retrySpec(name string, n int64) RetrySpec {
	s := RetrySpec{max: n}
	if n < 0 {
		s.err = invalid("%s(%d): the count must not be negative", name, n)
	}
	return s
}

// MaxBackoff bounds the wait. It must not be less than the first wait.
func (s RetrySpec) MaxBackoff(d time.Duration) RetrySpec {
	if d < s.min {
		s.err = invalid("MaxBackoff(%v): must not be less than the first wait, %v", d, s.min)
	}
	s.cap = d
	return s
}

// Multiplier sets what the wait grows by from one retry to the next, 2 by default.
// It must be at least 1.
func (s RetrySpec) Multiplier(m float64) RetrySpec {
	if !(m >= 1) {
		s.err = invalid("Multiplier(%v): must be at least 1", m)
	}
	s.multiplier = m
	return s
}

// Jitter sets how much of the wait is given or taken at random, from 0, for none,
// to 1. The wait stays between the first one and the bound.
func (s RetrySpec) Jitter(j float64) RetrySpec {
	if !(j >= 0 && j <= 1) {
		s.err = invalid("Jitter(%v): must be between 0 and 1", j)
	}
	s.jitter = j
	return s
}

// Filter lets errors for which retry is false pass at once, as they are.
func (s RetrySpec) Filter(retry func(err error) bool) RetrySpec {
	s.filter = retry
	return s
}

// Transient makes retries count, and waits grow, anew after each value.
func (s RetrySpec) Transient(on bool) RetrySpec {
	s.transient = on
	return s
}

// Before is called at each failure that is retried, before the wait.
func (s RetrySpec) Before(do func(RetrySignal)) RetrySpec {
	s.before = do
	return s
}

// After is called after the wait, before the source is subscribed to again.
func (s RetrySpec) After(do func(RetrySignal)) RetrySpec {
	s.after = do
	return s
}

// Exhausted makes the error of the stream when the retries are used up, in the
// place of a *[RetryExhaustedError]. A nil error of make ends with ErrInvalid.
func (s RetrySpec) Exhausted(make func(last RetrySignal) error) RetrySpec {
	s.exhausted = make
	return s
}

func (s RetrySpec) invalid() error { return s.err }

// companion answers failures as the spec says.
func (s RetrySpec) companion(failures source[RetrySignal]) source[int64] {
	answer := func(f RetrySignal) Flux[int64] { return answerFailure(s, f) }
	return ConcatMap(Flux[RetrySignal]{failures}, answer).OnErrorStop().source()
}

// answerFailure is not a method: the method set of RetrySpec is compiled wherever
// a Flux is, and would bring all of Flux[int64] there.
func answerFailure(s RetrySpec, f RetrySignal) Flux[int64] {
	n := f.TotalRetries
	if s.transient {
		n = f.TotalRetriesInARow
	}
	switch {
	case s.filter != nil && !s.filter(f.Failure):
		return Error[int64](f.Failure)
	case n >= s.max && s.max != Unbounded:
		return Error[int64](s.exhaust(n, f))
	}
	if s.before != nil {
		s.before(f)
	}
	wait := Just(n)
	if d := s.wait(n); d > 0 {
		wait = Timer(d).Flux()
	}
	if s.after != nil {
		wait = wait.DoOnNext(func(int64) { s.after(f) })
	}
	return wait
}

func (s RetrySpec) exhaust(n int64, f RetrySignal) error {
	if s.exhausted != nil {
		return s.exhausted(f)
	}
	return &RetryExhaustedError{Retries: n, InARow: s.transient, Last: f.Failure}
}

// wait is the time before the n-th retry, n counted from 0.
func (s RetrySpec) wait(n int64) time.Duration {
	if s.min == 0 {
		return 0
	}
	d := s.cap
	if factor := math.Pow(s.multiplier, float64(n)); factor < float64(s.cap)/float64(s.min) {
		d = min(time.Duration(float64(s.min)*factor), s.cap)
	}
	spread := time.Duration(float64(d) * s.jitter)
	low, high := max(s.min-d, -spread), min(s.cap-d, spread)
	if high > low {
		d += low + rand.N(high-low)
	}
	return d
}

// suppressedError is an error that came while another one was being dealt with.
type suppressedError struct{ err, suppressed error }

func (e *suppressedError) Error() string {
	return fmt.Sprintf("%v (while ending with: %v)", e.err, e.suppressed)
}
func (e *suppressedError) Unwrap() error        { return e.err }
func (e *suppressedError) Is(target error) bool { return errors.Is(e.suppressed, target) }
