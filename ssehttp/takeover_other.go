//go:build !linux

package ssehttp

import "net"

// outlet gives every connection a goroutine: only Linux has epoll.
func (s *Server) outlet(net.Conn) outlet { return newStream(s) }

// shards are a thing of Linux.
type shards struct{}

func (*shards) leave([][]byte) {}
func (*shards) end()           {}
