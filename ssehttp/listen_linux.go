package ssehttp

import (
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
