//go:build !linux

package load

import (
	"context"
	"errors"
)

// Run is only there on Linux: the load generator stands on epoll.
func Run(context.Context, Options) (Result, error) {
	return Result{}, errors.New("the load generator needs Linux (epoll, /proc)")
}
