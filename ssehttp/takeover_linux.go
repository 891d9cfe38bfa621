package ssehttp

import (
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// outlet chooses the transport of a connection. Only a bare socket can be taken
// over: any other type (TLS, fasthttp's MaxConnsPerIP, a listener's own
// wrapper) may do something to the bytes, or count on being closed.
func (s *Server) outlet(nc net.Conn) outlet {
	switch nc.(type) {
	case *net.TCPConn, *net.UnixConn:
		if s.opts.Goroutines {
			break
		}
		sh, err := s.shards.next(s)
		if err != nil {
			s.opts.Logger.Error("ssehttp: no shard; the connection gets a goroutine", "error", err)
			break
		}
		c := &socket{shard: sh, fd: -1}
		c.init(s, c)
		return c
	}
	return newStream(s)
}

// duplicate gives a descriptor of our own for the socket under nc.
func duplicate(nc net.Conn) (fd int, err error) {
	sc, ok := under(nc).(syscall.Conn)
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
