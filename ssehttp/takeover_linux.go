package ssehttp

import (
	"context"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// outlet chooses the transport of a connection.
func (s *Server) outlet(nc net.Conn) outlet {
	if !bare(nc) {
		return newStream(s)
	}
	sh := s.shard()
	if sh == nil {
		return newStream(s)
	}
	c := &socket{shard: sh, fd: -1}
	c.init(s, c)
	return c
}

// httpSocket is the outlet for a connection of net/http, which can be seen only
// when the handler has returned; nil if none can be taken over.
func (s *Server) httpSocket(values context.Context) outlet {
	sh := s.shard()
	if sh == nil {
		return nil
	}
	c := &httpSocket{socket: socket{shard: sh, fd: -1}, values: values}
	c.init(s, c)
	return c
}

// httpSocket is a socket whose context has the values of net/http's.
type httpSocket struct {
	socket
	values context.Context
}

func (c *httpSocket) context() context.Context { return httpContext{&c.streamContext, c.values} }

// shard is the one for the next connection, or nil.
func (s *Server) shard() *shard {
	if s.opts.Goroutines {
		return nil
	}
	sh, err := s.shards.next(s)
	if err != nil {
		s.opts.Logger.Error("ssehttp: no shard; the connection gets a goroutine", "error", err)
		return nil
	}
	return sh
}

// bare tells whether a connection can be taken over: any type but those of package
// net (TLS, fasthttp's MaxConnsPerIP, a listener's own wrapper) may do something to
// the bytes, or count on being closed.
func bare(nc net.Conn) bool {
	switch nc.(type) {
	case *net.TCPConn, *net.UnixConn:
		return true
	}
	return false
}

// duplicate gives a descriptor of our own for the socket under nc.
func duplicate(nc net.Conn) (fd int, err error) {
	if w := under(nc); w != nil {
		nc = w
	}
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return 0, os.ErrInvalid
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return 0, err
	}
	var dupErr error
	err = raw.Control(func(own uintptr) {
		fd, dupErr = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err == nil {
		err = os.NewSyscallError("fcntl", dupErr)
	}
	return fd, err
}

// limitSilence makes the kernel give up on a client that no longer acknowledges
// anything, a little after the stall timeout would have caught one that does:
// the few bytes of a heartbeat always fit into the socket, so without it a
// client that vanished would be kept for a quarter of an hour.
func limitSilence(fd int, stall time.Duration) {
	if stall < time.Hour {
		ms := int((stall + 5*time.Second).Milliseconds())
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, ms) // not TCP: not needed
	}
}

// limitSilenceOf does it for the socket of a connection that keeps its goroutine.
func limitSilenceOf(nc net.Conn, stall time.Duration) {
	t, ok := bottom(nc).(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := t.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { limitSilence(int(fd), stall) })
	}
}
