package sink_test

import (
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"pgregory.net/rapid"
)

// bufferModel is a sink with one buffer, for one goroutine.
type bufferModel struct {
	limit      int
	autoCancel bool
	unicast    bool // one subscriber; an error waits
	scripts    scripts

	subs                           []*modelSub
	buffer                         []int
	busy, closed, cancelled, ended bool
	known                          bool
	terminal                       string
	results                        []string
}

func (m *bufferModel) outcome() ([]*modelSub, []string) { return m.subs, m.results }
func (m *bufferModel) subscribers() int                 { return present(m.subs) }
func (m *bufferModel) canAct(who int) bool              { return who < len(m.subs) }

func (m *bufferModel) emit(v int) sink.Result {
	switch {
	case m.closed && m.cancelled:
		return sink.FailCancelled
	case m.closed:
		return sink.FailTerminated
	case len(m.buffer) == m.limit && m.subscribers() == 0:
		return sink.FailZeroSubscriber
	case len(m.buffer) == m.limit:
		return sink.FailOverflow
	}
	m.buffer = append(m.buffer, v)
	m.drain()
	return sink.OK
}

func (m *bufferModel) end(err error) sink.Result {
	switch {
	case m.closed && m.cancelled:
		return sink.FailCancelled
	case m.closed:
		return sink.FailTerminated
	}
	m.closed, m.terminal = true, "complete"
	if err != nil {
		m.terminal = err.Error()
		if !m.unicast {
			m.buffer = nil
		}
	}
	if m.busy {
		return sink.Handed
	}
	m.drain()
	return sink.OK
}

// drain sends what can be sent: a value when all who are there have demand, the
// terminal when nothing waits.
func (m *bufferModel) drain() {
	if m.busy {
		return
	}
	m.busy = true
	for m.next() {
	}
	m.busy = false
}

func (m *bufferModel) next() bool {
	var here []*modelSub
	for _, s := range m.subs {
		if s.gone {
			continue
		}
		s.in = true
		here = append(here, s)
	}
	if m.closed && !m.ended && len(m.buffer) == 0 {
		m.ended = true
		for _, s := range here {
			s.finish(m.terminal)
		}
		return false
	}
	if len(m.buffer) == 0 || len(here) == 0 {
		return false
	}
	for _, s := range here {
		if s.demand == 0 {
			return false
		}
	}
	v := m.buffer[0]
	m.buffer = m.buffer[1:]
	for _, s := range here {
		if !s.gone {
			m.give(s, v)
		}
	}
	return true
}

func (m *bufferModel) give(s *modelSub, v int) {
	d := &model{scripts: scripts{}}
	d.give(s, v)
	if a, ok := m.scripts[[2]int{s.id, s.seen}]; ok {
		line := run(m, a) // which may add lines itself
		m.results = append(m.results, line)
	}
}

func (m *bufferModel) subscribe(demand int64, _ string) {
	s := &modelSub{id: len(m.subs), demand: demand}
	m.subs = append(m.subs, s)
	switch {
	case m.unicast && m.known:
		s.finish("taken")
	case m.closed && (m.ended || m.cancelled || len(m.buffer) == 0):
		s.finish(m.terminal)
	}
	m.known = true
	m.drain()
}

func (m *bufferModel) request(who int, n int64) {
	s := m.subs[who]
	if s.gone {
		return
	}
	if n <= 0 {
		s.finish("bad request")
		m.left()
	} else {
		s.raise(n)
	}
	m.drain()
}

func (m *bufferModel) cancel(who int) {
	if s := m.subs[who]; !s.gone {
		s.gone = true
		m.left()
		m.drain()
	}
}

func (m *bufferModel) left() {
	if !m.autoCancel || m.ended || m.subscribers() > 0 {
		return
	}
	if !m.closed {
		m.closed, m.cancelled, m.terminal = true, true, "complete"
	}
	m.buffer = nil
}

func TestABufferedSinkBehavesLikeItsModelAlsoWhenSubscribersActInsideOnNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, keep := rapid.IntRange(1, 10).Draw(t, "limit"), rapid.Bool().Draw(t, "keep open")
		compare(t, rapid.IntRange(1, 12).Draw(t, "subscribers"), func(in scripts) (modelled, sink.Many[int]) {
			return &bufferModel{limit: limit, autoCancel: !keep, scripts: in}, sink.MulticastBuffer[int](limit, sink.Options{KeepOpen: keep})
		})
	})
}

func TestAUnicastSinkWithABufferBehavesLikeItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 10).Draw(t, "limit")
		compare(t, 3, func(in scripts) (modelled, sink.Many[int]) {
			m := &bufferModel{limit: limit, autoCancel: true, unicast: true, scripts: in}
			if limit > 0 {
				return m, sink.UnicastBounded[int](limit)
			}
			m.limit = 1 << 30
			return m, sink.UnicastBuffer[int]()
		})
	})
}

// replayModel is a replaying sink, or a sink of one value, for one goroutine.
type replayModel struct {
	count   int
	one     bool
	scripts scripts

	subs     []*modelSub
	log      []int
	closed   bool
	done     bool // of a sink of one: no more signals are taken
	terminal string
	results  []string
}

func (m *replayModel) outcome() ([]*modelSub, []string) { return m.subs, m.results }
func (m *replayModel) canAct(who int) bool              { return who < len(m.subs) }

func (m *replayModel) subscribers() int {
	if m.closed {
		return 0
	}
	return present(m.subs)
}

func (m *replayModel) emit(v int) sink.Result {
	if m.closed || m.done {
		return sink.FailTerminated
	}
	m.done = m.one
	m.log = append(m.log, v)
	m.walk()
	if m.one {
		m.close("complete")
	}
	return sink.OK
}

func (m *replayModel) end(err error) sink.Result {
	if m.closed || m.done {
		return sink.FailTerminated
	}
	m.done = m.one
	if err != nil {
		m.close(err.Error())
	} else {
		m.close("complete")
	}
	return sink.OK
}

func (m *replayModel) close(terminal string) {
	m.closed, m.terminal = true, terminal
	m.walk()
}

func (m *replayModel) walk() {
	for _, s := range append([]*modelSub{}, m.subs...) {
		m.serve(s)
	}
}

// serve sends a subscriber what it has demand for; its shelf is what is to come.
func (m *replayModel) serve(s *modelSub) {
	for !s.busy && !s.gone && s.in {
		switch {
		case s.bad:
			s.finish("bad request")
		case len(s.shelf) == len(m.log) && m.closed:
			s.finish(m.terminal)
		case len(s.shelf) == len(m.log) || s.demand == 0:
			return
		default:
			v := m.log[len(s.shelf)]
			s.shelf = m.log[:len(s.shelf)+1]
			s.busy = true
			(&model{scripts: scripts{}}).give(s, v)
			if a, ok := m.scripts[[2]int{s.id, s.seen}]; ok {
				line := run(m, a) // which may add lines itself
				m.results = append(m.results, line)
			}
			s.busy = false
		}
	}
}

func (m *replayModel) subscribe(demand int64, _ string) {
	s := &modelSub{id: len(m.subs), demand: demand, in: true, shelf: m.log[:max(0, len(m.log)-m.count)]}
	m.subs = append(m.subs, s)
	m.serve(s)
}

func (m *replayModel) request(who int, n int64) {
	s := m.subs[who]
	if s.gone || s.bad || n > 0 && s.demand == flux.Unbounded {
		return
	}
	if n > 0 {
		s.raise(n)
	}
	s.bad = n <= 0
	m.serve(s)
}

func (m *replayModel) cancel(who int) {
	if s := m.subs[who]; !s.bad {
		s.gone = true
	}
}

func TestAReplayingSinkBehavesLikeItsModelAlsoWhenSubscribersActInsideOnNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.IntRange(0, 3).Draw(t, "kind")
		compare(t, rapid.IntRange(1, 12).Draw(t, "subscribers"), func(in scripts) (modelled, sink.Many[int]) {
			switch kind {
			case 0:
				return &replayModel{count: 1 << 30, scripts: in}, sink.ReplayAll[int]()
			case 1:
				return &replayModel{count: 1, scripts: in}, sink.ReplayLatest[int]()
			case 2:
				return &replayModel{count: 1, log: []int{-1}, scripts: in}, sink.ReplayLatestOrDefault(-1)
			}
			return &replayModel{count: 3, scripts: in}, sink.ReplayLimit[int](3)
		})
	})
}

// oneOfMany lets the script of a sink of many values play on a sink of one.
type oneOfMany struct{ *sink.One[int] }

func (o oneOfMany) TryComplete() sink.Result                { return o.TryEmpty() }
func (o oneOfMany) EmitComplete(h sink.Handler) sink.Result { return o.EmitEmpty(h) }

func TestASinkOfOneValueBehavesLikeItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		compare(t, rapid.IntRange(1, 8).Draw(t, "subscribers"), func(in scripts) (modelled, sink.Many[int]) {
			return &replayModel{count: 1, one: true, scripts: in}, oneOfMany{sink.NewOne[int]()}
		})
	})
}

var _ flux.Publisher[int] = (*sink.One[int])(nil)
