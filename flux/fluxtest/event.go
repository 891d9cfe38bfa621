package fluxtest

import (
	"fmt"
	"strconv"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Kind tells what happened in an [Event].
type Kind uint8

// The kinds of events. Subscribe, Next, Error and Complete are signals of a
// publisher; Request and Cancel go up to it; NextDropped, ErrorDropped and
// Discarded are what the hooks of the context received (see [flux.Hooks]);
// Violated marks a broken rule, beside the event that broke it.
const (
	Subscribe Kind = iota + 1
	Request
	Cancel
	Next
	Error
	Complete
	NextDropped
	ErrorDropped
	Discarded
	Violated
)

var kindNames = [...]string{"none", "subscribe", "request", "cancel", "next", "error", "complete",
	"dropped value", "dropped error", "discarded", "violation"}

// String gives the kind's name in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Event is one row of a [Timeline].
type Event[T any] struct {
	// At is the time since the timeline's first event.
	At time.Duration
	// Sub is the number of the subscription, from 1 on.
	Sub  int
	Kind Kind
	// Value is set for Next.
	Value T
	// Err is set for Error and ErrorDropped; for Violated it is a *Violation.
	Err error
	// N is set for Request.
	N int64
	// Lost is set for NextDropped and Discarded; an operator further up may
	// have lost a value of a type other than T.
	Lost any
}

// String gives the event without its time, as `next(3)` or `request(unbounded)`.
func (e Event[T]) String() string {
	switch e.Kind {
	case Next:
		return "next(" + show(e.Value) + ")"
	case Error, ErrorDropped:
		return fmt.Sprintf("%s(%v)", e.Kind, e.Err)
	case Violated:
		return fmt.Sprintf("! %v", e.Err)
	case Request:
		return "request(" + showDemand(e.N) + ")"
	case NextDropped, Discarded:
		return fmt.Sprintf("%s(%s)", e.Kind, show(e.Lost))
	}
	return e.Kind.String()
}

// terminal reports whether the event is the last signal of a subscription.
func (e Event[T]) terminal() bool { return e.Kind == Complete || e.Kind == Error }

func showDemand(n int64) string {
	if n == flux.Unbounded {
		return "unbounded"
	}
	return strconv.FormatInt(n, 10)
}

// Violation is a rule of the subscription contract that a publisher broke. Rule
// is the number in the Reactive Streams specification, for example "1.7".
type Violation struct {
	Rule   string
	Detail string
}

func (v *Violation) Error() string { return "rule " + v.Rule + ": " + v.Detail }
