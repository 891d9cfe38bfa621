package ssehttp

import (
	"context"
	"fmt"
	"net"
	"runtime"
)

// Listen opens a TCP listener for many connections that live long; pass it to
// fasthttp's Serve. A connection is accepted once its request has begun to come
// (on Linux, TCP_DEFER_ACCEPT), and a worker gets to run before the next one is
// accepted. So when thousands connect at the same moment a few workers serve them
// one after another, instead of thousands of workers, whose stacks would stay in
// memory, waiting for their requests. addr is as for net.Listen; errors are its.
//
// ctx ends the looking up of addr, not the listener; a nil ctx is an error that
// wraps [ErrInvalidOptions].
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	if ctx == nil {
		return nil, fmt.Errorf("%w: Listen(nil, %q): the context must not be nil", ErrInvalidOptions, addr)
	}
	config := net.ListenConfig{Control: deferAccept}
	ln, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return patientListener{ln}, nil
}

// patientListener lets others run between two connections.
type patientListener struct{ net.Listener }

func (l patientListener) Accept() (net.Conn, error) {
	runtime.Gosched()
	return l.Listener.Accept()
}
