//go:build !linux

package load

import (
	"context"
	"errors"
	"time"
)

// Run is only there on Linux: the load generator stands on epoll.
func Run(context.Context, Options) (Result, error) {
	return Result{}, errors.New("the load generator needs Linux (epoll, /proc)")
}

// ResidentKiB is only there on Linux.
func ResidentKiB(int) (int64, error) {
	return 0, errors.New("memory is read from /proc, which Linux has")
}

// RaiseFileLimit leaves the limit as Go's runtime has set it.
func RaiseFileLimit(int) error { return nil }

// MachineCPU is only there on Linux; elsewhere it is 0.
func MachineCPU() time.Duration { return 0 }
