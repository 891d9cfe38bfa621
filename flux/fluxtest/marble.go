package fluxtest

import (
	"errors"
	"fmt"
	"reflect"
	"time"
	"unicode/utf8"
)

// Marbles is the reading of marble diagrams, pictures of a stream in one line
// of text: what each rune stands for. It makes publishers of diagrams ([Marbles.Hot],
// [Marbles.Cold]), holds a publisher against one ([Marbles.Expect]) and draws what
// happened as one ([Marbles.Draw]).
//
//	fluxtest.Run(t, func(t *testing.T) {
//		var m fluxtest.Marbles[string]
//		src := m.Cold(t, "-a-b-c-|")
//		m.Expect(t, flux.From(src).Take(2), "-a-(b|)")
//		src.AssertSubscriptions(t, "^--!")
//	})
//
// A rune takes one frame, which is 1 ms of virtual time:
//
//   - nothing happens
//     a      a value, told by Values; any rune without a meaning of its own
//     |      completion
//     #      the error Err
//     (ab|)  all of it at the moment of the parenthesis; as in rxjs the next frame
//     comes as many frames later as there are runes, parentheses included
//     ^      the moment of subscription, which is time 0 of a hot source
//     !      the moment of cancellation
//     blank  no time at all, for alignment
//     10ms   time that passes, also 1.5s and 2m, where a blank or the edge stands
//     on both sides
//
// The zero Marbles reads strings, runes and the digits of ints as themselves. A
// Marbles is immutable; its methods may be called by any goroutine.
//
// Source: the marble syntax of rxjs's TestScheduler, time progression included.
type Marbles[T any] struct {
	// Values tells the value of a rune. Nil means that a rune stands for itself,
	// which is possible where T is string or rune, or int with its digits.
	Values map[rune]T
	// Err is the error of a #; nil means ErrMarble.
	Err error
}

// ErrMarble is the error of a # in a diagram, unless [Marbles] names another.
var ErrMarble = errors.New("fluxtest: the error of a marble diagram")

// Parse gives the events of a diagram, with their times: Next, Complete and
// Error, Subscribe for ^ and Cancel for !. Times count from the ^, or from the
// first frame where there is none. The length is the time at which the diagram
// ends, trailing dashes included. The error of a bad diagram names the rune and its
// place.
func (m Marbles[T]) Parse(diagram string) (events []Event[T], length time.Duration, err error) {
	marks, length, err := scanMarble(diagram)
	if err != nil {
		return nil, 0, err
	}
	for _, k := range marks {
		e := Event[T]{At: k.at, Sub: 1, Kind: k.kind()}
		switch e.Kind {
		case Next:
			if e.Value, err = m.value(k.sign); err != nil {
				return nil, 0, fmt.Errorf("marble %q: %w", diagram, err)
			}
		case Error:
			e.Err = m.err()
		}
		events = append(events, e)
	}
	return events, length, nil
}

func (m Marbles[T]) err() error {
	if m.Err == nil {
		return ErrMarble
	}
	return m.Err
}

// value gives what a rune stands for.
func (m Marbles[T]) value(r rune) (v T, err error) {
	if m.Values != nil {
		v, ok := m.Values[r]
		if !ok {
			return v, fmt.Errorf("no value is given for %q", r)
		}
		return v, nil
	}
	switch p := any(&v).(type) {
	case *string:
		*p = string(r)
	case *rune:
		*p = r
	case *int:
		if r < '0' || r > '9' {
			return v, fmt.Errorf("%q is no digit, and no Values are given for int", r)
		}
		*p = int(r - '0')
	default:
		return v, fmt.Errorf("no Values are given for %T, and %q is none", v, r)
	}
	return v, nil
}

// sign gives the rune that stands for a value, if there is one.
func (m Marbles[T]) sign(v T) (rune, bool) {
	if m.Values != nil {
		best, found := rune(0), false
		for r, w := range m.Values {
			if (!found || r < best) && reflect.DeepEqual(v, w) {
				best, found = r, true
			}
		}
		return best, found && !special(best)
	}
	r := rune(-1)
	switch v := any(v).(type) {
	case string:
		if first, n := utf8.DecodeRuneInString(v); n == len(v) && first != utf8.RuneError {
			r = first
		}
	case rune:
		r = v
	case int:
		if v >= 0 && v <= 9 {
			r = '0' + rune(v)
		}
	}
	return r, utf8.ValidRune(r) && r != utf8.RuneError && !special(r)
}
