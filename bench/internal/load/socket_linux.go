package load

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The socket options of a connection that never reads: small segments and the
// smallest receive buffer, or the kernel would read megabytes on its behalf.
const (
	slowSegment = 536
	slowBuffer  = 1 // the kernel raises it to its minimum, about 2 KiB
)

// dial starts a connection from the source address to the target and does not
// wait for it. The caller owns the descriptor.
func dial(t target, from [4]byte, slow bool) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := prepare(fd, from, slow); err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(t.addr.Port()), Addr: t.addr.Addr().As4()})
	if err != nil && !errors.Is(err, unix.EINPROGRESS) {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// prepare sets what must be set before connect. The port is chosen at connect
// (IP_BIND_ADDRESS_NO_PORT), so that a port can serve several destinations.
func prepare(fd int, from [4]byte, slow bool) error {
	if slow {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_MAXSEG, slowSegment); err != nil {
			return err
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, slowBuffer); err != nil {
			return err
		}
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
		return err
	}
	return unix.Bind(fd, &unix.SockaddrInet4{Addr: from})
}

// readSome is read(2) without telling Go's scheduler: the descriptor is
// non-blocking, so the call is short, and there are a great many of them.
func readSome(fd int, buf []byte) (int, unix.Errno) {
	n, _, e := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
	return int(n), e
}

// spareFiles is what a run needs besides its connections.
const spareFiles = 64
