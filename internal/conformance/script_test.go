package conformance

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"testing/synctest"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// stepAt is one step of the script of a case.
type stepAt struct {
	at int64 // ms
	do func()
}

// script is a case being played: who subscribes, and what the driver does when.
type script struct {
	r          *rig
	c          *Case
	p          flux.Flux[any]
	subs       map[string]*subscriber
	steps      []stepAt
	disconnect atomic.Pointer[func()] // set and called on goroutines of their own
}

// play runs a case. It must be called in a synctest bubble, and leaves no
// goroutine behind there unless the code under test does. started is told the
// rig, so that the caller can look into it when play does not return.
//
// The driver is a goroutine of its own, because an endless case is stopped by
// ending the goroutine that carries the signal.
func play(c *Case, reg *registry, started func(*rig)) {
	ctx, cancel := context.WithCancel(context.Background())
	// What cannot be delivered is no part of a trace, and would fill the log.
	ctx = flux.WithHooks(ctx, flux.Hooks{ErrorDropped: func(error) {}})
	r := newRig(ctx, reg)
	started(r)
	s := &script{r: r, c: c, subs: map[string]*subscriber{}}
	alone(r, func() {
		s.prepare()
		s.drive()
	})
	r.close()
	alone(r, func() {
		for _, sub := range s.subs {
			sub.cancel()
		}
	})
	r.markLeaks()
	alone(r, cancel)
	alone(r, r.release)
}

// alone runs f on a goroutine of its own, and waits until everything is at rest.
func alone(r *rig, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.protect(f)
	}()
	<-done
	synctest.Wait()
}

// prepare assembles the pipeline and lays out the script.
func (s *script) prepare() {
	dsl := s.c.DSL
	for id, h := range dsl.node("hots") {
		s.armHot(id, h.(map[string]any))
	}
	if dsl.has("sink") {
		s.r.sink = s.r.reg.sinks[dsl.node("sink").text("kind", "")](s.r, dsl.node("sink"))
	}
	s.p = s.r.build(dsl.nodes("p"), nil)
	subs := dsl.nodes("subs")
	if !dsl.has("subs") && !dsl.has("sink") {
		subs = []node{{}}
	}
	for _, n := range subs {
		s.addSubscriber(n)
	}
	for _, a := range dsl.list("acts") {
		action := a.([]any)
		s.at(action[0].(int64), func() { s.act(action) })
	}
	slices.SortStableFunc(s.steps, func(a, b stepAt) int { return cmp.Compare(a.at, b.at) })
}

func (s *script) at(ms int64, do func()) { s.steps = append(s.steps, stepAt{ms, do}) }

func (s *script) armHot(id string, n node) {
	h := newHot(n)
	s.r.hots[id] = h
	for _, m := range n.moments("ev", nil) {
		s.at(m.at, func() {
			for _, e := range m.events {
				h.fire(e)
			}
		})
	}
}

func (s *script) addSubscriber(n node) {
	sub := newSubscriber(s.r, n, s.c, s.act)
	s.subs[sub.id] = sub
	s.at(n.whole("at", 0), func() { s.p.Subscribe(s.r.ctx, sub) })
	for _, a := range n.list("acts") {
		action := a.([]any)
		s.at(action[0].(int64), func() {
			switch action[1] {
			case "request":
				sub.request(demandOf(action[2]))
			case "cancel":
				sub.cancel()
			default:
				malformed("unknown action of a subscriber %v", action)
			}
		})
	}
}

// act does an action of the case, or one that a subscriber does inside OnNext:
// [when, what, arguments...].
func (s *script) act(action []any) {
	switch what := action[1].(string); what {
	case "cancel":
		s.subs[action[2].(string)].cancel()
	case "request":
		s.subs[action[2].(string)].request(demandOf(action[3]))
	case "connect":
		disconnect := s.r.connectable.Connect(s.r.ctx)
		s.disconnect.Store(&disconnect)
	case "disconnect":
		(*s.disconnect.Load())()
	default:
		s.emit(what, action[2:])
	}
}

// emit does a sink action. Its row stands in the order of the calls, not of the
// returns.
func (s *script) emit(what string, args []any) {
	var arg any
	if len(args) > 0 {
		arg = args[0]
	}
	row := Row{s.r.now(), what, nil}
	s.r.record(func(t *Trace, _ Row) { t.Results = append(t.Results, row) }, what)
	result := s.r.sink.do(what, arg)
	s.r.mu.Lock()
	row[2] = result
	s.r.mu.Unlock()
}

// drive sleeps from step to step; everything a step sets off on other
// goroutines has come to rest before the clock moves.
func (s *script) drive() {
	for _, step := range s.steps {
		until := s.c.DSL.whole("until", 1000)
		if step.at > until {
			break
		}
		s.sleepTo(step.at)
		s.r.step()
		step.do()
		synctest.Wait()
	}
	s.sleepTo(s.c.DSL.whole("until", 1000))
	synctest.Wait()
}

func (s *script) sleepTo(ms int64) {
	if d := time.Until(s.r.start.Add(time.Duration(ms) * time.Millisecond)); d > 0 {
		time.Sleep(d)
		synctest.Wait()
	}
}
