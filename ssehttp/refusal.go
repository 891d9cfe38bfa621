package ssehttp

import (
	"errors"
	"net/http"
	"time"
)

// Refusal says why a request was answered with a status instead of a stream.
type Refusal uint8

// The reasons for which a request is refused.
const (
	// RefusedByHandler: the handler, or Options.Authenticate, returned an error or
	// panicked.
	RefusedByHandler Refusal = iota
	// RefusedRequest: the method, the Accept header or the Last-Event-ID was wrong.
	RefusedRequest
	// RefusedFull: as many streams as [Limits].Streams were open.
	RefusedFull
	// RefusedAddress: as many as Limits.PerAddress.
	RefusedAddress
	// RefusedRate: the address opened more streams than Limits.Rate.
	RefusedRate
	// RefusedKey: as many streams of the key as Limits.PerKey were open.
	RefusedKey
	// RefusedShutdown: the server was shutting down.
	RefusedShutdown

	refusals
)

var refusalNames = [refusals]string{"handler", "request", "full", "address", "rate", "key", "shutdown"}

// String returns the reason in one lower-case word, fit for a metric's label.
func (r Refusal) String() string {
	if r < refusals {
		return refusalNames[r]
	}
	return "unknown"
}

// Refusals are all of them, for a metric that counts by cause.
func Refusals() []Refusal { return upTo(RefusedByHandler, refusals) }

// refusal is an error of the server's own that answers a request.
type refusal struct {
	status StatusError
	cause  Refusal
	after  time.Duration // for Retry-After; 0 says nothing of it
}

func (r *refusal) Error() string { return r.status.Error() }
func (r *refusal) Unwrap() error { return &r.status }

func refuseFor(cause Refusal, code int, message string, after time.Duration) error {
	return &refusal{StatusError{code, message}, cause, after}
}

func malformed(code int, message string) error { return refuseFor(RefusedRequest, code, message, 0) }

var (
	errMethod        = malformed(http.StatusMethodNotAllowed, "a stream of events is opened with GET or POST")
	errNotAcceptable = malformed(http.StatusNotAcceptable, "there is text/event-stream here, which the Accept header excludes")
)

func (s *Server) shuttingDown() error {
	return refuseFor(RefusedShutdown, http.StatusServiceUnavailable, "the server is shutting down", s.opts.RetryAfter)
}

// refused counts a refusal.
func (s *Server) refused(err error) { s.counters.refused[causeOf(err)].Add(1) }

func causeOf(err error) Refusal {
	if own, ok := errors.AsType[*refusal](err); ok {
		return own.cause
	}
	return RefusedByHandler
}

// retryAfter is the value of the header, or empty.
func retryAfter(err error) string {
	if own, ok := errors.AsType[*refusal](err); ok && own.after > 0 {
		return seconds(own.after)
	}
	return ""
}
