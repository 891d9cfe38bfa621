package catalogue

import (
	"github.com/freshet-go/freshet/flux"
)

func filterSamples() []sample {
	small := func(v int) bool { return v < 3 }
	after := func(n int) fints { return flux.DelaySubscriptionUntil(flux.Just(n), flux.Timer(2*millis)) }
	return []sample{
		{"Filter", "Filter(v → v is odd)", func(g *stage) { out(g, g.in("-1-2-3-4|").Filter(odd)) }},
		{"FilterWhen", "FilterWhen(v → a stream that says whether)", func(g *stage) {
			out(g, flux.FilterWhen(g.in("-1---2---3|"), func(v int) flux.Flux[bool] {
				return flux.Map(flux.Timer(millis*3/2), func(int64) bool { return odd(v) })
			}))
		}},
		{"Take", "Take(2)", func(g *stage) { out(g, g.in("-1-2-3|").Take(2)) }},
		{"TakeUnbounded", "TakeUnbounded(2)", func(g *stage) { out(g, g.in("-1-2-3|").TakeUnbounded(2)) }},
		{"TakeWhile", "TakeWhile(v → v < 3)", func(g *stage) { out(g, g.in("-1-2-3-1|").TakeWhile(small)) }},
		{"TakeUntil", "TakeUntil(v → v ≥ 3)", func(g *stage) {
			out(g, g.in("-1-2-3-1|").TakeUntil(func(v int) bool { return v >= 3 }))
		}},
		{"TakeFor", "TakeFor(4ms)", func(g *stage) { out(g, g.in("-1-2-3-4|").TakeFor(4*millis)) }},
		{"TakeLast", "TakeLast(2)", func(g *stage) { out(g, g.in("-1-2-3|").TakeLast(2)) }},
		{"TakeUntilOther", "TakeUntilOther(other)", func(g *stage) {
			src, other := g.in("-1-2-3-4|"), g.other("other", "----7")
			out(g, flux.TakeUntilOther(src, other))
		}},
		{"Skip", "Skip(2)", func(g *stage) { out(g, g.in("-1-2-3-4|").Skip(2)) }},
		{"SkipWhile", "SkipWhile(v → v < 3)", func(g *stage) { out(g, g.in("-1-2-3-1|").SkipWhile(small)) }},
		{"SkipUntil", "SkipUntil(v → v = 2)", func(g *stage) { out(g, g.in("-1-2-3-1|").SkipUntil(func(v int) bool { return v == 2 })) }},
		{"SkipFor", "SkipFor(4ms)", func(g *stage) { out(g, g.in("-1-2-3-4|").SkipFor(4*millis)) }},
		{"SkipLast", "SkipLast(2)", func(g *stage) { out(g, g.in("-1-2-3-4|").SkipLast(2)) }},
		{"SkipUntilOther", "SkipUntilOther(other)", func(g *stage) {
			src, other := g.in("-1-2-3-4|"), g.other("other", "----7")
			out(g, flux.SkipUntilOther(src, other))
		}},
		{"Distinct", "Distinct", func(g *stage) { out(g, flux.Distinct(g.in("-1-2-1-3|"))) }},
		{"DistinctBy", "DistinctBy(v → v % 2)", func(g *stage) {
			out(g, flux.DistinctBy(g.in("-1-2-3-4|"), func(v int) int { return v % 2 }))
		}},
		{"DistinctUntilChanged", "DistinctUntilChanged", func(g *stage) { out(g, flux.DistinctUntilChanged(g.in("-1-1-2-1|"))) }},
		{"DistinctUntilChangedBy", "DistinctUntilChangedBy(v → v % 2)", func(g *stage) {
			out(g, flux.DistinctUntilChangedBy(g.in("-1-3-2-1|"), func(v int) int { return v % 2 }))
		}},
		{"DistinctUntilChangedFunc", "DistinctUntilChangedFunc(a, b → b ≤ a)", func(g *stage) {
			out(g, g.in("-1-3-2-4|").DistinctUntilChangedFunc(func(a, b int) bool { return b <= a }))
		}},
		{"ElementAt", "ElementAt(1)", func(g *stage) { out(g, g.in("-1-2-3|").ElementAt(1)) }},
		{"ElementAtOr", "ElementAtOr(5, 0)", func(g *stage) { out(g, g.in("-1-2-3|").ElementAtOr(5, 0)) }},
		{"Next", "Next", func(g *stage) { out(g, g.in("-1-2-3|").Next()) }},
		{"LastValue", "LastValue", func(g *stage) { out(g, g.in("-1-2-3|").LastValue()) }},
		{"LastValueOr", "LastValueOr(0)", func(g *stage) { out(g, g.in("---|").LastValueOr(0)) }},
		{"Single", "Single", func(g *stage) { out(g, g.in("-1-2-3|").Single()) }},
		{"SingleOr", "SingleOr(0)", func(g *stage) { out(g, g.in("---|").SingleOr(0)) }},
		{"SingleOrEmpty", "SingleOrEmpty", func(g *stage) { out(g, g.in("-1-|").SingleOrEmpty()) }},
		{"IgnoreElements", "IgnoreElements", func(g *stage) { out(g, g.in("-1-2-3|").IgnoreElements()) }},
		{"DefaultIfEmpty", "DefaultIfEmpty(7)", func(g *stage) { out(g, g.in("---|").DefaultIfEmpty(7)) }},
		{"SwitchIfEmpty", "SwitchIfEmpty(other)", func(g *stage) {
			src, other := g.in("---|"), g.other("other", "-7-8|")
			out(g, src.SwitchIfEmpty(other))
		}},
		{"Sample", "Sample(4ms)", func(g *stage) { out(g, g.in("-1-(23)---4-|").Sample(4*millis)) }},
		{"SampleOn", "SampleOn(other)", func(g *stage) {
			src, other := g.in("-1-2---3-4-|"), g.other("other", "----7-----8")
			out(g, flux.SampleOn(src, other))
		}},
		{"SampleFirst", "SampleFirst(4ms)", func(g *stage) { out(g, g.in("-1-2--3-4-|").SampleFirst(4*millis)) }},
		{"SampleFirstBy", "SampleFirstBy(v → a stream)", func(g *stage) {
			out(g, flux.SampleFirstBy(g.in("-12-34-|"), after))
		}},
		{"SampleTimeout", "SampleTimeout(3ms)", func(g *stage) { out(g, g.in("-1-2----3-|").SampleTimeout(3*millis)) }},
		{"SampleTimeoutBy", "SampleTimeoutBy(v → a stream)", func(g *stage) {
			out(g, flux.SampleTimeoutBy(g.in("-12--34-|"), after))
		}},
	}
}
