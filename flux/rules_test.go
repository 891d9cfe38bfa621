package flux_test

import (
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest/rules"
)

func TestEveryOperatorKeepsTheRules(t *testing.T) {
	for _, op := range operators() {
		t.Run(op.name, func(t *testing.T) {
			var traits rules.Trait
			if op.sheds {
				traits |= rules.Sheds
			}
			rules.Operator(t, func(src pub) pub { return op.build(flux.From(src)) }, traits)
		})
	}
}
