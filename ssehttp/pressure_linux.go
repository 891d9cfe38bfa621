package ssehttp

import "time"

// report adds what came to wait, or no longer does, to the server's total.
func (s *shard) report() {
	if n := s.pending - s.reported; n != 0 {
		s.reported = s.pending
		s.srv.waits(n)
	}
}

// laggards gives the streams of all shards for which bytes wait.
func (h *shards) laggards() (list []laggard) {
	for _, of := range collect(h, (*shard).laggards) {
		list = append(list, of...)
	}
	return list
}

func (s *shard) laggards() (list []laggard) {
	if s.pending == 0 {
		return nil
	}
	for _, c := range s.table.sockets {
		if c != nil && c.late != nil {
			idle := time.Duration(s.tick-c.wrote) * s.clock.tick
			list = append(list, laggard{c, int64(c.late.size), idle})
		}
	}
	return list
}

func (c *socket) evict(done func()) {
	s := c.shard
	asked := s.ask(func() {
		if c.late != nil {
			c.close(Evicted)
			s.report()
		}
		done()
	})
	if !asked {
		done()
	}
}

// crowded says that more waits for the client than may.
func (c *socket) crowded() bool {
	most := c.srv.opts.Limits.PendingPerStream
	return most > 0 && int64(c.late.size) > most
}
