package flux_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

// chain is the pipeline whose costs the design states.
func chain(n int) ints {
	twice := flux.Map(flux.Range(0, n), func(v int) int { return 2 * v })
	return flux.Map(twice.Filter(func(v int) bool { return v%3 != 0 }), func(v int) int { return v + 1 })
}

// sink is a subscriber that allocates nothing.
type sink struct {
	demand int64
	up     flux.Subscription
	sum    int
}

func (s *sink) OnSubscribe(up flux.Subscription) { s.up = up; up.Request(s.demand) }
func (s *sink) OnError(error)                    {}
func (s *sink) OnComplete()                      {}
func (s *sink) OnNext(v int) {
	s.sum += v
	if s.demand == 1 {
		s.up.Request(1)
	}
}

func TestAValueOfALinearChainCostsNoAllocation(t *testing.T) {
	for name, demand := range map[string]int64{"unbounded": flux.Unbounded, "one by one": 1} {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) float64 {
				src, ctx := chain(n), context.Background()
				return testing.AllocsPerRun(20, func() { src.Subscribe(ctx, &sink{demand: demand}) })
			}
			require.Equal(t, cost(10), cost(10_000), "the allocations are those of the subscription")
		})
	}
}

func TestAValueThroughAKernelCostsNoAllocation(t *testing.T) {
	for name, build := range map[string]func(s ints) ints{
		"Merge":      func(s ints) ints { return flux.Merge[int](s, flux.Empty[int]()) },
		"Concat":     func(s ints) ints { return flux.Concat[int](flux.Empty[int](), s) },
		"LimitRate":  func(s ints) ints { return s.LimitRate(64) },
		"Timeout":    func(s ints) ints { return s.Timeout(1 << 40) },
		"Retry":      func(s ints) ints { return s.Retry(1) },
		"DoFinally":  func(s ints) ints { return s.DoFinally(func(flux.SignalType) {}) },
		"Drop":       func(s ints) ints { return s.OnBackpressureDrop(nil) },
		"Share":      func(s ints) ints { return s.Share() },
		"Take, Skip": func(s ints) ints { return s.Take(1 << 40).Skip(1) },
	} {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) float64 {
				src, ctx := build(chain(n)), context.Background()
				return testing.AllocsPerRun(10, func() { src.Subscribe(ctx, &sink{demand: flux.Unbounded}) })
			}
			few, many := cost(1000), cost(11_000)
			require.InDelta(t, few, many, 10, "for 10,000 values more")
		})
	}
}

func TestSubscribingAChainOfThreeOperatorsCostsAtMostTenAllocations(t *testing.T) {
	src := chain(1)
	ctx := t.Context()
	s := &sink{demand: 1} // the caller's own
	for name, subscribe := range map[string]func(){
		"Subscribe":                func() { src.Subscribe(context.Background(), s) },
		"Subscribe that can end":   func() { src.Subscribe(ctx, s) },
		"Drain":                    func() { _ = src.Drain(context.Background()) },
		"SubscribeFunc and Cancel": func() { src.SubscribeFunc(context.Background(), func(int) {}, nil).Cancel() },
	} {
		allocs := testing.AllocsPerRun(100, subscribe)
		t.Logf("%s: %v allocations", name, allocs)
		limit := 10.0
		switch name {
		case "Subscribe that can end":
			limit += 4 // context.AfterFunc
		case "Drain":
			limit += 2 // the waiter and its channel
		}
		assert.LessOrEqual(t, allocs, limit, name)
	}
}
