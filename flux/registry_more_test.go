package flux_test

import (
	"context"
	"log/slog"

	"github.com/freshet-go/freshet/flux"
)

// morePassing are operators, beyond those of the families, that pass positive
// values as they are.
func morePassing() []operator {
	return append(morePassingHooks(), morePassingSources()...)
}

func none() flux.Flux[int] { return flux.Empty[int]() }

func ever(int) flux.Publisher[int] { return flux.Never[int]() }

func morePassingHooks() []operator {
	quiet := slog.New(slog.DiscardHandler)
	never := func(error) bool { return false }
	return []operator{
		{name: "CancelOn", build: func(s ints) ints { return s.CancelOn() }},
		{name: "CancelOnExecutor", build: func(s ints) ints { return s.CancelOnExecutor(inline{}) }},
		{name: "SubscribeOnExecutor", build: func(s ints) ints { return s.SubscribeOnExecutor(inline{}) }},
		{name: "Hide", build: func(s ints) ints { return s.Hide() }},
		{name: "Log", build: func(s ints) ints { return s.Log(quiet, "s") }},
		{name: "Name", build: func(s ints) ints { return s.Name("s") }},
		{name: "Tag", build: func(s ints) ints { return s.Tag("k", "v") }},
		{name: "Tap", build: func(s ints) ints {
			return s.Tap(func(context.Context) flux.Listener[int] { return flux.Listener[int]{OnNext: func(int) {}} })
		}},
		{name: "DoFirst", build: func(s ints) ints { return s.DoFirst(func() {}) }},
		{name: "DoAfterTerminate", build: func(s ints) ints { return s.DoAfterTerminate(func() {}) }},
		{name: "DoOnDiscard", build: func(s ints) ints { return s.DoOnDiscard(func(any) {}) }},
		{name: "DoOnEach", build: func(s ints) ints { return s.DoOnEach(func(flux.Signal[int]) {}) }},
		{name: "DoOnTerminate", build: func(s ints) ints { return s.DoOnTerminate(func() {}) }},
		{name: "OnErrorCompleteIf", build: func(s ints) ints { return s.OnErrorCompleteIf(never) }},
		{name: "OnErrorContinue", build: func(s ints) ints { return s.OnErrorContinue(func(error, any) {}) }},
		{name: "OnErrorContinueIf", build: func(s ints) ints { return s.OnErrorContinueIf(never, func(error, any) {}) }},
		{name: "OnErrorMap", build: func(s ints) ints { return s.OnErrorMap(func(err error) error { return err }) }},
		{name: "OnErrorStop", build: func(s ints) ints { return s.OnErrorStop() }},
		{name: "Elapsed", build: func(s ints) ints {
			return flux.Map(flux.Elapsed(s), func(v flux.ElapsedValue[int]) int { return v.Value })
		}},
		{name: "Timestamp", build: func(s ints) ints {
			return flux.Map(flux.Timestamp(s), func(v flux.Timestamped[int]) int { return v.Value })
		}},
		{name: "TimeoutFirst", build: func(s ints) ints { return flux.TimeoutFirst(s, flux.Never[int]()) }},
		{name: "TimeoutEach", build: func(s ints) ints { return flux.TimeoutEach(s, flux.Never[int](), ever) }},
		{name: "TimeoutEachOr", build: func(s ints) ints {
			return flux.TimeoutEachOr(s, flux.Never[int](), ever, flux.Just(-1))
		}},
	}
}

func morePassingSources() []operator {
	compare := func(a, b int) int { return a - b }
	no := func() bool { return false }
	return []operator{
		{name: "DistinctBy", build: func(s ints) ints { return flux.DistinctBy(s, same) }},
		{name: "SkipLast", build: func(s ints) ints { return s.SkipLast(0) }},
		{name: "SkipFor", build: func(s ints) ints { return s.SkipFor(0) }},
		{name: "ConcatOf", build: func(s ints) ints { return flux.ConcatOf(flux.Just(s)) }},
		{name: "ConcatWithValues", build: func(s ints) ints { return s.ConcatWithValues() }},
		{name: "StartWithPublisher", build: func(s ints) ints { return s.StartWithPublisher(none()) }},
		{name: "MergeAll", build: func(s ints) ints { return flux.MergeAll([]pub{none(), s}, flux.Concurrency(2)) }},
		{name: "MergeDelayError", build: func(s ints) ints { return flux.MergeDelayError[int](none(), s) }},
		{name: "MergeOf", build: func(s ints) ints { return flux.MergeOf(flux.Just(s)) }},
		{name: "MergeComparingAll", build: func(s ints) ints { return flux.MergeComparingAll(compare, []pub{s, none()}) }, cuts: true},
		{name: "MergePriorityAll", build: func(s ints) ints { return flux.MergePriorityAll(compare, []pub{none(), s}) }, cuts: true},
		{name: "MergeSequentialAll", build: func(s ints) ints { return flux.MergeSequentialAll([]pub{none(), s}) }, cuts: true},
		{name: "MergeSequentialOf", build: func(s ints) ints { return flux.MergeSequentialOf(flux.Just(s)) }, cuts: true},
		{name: "SwitchOnNext", build: func(s ints) ints { return flux.SwitchOnNext(flux.Just(s)) }},
		{name: "SwitchOnFirstKeep", build: func(s ints) ints {
			return flux.SwitchOnFirstKeep(s, func(_ flux.Signal[int], all ints) ints { return all })
		}},
		{name: "FirstWithSignal", build: func(s ints) ints { return flux.FirstWithSignal[int](s, flux.Never[int]()) }},
		{name: "DelaySubscriptionUntil", build: func(s ints) ints { return flux.DelaySubscriptionUntil(s, flux.Just("go")) }},
		{name: "Repeat", build: func(s ints) ints { return s.Repeat(0) }},
		{name: "RepeatIf", build: func(s ints) ints { return s.RepeatIf(no) }},
		{name: "RetryWhen", build: func(s ints) ints {
			return s.RetryWhen(flux.RetryMax(5).Filter(func(error) bool { return false }))
		}},
		{name: "Using", build: func(s ints) ints { return flux.Using(acquire, func(int) pub { return s }, release) }},
		{name: "UsingLazily", build: func(s ints) ints { return flux.UsingLazily(acquire, func(int) pub { return s }, release) }},
		{name: "UsingWhen", build: func(s ints) ints {
			return flux.UsingWhen(flux.Just(0), func(int) pub { return s }, func(int, flux.SignalType, error) pub { return none() })
		}},
		{name: "BufferSkip", build: func(s ints) ints { return firsts(flux.BufferSkip(s, 1, 1)) }},
		{name: "WindowSkip", build: func(s ints) ints { return inTurn(flux.WindowSkip(s, 1, 1)) }},
		{name: "WindowUntilChanged", build: func(s ints) ints { return inTurn(flux.WindowUntilChanged(s)) }},
		{name: "WindowUntilChangedBy", build: func(s ints) ints { return inTurn(flux.WindowUntilChangedBy(s, same)) }},
		{name: "WindowUntilCutBefore", build: func(s ints) ints { return inTurn(flux.WindowUntilCutBefore(s, yes)) }},
		{name: "WindowWhile", build: func(s ints) ints { return inTurn(flux.WindowWhile(s, yes)) }},
	}
}

func acquire(context.Context) (int, error) { return 0, nil }
func release(int) error                    { return nil }
