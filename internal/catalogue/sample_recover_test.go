package catalogue

import (
	"errors"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func errorSamples() []sample {
	failing := func(g *stage) fints {
		return flux.TryMap(g.in("-1-2-3|"), func(v int) (int, error) {
			if v == 2 {
				return 0, errSample
			}
			return v * 10, nil
		})
	}
	is := func(err error) bool { return errors.Is(err, errSample) }
	gap := func(int) pints { return flux.Map(flux.Timer(3*millis), func(v int64) int { return int(v) }) }
	first := func(d time.Duration) flux.Publisher[int] {
		return flux.Map(flux.Timer(d), func(v int64) int { return int(v) })
	}
	return []sample{
		{"OnErrorReturn", "OnErrorReturn(7)", func(g *stage) { out(g, g.in("-1-2-#").OnErrorReturn(7)) }},
		{"OnErrorResume", "OnErrorResume(err → fallback)", func(g *stage) {
			src, fallback := g.in("-1-2-#"), g.other("fallback", "-7-8|")
			out(g, src.OnErrorResume(func(error) pints { return fallback }))
		}},
		{"OnErrorMap", "OnErrorMap(err → another)", func(g *stage) {
			out(g, g.in("-1-2-#").OnErrorMap(func(error) error { return flux.ErrTimeout }))
		}},
		{"OnErrorComplete", "OnErrorComplete", func(g *stage) { out(g, g.in("-1-2-#").OnErrorComplete()) }},
		{"OnErrorCompleteIf", "OnErrorCompleteIf(err → it is this one)", func(g *stage) { out(g, g.in("-1-2-#").OnErrorCompleteIf(is)) }},
		{"OnErrorContinue", "Map(2 fails).OnErrorContinue(handle)", func(g *stage) {
			out(g, failing(g).OnErrorContinue(func(_ error, v any) { g.call("handle(%v)", v) }))
		}},
		{"OnErrorContinueIf", "Map(2 fails).OnErrorContinueIf(when, handle)", func(g *stage) {
			out(g, failing(g).OnErrorContinueIf(is, func(_ error, v any) { g.call("handle(%v)", v) }))
		}},
		{"OnErrorStop", "Map(2 fails).OnErrorStop().OnErrorContinue(…)", func(g *stage) {
			out(g, failing(g).OnErrorStop().OnErrorContinue(func(_ error, v any) { g.call("handle(%v)", v) }))
		}},
		{"Timeout", "Timeout(3ms)", func(g *stage) { out(g, g.in("-1-2-----3|").Timeout(3*millis)) }},
		{"TimeoutOr", "TimeoutOr(3ms, fallback)", func(g *stage) {
			src, fallback := g.in("-1-2-----3|"), g.other("fallback", "-7-8|")
			out(g, src.TimeoutOr(3*millis, fallback))
		}},
		{"TimeoutFirst", "TimeoutFirst(Timer(2.5ms))", func(g *stage) { out(g, flux.TimeoutFirst(g.in("-----1-2|"), first(5*millis/2))) }},
		{"TimeoutEach", "TimeoutEach(first, v → Timer(3ms))", func(g *stage) {
			out(g, flux.TimeoutEach(g.in("-1-2-----3|"), first(10*millis), gap))
		}},
		{"TimeoutEachOr", "TimeoutEachOr(first, v → Timer(3ms), fallback)", func(g *stage) {
			src, fallback := g.in("-1-2-----3|"), g.other("fallback", "-7-8|")
			out(g, flux.TimeoutEachOr(src, first(10*millis), gap, fallback))
		}},
	}
}

func repeatSamples() []sample {
	return []sample{
		{"Retry", "Retry(1)", func(g *stage) { out(g, g.in("-1-2-#").Retry(1)) }},
		{"RetryWhen", "RetryWhen(RetryFixedDelay(1, 3ms))", func(g *stage) {
			out(g, g.in("-1-#").RetryWhen(flux.RetryFixedDelay(1, 3*millis)))
		}},
		{"RetryWhenCompanion", "RetryWhenCompanion(failures → failures.Take(2))", func(g *stage) {
			out(g, flux.RetryWhenCompanion(g.in("-1-#"), func(f flux.Flux[flux.RetrySignal]) flux.Flux[flux.RetrySignal] { return f.Take(2) }))
		}},
		{"Repeat", "Repeat(1)", func(g *stage) { out(g, g.in("-1-2|").Repeat(1)) }},
		{"RepeatIf", "RepeatIf(() → not yet twice)", func(g *stage) {
			left := 1
			out(g, g.in("-1-2|").RepeatIf(func() bool { left--; return left >= 0 }))
		}},
		{"RepeatWhen", "RepeatWhen(counts → 3ms later, twice)", func(g *stage) {
			out(g, flux.RepeatWhen(g.in("-1|"), func(counts flux.Flux[int64]) flux.Flux[int64] {
				return counts.Take(2).DelayElements(3 * millis)
			}))
		}},
	}
}
