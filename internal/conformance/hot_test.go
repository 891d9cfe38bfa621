package conformance

import (
	"context"
	"slices"
	"sync"

	"github.com/freshet-go/freshet/flux"
)

// hot is a multicast source whose events happen at moments of the case's script,
// for whoever is subscribed then.
type hot struct {
	drop bool // skip subscribers without demand; otherwise send whatever the demand

	mu   sync.Mutex
	subs []*hotSubscription
	end  *event
}

func newHot(n node) *hot { return &hot{drop: n.text("mode", "ignore") == "drop"} }

func (h *hot) fire(e event) {
	h.mu.Lock()
	if h.end != nil {
		h.mu.Unlock()
		return
	}
	subs := slices.Clone(h.subs)
	if e.end {
		h.end, h.subs = &e, nil
	}
	h.mu.Unlock()
	for _, s := range subs {
		if s.takes(e) {
			deliver(s.down, e)
		}
	}
}

func (h *hot) Subscribe(_ context.Context, s flux.Subscriber[any]) {
	sub := &hotSubscription{hot: h, down: s}
	s.OnSubscribe(sub)
	h.mu.Lock()
	end := h.end
	if sub.over {
		end = nil
	} else if end == nil {
		h.subs = append(h.subs, sub)
	}
	h.mu.Unlock()
	if end != nil {
		deliver(s, *end)
	}
}

// hotSubscription is guarded by the mutex of its source.
type hotSubscription struct {
	hot    *hot
	down   flux.Subscriber[any]
	demand int64
	over   bool
}

// takes reports whether e goes to this subscriber, and counts it.
func (s *hotSubscription) takes(e event) bool {
	s.hot.mu.Lock()
	defer s.hot.mu.Unlock()
	switch {
	case s.over:
		return false
	case e.end:
		s.over = true
	case s.demand == 0:
		return !s.hot.drop
	case s.demand != flux.Unbounded:
		s.demand--
	}
	return true
}

func (s *hotSubscription) Request(n int64) {
	s.hot.mu.Lock()
	defer s.hot.mu.Unlock()
	s.demand = plus(s.demand, n)
}

func (s *hotSubscription) Cancel() {
	s.hot.mu.Lock()
	defer s.hot.mu.Unlock()
	s.over = true
	s.hot.subs = slices.DeleteFunc(s.hot.subs, func(o *hotSubscription) bool { return o == s })
}
