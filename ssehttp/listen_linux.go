package ssehttp

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// patienceForRequest is how many seconds the kernel keeps a connection back whose
// client says nothing; then it is accepted all the same, and fasthttp's
// ReadTimeout decides.
const patienceForRequest = 5

func deferAccept(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		// Where it cannot be had (not TCP) the listener works without.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, patienceForRequest)
	})
}

func reusePort(network, address string, raw syscall.RawConn) error {
	var failed error
	if err := raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	}); err != nil {
		return err
	}
	if failed != nil {
		return os.NewSyscallError("setsockopt SO_REUSEPORT", failed)
	}
	return deferAccept(network, address, raw)
}
