package flux

import "sync/atomic"

// solo lets one goroutine at a time do what any of several may find to do: the
// drain loop of the kernels.
//
// INVARIANTS: the count is above 0 while somebody is at it. Who raises it from 0
// is; it takes off what it has seen when there is nothing more to do, and looks
// again if more was added meanwhile, so that nothing stays undone. Everybody else
// returns at once.
type solo struct{ wip atomic.Int32 }

// add tells of something to do. step does a part of it, and returns false when
// there is none; it is called by this goroutine or by the one that is at it.
func (s *solo) add(step func() (more bool)) {
	if s.wip.Add(1) == 1 {
		s.run(step)
	}
}

// enter makes the caller the one who is at it, if nobody is: for a value that may go
// straight through. leave undoes that; false means that something was added meanwhile,
// and the caller must run.
func (s *solo) enter() bool { return s.wip.CompareAndSwap(0, 1) }
func (s *solo) leave() bool { return s.wip.Add(-1) == 0 }

// alone tells whoever is at it whether nothing was added since it entered.
func (s *solo) alone() bool { return s.wip.Load() == 1 }

// run is for whoever is at it: it does all there is to do, and leaves.
func (s *solo) run(step func() (more bool)) {
	for seen := s.wip.Load(); seen != 0; seen = s.wip.Add(-seen) {
		for step() {
		}
	}
}
