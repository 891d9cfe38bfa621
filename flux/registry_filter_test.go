package flux_test

import (
	"context"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func filteringOperators() []operator {
	never := func(int) bool { return false }
	return []operator{
		{name: "MapNotNull", build: func(s ints) ints {
			return flux.MapNotNull(s, func(v int) (int, bool) { return v, true })
		}},
		{name: "ScanWith", build: func(s ints) ints {
			return flux.ScanWith(s, -1, func(_, v int) int { return v }).Skip(1)
		}},
		{name: "Cast", build: func(s ints) ints { return flux.Cast[int](flux.Cast[any](s)) }},
		{name: "OfType", build: func(s ints) ints { return flux.OfType[int](s) }},
		{name: "Timed", build: func(s ints) ints {
			return flux.Map(flux.Timed(s), func(v flux.TimedValue[int]) int { return v.Value })
		}},
		{name: "Transform", build: func(s ints) ints { return flux.Transform(s, func(f ints) ints { return f }) }},
		{name: "TransformDeferred", build: func(s ints) ints {
			return flux.TransformDeferred(s, func(_ context.Context, f ints) ints { return f })
		}},
		{name: "FlatMapIterable", build: func(s ints) ints {
			return flux.FlatMapIterable(s, func(v int) []int { return []int{v} }, flux.Prefetch(2))
		}, cuts: true},
		{name: "FlatMapSeq", build: func(s ints) ints {
			return flux.FlatMapSeq(s, func(v int) iter.Seq[int] { return slices.Values([]int{v}) })
		}, cuts: true},
		{name: "TakeUntil", build: func(s ints) ints { return s.TakeUntil(never) }},
		{name: "TakeUntilOther", build: func(s ints) ints { return flux.TakeUntilOther(s, flux.Never[string]()) }},
		{name: "TakeFor", build: func(s ints) ints { return s.TakeFor(time.Hour) }},
		{name: "TakeUnbounded", build: func(s ints) ints { return s.TakeUnbounded(math.MaxInt64) }},
		{name: "SkipWhile", build: func(s ints) ints { return s.SkipWhile(never) }},
		{name: "SkipUntil", build: func(s ints) ints { return s.SkipUntil(yes) }},
		{name: "SkipUntilOther", build: func(s ints) ints { return flux.SkipUntilOther(s, flux.Just("go")) }},
		{name: "Distinct", build: func(s ints) ints { return flux.Distinct(s) }},
		{name: "Distinct with Remember", build: func(s ints) ints { return flux.Distinct(s, flux.Remember(1)) }},
		{name: "DistinctUntilChangedFunc", build: func(s ints) ints {
			return s.DistinctUntilChangedFunc(func(a, b int) bool { return a == b })
		}},
		{name: "DefaultIfEmpty", build: func(s ints) ints { return s.DefaultIfEmpty(-1) }, fills: true},
		{name: "ThenMany", build: func(s ints) ints { return flux.ThenMany(flux.Just("first"), s) }},
	}
}
