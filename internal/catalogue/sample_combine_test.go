package catalogue

import (
	"fmt"
	"slices"

	"github.com/freshet-go/freshet/flux"
)

func add(a, b int) int { return a + b }

func combineSamples() []sample {
	joined := func(vs ...int) string { return fmt.Sprint(vs) }
	list := func(vs []int) string { return fmt.Sprint(vs) }
	three := func(a, b, c int) string { return joined(a, b, c) }
	four := func(a, b, c, d int) string { return joined(a, b, c, d) }
	five := func(a, b, c, d, e int) string { return joined(a, b, c, d, e) }
	six := func(a, b, c, d, e, f int) string { return joined(a, b, c, d, e, f) }
	two := func(a, b int) string { return joined(a, b) }
	alive := func(int) flux.Mono[int64] { return flux.Timer(3 * millis) }
	return []sample{
		{"Zip2", "Zip2(a, b, a, b → [a b])", func(g *stage) { a, b := pair(g); out(g, flux.Zip2(a, b, two)) }},
		{"Zip3", "Zip3(a, b, c, f)", func(g *stage) { s := many(g, 3); out(g, flux.Zip3(s[0], s[1], s[2], three)) }},
		{"Zip4", "Zip4(a, b, c, d, f)", func(g *stage) { s := many(g, 4); out(g, flux.Zip4(s[0], s[1], s[2], s[3], four)) }},
		{"Zip5", "Zip5(a, b, c, d, e, f)", func(g *stage) {
			s := many(g, 5)
			out(g, flux.Zip5(s[0], s[1], s[2], s[3], s[4], five))
		}},
		{"Zip6", "Zip6(a, b, c, d, e, f, fn)", func(g *stage) {
			s := many(g, 6)
			out(g, flux.Zip6(s[0], s[1], s[2], s[3], s[4], s[5], six))
		}},
		{"ZipAll", "ZipAll(list, values → values)", func(g *stage) { out(g, flux.ZipAll(many(g, 3), list)) }},
		{"ZipWithIterable", "ZipWithIterable(seq of 10, 20, v, w → [v w])", func(g *stage) {
			out(g, flux.ZipWithIterable(g.in("-1-2-3|"), slices.Values([]int{10, 20}), two))
		}},
		{"CombineLatest2", "CombineLatest2(a, b, a, b → [a b])", func(g *stage) { a, b := pair(g); out(g, flux.CombineLatest2(a, b, two)) }},
		{"CombineLatest3", "CombineLatest3(a, b, c, f)", func(g *stage) {
			s := many(g, 3)
			out(g, flux.CombineLatest3(s[0], s[1], s[2], three))
		}},
		{"CombineLatest4", "CombineLatest4(a, b, c, d, f)", func(g *stage) {
			s := many(g, 4)
			out(g, flux.CombineLatest4(s[0], s[1], s[2], s[3], four))
		}},
		{"CombineLatest5", "CombineLatest5(a, b, c, d, e, f)", func(g *stage) {
			s := many(g, 5)
			out(g, flux.CombineLatest5(s[0], s[1], s[2], s[3], s[4], five))
		}},
		{"CombineLatest6", "CombineLatest6(a, b, c, d, e, f, fn)", func(g *stage) {
			s := many(g, 6)
			out(g, flux.CombineLatest6(s[0], s[1], s[2], s[3], s[4], s[5], six))
		}},
		{"CombineLatestAll", "CombineLatestAll(list, values → values)", func(g *stage) { out(g, flux.CombineLatestAll(many(g, 3), list)) }},
		{"WithLatestFrom", "WithLatestFrom(other, v, w → [v w])", func(g *stage) {
			src, other := g.in("-1-2-3-|"), g.other("other", "--7--8|")
			out(g, flux.WithLatestFrom(src, other, two))
		}},
		{"Join", "Join(left, right, 3ms, 3ms, l, r → [l r])", func(g *stage) {
			l, r := g.other("left", "-1---2|"), g.other("right", "--7---8|")
			out(g, flux.Join(l, r, alive, alive, two))
		}},
		{"GroupJoin", "GroupJoin(left, right, 3ms, 3ms, l, rights → w)", func(g *stage) {
			l, r := g.other("left", "-1---2|"), g.other("right", "--7---8|")
			groups := flux.GroupJoin(l, r, alive, alive, func(_ int, rights fints) fints { return rights })
			windows(g, groups, func(w fints) (string, fints) { return "", w })
		}},
		{"FirstWithSignal", "FirstWithSignal(a, b)", func(g *stage) {
			out(g, flux.FirstWithSignal[int](g.other("a", "---1-2|"), g.other("b", "-7-8|")))
		}},
		{"FirstWithValue", "FirstWithValue(a, b)", func(g *stage) {
			out(g, flux.FirstWithValue[int](g.other("a", "-|"), g.other("b", "--7-8|")))
		}},
		{"Or", "a.Or(b)", func(g *stage) {
			a, b := g.other("a", "---1-2|"), g.other("b", "-7-8|")
			out(g, a.Or(b))
		}},
	}
}

func pair(g *stage) (a, b fints) {
	return g.other("a", "-1--2---3|"), g.other("b", "--7--8-|")
}

// many gives n sources of which each is later than the one before.
func many(g *stage, n int) []pints {
	var all []pints
	for i := range n {
		diagram := "-------------"[:i+1] + fmt.Sprintf("%d", i+1) + "---------"[:8-i] + fmt.Sprintf("%d|", (i+5)%10)
		all = append(all, g.other(string(rune('a'+i)), diagram))
	}
	return all
}

func mergeSamples() []sample {
	compare := func(a, b int) int { return a - b }
	abs := func(g *stage) (a, b fints) { return g.other("a", "-1--3-|"), g.other("b", "--2-8---9|") }
	list := func(g *stage) []pints { a, b := abs(g); return []pints{a, b} }
	failing := func(g *stage) (a, b fints) { return g.other("a", "-1-#"), g.other("b", "--2---3|") }
	streams := func(g *stage) flux.Flux[fints] {
		a, b := abs(g)
		return flux.Map(flux.Just(0, 1), func(i int) fints { return []fints{a, b}[i] })
	}
	return []sample{
		{"Concat", "Concat(a, b)", func(g *stage) { a, b := abs(g); out(g, flux.Concat[int](a, b)) }},
		{"ConcatDelayError", "ConcatDelayError(a, b)", func(g *stage) { a, b := failing(g); out(g, flux.ConcatDelayError[int](a, b)) }},
		{"ConcatOf", "ConcatOf(streams)", func(g *stage) { out(g, flux.ConcatOf(streams(g))) }},
		{"ConcatWith", "a.ConcatWith(b)", func(g *stage) { a, b := abs(g); out(g, a.ConcatWith(b)) }},
		{"ConcatWithValues", "ConcatWithValues(7, 8)", func(g *stage) { out(g, g.in("-1-2|").ConcatWithValues(7, 8)) }},
		{"StartWith", "StartWith(7, 8)", func(g *stage) { out(g, g.in("-1-2|").StartWith(7, 8)) }},
		{"StartWithPublisher", "StartWithPublisher(first)", func(g *stage) {
			src, first := g.in("-1-2|"), g.other("first", "-7|")
			out(g, src.StartWithPublisher(first))
		}},
		{"Merge", "Merge(a, b)", func(g *stage) { a, b := abs(g); out(g, flux.Merge[int](a, b)) }},
		{"MergeAll", "MergeAll(list)", func(g *stage) { out(g, flux.MergeAll(list(g))) }},
		{"MergeOf", "MergeOf(streams)", func(g *stage) { out(g, flux.MergeOf(streams(g))) }},
		{"MergeWith", "a.MergeWith(b)", func(g *stage) { a, b := abs(g); out(g, a.MergeWith(b)) }},
		{"MergeDelayError", "MergeDelayError(a, b)", func(g *stage) { a, b := failing(g); out(g, flux.MergeDelayError[int](a, b)) }},
		{"MergeSequential", "MergeSequential(a, b)", func(g *stage) { a, b := abs(g); out(g, flux.MergeSequential[int](a, b)) }},
		{"MergeSequentialAll", "MergeSequentialAll(list)", func(g *stage) { out(g, flux.MergeSequentialAll(list(g))) }},
		{"MergeSequentialOf", "MergeSequentialOf(streams)", func(g *stage) { out(g, flux.MergeSequentialOf(streams(g))) }},
		{"MergeComparing", "MergeComparing(a - b, a, b)", func(g *stage) { a, b := abs(g); out(g, flux.MergeComparing[int](compare, a, b)) }},
		{"MergeComparingAll", "MergeComparingAll(a - b, list)", func(g *stage) { out(g, flux.MergeComparingAll(compare, list(g))) }},
		{"MergePriority", "MergePriority(a - b, a, b)", func(g *stage) { a, b := abs(g); out(g, flux.MergePriority[int](compare, a, b)) }},
		{"MergePriorityAll", "MergePriorityAll(a - b, list)", func(g *stage) { out(g, flux.MergePriorityAll(compare, list(g))) }},
	}
}
