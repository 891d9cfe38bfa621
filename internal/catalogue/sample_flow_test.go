package catalogue

import (
	"context"
	"log/slog"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// slowly requests one value at once and some after 6.5 and 10.5 ms.
func slowly[T any](g *stage, p flux.Publisher[T]) {
	outBy(g, p, 1, func(rec *fluxtest.Recorder[string]) {
		g.after(13*millis/2, func() { rec.Request(1) })
		g.after(21*millis/2, func() { rec.Request(2) })
	})
}

func backpressureSamples() []sample {
	hot := func(g *stage) fints { return above(g, "", ints.Hot(g.t, g.late("-1-2-3-4-5-6-|"))) }
	requests := func(g *stage) func(n int64) {
		return func(n int64) {
			if n == flux.Unbounded {
				g.call("request(all)")
				return
			}
			g.call("request(%d)", n)
		}
	}
	return []sample{
		{"OnBackpressureBuffer", "OnBackpressureBuffer()", func(g *stage) {
			slowly(g, hot(g).OnBackpressureBuffer(flux.BufferSpec[int]{}))
		}},
		{"OnBackpressureDrop", "OnBackpressureDrop(dropped)", func(g *stage) {
			slowly(g, hot(g).OnBackpressureDrop(func(v int) { g.call("drop %d", v) }))
		}},
		{"OnBackpressureLatest", "OnBackpressureLatest", func(g *stage) { slowly(g, hot(g).OnBackpressureLatest()) }},
		{"OnBackpressureError", "OnBackpressureError", func(g *stage) { slowly(g, hot(g).OnBackpressureError()) }},
		{"LimitRate", "LimitRate(2)", func(g *stage) {
			out(g, g.in("(1234|)").DoOnRequest(requests(g)).LimitRate(2))
		}},
		{"LimitRateLow", "LimitRateLow(3, 1)", func(g *stage) {
			out(g, g.in("(1234|)").DoOnRequest(requests(g)).LimitRateLow(3, 1))
		}},
	}
}

func sideSamples() []sample {
	quiet := slog.New(slog.DiscardHandler)
	watch := func(name, title string, build func(g *stage, src fints) fints) sample {
		return sample{name, title, func(g *stage) { out(g, build(g, g.in("-1-2|"))) }}
	}
	cut := func(name, title string, build func(g *stage, src fints) fints) sample {
		return sample{name, title, func(g *stage) { out(g, build(g, g.in("-1-2-3|")).Take(2)) }}
	}
	fails := func(name, title string, build func(g *stage, src fints) fints) sample {
		return sample{name, title, func(g *stage) { out(g, build(g, g.in("-1-#"))) }}
	}
	return []sample{
		watch("DoFirst", "DoFirst(f)", func(g *stage, s fints) fints { return s.DoFirst(func() { g.call("f") }) }),
		watch("DoOnSubscribe", "DoOnSubscribe(f)", func(g *stage, s fints) fints { return s.DoOnSubscribe(func() { g.call("f") }) }),
		{"DoOnRequest", "DoOnRequest(f)", func(g *stage) {
			slowly(g, g.in("-1-2-3-4|").DoOnRequest(func(n int64) { g.call("f(%d)", n) }))
		}},
		watch("DoOnNext", "DoOnNext(f)", func(g *stage, s fints) fints { return s.DoOnNext(func(v int) { g.call("f(%d)", v) }) }),
		watch("DoOnComplete", "DoOnComplete(f)", func(g *stage, s fints) fints { return s.DoOnComplete(func() { g.call("f") }) }),
		fails("DoOnError", "DoOnError(f)", func(g *stage, s fints) fints { return s.DoOnError(func(err error) { g.call("f(%v)", err) }) }),
		fails("DoOnTerminate", "DoOnTerminate(f)", func(g *stage, s fints) fints { return s.DoOnTerminate(func() { g.call("f") }) }),
		fails("DoAfterTerminate", "DoAfterTerminate(f)", func(g *stage, s fints) fints {
			return s.DoAfterTerminate(func() { g.call("f") })
		}),
		cut("DoOnCancel", "DoOnCancel(f).Take(2)", func(g *stage, s fints) fints { return s.DoOnCancel(func() { g.call("f") }) }),
		watch("DoOnEach", "DoOnEach(f)", func(g *stage, s fints) fints {
			return s.DoOnEach(func(v flux.Signal[int]) { g.call("f(%v)", v) })
		}),
		{"DoOnDiscard", "Filter(odd).DoOnDiscard(f)", func(g *stage) {
			out(g, g.in("-1-2-3|").Filter(odd).DoOnDiscard(func(v any) { g.call("f(%v)", v) }))
		}},
		cut("DoFinally", "DoFinally(f).Take(2)", func(g *stage, s fints) fints {
			return s.DoFinally(func(end flux.SignalType) { g.call("f(%v)", end) })
		}),
		watch("Tap", "Tap(listener)", func(g *stage, s fints) fints {
			return s.Tap(func(context.Context) flux.Listener[int] {
				return flux.Listener[int]{
					OnSubscribe: func() { g.call("subscribe") },
					OnNext:      func(v int) { g.call("next(%d)", v) },
					OnComplete:  func() { g.call("complete") },
				}
			})
		}),
		watch("Log", "Log(logger, name)", func(_ *stage, s fints) fints { return s.Log(quiet, "src") }),
		watch("Name", "Name(name)", func(_ *stage, s fints) fints { return s.Name("src") }),
		watch("Tag", "Tag(key, value)", func(_ *stage, s fints) fints { return s.Tag("k", "v") }),
		watch("Hide", "Hide", func(_ *stage, s fints) fints { return s.Hide() }),
		fails("Checkpoint", "Checkpoint(name)", func(_ *stage, s fints) fints { return s.Checkpoint("here") }),
		fails("CheckpointHere", "CheckpointHere(name)", func(_ *stage, s fints) fints { return s.CheckpointHere("here") }),
	}
}

// inline is an executor that runs each task at once.
type inline struct{}

func (inline) Execute(task func()) { task() }

func timeSamples() []sample {
	return []sample{
		{"DelayElements", "DelayElements(3ms)", func(g *stage) { out(g, g.in("-12-3|").DelayElements(3*millis)) }},
		{"DelaySequence", "DelaySequence(3.5ms)", func(g *stage) { out(g, g.in("-12-3|").DelaySequence(7*millis/2)) }},
		{"DelaySubscription", "DelaySubscription(3ms)", func(g *stage) { out(g, g.in("-1-2|").DelaySubscription(3*millis)) }},
		{"DelaySubscriptionUntil", "DelaySubscriptionUntil(other)", func(g *stage) {
			src, other := g.in("-1-2|"), g.other("other", "---7-")
			out(g, flux.DelaySubscriptionUntil(src, other))
		}},
		{"PublishOn", "PublishOn()", func(g *stage) { out(g, g.in("-1-2|").PublishOn()) }},
		{"PublishOnExecutor", "PublishOnExecutor(exec)", func(g *stage) { out(g, g.in("-1-2|").PublishOnExecutor(inline{})) }},
		{"SubscribeOn", "SubscribeOn()", func(g *stage) { out(g, g.in("-1-2|").SubscribeOn()) }},
		{"SubscribeOnExecutor", "SubscribeOnExecutor(exec)", func(g *stage) { out(g, g.in("-1-2|").SubscribeOnExecutor(inline{})) }},
		{"CancelOn", "CancelOn()", func(g *stage) { cancelled(g, g.in("-1-2-3|").CancelOn()) }},
		{"CancelOnExecutor", "CancelOnExecutor(exec)", func(g *stage) { cancelled(g, g.in("-1-2-3|").CancelOnExecutor(inline{})) }},
	}
}
