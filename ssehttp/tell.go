package ssehttp

import (
	"net"
	"time"
)

// What the hooks are told, and by whom: openings and refusals by the goroutine of
// the request, the rest by the transport.

func (c *conn) tellOpened() {
	o := &c.srv.observers
	if !o.hear(hearsOpened) {
		return
	}
	i := c.about()
	o.tell(hearsOpened, func(h Hook) { h.(StreamOpenedHook).OnStreamOpened(i) })
}

func (c *conn) tellClosed(r Reason) {
	o := &c.srv.observers
	if !o.hear(hearsClosed) {
		return
	}
	e := StreamClosed{StreamInfo: c.about(), Reason: r}
	e.Lasted = time.Since(e.Opened)
	o.tell(hearsClosed, func(h Hook) { h.(StreamClosedHook).OnStreamClosed(e) })
}

func (s *Server) tellRefused(err error, path string, from net.Addr) {
	if !s.observers.hear(hearsRefused) {
		return
	}
	code, _ := statusOf(err)
	r := RequestRefused{Path: path, RemoteAddr: addressText(from), Cause: causeOf(err), Status: code, Err: err}
	s.observers.tell(hearsRefused, func(h Hook) { h.(RequestRefusedHook).OnRequestRefused(r) })
}

func (s *Server) tellStalled(i StreamInfo) {
	s.observers.tell(hearsStalled, func(h Hook) { h.(StreamStalledHook).OnStreamStalled(i) })
}

func (s *Server) tellResumed(r StreamResumed) {
	s.observers.tell(hearsResumed, func(h Hook) { h.(StreamResumedHook).OnStreamResumed(r) })
}

func (s *Server) tellTurn(t ShardTurn) {
	if s.observers.hear(hearsTurns) {
		s.observers.tell(hearsTurns, func(h Hook) { h.(ShardTurnHook).OnShardTurn(t) })
	}
}
