package fluxtest

import (
	"fmt"
	"sync"

	"github.com/freshet-go/freshet/flux"
)

// watcher checks the signals of one subscription against the rules.
//
// INVARIANTS
//   - demand is what was requested less what was sent; it never falls below 0,
//     and flux.Unbounded is sticky.
//   - inside counts the OnNext, OnError and OnComplete that have not returned.
//     OnSubscribe is left out: a Request inside it may well start the values.
//   - asking counts the Requests made while inside > 0, so a signal that then
//     comes on top is taken for a recursion.
//   - resting is set once the publisher had the chance to see a cancel.
type watcher struct {
	mu         sync.Mutex
	demand     int64
	inside     int
	asking     int
	begun      bool
	terminated bool
	resting    bool
}

// subscribed checks an OnSubscribe.
func (w *watcher) subscribed(s flux.Subscription) *Violation {
	w.mu.Lock()
	defer w.mu.Unlock()
	again := w.begun
	w.begun = true
	switch {
	case s == nil:
		return &Violation{"2.13", "OnSubscribe(nil): the subscription must not be nil"}
	case again:
		return &Violation{"2.12", "OnSubscribe was called twice on one subscriber"}
	}
	return nil
}

// enter checks a signal that begins. late means that it came after the terminal
// signal, which makes it invisible to a script.
func (w *watcher) enter(k Kind, nilError bool) (broken []*Violation, late bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	report := func(bad bool, rule, format string, args ...any) {
		if bad {
			broken = append(broken, &Violation{rule, fmt.Sprintf(format, args...)})
		}
	}
	late = w.terminated
	report(!w.begun, "1.9", "%s came before OnSubscribe", k)
	report(w.inside > 0 && w.asking == 0, "1.3", "%s came while another signal was being handled", k)
	report(w.inside > 0 && w.asking > 0, "3.3", "%s came inside the Request of a signal handler: Request recursed", k)
	report(late, "1.7", "%s came after the terminal signal", k)
	report(w.resting && !late, "1.8", "%s came after the cancel, when all was at rest", k)
	report(nilError, "2.13", "OnError(nil): the error must not be nil")
	report(k == Next && w.begun && w.demand == 0 && !late, "1.1", "%s came with no demand left", k)
	if k == Next && w.demand > 0 && w.demand != flux.Unbounded {
		w.demand--
	}
	w.terminated = w.terminated || k != Next
	w.inside++
	return broken, late
}

// leave notes that a signal's handler has returned.
func (w *watcher) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inside--
}

func (w *watcher) seenOnSubscribe() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begun
}

// rest notes that the publisher has seen a cancel and fallen silent.
func (w *watcher) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resting = true
}

// requesting adds to the demand, and gives the function to call when the
// Request has returned.
func (w *watcher) requesting(n int64) (returned func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.demand = plus(w.demand, max(n, 0))
	if w.inside == 0 {
		return func() {}
	}
	w.asking++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.asking--
	}
}
