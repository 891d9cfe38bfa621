package ssehttp

import (
	"errors"
	"fmt"
	"net/http"
)

// StatusError is an error that says which HTTP status answers the request. Make
// one with [Status]; find it with errors.As.
type StatusError struct {
	// Code is the HTTP status.
	Code int
	// Message is sent to the client as it stands.
	Message string
}

// Error gives the code and the message.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%d %s: %s", e.Code, http.StatusText(e.Code), e.Message)
}

// Status makes an error that a handler returns to answer with an HTTP status
// instead of a stream; message is the body and is sent as it stands. 204 tells
// an EventSource not to come back. A code outside 204..599 is a mistake of the
// program: the client gets a 500. Every other error of a handler is a 500 too,
// whose text is logged and not sent.
func Status(code int, message string) error { return &StatusError{code, message} }

// statusOf gives what a client may learn of a handler's error.
func statusOf(err error) (code int, message string) {
	var s *StatusError
	if errors.As(err, &s) && s.Code >= http.StatusNoContent && s.Code < 600 {
		if s.Message == "" {
			return s.Code, http.StatusText(s.Code)
		}
		return s.Code, s.Message
	}
	return http.StatusInternalServerError, http.StatusText(http.StatusInternalServerError)
}
