package flux

import (
	"context"
	"errors"
	"fmt"
)

// The conditions a caller tells apart with [errors.Is]. Operators wrap them
// with what was wrong, and never replace an error that came from upstream.
var (
	// ErrOverflow means that a value came when there was no demand and no room left.
	ErrOverflow = errors.New("overflow: more values than requested")
	// ErrTimeout means that nothing came in time. It also matches
	// context.DeadlineExceeded.
	ErrTimeout error = timeoutError{}
	// ErrEmpty means that a terminal that promises a value met an empty stream.
	ErrEmpty = errors.New("flux: no value: the stream was empty")
	// ErrIndex means that there was no value at the place asked for, or more than one
	// where one was promised.
	ErrIndex = errors.New("flux: index out of bounds")
	// ErrBadRequest means that Request was called with n <= 0 (rule 3.9).
	ErrBadRequest = errors.New("flux: demand must be positive (Reactive Streams rule 3.9)")
	// ErrInvalid means that an operator was given an argument outside its rule.
	ErrInvalid = errors.New("flux: invalid argument")
)

// PanicError is a panic of a user function, delivered as the error of the
// operator that called it.
type PanicError struct {
	Value any    // what was passed to panic
	Stack []byte // the stack of the goroutine at the panic, as debug.Stack prints it
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic in a user function: %v", e.Value) }

// Unwrap gives the panic's value where it is an error, so that errors.Is and
// errors.As see through the panic.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// invalid gives the error for an argument outside its rule; it matches
// ErrInvalid. It is evaluated where the operator is assembled and delivered at
// the subscription, so that assembling never panics.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// nilFunc answers an operator that was given no function.
func nilFunc[T any](operator string) Flux[T] {
	return Error[T](invalid("%s(nil): the function must not be nil", operator))
}

// joined makes one error of those that were delayed, in the order in which they
// came: the error itself if it is the only one, nil if there is none.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "timeout: nothing came in time" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// Is lets code that waits for context.DeadlineExceeded see the timeout.
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }
