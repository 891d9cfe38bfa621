package catalogue

import (
	"github.com/freshet-go/freshet/flux"
)

const run = "-1-2-3-4-5|"

func bufferSamples() []sample {
	three := func(v int) bool { return v == 3 }
	return []sample{
		{"Buffer", "Buffer(2)", func(g *stage) { out(g, flux.Buffer(g.in(run), 2)) }},
		{"BufferSkip", "BufferSkip(2, 3)", func(g *stage) { out(g, flux.BufferSkip(g.in(run), 2, 3)) }},
		{"BufferAll", "BufferAll", func(g *stage) { out(g, flux.BufferAll(g.in(run))) }},
		{"BufferFor", "BufferFor(4ms)", func(g *stage) { out(g, flux.BufferFor(g.in(run), 4*millis)) }},
		{"BufferForEvery", "BufferForEvery(2.5ms, 4.5ms)", func(g *stage) { out(g, flux.BufferForEvery(g.in("-12-3--4-5-6|"), 5*millis/2, 9*millis/2)) }},
		{"BufferOn", "BufferOn(boundary)", func(g *stage) {
			src, boundary := g.in(run), g.other("boundary", "----7---8")
			out(g, flux.BufferOn(src, boundary))
		}},
		{"BufferTimeout", "BufferTimeout(2, 4ms)", func(g *stage) { out(g, flux.BufferTimeout(g.in("-1-2-3------4|"), 2, 4*millis)) }},
		{"BufferUntil", "BufferUntil(v → v = 3)", func(g *stage) { out(g, flux.BufferUntil(g.in(run), three)) }},
		{"BufferUntilCutBefore", "BufferUntilCutBefore(v → v = 3)", func(g *stage) { out(g, flux.BufferUntilCutBefore(g.in(run), three)) }},
		{"BufferUntilChanged", "BufferUntilChanged", func(g *stage) { out(g, flux.BufferUntilChanged(g.in("-1-1-2-2-1|"))) }},
		{"BufferUntilChangedBy", "BufferUntilChangedBy(v → v % 2)", func(g *stage) {
			out(g, flux.BufferUntilChangedBy(g.in("-1-3-2-4-1|"), func(v int) int { return v % 2 }))
		}},
		{"BufferWhile", "BufferWhile(v → v is odd)", func(g *stage) { out(g, flux.BufferWhile(g.in("-1-3-2-5-7|"), odd)) }},
		{"BufferWhen", "BufferWhen(opening, v → 3.5ms)", func(g *stage) {
			src, opening := g.in("-1-2-3-4-5-|"), g.other("opening", "7---8")
			out(g, flux.BufferWhen(src, opening, func(int) flux.Mono[int64] { return flux.Timer(7 * millis / 2) }))
		}},
	}
}

func windowSamples() []sample {
	three := func(v int) bool { return v == 3 }
	show := func(g *stage, ws flux.Flux[fints]) { windows(g, ws, func(w fints) (string, fints) { return "", w }) }
	return []sample{
		{"Window", "Window(2)", func(g *stage) { show(g, flux.Window(g.in(run), 2)) }},
		{"WindowSkip", "WindowSkip(3, 2)", func(g *stage) { show(g, flux.WindowSkip(g.in(run), 3, 2)) }},
		{"WindowFor", "WindowFor(4.5ms)", func(g *stage) { show(g, flux.WindowFor(g.in("-1-2--3-4-|"), 9*millis/2)) }},
		{"WindowForEvery", "WindowForEvery(3.5ms, 5.5ms)", func(g *stage) {
			show(g, flux.WindowForEvery(g.in("-12-3--4-5-6|"), 7*millis/2, 11*millis/2))
		}},
		{"WindowOn", "WindowOn(boundary)", func(g *stage) {
			src, boundary := g.in(run), g.other("boundary", "----7---8")
			show(g, flux.WindowOn(src, boundary))
		}},
		{"WindowTimeout", "WindowTimeout(2, 4.5ms)", func(g *stage) { show(g, flux.WindowTimeout(g.in("-1-2-3----4|"), 2, 9*millis/2)) }},
		{"WindowUntil", "WindowUntil(v → v = 3)", func(g *stage) { show(g, flux.WindowUntil(g.in(run), three)) }},
		{"WindowUntilCutBefore", "WindowUntilCutBefore(v → v = 3)", func(g *stage) { show(g, flux.WindowUntilCutBefore(g.in(run), three)) }},
		{"WindowUntilChanged", "WindowUntilChanged", func(g *stage) { show(g, flux.WindowUntilChanged(g.in("-1-1-2-2-1|"))) }},
		{"WindowUntilChangedBy", "WindowUntilChangedBy(v → v % 2)", func(g *stage) {
			show(g, flux.WindowUntilChangedBy(g.in("-1-3-2-4-1|"), func(v int) int { return v % 2 }))
		}},
		{"WindowWhile", "WindowWhile(v → v is odd)", func(g *stage) { show(g, flux.WindowWhile(g.in("-1-3-2-5-7|"), odd)) }},
		{"WindowWhen", "WindowWhen(opening, v → 3.5ms)", func(g *stage) {
			src, opening := g.in("-1-2-3-4-5-|"), g.other("opening", "7---8")
			show(g, flux.WindowWhen(src, opening, func(int) flux.Mono[int64] { return flux.Timer(7 * millis / 2) }))
		}},
		{"GroupBy", "GroupBy(v → odd or even)", func(g *stage) {
			groups := flux.GroupBy(g.in(run), func(v int) string {
				if odd(v) {
					return "odd"
				}
				return "even"
			})
			windows(g, groups, func(w flux.Grouped[string, int]) (string, fints) { return w.Key, w.Flux })
		}},
	}
}
