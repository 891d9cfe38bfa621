package mono_test

import (
	"testing"

	"github.com/freshet-go/freshet/flux/fluxtest/rules"
	"github.com/freshet-go/freshet/flux/mono"
)

func TestEveryOperatorKeepsTheRules(t *testing.T) {
	for _, op := range allOperators() {
		t.Run(op.name, func(t *testing.T) {
			rules.Operator(t, func(src pub) pub { return op.build(mono.From(src)) }, op.traits())
		})
	}
}

// traits gives what the rules must know of an operator.
func (op operator) traits() rules.Trait {
	all := rules.Single
	if op.catches {
		all |= rules.Swallows
	}
	if op.runsOn {
		all |= rules.Detached
	}
	return all
}

func TestEverySourceKeepsTheRules(t *testing.T) {
	for name, c := range sources() {
		t.Run(name, func(t *testing.T) { rules.Publisher(t, c) })
	}
}
