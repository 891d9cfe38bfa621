package catalogue

import (
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// two shows a first subscriber, and a second one 4.5 ms later.
func two(g *stage, shared pints) {
	outOf(g, "first", shared, flux.Unbounded, nil)
	g.after(9*millis/2, func() { outOf(g, "second", shared, flux.Unbounded, nil) })
}

func shareSamples() []sample {
	const four = "-1-2-3-4|"
	replays := func(name, title string, of func(s fints) flux.Connectable[int]) sample {
		return sample{name, title, func(g *stage) { two(g, of(g.in(four)).AutoConnect(1)) }}
	}
	shares := func(name, title string, of func(s fints) fints) sample {
		return sample{name, title, func(g *stage) { two(g, of(g.in(four))) }}
	}
	return []sample{
		{"Publish", "Publish() … Connect(ctx) at 2ms", func(g *stage) {
			c := g.in(four).Publish()
			two(g, c)
			g.after(2*millis, func() { c.Connect(g.ctx) })
		}},
		shares("Share", "Share()", func(s fints) fints { return s.Share() }),
		shares("ShareNext", "ShareNext()", func(s fints) fints { return s.ShareNext().Flux() }),
		{"PublishSelect", "PublishSelect(s → Zip2(s, s.Skip(1)))", func(g *stage) {
			out(g, flux.PublishSelect(g.in(four), func(s fints) flux.Flux[string] {
				return flux.Zip2(s, s.Skip(1), func(a, b int) string { return fmt.Sprint([]int{a, b}) })
			}))
		}},
		replays("Replay", "Replay().AutoConnect(1)", func(s fints) flux.Connectable[int] { return s.Replay() }),
		replays("ReplayLast", "ReplayLast(1).AutoConnect(1)", func(s fints) flux.Connectable[int] { return s.ReplayLast(1) }),
		replays("ReplayFor", "ReplayFor(2.5ms).AutoConnect(1)", func(s fints) flux.Connectable[int] { return s.ReplayFor(5 * millis / 2) }),
		replays("ReplayLastFor", "ReplayLastFor(1, 1s).AutoConnect(1)", func(s fints) flux.Connectable[int] {
			return s.ReplayLastFor(1, time.Second)
		}),
		shares("Cache", "Cache()", func(s fints) fints { return s.Cache() }),
		shares("CacheLast", "CacheLast(1)", func(s fints) fints { return s.CacheLast(1) }),
		shares("CacheFor", "CacheFor(2.5ms)", func(s fints) fints { return s.CacheFor(5 * millis / 2) }),
		shares("CacheLastFor", "CacheLastFor(1, 1s)", func(s fints) fints { return s.CacheLastFor(1, time.Second) }),
		shares("Connectable.AutoConnect", "Publish().AutoConnect(2)", func(s fints) fints { return s.Publish().AutoConnect(2) }),
		shares("Connectable.RefCount", "Publish().RefCount(2)", func(s fints) fints { return s.Publish().RefCount(2) }),
		shares("Connectable.RefCountGrace", "Publish().RefCountGrace(1, 4ms).Take(1)", func(s fints) fints {
			return s.Publish().RefCountGrace(1, 4*millis).Take(1)
		}),
	}
}

func railSamples() []sample {
	type rails = flux.ParallelFlux[int]
	over := func(name, title string, on func(g *stage, p rails) rails) sample {
		return sample{name, title, func(g *stage) {
			groups := flux.ParallelGroups(on(g, flux.Parallel(g.in("-1-2-3-4|"), 2)))
			windows(g, groups, func(w flux.Grouped[int, int]) (string, fints) { return fmt.Sprintf("rail %d", w.Key), w.Flux })
		}}
	}
	ten := func(v int) int { return v * 10 }
	same := func(_ *stage, p rails) rails { return p }
	return []sample{
		over("Parallel", "Parallel(2)", same),
		over("ParallelGroups", "ParallelGroups", same),
		over("ParallelMap", "ParallelMap(v → v*10)", func(_ *stage, p rails) rails { return flux.ParallelMap(p, ten) }),
		over("ParallelFlatMap", "ParallelFlatMap(v → v, v*10)", func(_ *stage, p rails) rails {
			return flux.ParallelFlatMap(p, func(v int) fints { return flux.Just(v, v*10) })
		}),
		over("ParallelConcatMap", "ParallelConcatMap(v → v, v*10)", func(_ *stage, p rails) rails {
			return flux.ParallelConcatMap(p, func(v int) fints { return flux.Just(v, v*10) })
		}),
		over("ParallelReduceWith", "ParallelReduceWith(0, acc, v → acc + v)", func(_ *stage, p rails) rails {
			return flux.ParallelReduceWith(p, func() int { return 0 }, add)
		}),
		over("OnRails", "OnRails(rail → rail.Skip(1))", func(_ *stage, p rails) rails {
			return flux.OnRails(p, func(r fints) fints { return r.Skip(1) })
		}),
		over("ParallelFlux.RunOn", "RunOn()", func(_ *stage, p rails) rails { return p.RunOn() }),
		over("ParallelFlux.RunOnExecutor", "RunOnExecutor(exec)", func(_ *stage, p rails) rails { return p.RunOnExecutor(inline{}) }),
		over("ParallelFlux.Filter", "Filter(v → v > 2)", func(_ *stage, p rails) rails {
			return p.Filter(func(v int) bool { return v > 2 })
		}),
		over("ParallelFlux.DoOnNext", "DoOnNext(f)", func(g *stage, p rails) rails {
			return p.DoOnNext(func(v int) { g.call("f(%d)", v) })
		}),
		{"ParallelFlux.Sequential", "Parallel(2).Sequential()", func(g *stage) {
			out(g, flux.Parallel(g.in("-1-2-3-4|"), 2).Sequential())
		}},
		{"ParallelFlux.SortFunc", "Parallel(2).SortFunc(b - a)", func(g *stage) {
			out(g, flux.Parallel(g.in("-1-4-2-3|"), 2).SortFunc(func(a, b int) int { return b - a }))
		}},
		{"ParallelFlux.Reduce", "Parallel(2).Reduce(a + b)", func(g *stage) {
			out(g, flux.Parallel(g.in("-1-2-3-4|"), 2).Reduce(add))
		}},
	}
}
