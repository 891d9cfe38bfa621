package catalogue

import (
	"context"
	"log/slog"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/mono"
)

type mints = flux.Mono[int]

const single = "--(1|)"

// one gives a Mono of a diagram with one value at most, and shows it above.
func (g *stage) one(diagram string) mints { return mono.FromDirect(g.in(diagram)) }

// only is one for a source whose role has a name.
func (g *stage) only(label, diagram string) mints { return mono.FromDirect(g.other(label, diagram)) }

// overOne shows what an operator makes of a Mono.
func overOne(name, title, diagram string, build func(g *stage, m mints) pints) sample {
	return sample{name, title, func(g *stage) { out(g, build(g, g.one(diagram))) }}
}

func monoMethods() []sample {
	boom := func(error) bool { return true }
	failing := func(g *stage, m mints) mints {
		return mono.TryMap(m, func(int) (int, error) { return 0, errSample })
	}
	handle := func(g *stage) func(error, any) { return func(_ error, v any) { g.call("handle(%v)", v) } }
	return []sample{
		overOne("Mono.Filter", "Filter(v → v > 1)", single, func(_ *stage, m mints) pints { return m.Filter(func(v int) bool { return v > 1 }) }),
		overOne("Mono.DefaultIfEmpty", "DefaultIfEmpty(7)", "--|", func(_ *stage, m mints) pints { return m.DefaultIfEmpty(7) }),
		overOne("Mono.SwitchIfEmpty", "SwitchIfEmpty(other)", "--|", func(g *stage, m mints) pints {
			return m.SwitchIfEmpty(g.only("other", "--(7|)"))
		}),
		overOne("Mono.Single", "Single", "--|", func(_ *stage, m mints) pints { return m.Single() }),
		overOne("Mono.IgnoreElement", "IgnoreElement", single, func(_ *stage, m mints) pints { return m.IgnoreElement() }),
		overOne("Mono.Or", "a.Or(b)", "---(1|)", func(g *stage, m mints) pints { return m.Or(g.only("b", "-(7|)")) }),
		overOne("Mono.ConcatWith", "ConcatWith(next)", single, func(g *stage, m mints) pints { return m.ConcatWith(g.other("next", "-7-8|")) }),
		overOne("Mono.MergeWith", "MergeWith(other)", single, func(g *stage, m mints) pints { return m.MergeWith(g.other("other", "-7-8-9|")) }),
		overOne("Mono.Repeat", "Repeat(2)", single, func(_ *stage, m mints) pints { return m.Repeat(2) }),
		overOne("Mono.RepeatIf", "RepeatIf(() → not yet twice)", single, func(_ *stage, m mints) pints {
			left := 1
			return m.RepeatIf(func() bool { left--; return left >= 0 })
		}),
		overOne("Mono.OnErrorResume", "OnErrorResume(err → fallback)", "--#", func(g *stage, m mints) pints {
			fallback := g.only("fallback", "-(7|)")
			return m.OnErrorResume(func(error) pints { return fallback })
		}),
		overOne("Mono.OnErrorReturn", "OnErrorReturn(7)", "--#", func(_ *stage, m mints) pints { return m.OnErrorReturn(7) }),
		overOne("Mono.OnErrorMap", "OnErrorMap(err → another)", "--#", func(_ *stage, m mints) pints {
			return m.OnErrorMap(func(error) error { return flux.ErrTimeout })
		}),
		overOne("Mono.OnErrorComplete", "OnErrorComplete", "--#", func(_ *stage, m mints) pints { return m.OnErrorComplete() }),
		overOne("Mono.OnErrorCompleteIf", "OnErrorCompleteIf(err → it is this one)", "--#", func(_ *stage, m mints) pints {
			return m.OnErrorCompleteIf(boom)
		}),
		overOne("Mono.OnErrorContinue", "Map(1 fails).OnErrorContinue(handle)", single, func(g *stage, m mints) pints {
			return failing(g, m).OnErrorContinue(handle(g))
		}),
		overOne("Mono.OnErrorContinueIf", "Map(1 fails).OnErrorContinueIf(when, handle)", single, func(g *stage, m mints) pints {
			return failing(g, m).OnErrorContinueIf(boom, handle(g))
		}),
		overOne("Mono.OnErrorStop", "Map(1 fails).OnErrorStop().OnErrorContinue(…)", single, func(g *stage, m mints) pints {
			return failing(g, m).OnErrorStop().OnErrorContinue(handle(g))
		}),
		overOne("Mono.Retry", "Retry(1)", "--#", func(_ *stage, m mints) pints { return m.Retry(1) }),
		overOne("Mono.RetryWhen", "RetryWhen(RetryFixedDelay(1, 3ms))", "--#", func(_ *stage, m mints) pints {
			return m.RetryWhen(flux.RetryFixedDelay(1, 3*millis))
		}),
	}
}

func monoSideSamples() []sample {
	quiet := slog.New(slog.DiscardHandler)
	return []sample{
		overOne("Mono.DoFirst", "DoFirst(f)", single, func(g *stage, m mints) pints { return m.DoFirst(func() { g.call("f") }) }),
		overOne("Mono.DoOnSubscribe", "DoOnSubscribe(f)", single, func(g *stage, m mints) pints { return m.DoOnSubscribe(func() { g.call("f") }) }),
		{"Mono.DoOnRequest", "DoOnRequest(f)", func(g *stage) {
			outBy(g, g.one(single).DoOnRequest(func(n int64) { g.call("f(%d)", n) }), 1, nil)
		}},
		overOne("Mono.DoOnNext", "DoOnNext(f)", single, func(g *stage, m mints) pints { return m.DoOnNext(func(v int) { g.call("f(%d)", v) }) }),
		overOne("Mono.DoOnSuccess", "DoOnSuccess(f)", single, func(g *stage, m mints) pints {
			return m.DoOnSuccess(func(v int, ok bool) { g.call("f(%d, %t)", v, ok) })
		}),
		overOne("Mono.DoOnError", "DoOnError(f)", "--#", func(g *stage, m mints) pints { return m.DoOnError(func(err error) { g.call("f(%v)", err) }) }),
		overOne("Mono.DoOnTerminate", "DoOnTerminate(f)", single, func(g *stage, m mints) pints { return m.DoOnTerminate(func() { g.call("f") }) }),
		overOne("Mono.DoAfterTerminate", "DoAfterTerminate(f)", single, func(g *stage, m mints) pints {
			return m.DoAfterTerminate(func() { g.call("f") })
		}),
		{"Mono.DoOnCancel", "DoOnCancel(f)", func(g *stage) {
			cancelled(g, g.one("-----(1|)").DoOnCancel(func() { g.call("f") }))
		}},
		overOne("Mono.DoOnEach", "DoOnEach(f)", single, func(g *stage, m mints) pints {
			return m.DoOnEach(func(v flux.Signal[int]) { g.call("f(%v)", v) })
		}),
		overOne("Mono.DoOnDiscard", "Filter(v → v > 1).DoOnDiscard(f)", single, func(g *stage, m mints) pints {
			return m.Filter(func(v int) bool { return v > 1 }).DoOnDiscard(func(v any) { g.call("f(%v)", v) })
		}),
		overOne("Mono.DoFinally", "DoFinally(f)", single, func(g *stage, m mints) pints {
			return m.DoFinally(func(end flux.SignalType) { g.call("f(%v)", end) })
		}),
		overOne("Mono.Tap", "Tap(listener)", single, func(g *stage, m mints) pints {
			return m.Tap(func(context.Context) flux.Listener[int] {
				return flux.Listener[int]{
					OnSubscribe: func() { g.call("subscribe") },
					OnNext:      func(v int) { g.call("next(%d)", v) },
					OnComplete:  func() { g.call("complete") },
				}
			})
		}),
		overOne("Mono.Hide", "Hide", single, func(_ *stage, m mints) pints { return m.Hide() }),
		overOne("Mono.Log", "Log(logger, name)", single, func(_ *stage, m mints) pints { return m.Log(quiet, "src") }),
		overOne("Mono.Name", "Name(name)", single, func(_ *stage, m mints) pints { return m.Name("src") }),
		overOne("Mono.Tag", "Tag(key, value)", single, func(_ *stage, m mints) pints { return m.Tag("k", "v") }),
		overOne("Mono.Checkpoint", "Checkpoint(name)", "--#", func(_ *stage, m mints) pints { return m.Checkpoint("here") }),
		overOne("Mono.CheckpointHere", "CheckpointHere(name)", "--#", func(_ *stage, m mints) pints { return m.CheckpointHere("here") }),
	}
}

// cancelled shows what a subscriber gets that cancels after 3.5 ms.
func cancelled(g *stage, p pints) {
	outBy(g, p, flux.Unbounded, func(rec *fluxtest.Recorder[string]) { g.after(7*millis/2, rec.Cancel) })
}

func monoTimes() []sample {
	// Three subscribers, of whom the third comes long after the end.
	shares := func(name, title string, of func(m mints) mints) sample {
		return sample{name, title, func(g *stage) {
			shared := of(g.one("----(1|)"))
			outOf(g, "first", shared, flux.Unbounded, nil)
			g.after(5*millis/2, func() { outOf(g, "second", shared, flux.Unbounded, nil) })
			g.after(19*millis/2, func() { outOf(g, "third", shared, flux.Unbounded, nil) })
		}}
	}
	return []sample{
		overOne("Mono.Timeout", "Timeout(3ms)", "-----(1|)", func(_ *stage, m mints) pints { return m.Timeout(3 * millis) }),
		overOne("Mono.TimeoutOr", "TimeoutOr(3ms, fallback)", "-----(1|)", func(g *stage, m mints) pints {
			return m.TimeoutOr(3*millis, g.only("fallback", "-(7|)"))
		}),
		overOne("Mono.TakeFor", "TakeFor(3ms)", "-----(1|)", func(_ *stage, m mints) pints { return m.TakeFor(3 * millis) }),
		overOne("Mono.DelayElement", "DelayElement(3ms)", single, func(_ *stage, m mints) pints { return m.DelayElement(3 * millis) }),
		overOne("Mono.DelaySubscription", "DelaySubscription(3ms)", single, func(_ *stage, m mints) pints { return m.DelaySubscription(3 * millis) }),
		overOne("Mono.PublishOn", "PublishOn()", single, func(_ *stage, m mints) pints { return m.PublishOn() }),
		overOne("Mono.PublishOnExecutor", "PublishOnExecutor(exec)", single, func(_ *stage, m mints) pints { return m.PublishOnExecutor(inline{}) }),
		overOne("Mono.SubscribeOn", "SubscribeOn()", single, func(_ *stage, m mints) pints { return m.SubscribeOn() }),
		overOne("Mono.SubscribeOnExecutor", "SubscribeOnExecutor(exec)", single, func(_ *stage, m mints) pints {
			return m.SubscribeOnExecutor(inline{})
		}),
		{"Mono.CancelOn", "CancelOn()", func(g *stage) { cancelled(g, g.one("-----(1|)").CancelOn()) }},
		{"Mono.CancelOnExecutor", "CancelOnExecutor(exec)", func(g *stage) { cancelled(g, g.one("-----(1|)").CancelOnExecutor(inline{})) }},
		shares("Mono.Cache", "Cache()", func(m mints) mints { return m.Cache() }),
		shares("Mono.CacheFor", "CacheFor(2ms)", func(m mints) mints { return m.CacheFor(2 * millis) }),
		shares("Mono.CacheBy", "CacheBy(outcome → 1s)", func(m mints) mints {
			return m.CacheBy(func(flux.Signal[int]) time.Duration { return time.Second })
		}),
		shares("Mono.CacheInvalidateIf", "CacheInvalidateIf(v → true)", func(m mints) mints {
			return m.CacheInvalidateIf(func(int) bool { return true })
		}),
		shares("mono.CacheInvalidateWhen", "CacheInvalidateWhen(v → Delay(3ms))", func(m mints) mints {
			return mono.CacheInvalidateWhen(m, func(int) flux.Mono[int64] { return mono.Delay(3 * millis) })
		}),
		shares("Mono.Share", "Share()", func(m mints) mints { return m.Share() }),
	}
}
