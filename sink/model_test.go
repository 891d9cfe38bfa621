package sink_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A model is a sink written the slow and obvious way, for one goroutine. A random
// script runs on it and on the real sink; both write down what happened.

// act is one call of a script: what a test does, or a subscriber inside OnNext.
type act struct {
	verb string // emit, complete, error, subscribe, request, cancel
	who  int    // request, cancel: the subscriber
	n    int64  // emit: the value; subscribe, request: the demand
	pol  string // subscribe: the policy
}

// play is what scripts act on.
type play interface {
	emit(v int) sink.Result
	end(err error) sink.Result
	subscribe(demand int64, policy string)
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
		p.subscribe(a.n, a.pol)
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

// real is the sink under test.
type real struct {
	s       sink.Many[int]
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

func (r *real) subscribe(demand int64, policy string) {
	s := &realSub{r: r, id: len(r.subs), demand: demand}
	r.subs = append(r.subs, s)
	if p, ok := policies[policy]; ok {
		r.s.(*sink.Direct[int]).Flux(p()).Subscribe(context.Background(), s)
		return
	}
	r.s.Subscribe(context.Background(), s)
}

// policies by the names that the models know them by.
var policies = map[string]func() sink.Policy{
	"drop":     func() sink.Policy { return sink.Drop().Count(new(atomic.Int64)) },
	"latest":   sink.Latest,
	"kick":     sink.Kick,
	"conflate": func() sink.Policy { return sink.Conflate(func(v int) int { return v % 3 }) },
	"gap":      func() sink.Policy { return sink.Gap(func(missed int64) int { return -int(missed) }) },
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
		line := run(s.r, a)
		s.r.results = append(s.r.results, line)
	}
}

func (s *realSub) OnError(err error) {
	if errors.Is(err, flux.ErrBadRequest) {
		s.log = append(s.log, "bad request")
		return
	}
	if errors.Is(err, flux.ErrInvalid) {
		s.log = append(s.log, "taken")
		return
	}
	s.log = append(s.log, err.Error())
}

func (s *realSub) OnComplete() { s.log = append(s.log, "complete") }

func acts(subs int, terminals bool, policies ...string) *rapid.Generator[act] {
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
			if len(policies) > 0 {
				a.pol = rapid.SampledFrom(policies).Draw(t, "policy")
			}
		case "request":
			a.n = rapid.SampledFrom([]int64{1, 2, 5, flux.Unbounded - 1, flux.Unbounded}).Draw(t, "n")
		case "bad":
			a.verb, a.n = "request", -int64(rapid.IntRange(0, 3).Draw(t, "n"))
		}
		return a
	})
}

// modelled is a model: a play that keeps its subscribers and results.
type modelled interface {
	play
	outcome() ([]*modelSub, []string)
}

// compare plays a random script on a model and on a sink.
func compare(t *rapid.T, subs int, build func(in scripts) (modelled, sink.Many[int]), policies ...string) {
	in := scripts{}
	for range rapid.IntRange(0, 30).Draw(t, "scripts") {
		key := [2]int{rapid.IntRange(0, subs-1).Draw(t, "who"), rapid.IntRange(1, 6).Draw(t, "k")}
		in[key] = acts(subs, rapid.IntRange(0, 9).Draw(t, "end") == 0, policies...).Draw(t, "inside")
	}
	m, s := build(in)
	r := &real{s: s, scripts: in}
	for range rapid.IntRange(0, subs/2).Draw(t, "at first") {
		m.subscribe(flux.Unbounded, "")
		r.subscribe(flux.Unbounded, "")
	}
	same := func() {
		ms, results := m.outcome()
		require.Equal(t, results, r.results)
		require.Len(t, r.subs, len(ms))
		for i := range ms {
			require.Equal(t, ms[i].log, r.subs[i].log, "subscriber %d", i)
		}
	}
	for range rapid.IntRange(1, 40).Draw(t, "steps") {
		a := acts(subs, false, policies...).Draw(t, "do")
		require.Equal(t, run(m, a), run(r, a))
		same()
	}
	a := act{verb: rapid.SampledFrom([]string{"complete", "error"}).Draw(t, "last")}
	require.Equal(t, run(m, a), run(r, a))
	same()
	for i := range r.subs { // what waits for demand, the terminal included
		a := act{verb: "request", who: i, n: flux.Unbounded}
		require.Equal(t, run(m, a), run(r, a))
		same()
	}
}
