//go:build !linux

package ssehttp

import "syscall"

func deferAccept(_, _ string, _ syscall.RawConn) error { return nil }
