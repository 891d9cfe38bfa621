package fluxtest

import (
	"errors"
	"fmt"
	"time"
)

// The methods that add a step.

// add gives the new step, named as it was called.
func (v *Verifier[T]) add(format string, args ...any) *step[T] {
	st := &step[T]{name: fmt.Sprintf(format, args...), line: callerLine(3)}
	v.steps = append(v.steps, st)
	return st
}

// As gives the step before it a description, which a failure shows.
func (v *Verifier[T]) As(description string) *Verifier[T] {
	if len(v.steps) == 0 {
		v.wrong("As(%q) must stand after a step", description)
		return v
	}
	v.steps[len(v.steps)-1].note = description
	return v
}

// Next expects these values to be the next ones, in this order.
func (v *Verifier[T]) Next(values ...T) *Verifier[T] {
	if len(values) == 0 {
		v.wrong("Next() at %s: name at least one value", callerLine(2))
		return v
	}
	v.add("Next(%s)", showAll(values)).expect = expectValues(values, v.equal)
	return v
}

// NextFunc expects a value and hands it to inspect, which may use all of the
// test's t: it is called by the goroutine of the test, once the publisher is at
// rest.
func (v *Verifier[T]) NextFunc(inspect func(value T)) *Verifier[T] {
	if inspect == nil {
		v.wrong("NextFunc(nil): the function must not be nil")
		return v
	}
	v.add("NextFunc").expect = expectInspected(inspect)
	return v
}

// NextMatches expects a value for which match is true. The goroutine that sends
// the value calls match, which must not call FailNow.
func (v *Verifier[T]) NextMatches(match func(value T) bool) *Verifier[T] {
	if match == nil {
		v.wrong("NextMatches(nil): the function must not be nil")
		return v
	}
	v.add("NextMatches").expect = expectMatch(match)
	return v
}

// NextCount expects n values, whatever they are.
func (v *Verifier[T]) NextCount(n int) *Verifier[T] {
	if n <= 0 {
		v.wrong("NextCount(%d): the count must be positive", n)
		return v
	}
	v.add("NextCount(%d)", n).expect = expectCount[T](n)
	return v
}

// NextWhile takes the values that come for as long as match is true, which may
// be none. It is met when something else comes, or nothing more (by a real clock:
// nothing for as long as the patience lasts). The goroutine that sends the values
// calls match, which must not call FailNow.
func (v *Verifier[T]) NextWhile(match func(value T) bool) *Verifier[T] {
	if match == nil {
		v.wrong("NextWhile(nil): the function must not be nil")
		return v
	}
	st := v.add("NextWhile")
	st.expect, st.optional = expectWhile(match), true
	return v
}

// Request asks for n more values. After an expectation it is called inside the
// signal that met it, as a subscriber would. n <= 0 breaks rule 3.9, to see how
// the publisher answers.
func (v *Verifier[T]) Request(n int64) *Verifier[T] {
	v.add("Request(%s)", showDemand(n)).signal = func(s *script[T]) { s.rec.Request(n) }
	return v
}

// Advance lets d of time pass. In virtual time nothing else moves the clock but
// NoEvent and Await.
func (v *Verifier[T]) Advance(d time.Duration) *Verifier[T] {
	v.add("Advance(%v)", d).perform = advance[T](d)
	return v
}

// NoEvent expects that no signal comes for d. The instant at which d ends is not
// part of it: NoEvent(d).Next(v) says that v comes after exactly d.
func (v *Verifier[T]) NoEvent(d time.Duration) *Verifier[T] {
	v.add("NoEvent(%v)", d).perform = noEvent[T](d)
	return v
}

// Await lets time pass until the next signal comes, and fails if none does
// within most, its last instant included. The signal is left to the next step. It is for moments that are not known exactly, such as a backoff
// with jitter.
func (v *Verifier[T]) Await(most time.Duration) *Verifier[T] {
	v.add("Await(%v)", most).perform = await[T](most)
	return v
}

// ThenDo calls f on the goroutine of the test, once the publisher is at rest.
func (v *Verifier[T]) ThenDo(f func()) *Verifier[T] {
	if f == nil {
		v.wrong("ThenDo(nil): the function must not be nil")
		return v
	}
	v.add("ThenDo").perform = func(s *script[T]) error { f(); s.clock.settle(); return nil }
	return v
}

// Complete expects the completion, and plays the script. It returns what was
// recorded.
func (v *Verifier[T]) Complete() *Recorder[T] {
	v.t.Helper()
	v.add("Complete()").expect = expectComplete[T]
	return v.finish()
}

// Error expects err itself as the error of the stream, not one that wraps it,
// and plays the script. It returns what was recorded.
func (v *Verifier[T]) Error(err error) *Recorder[T] {
	v.t.Helper()
	want := fmt.Sprintf("error(%v) of type %T", err, err)
	v.add("Error(%v)", err).expect = expectError[T](want, func(got error) bool { return same(got, err) })
	return v.finish()
}

// ErrorIs expects an error that matches target by [errors.Is], and plays the
// script. It returns what was recorded.
func (v *Verifier[T]) ErrorIs(target error) *Recorder[T] {
	v.t.Helper()
	want := fmt.Sprintf("an error that is %q", target)
	v.add("ErrorIs(%v)", target).expect = expectError[T](want, func(got error) bool { return errors.Is(got, target) })
	return v.finish()
}

// ErrorAs expects an error that [errors.As] can assign to target, and plays the
// script; target is then set. It returns what was recorded.
func (v *Verifier[T]) ErrorAs(target any) *Recorder[T] {
	v.t.Helper()
	want := fmt.Sprintf("an error that fits a %T", target)
	v.add("ErrorAs(%T)", target).expect = expectError[T](want, func(got error) bool { return errors.As(got, target) })
	return v.finish()
}

// ErrorMatches expects an error for which match is true, and plays the script.
// The goroutine that sends the error calls match, which must not call FailNow.
// It returns what was recorded.
func (v *Verifier[T]) ErrorMatches(match func(err error) bool) *Recorder[T] {
	v.t.Helper()
	if match == nil {
		v.wrong("ErrorMatches(nil): the function must not be nil")
	}
	v.add("ErrorMatches").expect = expectError[T]("an error that matches", match)
	return v.finish()
}

// AnyError expects an error, and plays the script. It returns what was recorded.
func (v *Verifier[T]) AnyError() *Recorder[T] {
	v.t.Helper()
	v.add("AnyError()").expect = expectError[T]("an error", func(error) bool { return true })
	return v.finish()
}

// Cancel cancels the subscription, inside the signal that met the expectation
// before it, and plays the script. In virtual time it fails if a signal had come
// that no step expected. It returns what was recorded.
func (v *Verifier[T]) Cancel() *Recorder[T] {
	v.t.Helper()
	v.add("Cancel()").signal = (*script[T]).cancel
	v.add("Cancel()").perform = nothingPending[T]
	return v.finish()
}
