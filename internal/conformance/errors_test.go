package conformance

import (
	"context"
	"errors"
	"strings"

	"github.com/freshet-go/freshet/flux"
)

// userError is an error that the user's code of a case raises; its text is its
// name in the traces.
type userError string

func (e userError) Error() string { return string(e) }

// named gives the error that a case raises under a name.
func named(name string) error { return userError(name) }

// oneWord names what Java has two exceptions for and Go one sentinel,
// flux.ErrInvalid: an operator that was used against its rule, by an argument
// or by a call at the wrong moment. Both sides of a comparison go through it.
var oneWord = strings.NewReplacer("illegalArgument", "invalid", "illegalState", "invalid")

// nameOf gives the name an error has in the traces, whatever it was wrapped in
// on its way.
func nameOf(err error) string {
	if exhausted, ok := errors.AsType[*flux.RetryExhaustedError](err); ok {
		return "retryExhausted(" + nameOf(exhausted.Last) + ")"
	}
	if cleanup, ok := errors.AsType[*flux.CleanupError](err); ok {
		return "cleanupFailed(" + nameOf(cleanup.Err) + ")"
	}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return "composite(" + namesOf(joined.Unwrap()) + ")"
	}
	var panicked *flux.PanicError
	if errors.As(err, &panicked) && panicked.Unwrap() != nil {
		return nameOf(panicked.Unwrap())
	}
	var user userError
	var bad badDSL
	switch {
	case errors.As(err, &user):
		return oneWord.Replace(string(user))
	case errors.As(err, &bad):
		return bad.Error()
	case errors.Is(err, flux.ErrOverflow):
		return "overflow"
	case errors.Is(err, flux.ErrTimeout):
		return "timeout"
	case errors.Is(err, flux.ErrEmpty):
		return "noSuchElement"
	case errors.Is(err, flux.ErrIndex):
		return "indexOutOfBounds"
	case errors.Is(err, flux.ErrInvalid), errors.Is(err, flux.ErrBadRequest):
		return "invalid"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	}
	return "unnamed error: " + err.Error()
}

func namesOf(errs []error) string {
	names := make([]string, len(errs))
	for i, e := range errs {
		names[i] = nameOf(e)
	}
	return strings.Join(names, ",")
}
