package mono_test

import (
	"context"
	"log/slog"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/mono"
)

// operator is one operator over a given upstream, set up so that a value passes as
// it is. The tests of the contract run over all of them.
type operator struct {
	name  string
	build func(m one) one
	// fills means that it has a value of its own for an empty upstream.
	fills bool
	// demands means that an empty upstream is an error.
	demands bool
	// catches means that it has an answer of its own for an error.
	catches bool
	// lazy means that it ends only after the first request.
	lazy bool
	// runsOn means that a cancel does not reach the upstream.
	runsOn bool
}

func operators() []operator {
	ops := methods()
	ops = append(ops, watchers()...)
	ops = append(ops, changers()...)
	return append(ops, combiners()...)
}

func methods() []operator {
	yes := func(int) bool { return true }
	pass := func(err error) pub { return mono.Error[int](err) }
	return []operator{
		{name: "Filter", build: func(m one) one { return m.Filter(yes) }},
		{name: "DefaultIfEmpty", build: func(m one) one { return m.DefaultIfEmpty(-1) }, fills: true},
		{name: "SwitchIfEmpty", build: func(m one) one { return m.SwitchIfEmpty(flux.Just(-1, -2)) }, fills: true},
		{name: "SwitchIfEmpty that switched", build: func(m one) one { return mono.Empty[int]().SwitchIfEmpty(m) }},
		{name: "Single", build: func(m one) one { return m.Single() }, demands: true},
		{name: "Or", build: func(m one) one { return m.Or(mono.Never[int]()) }},
		{name: "OnErrorResume", build: func(m one) one { return m.OnErrorResume(pass) }},
		{name: "OnErrorResume that resumed", build: func(m one) one {
			return mono.Error[int](errBoom).OnErrorResume(func(error) pub { return m })
		}},
		{name: "OnErrorReturn", build: func(m one) one { return m.OnErrorReturn(-1) }, catches: true},
		{name: "OnErrorMap", build: func(m one) one { return m.OnErrorMap(func(err error) error { return err }) }},
		{name: "OnErrorComplete", build: func(m one) one { return m.OnErrorComplete() }, catches: true},
		{name: "OnErrorCompleteIf", build: func(m one) one {
			return m.OnErrorCompleteIf(func(error) bool { return false })
		}},
		{name: "OnErrorContinue", build: func(m one) one { return m.OnErrorContinue(func(error, any) {}) }, catches: true},
		{name: "OnErrorContinueIf", build: func(m one) one {
			return m.OnErrorContinueIf(func(error) bool { return false }, func(error, any) {})
		}},
		{name: "OnErrorStop", build: func(m one) one { return m.OnErrorStop() }},
		{name: "Retry", build: func(m one) one { return m.Retry(0) }},
		{name: "RetryWhen", build: func(m one) one {
			return m.RetryWhen(flux.RetryMax(1).Filter(func(error) bool { return false }))
		}},
		{name: "Timeout", build: func(m one) one { return m.Timeout(time.Hour) }},
		{name: "TimeoutOr", build: func(m one) one { return m.TimeoutOr(time.Hour, just(-1)) }},
		{name: "TakeFor", build: func(m one) one { return m.TakeFor(time.Hour) }},
		{name: "DelayElement", build: func(m one) one { return m.DelayElement(time.Second) }},
		{name: "DelaySubscription", build: func(m one) one { return m.DelaySubscription(time.Second) }},
		{name: "Cache", build: func(m one) one { return m.Cache() }, runsOn: true},
		{name: "CacheFor", build: func(m one) one { return m.CacheFor(time.Second) }, runsOn: true},
		{name: "CacheBy", build: func(m one) one {
			return m.CacheBy(func(flux.Signal[int]) time.Duration { return time.Second })
		}, runsOn: true},
		{name: "CacheInvalidateIf", build: func(m one) one {
			return m.CacheInvalidateIf(func(int) bool { return false })
		}, demands: true},
		{name: "CacheInvalidateWhen", build: func(m one) one {
			return mono.CacheInvalidateWhen(m, func(int) mono.Mono[string] { return mono.Empty[string]() })
		}, demands: true},
		{name: "Share", build: func(m one) one { return m.Share() }},
		{name: "PublishOn", build: func(m one) one { return m.PublishOn() }},
		{name: "SubscribeOn", build: func(m one) one { return m.SubscribeOn() }},
		{name: "CancelOn", build: func(m one) one { return m.CancelOn() }},
		{name: "PublishOnExecutor", build: func(m one) one { return m.PublishOnExecutor(inline{}) }},
		{name: "SubscribeOnExecutor", build: func(m one) one { return m.SubscribeOnExecutor(inline{}) }},
		{name: "CancelOnExecutor", build: func(m one) one { return m.CancelOnExecutor(inline{}) }},
		{name: "ConcatWith", build: func(m one) one { return mono.FromDirect(m.ConcatWith(mono.Empty[int]())) }},
		{name: "MergeWith", build: func(m one) one { return mono.FromDirect(m.MergeWith(mono.Empty[int]())) }},
		{name: "Repeat", build: func(m one) one { return mono.FromDirect(m.Repeat(0)) }},
		{name: "RepeatIf", build: func(m one) one { return mono.FromDirect(m.RepeatIf(func() bool { return false })) }},
		{name: "Hide", build: func(m one) one { return m.Hide() }},
	}
}

// inline is an executor that runs each task at once.
type inline struct{}

func (inline) Execute(task func()) { task() }

func watchers() []operator {
	nothing := func() {}
	return []operator{
		{name: "DoOnSuccess", build: func(m one) one { return m.DoOnSuccess(func(int, bool) {}) }},
		{name: "DoOnTerminate", build: func(m one) one { return m.DoOnTerminate(nothing) }},
		{name: "DoAfterTerminate", build: func(m one) one { return m.DoAfterTerminate(nothing) }},
		{name: "DoOnNext", build: func(m one) one { return m.DoOnNext(func(int) {}) }},
		{name: "DoOnEach", build: func(m one) one { return m.DoOnEach(func(flux.Signal[int]) {}) }},
		{name: "DoFinally", build: func(m one) one { return m.DoFinally(func(flux.SignalType) {}) }},
		{name: "Tap", build: func(m one) one {
			return m.Tap(func(context.Context) flux.Listener[int] { return flux.Listener[int]{OnCancel: nothing} })
		}},
		{name: "DoOnSubscribe", build: func(m one) one { return m.DoOnSubscribe(nothing) }},
		{name: "DoOnRequest", build: func(m one) one { return m.DoOnRequest(func(int64) {}) }},
		{name: "DoOnCancel", build: func(m one) one { return m.DoOnCancel(nothing) }},
		{name: "DoFirst", build: func(m one) one { return m.DoFirst(nothing) }},
		{name: "DoOnError", build: func(m one) one { return m.DoOnError(func(error) {}) }},
		{name: "DoOnDiscard", build: func(m one) one { return m.DoOnDiscard(func(any) {}) }},
		{name: "Log", build: func(m one) one { return m.Log(slog.New(slog.DiscardHandler), "a") }},
		{name: "Name", build: func(m one) one { return m.Name("a") }},
		{name: "Tag", build: func(m one) one { return m.Tag("a", "b") }},
		{name: "Checkpoint", build: func(m one) one { return m.Checkpoint("a") }},
		{name: "CheckpointHere", build: func(m one) one { return m.CheckpointHere("a") }},
		{name: "DoFirst and all other hooks", build: func(m one) one {
			return m.DoOnSubscribe(nothing).DoOnRequest(func(int64) {}).DoOnCancel(nothing).DoFirst(nothing).
				DoOnError(func(error) {}).DoOnDiscard(func(any) {}).Name("a").Tag("b", "c").Checkpoint("d")
		}},
	}
}

func changers() []operator {
	return []operator{
		{name: "From a foreign publisher", build: func(m one) one { return mono.From[int](fluxtest.NewProbe(m)) }},
		{name: "FromDirect", build: func(m one) one { return mono.FromDirect(m) }},
		{name: "From a Flux", build: func(m one) one { return mono.From(m.MergeWith(mono.Empty[int]())) }},
		{name: "Defer", build: func(m one) one { return mono.Defer(func(context.Context) one { return m }) }},
		{name: "Map", build: func(m one) one { return mono.Map(m, same) }},
		{name: "TryMap", build: func(m one) one { return mono.TryMap(m, func(v int) (int, error) { return v, nil }) }},
		{name: "MapNotNull", build: func(m one) one { return mono.MapNotNull(m, func(v int) (int, bool) { return v, true }) }},
		{name: "Handle", build: func(m one) one { return mono.Handle(m, func(v int, out *flux.Step[int]) { out.Next(v) }) }},
		{name: "Cast", build: func(m one) one { return mono.Cast[int](mono.Cast[any](m)) }},
		{name: "OfType", build: func(m one) one { return mono.OfType[int](m) }},
		{name: "SingleOptional", build: func(m one) one {
			return mono.Map(mono.SingleOptional(m), func(o mono.Optional[int]) int { return o.Value })
		}, fills: true},
		{name: "Materialize and Dematerialize", build: func(m one) one { return mono.Dematerialize(mono.Materialize(m)) }, lazy: true},
		{name: "Dematerialize", build: func(m one) one {
			return mono.Dematerialize(mono.Map(m, flux.NextSignal[int]))
		}},
		{name: "Elapsed", build: func(m one) one {
			return mono.Map(mono.Elapsed(m), func(v flux.ElapsedValue[int]) int { return v.Value })
		}},
		{name: "Timestamp", build: func(m one) one {
			return mono.Map(mono.Timestamp(m), func(v flux.Timestamped[int]) int { return v.Value })
		}},
		{name: "Timed", build: func(m one) one {
			return mono.Map(mono.Timed(m), func(v flux.TimedValue[int]) int { return v.Value })
		}},
		{name: "Transform", build: func(m one) one { return mono.Transform(m, func(n one) one { return n }) }},
		{name: "TransformDeferred", build: func(m one) one {
			return mono.TransformDeferred(m, func(_ ctx, n one) one { return n })
		}},
		{name: "FlatMap to a known value", build: func(m one) one { return mono.FlatMap(m, just) }},
		{name: "FlatMap to a Flux", build: func(m one) one {
			return mono.FlatMap(m, func(v int) flux.Flux[int] { return flux.Just(v, v, v) })
		}},
		{name: "FlatMap that waits", build: func(m one) one {
			return mono.FlatMap(m, func(v int) one { return later(time.Second, v) })
		}},
		{name: "FlatMap as the inner", build: func(m one) one { return mono.FlatMap(just(0), func(int) one { return m }) }, lazy: true},
		{name: "FlatMapMany", build: func(m one) one { return mono.FromDirect(mono.FlatMapMany(m, just)) }},
		{name: "FlatMapMany as the inner", build: func(m one) one {
			return mono.FromDirect(mono.FlatMapMany(just(0), func(int) one { return m }))
		}},
		{name: "FlatMapIterable", build: func(m one) one {
			return mono.FromDirect(mono.FlatMapIterable(m, func(v int) []int { return []int{v} }))
		}},
		{name: "FilterWhen", build: func(m one) one {
			return mono.FilterWhen(m, func(int) flux.Flux[bool] { return flux.Just(true, false) })
		}},
		{name: "DelayUntil", build: func(m one) one { return mono.DelayUntil(m, func(int) flux.Flux[string] { return flux.Just("a", "b") }) }},
		{name: "ZipWhen", build: func(m one) one { return mono.ZipWhen(m, just, func(a, _ int) int { return a }) }},
		{name: "Then", build: func(m one) one { return mono.Then(flux.Just(-1, -2), m) }},
		{name: "ThenMany", build: func(m one) one { return mono.FromDirect(mono.ThenMany(flux.Just(-1, -2), m)) }},
		{name: "Publish", build: func(m one) one { return mono.Publish(m, func(n one) one { return n.Or(mono.Map(n, same)) }) }},
		{name: "UsingLazily", build: func(m one) one {
			return mono.UsingLazily(acquired, func(int) pub { return m }, released)
		}},
		{name: "Using", build: func(m one) one { return mono.Using(acquired, func(int) pub { return m }, released) }},
		{name: "UsingWhen", build: func(m one) one {
			return mono.UsingWhen(just(0), func(int) pub { return m }, func(int, flux.SignalType, error) pub { return mono.Empty[int]() })
		}},
	}
}

func acquired(context.Context) (int, error) { return 0, nil }
func released(int) error                    { return nil }

func combiners() []operator {
	left := func(v, _ int) int { return v }
	return []operator{
		{name: "Zip2", build: func(m one) one { return mono.Zip2(m, just(0), left) }, lazy: true},
		{name: "ZipWith that waits", build: func(m one) one { return mono.ZipWith(m, later(time.Second, 0), left) }, lazy: true},
		{name: "ZipAllDelayError", build: func(m one) one {
			return mono.ZipAllDelayError([]pub{m, just(0)}, func(vs []int) int { return vs[0] })
		}, lazy: true},
		{name: "Zip2DelayError", build: func(m one) one { return mono.Zip2DelayError(m, just(0), left) }, lazy: true},
		{name: "ZipAll", build: func(m one) one {
			return mono.ZipAll([]pub{m, just(0)}, func(vs []int) int { return vs[0] })
		}, lazy: true},
		{name: "Zip3", build: func(m one) one {
			return mono.Zip3(m, just(0), just(0), func(a, _, _ int) int { return a })
		}, lazy: true},
		{name: "Zip4", build: func(m one) one {
			return mono.Zip4(just(0), m, just(0), just(0), func(_, a, _, _ int) int { return a })
		}, lazy: true},
		{name: "Zip5", build: func(m one) one {
			return mono.Zip5(just(0), just(0), just(0), just(0), m, func(_, _, _, _, a int) int { return a })
		}, lazy: true},
		{name: "Zip6", build: func(m one) one {
			f := func(a, _, _, _, _, _ int) int { return a }
			return mono.Zip6(m, just(0), just(0), just(0), just(0), just(0), f)
		}, lazy: true},
		{name: "FirstWithSignal", build: func(m one) one { return mono.FirstWithSignal[int](m, mono.Never[int]()) }},
		{name: "FirstWithValue", build: func(m one) one { return mono.FirstWithValue[int](m) }},
		{name: "TakeUntilOther", build: func(m one) one { return mono.TakeUntilOther(m, mono.Never[string]()) }},
		{name: "DelaySubscriptionUntil", build: func(m one) one { return mono.DelaySubscriptionUntil(m, mono.Delay(time.Second)) }},
		{name: "TimeoutFirst", build: func(m one) one { return mono.TimeoutFirst(m, mono.Never[string]()) }},
		{name: "TimeoutFirstOr", build: func(m one) one { return mono.TimeoutFirstOr(m, mono.Never[string](), just(-1)) }},
		{name: "RepeatWhenEmpty", build: func(m one) one {
			return mono.RepeatWhenEmpty(m, func(counts flux.Flux[int64]) flux.Flux[int64] {
				return flux.Handle(counts, func(_ int64, out *flux.Step[int64]) { out.Complete() })
			})
		}},
		{name: "RepeatWhenEmptyMax", build: func(m one) one {
			return mono.RepeatWhenEmptyMax(m, 3, func(counts flux.Flux[int64]) flux.Flux[int64] {
				return flux.Handle(counts, func(_ int64, out *flux.Step[int64]) { out.Complete() })
			})
		}},
		{name: "RetryWhenCompanion", build: func(m one) one {
			return mono.RetryWhenCompanion(m, func(fs flux.Flux[flux.RetrySignal]) flux.Flux[int] {
				return flux.FlatMap(fs, func(s flux.RetrySignal) one { return mono.Error[int](s.Failure) })
			})
		}},
	}
}
