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

// clampWindow lets the kernel announce as little room as it can.
func clampWindow(t *testing.T, c *client) {
	t.Helper()
	shrink(t, c, 1)
	raw, err := c.Conn.(syscall.Conn).SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_WINDOW_CLAMP, 1)
	}))
}

// deafen makes the kernel throw away what comes for a socket: to its peer, the machine
// is gone.
func deafen(t *testing.T, c *client) {
	t.Helper()
	sc, ok := c.Conn.(syscall.Conn)
	if !ok {
		sc = c.Conn.(interface{ NetConn() net.Conn }).NetConn().(syscall.Conn)
	}
	raw, err := sc.SyscallConn()
	require.NoError(t, err)
	nothing := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0}}
	var failed error
	require.NoError(t, raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &nothing[0]})
	}))
	require.NoError(t, failed)
}
