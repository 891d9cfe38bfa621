package conformance

import (
	"context"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// timed is a cold source: each subscription replays the events at offsets from
// its start. It honours demand with an unbounded queue, behind which the
// terminal waits.
type timed struct {
	r       *rig
	moments []moment
}

func (t timed) Subscribe(_ context.Context, s flux.Subscriber[any]) {
	sub := &timedSubscription{down: s}
	s.OnSubscribe(sub)
	for _, m := range t.moments {
		if sub.ended() {
			return
		}
		if m.at == 0 {
			sub.fire(t.r, m.events)
			continue
		}
		sub.own(t.r.after(m.at, func() { sub.fire(t.r, m.events) }))
	}
}

// timedSubscription drains its queue on one goroutine at a time: draining is
// true while one does, and the others only add to demand and queue.
type timedSubscription struct {
	down flux.Subscriber[any]

	mu       sync.Mutex
	queue    []event
	timers   []*time.Timer
	demand   int64
	draining bool
	over     bool
}

func (s *timedSubscription) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

func (s *timedSubscription) own(t *time.Timer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		t.Stop()
	}
	s.timers = append(s.timers, t)
}

func (s *timedSubscription) fire(r *rig, events []event) {
	r.step()
	s.mu.Lock()
	if !s.over {
		s.queue = append(s.queue, events...)
	}
	s.mu.Unlock()
	s.drain()
}

func (s *timedSubscription) drain() {
	s.mu.Lock()
	if s.draining {
		s.mu.Unlock()
		return
	}
	s.draining = true
	for !s.over && len(s.queue) > 0 {
		e := s.queue[0]
		if !e.end && s.demand == 0 {
			break
		}
		s.queue = s.queue[1:]
		if e.end {
			s.stop()
		} else if s.demand != flux.Unbounded {
			s.demand--
		}
		s.mu.Unlock()
		deliver(s.down, e)
		s.mu.Lock()
	}
	s.draining = false
	s.mu.Unlock()
}

// stop is called with mu held.
func (s *timedSubscription) stop() {
	s.over = true
	for _, t := range s.timers {
		t.Stop()
	}
}

func (s *timedSubscription) Request(n int64) {
	if n <= 0 {
		return
	}
	s.mu.Lock()
	s.demand = plus(s.demand, n)
	s.mu.Unlock()
	s.drain()
}

func (s *timedSubscription) Cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
}

func deliver(s flux.Subscriber[any], e event) {
	switch {
	case !e.end:
		s.OnNext(e.v)
	case e.fail != nil:
		s.OnError(e.fail)
	default:
		s.OnComplete()
	}
}

// plus adds demands, saturating.
func plus(a, b int64) int64 {
	if s := a + b; s >= 0 {
		return s
	}
	return flux.Unbounded
}
