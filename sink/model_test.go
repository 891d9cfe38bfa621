package sink_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The model is a sink written the slow and obvious way, for one goroutine: a
// list of subscribers, and a queue in which values and joining subscribers stand
// in the order of their calls. A random script runs on it and on the real sink;
// both write down what happened.

// act is one call of a script: what a test does, or a subscriber inside OnNext.
type act struct {
	verb string // emit, complete, error, subscribe, request, cancel
	who  int    // request, cancel: the subscriber
	n    int64  // emit: the value; subscribe, request: the demand
}

// play is what scripts act on.
type play interface {
	emit(v int) sink.Result
	end(err error) sink.Result
	subscribe(demand int64)
	request(who int, n int64)
	cancel(who int)
	subscribers() int
	canAct(who int) bool
}

// run performs a and gives the line for the log.
func run(p play, a act) string {
	var r any = ""
	switch a.verb {
	case "emit":
		r = fmt.Sprintf("%#v", p.emit(int(a.n)))
	case "complete":
		r = fmt.Sprintf("%#v", p.end(nil))
	case "error":
		r = fmt.Sprintf("%#v", p.end(errBoom))
	case "subscribe":
		p.subscribe(a.n)
	case "request":
		if p.canAct(a.who) {
			p.request(a.who, a.n)
		}
	case "cancel":
		if p.canAct(a.who) {
			p.cancel(a.who)
		}
	}
	return fmt.Sprint(a.verb, a.who, a.n, r, p.subscribers())
}

// scripts: what subscriber i does inside its k-th OnNext.
type scripts map[[2]int]act

type modelSub struct {
	id, seen int
	demand   int64
	in, gone bool
	log      []string
}

type model struct {
	all      bool // all or nothing
	limit    int
	scripts  scripts
	subs     []*modelSub
	queue    []any // int: a value; *modelSub: one that joins
	busy     bool
	closed   bool
	terminal string
	results  []string
}

func (m *model) emit(v int) sink.Result {
	values := 0
	for _, e := range m.queue {
		if _, ok := e.(int); ok {
			values++
		}
	}
	switch {
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
	if m.closed {
		return sink.FailTerminated
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
			s.finish(m.terminal)
		}
	}
	m.busy = false
}

func (s *modelSub) finish(terminal string) {
	if !s.gone {
		s.gone = true
		s.log = append(s.log, terminal)
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
		case !s.in || s.gone:
		case s.demand == 0:
			missed++
		default:
			delivered++
			if s.demand != flux.Unbounded {
				s.demand--
			}
			s.log = append(s.log, fmt.Sprint(v))
			s.seen++
			if a, ok := m.scripts[[2]int{s.id, s.seen}]; ok {
				m.results = append(m.results, run(m, a))
			}
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

func (m *model) subscribe(demand int64) {
	s := &modelSub{id: len(m.subs), demand: demand}
	m.subs = append(m.subs, s)
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
	case s.demand+n < 0:
		s.demand = flux.Unbounded
	default:
		s.demand += n
	}
}

func (m *model) cancel(who int) { m.subs[who].gone = true }

func (m *model) subscribers() int {
	n := 0
	for _, s := range m.subs {
		if !s.gone {
			n++
		}
	}
	return n
}

// real is the sink under test.
type real struct {
	s       *sink.Direct[int]
	scripts scripts
	subs    []*realSub
	results []string
}

type realSub struct {
	r        *real
	id, seen int
	demand   int64
	bad      bool // asked for n <= 0: what it is owed comes in its own time
	sub      flux.Subscription
	log      []string
}

func (r *real) emit(v int) sink.Result { return r.s.TryEmit(v) }

func (r *real) end(err error) sink.Result {
	if err != nil {
		return r.s.TryError(err)
	}
	return r.s.TryComplete()
}

func (r *real) subscribe(demand int64) {
	s := &realSub{r: r, id: len(r.subs), demand: demand}
	r.subs = append(r.subs, s)
	r.s.Subscribe(context.Background(), s)
}

func (r *real) canAct(who int) bool      { return who < len(r.subs) }
func (r *real) subscribers() int         { return r.s.SubscriberCount() }
func (r *real) request(who int, n int64) { s := r.subs[who]; s.bad = s.bad || n <= 0; s.sub.Request(n) }

// cancel leaves a subscriber alone that is owed an error: whether the error or
// the cancel comes first is nobody's promise.
func (r *real) cancel(who int) {
	if s := r.subs[who]; !s.bad {
		s.sub.Cancel()
	}
}

func (s *realSub) OnSubscribe(up flux.Subscription) {
	s.sub = up
	if s.demand > 0 {
		up.Request(s.demand)
	}
}

func (s *realSub) OnNext(v int) {
	s.log = append(s.log, fmt.Sprint(v))
	s.seen++
	if a, ok := s.r.scripts[[2]int{s.id, s.seen}]; ok {
		s.r.results = append(s.r.results, run(s.r, a))
	}
}

func (s *realSub) OnError(err error) {
	if errors.Is(err, flux.ErrBadRequest) {
		s.log = append(s.log, "bad request")
		return
	}
	s.log = append(s.log, err.Error())
}

func (s *realSub) OnComplete() { s.log = append(s.log, "complete") }

func acts(subs int, terminals bool) *rapid.Generator[act] {
	return rapid.Custom(func(t *rapid.T) act {
		verbs := []string{"emit", "emit", "emit", "emit", "subscribe", "request", "request", "cancel", "bad"}
		if terminals {
			verbs = append(verbs, "complete", "error")
		}
		a := act{verb: rapid.SampledFrom(verbs).Draw(t, "verb"), who: rapid.IntRange(0, subs-1).Draw(t, "who")}
		switch a.verb {
		case "emit":
			a.n = int64(rapid.IntRange(1, 1000).Draw(t, "v"))
		case "subscribe":
			a.n = rapid.SampledFrom([]int64{0, 1, 2, 5, flux.Unbounded, flux.Unbounded}).Draw(t, "demand")
		case "request":
			a.n = rapid.SampledFrom([]int64{1, 2, 5, flux.Unbounded - 1, flux.Unbounded}).Draw(t, "n")
		case "bad":
			a.verb, a.n = "request", -int64(rapid.IntRange(0, 3).Draw(t, "n"))
		}
		return a
	})
}

func TestADirectSinkBehavesLikeItsModelAlsoWhenSubscribersActInsideOnNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.Bool().Draw(t, "all or nothing")
		limit := rapid.IntRange(1, 40).Draw(t, "hand-off")
		subs := rapid.IntRange(1, 40).Draw(t, "subscribers")
		in := scripts{}
		for range rapid.IntRange(0, 30).Draw(t, "scripts") {
			key := [2]int{rapid.IntRange(0, subs-1).Draw(t, "who"), rapid.IntRange(1, 6).Draw(t, "k")}
			in[key] = acts(subs, rapid.IntRange(0, 9).Draw(t, "end") == 0).Draw(t, "inside")
		}
		o := sink.Options{HandOff: limit}
		m, r := &model{all: all, limit: limit, scripts: in}, &real{s: sink.DirectBestEffort[int](o), scripts: in}
		if all {
			r.s = sink.DirectAllOrNothing[int](o)
		}
		for range rapid.IntRange(0, subs/2).Draw(t, "at first") {
			m.subscribe(flux.Unbounded)
			r.subscribe(flux.Unbounded)
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			a := acts(subs, false).Draw(t, "do")
			require.Equal(t, run(m, a), run(r, a))
			require.Equal(t, m.results, r.results)
		}
		a := act{verb: rapid.SampledFrom([]string{"complete", "error"}).Draw(t, "last")}
		require.Equal(t, run(m, a), run(r, a))
		for i := range m.subs {
			require.Equal(t, m.subs[i].log, r.subs[i].log, "subscriber %d", i)
		}
		require.Len(t, r.subs, len(m.subs))
		require.Zero(t, r.s.SubscriberCount())
	})
}
