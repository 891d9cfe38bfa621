package catalogue

import (
	"iter"
	"slices"

	"github.com/freshet-go/freshet/flux"
)

// inner gives the stream that a value stands for in the samples: v*10 and
// v*10+1, each after two and a half frames.
func inner(v int) fints {
	return flux.Just(v*10, v*10+1).DelayElements(5 * millis / 2)
}

func innerSamples() []sample {
	const two = "v → v0, v1"
	half := func(v int) fints {
		if v < 2 {
			return flux.Empty[int]()
		}
		return flux.Just(v / 2)
	}
	return []sample{
		{"FlatMap", "FlatMap(" + two + ")", func(g *stage) { out(g, flux.FlatMap(g.in("-1-2|"), inner)) }},
		{"FlatMapSequential", "FlatMapSequential(" + two + ")", func(g *stage) { out(g, flux.FlatMapSequential(g.in("-1-2|"), inner)) }},
		{"ConcatMap", "ConcatMap(" + two + ")", func(g *stage) { out(g, flux.ConcatMap(g.in("-1-2|"), inner)) }},
		{"SwitchMap", "SwitchMap(" + two + ")", func(g *stage) { out(g, flux.SwitchMap(g.in("-1-2|"), inner)) }},
		{"SwitchOnNext", "SwitchOnNext(streams)", func(g *stage) { out(g, flux.SwitchOnNext(flux.Map(g.in("-1-2|"), inner))) }},
		{"FlatMapIterable", "FlatMapIterable(v → [v v+1])", func(g *stage) {
			out(g, flux.FlatMapIterable(g.in("-1---5|"), func(v int) []int { return []int{v, v + 1} }))
		}},
		{"FlatMapSeq", "FlatMapSeq(v → seq of v, v+1)", func(g *stage) {
			out(g, flux.FlatMapSeq(g.in("-1---5|"), func(v int) iter.Seq[int] { return slices.Values([]int{v, v + 1}) }))
		}},
		{"FlatMapSignals", "FlatMapSignals(v → v*10, err → …, () → 7, 8)", func(g *stage) {
			out(g, flux.FlatMapSignals(g.in("-1-2|"), func(v int) fints { return flux.Just(v * 10) },
				func(error) fints { return flux.Just(0) }, func() fints { return flux.Just(7, 8) }))
		}},
		{"SwitchOnFirst", "SwitchOnFirst(first, all → all * first)", func(g *stage) {
			out(g, flux.SwitchOnFirst(g.in("-3-1-2|"), func(first flux.Signal[int], all fints) fints {
				return flux.Map(all, func(v int) int { return v * first.Value })
			}))
		}},
		{"SwitchOnFirstKeep", "SwitchOnFirstKeep(first, all → Just(first))", func(g *stage) {
			out(g, flux.SwitchOnFirstKeep(g.in("-3-1-2|"), func(first flux.Signal[int], _ fints) fints { return flux.Just(first.Value) }))
		}},
		{"Expand", "Expand(v → v/2 until 1)", func(g *stage) { out(g, flux.Expand(g.in("-4---6|"), half)) }},
		{"ExpandDeep", "ExpandDeep(v → v/2 until 1)", func(g *stage) { out(g, flux.ExpandDeep(g.in("-4---6|"), half)) }},
		{"DelayUntil", "DelayUntil(v → Timer(1.5ms))", func(g *stage) {
			out(g, flux.DelayUntil(g.in("-1-2|"), func(int) flux.Mono[int64] { return flux.Timer(3 * millis / 2) }))
		}},
	}
}

func aggregateSamples() []sample {
	big := func(v int) bool { return v > 2 }
	return []sample{
		{"Count", "Count", func(g *stage) { out(g, flux.Count(g.in("-4-5-6|"))) }},
		{"Reduce", "Reduce(acc, v → acc + v)", func(g *stage) { out(g, g.in("-1-2-3|").Reduce(add)) }},
		{"ReduceWith", "ReduceWith(10, acc, v → acc + v)", func(g *stage) { out(g, flux.ReduceWith(g.in("-1-2-3|"), 10, add)) }},
		{"AllMatch", "AllMatch(v → v > 2)", func(g *stage) { out(g, flux.AllMatch(g.in("-4-1-5|"), big)) }},
		{"AnyMatch", "AnyMatch(v → v > 2)", func(g *stage) { out(g, flux.AnyMatch(g.in("-1-3-5|"), big)) }},
		{"HasElement", "HasElement(3)", func(g *stage) { out(g, flux.HasElement(g.in("-1-3-5|"), 3)) }},
		{"HasElements", "HasElements", func(g *stage) { out(g, flux.HasElements(g.in("-1-3-5|"))) }},
		{"SequenceEqual", "SequenceEqual(a, b)", func(g *stage) {
			a, b := g.other("a", "-1-2|"), g.other("b", "--1-2|")
			out(g, flux.SequenceEqual[int](a, b))
		}},
		{"SequenceEqualFunc", "SequenceEqualFunc(a, b, x = y)", func(g *stage) {
			a, b := g.other("a", "-1-2|"), g.other("b", "--1-3|")
			out(g, flux.SequenceEqualFunc[int](a, b, func(x, y int) bool { return x == y }))
		}},
		{"Then", "Then(src, next)", func(g *stage) {
			src, next := g.in("-1-2|"), g.other("next", "-7|")
			out(g, flux.Then(src, next))
		}},
		{"ThenEmpty", "ThenEmpty(src, next)", func(g *stage) {
			src, next := g.in("-1-2|"), g.other("next", "-7|")
			out(g, flux.ThenEmpty(src, next))
		}},
		{"ThenMany", "ThenMany(src, next)", func(g *stage) {
			src, next := g.in("-1-2|"), g.other("next", "-7-8|")
			out(g, flux.ThenMany(src, next))
		}},
		{"Completion", "Completion", func(g *stage) { out(g, flux.Completion(g.in("-1-2|"))) }},
	}
}

func collectSamples() []sample {
	compare := func(a, b int) int { return b - a }
	parity := func(v int) string {
		if odd(v) {
			return "odd"
		}
		return "even"
	}
	ten := func(v int) int { return v * 10 }
	return []sample{
		{"CollectList", "CollectList", func(g *stage) { out(g, flux.CollectList(g.in("-3-1-2|"))) }},
		{"CollectSortedList", "CollectSortedList", func(g *stage) { out(g, flux.CollectSortedList(g.in("-3-1-2|"))) }},
		{"CollectSortedListFunc", "CollectSortedListFunc(b - a)", func(g *stage) { out(g, flux.CollectSortedListFunc(g.in("-3-1-2|"), compare)) }},
		{"CollectMap", "CollectMap(v → odd or even)", func(g *stage) { out(g, flux.CollectMap(g.in("-1-2-3|"), parity)) }},
		{"CollectMapValues", "CollectMapValues(key, v → v*10)", func(g *stage) { out(g, flux.CollectMapValues(g.in("-1-2-3|"), parity, ten)) }},
		{"CollectMultimap", "CollectMultimap(v → odd or even)", func(g *stage) { out(g, flux.CollectMultimap(g.in("-1-2-3|"), parity)) }},
		{"CollectMultimapValues", "CollectMultimapValues(key, v → v*10)", func(g *stage) {
			out(g, flux.CollectMultimapValues(g.in("-1-2-3|"), parity, ten))
		}},
		{"CollectInto", "CollectInto(map, m[v]++)", func(g *stage) {
			out(g, flux.CollectInto(g.in("-1-2-1|"), func() map[int]int { return map[int]int{} }, func(m map[int]int, v int) { m[v]++ }))
		}},
		{"Sort", "Sort", func(g *stage) { out(g, flux.Sort(g.in("-3-1-2|"))) }},
		{"SortFunc", "SortFunc(b - a)", func(g *stage) { out(g, g.in("-1-3-2|").SortFunc(compare)) }},
	}
}
