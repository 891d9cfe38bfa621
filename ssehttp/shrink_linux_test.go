package ssehttp

import (
	"net"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// shrink makes the client's receive buffer small, so that it is full soon: on
// loopback the kernel's buffers would hide a slow reader. In a buffer of the
// least size only a few KiB a second arrive.
func shrink(t *testing.T, c *client, size int) {
	t.Helper()
	sc, ok := c.Conn.(syscall.Conn)
	if !ok {
		sc = c.Conn.(interface{ NetConn() net.Conn }).NetConn().(syscall.Conn)
	}
	raw, err := sc.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, size)
		if size < 8<<10 {
			_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, 536)
		}
	}))
}
