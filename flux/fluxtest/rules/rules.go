package rules

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Config tells how to make the publisher that is run through the rules. The
// functions are called in the bubble of a test and by its goroutine, anew for
// each subscription but those of rule 1.11.
type Config[T any] struct {
	// Of gives a publisher of n values that then completes. It must not be nil.
	Of func(n int) flux.Publisher[T]
	// Failing gives a publisher that fails with err, after values or at once. Nil
	// skips the rule of failure.
	Failing func(err error) flux.Publisher[T]
	// Most is the largest n that Of can do; 0 means that there is no bound. Rules
	// that need more values are skipped.
	Most int
	// Traits are what the publisher does in its own way.
	Traits Trait
	// Patience is the virtual time within which what is due must have happened; 0
	// means a minute. A publisher that waits longer between its values needs more,
	// one that ends when it is idle for less than that needs less.
	Patience time.Duration
}

// Trait is something that a publisher or an operator does in its own way, which
// a rule would otherwise take for a fault. Traits add up by |.
type Trait uint

const (
	// Sheds means that a value which nobody has requested when it comes is lost, or
	// ends the stream with an error that matches flux.ErrOverflow.
	Sheds Trait = 1 << iota
	// Unicast means that there is one subscriber; the others get an error.
	Unicast
	// Endless means that the publisher does not complete, or the operator not with
	// its source.
	Endless
	// Swallows means that an operator does not pass on the error of its source.
	Swallows
	// Detached means that an operator and its source go their own ways: it may let
	// go of it at any time, and keep it when its subscriber cancels.
	Detached
)

func (t Trait) has(one Trait) bool { return t&one != 0 }

// rule is one of the specification, and how it is judged.
type rule struct {
	number   string
	sentence string
	// judge reports how the rule is broken; nil means that no test can judge it.
	judge func(ctx context.Context) error
	// why says why no test can judge it.
	why string
}

// Publisher runs a publisher through the rules, a subtest for each.
func Publisher[T any](t *testing.T, c Config[T]) {
	t.Helper()
	if c.Of == nil {
		t.Fatal("rules: Config.Of must not be nil")
	}
	run(t, publisherRules(c))
}

// Operator runs an operator through the rules, a subtest for each: those of a
// publisher over sources of several kinds (one that sends inside Request, one on
// a goroutine of its own, a Flux), and those of the subscriber that the operator is
// to its source. build is called for each subscription.
func Operator(t *testing.T, build func(src flux.Publisher[int]) flux.Publisher[int], traits ...Trait) {
	t.Helper()
	if build == nil {
		t.Fatal("rules: the operator must not be nil")
	}
	run(t, operatorRules(build, traits...))
}

// run makes each rule a subtest.
func run(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.number+" "+r.sentence, func(t *testing.T) {
			if r.judge == nil {
				t.Skip(r.why)
			}
			err := verdict(t, r)
			var moot *inconclusive
			switch {
			case errors.As(err, &moot):
				t.Skip(moot.why)
			case err != nil:
				t.Errorf("rules: rule %s is broken (%s): %v", r.number, r.sentence, err)
			}
		})
	}
}

// verdict judges one rule in a bubble of its own.
func verdict(t *testing.T, r rule) (err error) {
	judged := false
	defer func() {
		// The bubble panics where goroutines are left that can never go on.
		switch p := recover(); {
		case p == nil:
		case !judged:
			err = faulty("the publisher does not come to rest: %v", p)
		case err == nil && (r.number == endOfStream || r.number == dropsAll):
			err = faulty("goroutines are left behind: %v", p)
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		err = r.judge(t.Context())
		judged = true
	})
	return err
}

// The rules that answer for goroutines which are left behind: after the end, and
// after a cancel.
const (
	endOfStream = "1.6"
	dropsAll    = "3.13"
)
