//go:build !linux

package main

import (
	"errors"
	"net"
)

func serveRawLoop(net.Listener, *audience) (func(event), error) {
	return nil, errors.New("kind rawloop needs Linux")
}
