//go:build !linux

package ssehttp

import (
	"context"
	"net"
	"time"
)

// outlet gives every connection a goroutine: only Linux has epoll.
func (s *Server) outlet(net.Conn) outlet { return newStream(s) }

func (s *Server) httpSocket(context.Context) outlet { return nil }

func bare(net.Conn) bool { return false }

// limitSilenceOf leaves it to the system how long a client may be silent.
func limitSilenceOf(net.Conn, time.Duration) {}

// shards are a thing of Linux.
type shards struct{}

func (*shards) leave(*farewell) {}
func (*shards) end()            {}

func (*shards) stats() []ShardStats { return nil }

func (*shards) survey(int) []StreamInfo { return nil }

func (*shards) laggards() []laggard { return nil }
