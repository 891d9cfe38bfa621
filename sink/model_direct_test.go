package sink_test

import (
	"fmt"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"pgregory.net/rapid"
)

type modelSub struct {
	id, seen int
	demand   int64
	in, gone bool
	log      []string

	// Of a subscriber with a policy.
	policy string
	shelf  []int
	busy   bool // in OnNext
	bad    bool // asked for n <= 0, and is still in OnNext
	over   bool // the sink has ended, but not yet this subscriber
}

// model is a direct sink: a list of subscribers, and a queue in which values and
// joining subscribers stand in the order of their calls.
type model struct {
	all      bool // all or nothing
	unicast  bool // UnicastError
	known    bool
	limit    int
	scripts  scripts
	subs     []*modelSub
	queue    []any // int: a value; *modelSub: one that joins
	busy     bool
	closed   bool
	terminal string
	results  []string

	cancelled bool
}

func (m *model) emit(v int) sink.Result {
	values := 0
	for _, e := range m.queue {
		if _, ok := e.(int); ok {
			values++
		}
	}
	switch {
	case m.closed && m.cancelled:
		return sink.FailCancelled
	case m.closed:
		return sink.FailTerminated
	case m.busy && values == m.limit:
		return sink.FailNonSerialized
	case m.busy:
		m.queue = append(m.queue, v)
		return sink.Handed
	case m.subscribers() == 0:
		return sink.FailZeroSubscriber
	}
	m.busy = true
	r := m.deliver(v)
	m.drain()
	return r
}

func (m *model) end(err error) sink.Result {
	switch {
	case m.closed && m.cancelled:
		return sink.FailCancelled
	case m.closed:
		return sink.FailTerminated
	case m.unicast && !m.known:
		return sink.FailZeroSubscriber
	}
	m.closed = true
	m.terminal = "complete"
	if err != nil {
		m.terminal = err.Error()
	}
	if m.busy {
		return sink.Handed
	}
	m.busy = true
	m.drain()
	return sink.OK
}

func (m *model) drain() {
	for len(m.queue) > 0 {
		if s, ok := m.queue[0].(*modelSub); ok {
			m.queue = m.queue[1:]
			s.in = true
			continue
		}
		// Values leave the queue up to 32 at a time, which makes room.
		n := 0
		for n < min(32, len(m.queue)) {
			if _, ok := m.queue[n].(int); !ok {
				break
			}
			n++
		}
		batch := m.queue[:n]
		m.queue = m.queue[n:]
		for _, v := range batch {
			m.deliver(v.(int))
		}
	}
	if m.closed {
		for _, s := range m.subs {
			m.end1(s)
		}
	}
	m.busy = false
}

// end1 ends one subscriber with the sink: at once, but for what its policy kept.
func (m *model) end1(s *modelSub) {
	if s.gone || s.over {
		return
	}
	s.over = true
	if m.terminal != "complete" {
		s.shelf = nil
		s.finish(m.terminal)
		return
	}
	m.serve(s)
}

func (s *modelSub) finish(terminal string) {
	if !s.gone {
		s.gone = true
		s.log = append(s.log, terminal)
	}
}

// offer gives a value to a subscriber with a policy, or leaves it on its shelf. It
// tells whether the subscriber may get it, or one in its place.
func (m *model) offer(s *modelSub, v int) bool {
	if !s.busy && len(s.shelf) == 0 && s.demand > 0 {
		m.give(s, v)
		m.serve(s)
		return true
	}
	switch s.policy {
	case "latest":
		s.shelf = []int{v}
		return true
	case "conflate":
		for i, w := range s.shelf {
			if w%3 == v%3 {
				s.shelf[i] = v
				return true
			}
		}
		s.shelf = append(s.shelf, v)
		return true
	case "gap":
		if len(s.shelf) == 0 {
			s.shelf = []int{0}
		}
		s.shelf[0]--
	case "kick":
		s.finish(sink.ErrOverflow.Error())
	}
	return false
}

// serve sends what is on the shelf.
func (m *model) serve(s *modelSub) {
	for !s.busy && !s.gone && len(s.shelf) > 0 && s.demand > 0 {
		v := s.shelf[0]
		s.shelf = s.shelf[1:]
		m.give(s, v)
	}
	if s.over && !s.busy && len(s.shelf) == 0 {
		s.finish("complete")
	}
}

// give is OnNext.
func (m *model) give(s *modelSub, v int) {
	if s.demand != flux.Unbounded {
		s.demand--
	}
	s.log = append(s.log, fmt.Sprint(v))
	s.seen++
	if a, ok := m.scripts[[2]int{s.id, s.seen}]; ok {
		s.busy = s.policy != ""
		line := run(m, a) // which may add lines itself
		m.results = append(m.results, line)
		s.busy = false
	}
}

func (m *model) deliver(v int) sink.Result {
	here := append([]*modelSub{}, m.subs...)
	delivered, missed := 0, 0
	for _, s := range here {
		if s.in && !s.gone && s.demand == 0 {
			missed++
		}
	}
	if m.all && missed > 0 {
		return sink.FailOverflow
	}
	missed = 0
	for _, s := range here {
		switch {
		case !s.in || s.gone || s.over:
		case s.policy != "":
			if m.offer(s, v) {
				delivered++
			} else {
				missed++
			}
		case s.demand == 0:
			missed++
		default:
			delivered++
			m.give(s, v)
		}
	}
	switch {
	case delivered > 0:
		return sink.OK
	case missed > 0:
		return sink.FailOverflow
	}
	return sink.FailZeroSubscriber
}

func (m *model) subscribe(demand int64, policy string) {
	s := &modelSub{id: len(m.subs), demand: demand, policy: policy}
	m.subs = append(m.subs, s)
	if m.unicast && m.known {
		s.finish("taken")
		return
	}
	m.known = true
	switch {
	case m.closed:
		s.finish(m.terminal)
	case m.busy:
		m.queue = append(m.queue, s)
	default:
		s.in = true
	}
}

func (m *model) canAct(who int) bool { return who < len(m.subs) }

func (m *model) request(who int, n int64) {
	s := m.subs[who]
	switch {
	case s.gone:
	case n <= 0:
		s.finish("bad request")
		m.left()
	default:
		s.raise(n)
		m.serve(s)
	}
}

func (s *modelSub) raise(n int64) {
	if s.demand += n; s.demand < 0 {
		s.demand = flux.Unbounded
	}
}

func (m *model) cancel(who int) {
	m.subs[who].gone = true
	m.left()
}

// left cancels a unicast sink whose subscriber has left.
func (m *model) left() {
	if m.unicast && !m.closed && m.subscribers() == 0 {
		m.closed, m.cancelled, m.terminal = true, true, "complete"
	}
}

func (m *model) subscribers() int { return present(m.subs) }

func present(subs []*modelSub) int {
	n := 0
	for _, s := range subs {
		if !s.gone && !s.over {
			n++
		}
	}
	return n
}

func (m *model) outcome() ([]*modelSub, []string) { return m.subs, m.results }

func TestADirectSinkBehavesLikeItsModelAlsoWhenSubscribersActInsideOnNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.Bool().Draw(t, "all or nothing")
		limit := rapid.IntRange(1, 40).Draw(t, "hand-off")
		compare(t, rapid.IntRange(1, 40).Draw(t, "subscribers"), func(in scripts) (modelled, sink.Many[int]) {
			m, o := &model{all: all, limit: limit, scripts: in}, sink.Options{HandOff: limit}
			if all {
				return m, sink.DirectAllOrNothing[int](o)
			}
			return m, sink.DirectBestEffort[int](o)
		})
	})
}

func TestABestEffortSinkBehavesLikeItsModelUnderEveryPolicy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		compare(t, rapid.IntRange(1, 12).Draw(t, "subscribers"), func(in scripts) (modelled, sink.Many[int]) {
			return &model{limit: 16, scripts: in}, sink.DirectBestEffort[int](sink.Options{HandOff: 16})
		}, "", "drop", "latest", "kick", "conflate", "gap")
	})
}

func TestAUnicastSinkWithoutABufferBehavesLikeItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		compare(t, 3, func(in scripts) (modelled, sink.Many[int]) {
			return &model{all: true, unicast: true, limit: 4, scripts: in}, sink.UnicastError[int](sink.Options{HandOff: 4})
		})
	})
}
