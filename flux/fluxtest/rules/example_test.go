package rules_test

import (
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest/rules"
)

// A publisher of yours, in a test of yours.
func ExamplePublisher() {
	_ = func(t *testing.T) {
		rules.Publisher(t, rules.Config[int]{
			Of:      func(n int) flux.Publisher[int] { return flux.Range(1, n) },
			Failing: func(err error) flux.Publisher[int] { return flux.Error[int](err) },
		})
	}
}

// An operator that loses values on purpose says so.
func ExampleOperator() {
	_ = func(t *testing.T) {
		rules.Operator(t, func(src flux.Publisher[int]) flux.Publisher[int] {
			return flux.From(src).OnBackpressureLatest()
		}, rules.Sheds)
	}
}
