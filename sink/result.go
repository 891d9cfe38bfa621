package sink

import (
	"fmt"

	"github.com/freshet-go/freshet/flux"
)

// Result is what became of one attempt to emit. Its values and their order of
// precedence are those of Reactor's Sinks.EmitResult, and [Handed].
type Result uint8

const (
	// OK says that the signal was sent. For a value: to every subscriber, or from a
	// best-effort sink to at least one.
	OK Result = iota
	// Handed says that another goroutine is emitting, or this one is, further up its
	// stack; the signal waits in the hand-off queue and is sent, in order, as
	// soon as the emission in progress is through. What becomes of it then, the
	// emitter does not learn; Stats.Lost counts the values that reached nobody. A
	// sink with a buffer, and a replay, never say so of a value.
	Handed
	// FailTerminated says that the sink has completed or failed.
	FailTerminated
	// FailOverflow says that there was no demand. From an all-or-nothing sink: of at
	// least one subscriber, and nobody got the value; from a best-effort sink: of
	// every subscriber; from a sink with a buffer: and no room either.
	FailOverflow
	// FailCancelled says that the sink was cancelled from downstream, for good: the
	// subscriber of a [Unicast] has left, or the last one of a [Multicast] that is
	// not kept open. Other sinks never say so.
	FailCancelled
	// FailNonSerialized says that another emission is in progress and the hand-off queue
	// is full, or the sink is Strict. The attempt may be repeated.
	FailNonSerialized
	// FailZeroSubscriber says that nobody is subscribed; from a sink with a buffer,
	// that in addition the buffer is full.
	FailZeroSubscriber
)

// The errors of the results, for errors.Is. ErrOverflow matches
// [flux.ErrOverflow] as well.
var (
	ErrTerminated     error = resultError(FailTerminated)
	ErrOverflow       error = resultError(FailOverflow)
	ErrCancelled      error = resultError(FailCancelled)
	ErrNonSerialized  error = resultError(FailNonSerialized)
	ErrZeroSubscriber error = resultError(FailZeroSubscriber)
)

// Accepted reports whether the signal was sent or will be: OK or Handed.
func (r Result) Accepted() bool { return r <= Handed }

// Err is nil for an accepted signal and otherwise the sentinel of the result.
func (r Result) Err() error {
	if r.Accepted() {
		return nil
	}
	return resultError(r)
}

// OrErr is nil for an accepted signal, and otherwise an error that matches both
// the sentinel of the result and cause.
//
// Source: Reactor's EmitResult.orThrowWithCause.
func (r Result) OrErr(cause error) error {
	if err := r.Err(); err == nil || cause == nil {
		return err
	}
	return fmt.Errorf("%w: %w", r.Err(), cause)
}

// String gives Reactor's name of the result. Handed is "OK", because Reactor has
// one word for a signal that was accepted; %#v tells the two apart.
func (r Result) String() string {
	switch r {
	case OK, Handed:
		return "OK"
	case FailTerminated:
		return "FAIL_TERMINATED"
	case FailOverflow:
		return "FAIL_OVERFLOW"
	case FailCancelled:
		return "FAIL_CANCELLED"
	case FailNonSerialized:
		return "FAIL_NON_SERIALIZED"
	case FailZeroSubscriber:
		return "FAIL_ZERO_SUBSCRIBER"
	}
	return fmt.Sprintf("Result(%d)", uint8(r))
}

// GoString gives the Go name of the result.
func (r Result) GoString() string {
	switch r {
	case OK:
		return "sink.OK"
	case Handed:
		return "sink.Handed"
	case FailTerminated:
		return "sink.FailTerminated"
	case FailOverflow:
		return "sink.FailOverflow"
	case FailCancelled:
		return "sink.FailCancelled"
	case FailNonSerialized:
		return "sink.FailNonSerialized"
	case FailZeroSubscriber:
		return "sink.FailZeroSubscriber"
	}
	return fmt.Sprintf("sink.Result(%d)", uint8(r))
}

type resultError Result

func (e resultError) Error() string {
	switch Result(e) {
	case FailTerminated:
		return "sink: the sink has terminated"
	case FailOverflow:
		return "sink: no demand for the value"
	case FailCancelled:
		return "sink: the sink was cancelled"
	case FailNonSerialized:
		return "sink: another emission is in progress"
	case FailZeroSubscriber:
		return "sink: nobody is subscribed"
	}
	return "sink: " + Result(e).String()
}

func (e resultError) Is(target error) bool {
	return Result(e) == FailOverflow && target == flux.ErrOverflow
}
