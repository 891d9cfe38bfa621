package ssehttp

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"syscall"
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
	return listen(ctx, "Listen", addr, deferAccept)
}

// ListenShared is [Listen] for an address that other processes may listen on as
// well (SO_REUSEPORT), of the same user: the kernel spreads new connections over
// them. Several processes can serve one port so, and a new version of a server can
// begin before the old one is shut down. Where the system has no such thing the
// error matches errors.ErrUnsupported.
//
// A connection whose request has not come when its process closes its listener is
// reset, and its client tries again.
func ListenShared(ctx context.Context, addr string) (net.Listener, error) {
	return listen(ctx, "ListenShared", addr, reusePort)
}

func listen(ctx context.Context, name, addr string, control func(network, address string, c syscall.RawConn) error) (net.Listener, error) {
	if ctx == nil {
		return nil, fmt.Errorf("%w: %s(nil, %q): the context must not be nil", ErrInvalidOptions, name, addr)
	}
	config := net.ListenConfig{Control: control}
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
