package flux

import "sync/atomic"

// solo lets one goroutine at a time do what any of several may find to do: the
// drain loop of the kernels whose every step is alike.
//
// INVARIANTS: the count is above 0 while somebody is at it. Who raises it from 0
// is; it takes off what it has seen when there is nothing more to do, and looks
// again if more was added meanwhile, so that nothing stays undone. Everybody else
// returns at once.
type solo struct{ wip atomic.Int32 }

// add tells of something to do. step does a part of it, and returns false when
// there is none; it is called by this goroutine or by the one that is at it.
func (s *solo) add(step func() (more bool)) {
	if s.wip.Add(1) != 1 {
		return
	}
	for seen := s.wip.Load(); seen != 0; seen = s.wip.Add(-seen) {
		for step() {
		}
	}
}
