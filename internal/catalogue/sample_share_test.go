package catalogue

import (
	"fmt"
	"log/slog"
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

type rails = flux.ParallelFlux[int]

// showRails draws each rail.
func showRails(g *stage, p rails) {
	windows(g, flux.ParallelGroups(p), func(w flux.Grouped[int, int]) (string, fints) { return fmt.Sprintf("rail %d", w.Key), w.Flux })
}

func railSamples() []sample {
	over := func(name, title string, on func(g *stage, p rails) rails) sample {
		return sample{name, title, func(g *stage) { showRails(g, on(g, flux.Parallel(g.in("-1-2-3-4|"), 2))) }}
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
		over("ParallelCollectInto", "ParallelCollectInto(…)", func(_ *stage, p rails) rails {
			sums := flux.ParallelCollectInto(p, func() *int { return new(int) }, func(sum *int, v int) { *sum += v })
			return flux.ParallelMap(sums, func(sum *int) int { return *sum })
		}),
		{"ParallelFrom", "ParallelFrom(a, b)", func(g *stage) {
			a, b := g.other("a", "-1---3|"), g.other("b", "--2-4|")
			showRails(g, flux.ParallelFrom[int](a, b))
		}},
		over("OnRails", "OnRails(rail → rail.Skip(1))", func(_ *stage, p rails) rails {
			return flux.OnRails(p, func(r fints) fints { return r.Skip(1) })
		}),
		over("ParallelFlux.RunOn", "RunOn()", func(_ *stage, p rails) rails { return p.RunOn() }),
		over("ParallelFlux.RunOnExecutor", "RunOnExecutor(exec)", func(_ *stage, p rails) rails { return p.RunOnExecutor(inline{}) }),
		over("ParallelFlux.Filter", "Filter(v → v > 2)", func(_ *stage, p rails) rails {
			return p.Filter(func(v int) bool { return v > 2 })
		}),
		{"ParallelFlux.Sequential", "Parallel(2).Sequential()", func(g *stage) {
			out(g, flux.Parallel(g.in("-1-2-3-4|"), 2).Sequential())
		}},
		{"ParallelFlux.Ordered", "ParallelFrom(a, b).Ordered(a - b)", func(g *stage) {
			a, b := g.other("a", "-1---4|"), g.other("b", "--2-3-5|")
			out(g, flux.ParallelFrom[int](a, b).Ordered(func(a, b int) int { return a - b }))
		}},
		{"ParallelFlux.SortFunc", "Parallel(2).SortFunc(b - a)", func(g *stage) {
			out(g, flux.Parallel(g.in("-1-4-2-3|"), 2).SortFunc(func(a, b int) int { return b - a }))
		}},
		{"ParallelFlux.Reduce", "Parallel(2).Reduce(a + b)", func(g *stage) {
			out(g, flux.Parallel(g.in("-1-2-3-4|"), 2).Reduce(add))
		}},
	}
}

// railPeekSamples watch rails.
func railPeekSamples() []sample {
	quiet := slog.New(slog.DiscardHandler)
	over := func(src string) func(name string, on func(g *stage, p rails) rails) sample {
		return func(name string, on func(g *stage, p rails) rails) sample {
			return sample{"ParallelFlux." + name, name + "(f)", func(g *stage) { showRails(g, on(g, flux.Parallel(g.in(src), 2))) }}
		}
	}
	watch, fails := over("-1-2-3|"), over("-1-2-#")
	return []sample{
		watch("DoOnNext", func(g *stage, p rails) rails { return p.DoOnNext(func(v int) { g.call("f(%d)", v) }) }),
		watch("DoOnComplete", func(g *stage, p rails) rails { return p.DoOnComplete(func() { g.call("f") }) }),
		watch("DoOnEach", func(g *stage, p rails) rails { return p.DoOnEach(func(s flux.Signal[int]) { g.call("f(%v)", s) }) }),
		watch("DoOnSubscribe", func(g *stage, p rails) rails { return p.DoOnSubscribe(func() { g.call("f") }) }),
		watch("DoOnRequest", func(g *stage, p rails) rails {
			return p.DoOnRequest(func(n int64) {
				if n == flux.Unbounded {
					g.call("f(∞)")
					return
				}
				g.call("f(%d)", n)
			})
		}),
		fails("DoOnError", func(g *stage, p rails) rails { return p.DoOnError(func(err error) { g.call("f(%v)", err) }) }),
		fails("DoOnTerminate", func(g *stage, p rails) rails { return p.DoOnTerminate(func() { g.call("f") }) }),
		fails("DoAfterTerminate", func(g *stage, p rails) rails { return p.DoAfterTerminate(func() { g.call("f") }) }),
		{"ParallelFlux.DoOnCancel", "DoOnCancel(f).Sequential().Take(2)", func(g *stage) {
			out(g, flux.Parallel(g.in("-1-2-3|"), 2).DoOnCancel(func() { g.call("f") }).Sequential().Take(2))
		}},
		{"ParallelFlux.Log", "Log(logger, name)", func(g *stage) { showRails(g, flux.Parallel(g.in("-1-2-3|"), 2).Log(quiet, "src")) }},
		{"ParallelFlux.Checkpoint", "Checkpoint(name)", func(g *stage) {
			showRails(g, flux.Parallel(g.in("-1-2-#"), 2).Checkpoint("here"))
		}},
	}
}
