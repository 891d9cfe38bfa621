package ssehttp

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// shards are made when the first connection is taken over, so that a server
// that never streams has no goroutine.
type shards struct {
	mu   sync.Mutex
	list []*shard
	err  error // why there are none

	made atomic.Pointer[[]*shard] // list once complete, read by every request
	turn atomic.Uint32            // spreads connections evenly
}

func (h *shards) next(s *Server) (*shard, error) {
	list := h.made.Load()
	if list == nil {
		if err := h.make(s); err != nil {
			return nil, err
		}
		list = h.made.Load()
	}
	return (*list)[h.turn.Add(1)%uint32(len(*list))], nil
}

func (h *shards) make(s *Server) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil || h.made.Load() != nil {
		return h.err
	}
	for i := range runtime.GOMAXPROCS(0) {
		sh, err := newShard(s, i)
		if err != nil {
			h.err = err
			h.each(func(sh *shard) { sh.end() })
			return err
		}
		h.list = append(h.list, sh)
	}
	h.made.Store(&h.list)
	return nil
}

func (h *shards) each(f func(*shard)) {
	for _, sh := range h.list {
		f(sh)
	}
}

// leave asks every connection to go, with a form of farewell as the last thing
// it hears.
func (h *shards) leave(f *farewell) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.each(func(sh *shard) { sh.leave(f) })
}

// end closes what is left and ends the goroutines.
func (h *shards) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err == nil {
		h.err = errShutDown
		h.each(func(sh *shard) { sh.end() })
	}
}

var errShutDown = errors.New("ssehttp: the server was shut down")

func (s *shard) leave(f *farewell) {
	s.mu.Lock()
	s.leaving, s.farewell = true, f
	s.unlockAndWake()
}

func (s *shard) end() {
	s.mu.Lock()
	s.quit = true
	s.unlockAndWake()
}
