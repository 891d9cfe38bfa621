//go:build !linux

package main

import "syscall"

// smallWindow is only known on Linux, which the load generator needs anyway.
func smallWindow(_, _ string, _ syscall.RawConn) error { return nil }
