//go:build !linux

package ssehttp

import (
	"errors"
	"fmt"
	"syscall"
)

func deferAccept(_, _ string, _ syscall.RawConn) error { return nil }

func reusePort(_, _ string, _ syscall.RawConn) error {
	return fmt.Errorf("ssehttp: SO_REUSEPORT: %w", errors.ErrUnsupported)
}
