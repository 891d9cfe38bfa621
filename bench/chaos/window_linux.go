package main

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// smallWindow has a socket announce the smallest window that the kernel gives.
func smallWindow(_, _ string, raw syscall.RawConn) error {
	var err error
	set := func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 1) // raised to about 2 KiB
		if err == nil {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_WINDOW_CLAMP, 1) // raised to half of that
		}
	}
	if e := raw.Control(set); e != nil {
		return e
	}
	return err
}
