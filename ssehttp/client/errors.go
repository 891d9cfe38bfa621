package client

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// The ways in which a stream fails, besides those of the connection. The error of a
// stream wraps one of them, or is a [StatusError], or what the http.Client returned.
var (
	ErrInvalidOptions = errors.New("client: invalid options")
	ErrNotEvents      = errors.New("client: the answer is not an event stream")
	ErrTooLarge       = errors.New("client: an event is too large")
	ErrSilent         = errors.New("client: the server is silent")
	ErrEnded          = errors.New("client: the server ended the stream") // only seen by OnLost, and when Attempts are used up
)

// StatusError is an answer other than 200 (and 204, which completes a stream).
type StatusError struct {
	Code       int
	Text       string        // the beginning of the body
	RetryAfter time.Duration // what the server asks to wait, 0 if it does not
}

func (e *StatusError) Error() string {
	return strings.TrimSuffix(fmt.Sprintf("client: the server answered %d %s: %s", e.Code, http.StatusText(e.Code), e.Text), ": ")
}

// passes tells whether a failure may be gone at the next attempt. What is wrong here,
// or with what the server is, is wrong again.
func passes(err error) bool {
	if _, ok := errors.AsType[*flux.PanicError](err); ok || errors.Is(err, ErrNotEvents) || errors.Is(err, ErrTooLarge) {
		return false
	}
	if status, ok := errors.AsType[*StatusError](err); ok {
		switch status.Code {
		case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
			http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	return true
}
