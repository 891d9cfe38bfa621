package conformance

import "github.com/freshet-go/freshet/flux"

// subscriber is a subscriber of a case: it records what it gets and does what
// the case says inside its signals. Its state is guarded by the rig's mutex.
type subscriber struct {
	r  *rig
	id string
	// demand is requested in OnSubscribe; cancelAfter is -1 for never; each is
	// requested inside every OnNext.
	demand, cancelAfter, each int64
	showSubscribe, logOut     bool
	mayExceed                 bool  // Reactor exceeds the demand too
	on                        []any // what to do inside the k-th OnNext
	act                       func(action []any)

	up              flux.Subscription
	n               int64 // values received
	requested       int64
	early           int64 // requested before OnSubscribe
	cancelled, done bool
}

func newSubscriber(r *rig, n node, c *Case, act func([]any)) *subscriber {
	dsl := c.DSL
	return &subscriber{
		r: r, id: n.text("id", "s"), act: act,
		demand:        demandOf(n["demand"]),
		cancelAfter:   n.whole("cancelAfter", -1),
		each:          n.whole("requestEach", 0),
		on:            n.list("on"),
		showSubscribe: dsl.flag("onSubscribe"),
		logOut:        dsl.flag("logOut"),
		mayExceed:     c.Excess,
	}
}

// demandOf reads a demand; absent is unbounded, as "max" is.
func demandOf(v any) int64 {
	if n, ok := v.(int64); ok {
		return n
	}
	return flux.Unbounded
}

// record appends a row, unless the subscriber has cancelled: what comes then is
// under way and not part of the trace.
func (s *subscriber) record(kind string, details ...any) {
	s.r.mu.Lock()
	cancelled, done := s.cancelled, s.done
	s.r.mu.Unlock()
	if cancelled {
		return
	}
	if done {
		s.r.fault("%s got %s %v after its terminal", s.id, kind, details)
	}
	s.r.out(s.id, kind, details...)
	if s.logOut {
		s.r.log("out:"+kind, details...)
	}
}

func (s *subscriber) OnSubscribe(up flux.Subscription) {
	if s.showSubscribe {
		s.record("subscribe")
	}
	s.r.mu.Lock()
	s.up = up
	cancelled, n := s.cancelled, plus(s.demand, s.early)
	s.requested = n
	s.r.mu.Unlock()
	switch {
	case cancelled:
		up.Cancel()
	case s.cancelAfter == 0:
		s.cancel()
	case n > 0:
		up.Request(n)
	}
}

func (s *subscriber) OnNext(v any) {
	s.r.step()
	s.record("next", v)
	s.r.mu.Lock()
	s.n++
	n, excess := s.n, s.n > s.requested && !s.cancelled
	s.r.mu.Unlock()
	if excess && !s.mayExceed {
		s.r.fault("%s got %v, value %d, after it had requested %d", s.id, v, n, s.requested)
	}
	for _, a := range s.on {
		if action := a.([]any); same(action[0], n) {
			s.act(action)
		}
	}
	switch {
	case n == s.cancelAfter:
		s.cancel()
	case s.each > 0:
		s.request(s.each)
	}
}

func (s *subscriber) OnError(err error) { s.end("error", nameOf(err)) }
func (s *subscriber) OnComplete()       { s.end("complete") }

func (s *subscriber) end(kind string, details ...any) {
	s.record(kind, details...)
	s.r.mu.Lock()
	s.done = true
	s.r.mu.Unlock()
}

func (s *subscriber) cancel() {
	s.r.mu.Lock()
	s.cancelled = true
	up := s.up
	s.r.mu.Unlock()
	if up != nil {
		up.Cancel()
	}
}

func (s *subscriber) request(n int64) {
	s.r.mu.Lock()
	up := s.up
	if up == nil {
		s.early = plus(s.early, n)
	} else {
		s.requested = plus(s.requested, n)
	}
	s.r.mu.Unlock()
	if up != nil {
		up.Request(n)
	}
}
