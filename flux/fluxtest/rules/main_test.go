package rules

import (
	"context"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/flux"
)

func TestMain(m *testing.M) {
	// The goroutines that broken publishers leave in bubbles which are over.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/freshet-go/freshet/flux/fluxtest/rules.leak"))
}

// leak never ends.
func leak(c chan int) { <-c }

// broken is a publisher of 1 to n that breaks what its flaws say.
type broken struct {
	n     int
	err   error
	flaws flaws
	subs  int
}

// flaws are the ways in which a broken publisher differs from a good one.
type flaws struct {
	deaf          bool // values regardless of demand
	never         bool // waits for more demand than there was before it ends
	together      bool // two signals at a time
	hidesError    bool // completes instead of failing
	mute          bool // does not complete
	answersLate   bool // Request after the end brings an error
	goesOn        bool // a value after the end
	ignoresCancel bool // sends on after a cancel
	panics        bool // in Subscribe
	late          bool // no OnSubscribe
	shared        bool // a second subscriber gets nothing
	twice         bool // OnSubscribe
	nilError      bool
	nilUp         bool // OnSubscribe(nil)
	noReentry     bool // forgets a Request made inside OnNext
	recurses      bool
	slowCancel    bool
	asksCancelled bool // a bad Request after a cancel is answered
	chattyCancel  bool // a second Cancel is answered by an error
	forgets       bool // a Request replaces the demand
	lenient       bool // ignores bad requests
	holds         bool // the subscriber after a cancel
	cancelPanics  bool
	requestPanics bool
	wraps         bool // the demand overflows
	leaks         bool // a goroutine at a cancel
	leaksAtEnd    bool // a goroutine at the end
	secondPanics  bool // in the second Cancel
	later         bool // a value some time after the cancel
}

func (b *broken) Subscribe(_ context.Context, s flux.Subscriber[int]) {
	if b.flaws.panics {
		panic("broken")
	}
	b.subs++
	f := &brokenFeed{broken: b, down: s}
	if b.flaws.holds {
		held.Store(f, s)
	}
	switch {
	case b.flaws.late:
	case b.flaws.nilUp:
		s.OnSubscribe(nil)
	case b.flaws.shared && b.subs > 1:
		s.OnSubscribe(f)
		return
	default:
		s.OnSubscribe(f)
	}
	if b.flaws.twice {
		s.OnSubscribe(&brokenFeed{broken: b, down: s, over: true})
	}
	f.mu.Lock()
	f.begun = true
	f.mu.Unlock()
	f.drive()
}

// held is where a publisher keeps the subscribers that it should let go.
var held sync.Map
