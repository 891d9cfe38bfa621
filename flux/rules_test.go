package flux_test

import (
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest/rules"
)

func TestEveryOperatorKeepsTheRules(t *testing.T) {
	for _, op := range allOperators() {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			rules.Operator(t, func(src pub) pub { return op.build(flux.From(src)) }, op.traits())
		})
	}
}

// traits gives what the rules must know of an operator.
func (op operator) traits() (all rules.Trait) {
	if op.sheds {
		all |= rules.Sheds
	}
	if op.swallows {
		all |= rules.Swallows
	}
	if op.detached {
		all |= rules.Detached
	}
	return all
}

func TestEverySourceKeepsTheRules(t *testing.T) {
	for name, c := range sourceConfigs() {
		t.Run(name, func(t *testing.T) { rules.Publisher(t, c) })
	}
}
