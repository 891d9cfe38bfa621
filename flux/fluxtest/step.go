package fluxtest

import (
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"time"
)

// step is one line of a script. Exactly one of its three functions is set.
type step[T any] struct {
	name string // as it stands in the program: Next(1, 2)
	line string // file:line of the call
	note string // what As called it

	// expect looks at the next signal. The goroutine that sends it calls it.
	expect func(e Event[T]) verdict
	// signal acts on the subscription, inside the signal that completed the
	// step before it.
	signal func(s *script[T])
	// perform runs on the goroutine of the test; an error fails the script.
	perform func(s *script[T]) error

	// optional is a step that is met when no signal is there.
	optional bool
}

// verdict is what a step makes of a signal.
type verdict struct {
	pass  bool   // the step is met
	leave bool   // the signal is for the next step
	fail  string // what is wrong, otherwise empty
	then  func() // to be run on the goroutine of the test
}

func (s *step[T]) String() string {
	text := s.name
	if s.note != "" {
		text += " " + strconv.Quote(s.note)
	}
	return text
}

// callerLine gives the place in the program of the call that is skip functions
// up, 1 being the caller.
func callerLine(skip int) string {
	_, file, line, ok := runtime.Caller(skip)
	if !ok {
		return "?"
	}
	for i := len(file) - 1; i > 0; i-- {
		if file[i] == '/' {
			file = file[i+1:]
			break
		}
	}
	return file + ":" + strconv.Itoa(line)
}

// Expectations of values.

func expectValues[T any](vs []T, equal func(a, b T) bool) func(Event[T]) verdict {
	i := 0
	return func(e Event[T]) verdict {
		want := fmt.Sprintf("want next(%s)", show(vs[i]))
		if len(vs) > 1 {
			want += fmt.Sprintf(", value %d of %d", i+1, len(vs))
		}
		if e.Kind != Next || !equal(e.Value, vs[i]) {
			return verdict{fail: want + ", got " + e.String()}
		}
		i++
		return verdict{pass: i == len(vs)}
	}
}

func expectCount[T any](n int) func(Event[T]) verdict {
	i := 0
	return func(e Event[T]) verdict {
		if e.Kind != Next {
			return verdict{fail: fmt.Sprintf("want %d values, got %d and then %s", n, i, e)}
		}
		i++
		return verdict{pass: i == n}
	}
}

func expectMatch[T any](match func(T) bool) func(Event[T]) verdict {
	return func(e Event[T]) verdict {
		switch {
		case e.Kind != Next:
			return verdict{fail: "want a value, got " + e.String()}
		case !match(e.Value):
			return verdict{fail: e.String() + " does not match"}
		}
		return verdict{pass: true}
	}
}

func expectInspected[T any](inspect func(T)) func(Event[T]) verdict {
	return func(e Event[T]) verdict {
		if e.Kind != Next {
			return verdict{fail: "want a value, got " + e.String()}
		}
		return verdict{pass: true, then: func() { inspect(e.Value) }}
	}
}

func expectWhile[T any](match func(T) bool) func(Event[T]) verdict {
	return func(e Event[T]) verdict {
		if e.Kind != Next || !match(e.Value) {
			return verdict{pass: true, leave: true}
		}
		return verdict{}
	}
}

// Expectations of the end.

func expectComplete[T any](e Event[T]) verdict {
	if e.Kind != Complete {
		return verdict{fail: "want complete, got " + e.String()}
	}
	return verdict{pass: true}
}

// expectError wants an error that ok says nothing against.
func expectError[T any](want string, ok func(err error) bool) func(Event[T]) verdict {
	return func(e Event[T]) verdict {
		if e.Kind != Error || !ok(e.Err) {
			return verdict{fail: "want " + want + ", got " + describe(e)}
		}
		return verdict{pass: true}
	}
}

// describe gives an event with the type of its error, as two errors may well
// print the same.
func describe[T any](e Event[T]) string {
	if e.Kind == Error {
		return fmt.Sprintf("%s of type %T", e, e.Err)
	}
	return e.String()
}

// same is the identity of two errors; values that cannot be compared are equal
// by their contents.
func same(a, b error) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.IsValid() && vb.IsValid() && !(va.Comparable() && vb.Comparable()) {
		return reflect.DeepEqual(a, b)
	}
	return any(a) == any(b)
}

// Steps on the goroutine of the test.

func noEvent[T any](d time.Duration) func(*script[T]) error {
	return func(s *script[T]) error {
		if d <= 0 {
			return fmt.Errorf("NoEvent(%v): the duration must be positive", d)
		}
		if e, ok := s.waiting(); ok {
			return fmt.Errorf("want no signal, but %s had come", e)
		}
		// The end of the span is not part of it, so that NoEvent(d) followed by
		// an expectation says: after exactly d.
		s.sleep(d - 1)
		if e, ok := s.waiting(); ok {
			return fmt.Errorf("want no signal, got %s at %s", e, millis(e.At))
		}
		s.sleep(1)
		return nil
	}
}

func advance[T any](d time.Duration) func(*script[T]) error {
	return func(s *script[T]) error {
		if d < 0 {
			return fmt.Errorf("Advance(%v): the duration must not be negative", d)
		}
		s.sleep(d)
		return nil
	}
}

func await[T any](most time.Duration) func(*script[T]) error {
	return func(s *script[T]) error {
		if s.await(most) {
			return nil
		}
		return fmt.Errorf("want a signal within %v, none came", most)
	}
}

// nothingPending ends a script that was cut short by a cancel. By a real clock
// nobody can say which signals were meant to come before the cancel.
func nothingPending[T any](s *script[T]) error {
	s.clock.settle()
	if !s.clock.exact() {
		return nil
	}
	s.rec.watch.rest()
	if e, ok := s.waiting(); ok {
		return fmt.Errorf("%s had come, which no step expected", e)
	}
	return nil
}
