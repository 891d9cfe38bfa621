package flux_test

import (
	"context"
	"errors"
	"maps"

	"github.com/freshet-go/freshet/flux"
)

// rareFuncs are the user functions that are not called for each value which
// passes, one operator a row, by its name.
func rareFuncs() map[string]injected {
	all := map[string]injected{}
	for _, family := range []map[string]injected{foldingFuncs(), batchingFuncs(), combiningFuncs(), innerFuncs(), errorFuncs(), endFuncs(), railFuncs()} {
		maps.Copy(all, family)
	}
	return all
}

func three() ints { return flux.Just(1, 2, 3) }

func oneThenFails() ints { return flux.Just(1).ConcatWith(flux.Error[int](errors.New("other"))) }

// truth is a predicate with an injection.
func truth(touch injection) func(int) bool { return func(v int) bool { touch.at(v); return true } }

func key(touch injection) func(int) int { return func(v int) int { touch.at(v); return v } }

func foldingFuncs() map[string]injected {
	mono := func(with func(s ints, touch injection) flux.Mono[int]) injected {
		return injected{src: three, with: func(s ints, touch injection) ints { return with(s, touch).Flux() }}
	}
	isTrue := func(m flux.Mono[bool]) ints { return flux.Map(m, asInt) }
	return map[string]injected{
		"AllMatch": {with: func(s ints, touch injection) ints { return isTrue(flux.AllMatch(s, truth(touch))) }},
		"AnyMatch": {with: func(s ints, touch injection) ints {
			return isTrue(flux.AnyMatch(s, func(v int) bool { touch.at(v); return false }))
		}},
		"Reduce": mono(func(s ints, touch injection) flux.Mono[int] {
			return s.Reduce(func(_, v int) int { touch.at(v); return v })
		}),
		"ReduceWith": mono(func(s ints, touch injection) flux.Mono[int] {
			return flux.ReduceWith(s, 0, func(_, v int) int { touch.at(v); return v })
		}),
		"SequenceEqualFunc": {with: func(s ints, touch injection) ints {
			return isTrue(flux.SequenceEqualFunc(s, flux.Range(1, 3), func(a, _ int) bool { touch.at(a); return true }))
		}},
		"CollectInto": {src: three, with: func(s ints, touch injection) ints {
			return flux.Map(flux.CollectInto(s, func() *int { return new(int) }, func(_ *int, v int) { touch.at(v) }), func(p *int) int { return *p })
		}},
		"CollectInto's container": {src: three, with: func(s ints, touch injection) ints {
			return flux.Map(flux.CollectInto(s, func() *int { touch.at(0); return new(int) }, func(*int, int) {}), func(p *int) int { return *p })
		}},
		"CollectMap": {src: three, with: func(s ints, touch injection) ints {
			return flux.Map(flux.CollectMap(s, key(touch)), func(m map[int]int) int { return len(m) })
		}},
		"CollectMapValues": {src: three, with: func(s ints, touch injection) ints {
			return flux.Map(flux.CollectMapValues(s, same, key(touch)), func(m map[int]int) int { return len(m) })
		}},
		"CollectMultimap": {src: three, with: func(s ints, touch injection) ints {
			return flux.Map(flux.CollectMultimap(s, key(touch)), func(m map[int][]int) int { return len(m) })
		}},
		"CollectMultimapValues": {src: three, with: func(s ints, touch injection) ints {
			return flux.Map(flux.CollectMultimapValues(s, same, key(touch)), func(m map[int][]int) int { return len(m) })
		}},
		"CollectSortedListFunc": {src: three, with: func(s ints, touch injection) ints {
			return flux.Map(flux.CollectSortedListFunc(s, func(a, b int) int { touch.at(a); return a - b }), size[int])
		}},
		"SortFunc": {src: three, with: func(s ints, touch injection) ints {
			return s.SortFunc(func(a, b int) int { touch.at(a); return a - b })
		}},
	}
}

func batchingFuncs() map[string]injected {
	sizes := func(lists flux.Flux[[]int]) ints { return flux.Map(lists, size[int]) }
	// The error is that of the open window, too, which FlatMap would report twice.
	flat := func(windows flux.Flux[ints]) ints { return inTurn(windows) }
	shut := func(touch injection) func(int) ints {
		return func(v int) ints { return orFail(touch.fail(v), flux.Never[int]()) }
	}
	return map[string]injected{
		"BufferUntilChangedBy": {with: func(s ints, touch injection) ints { return sizes(flux.BufferUntilChangedBy(s, key(touch))) }},
		"BufferUntilCutBefore": {with: func(s ints, touch injection) ints { return sizes(flux.BufferUntilCutBefore(s, truth(touch))) }},
		"BufferWhile":          {with: func(s ints, touch injection) ints { return sizes(flux.BufferWhile(s, truth(touch))) }},
		"BufferWhen": {with: func(s ints, touch injection) ints {
			return sizes(flux.BufferWhen(s, live(1, 2), shut(touch)))
		}},
		"WindowUntilChangedBy": {with: func(s ints, touch injection) ints { return flat(flux.WindowUntilChangedBy(s, key(touch))) }},
		"WindowUntilCutBefore": {with: func(s ints, touch injection) ints { return flat(flux.WindowUntilCutBefore(s, truth(touch))) }},
		"WindowWhile":          {with: func(s ints, touch injection) ints { return flat(flux.WindowWhile(s, truth(touch))) }},
		"WindowWhen": {with: func(s ints, touch injection) ints {
			return flat(flux.WindowWhen(s, live(1, 2), shut(touch)))
		}},
	}
}

func combiningFuncs() map[string]injected {
	zero, count := flux.Just(0), flux.Range(0, 1000)
	compare := func(touch injection) func(a, b int) int {
		return func(a, b int) int { touch.at(a); return a - b }
	}
	first := func(touch injection) func([]int) int {
		return func(vs []int) int { touch.at(vs[0]); return vs[0] }
	}
	forLife := func(touch injection) func(int) ints {
		return func(v int) ints { return orFail(touch.fail(v), flux.Never[int]()) }
	}
	forEver := func(int) ints { return flux.Never[int]() }
	return map[string]injected{
		"Zip3": {with: func(s ints, touch injection) ints {
			return flux.Zip3(s, count, count, func(v, _, _ int) int { touch.at(v); return v })
		}},
		"Zip4": {with: func(s ints, touch injection) ints {
			return flux.Zip4(s, count, count, count, func(v, _, _, _ int) int { touch.at(v); return v })
		}},
		"Zip5": {with: func(s ints, touch injection) ints {
			return flux.Zip5(s, count, count, count, count, func(v, _, _, _, _ int) int { touch.at(v); return v })
		}},
		"Zip6": {with: func(s ints, touch injection) ints {
			return flux.Zip6(s, count, count, count, count, count, func(v, _, _, _, _, _ int) int { touch.at(v); return v })
		}},
		"ZipAll": {with: func(s ints, touch injection) ints { return flux.ZipAll([]pub{s, count}, first(touch)) }},
		"CombineLatest3": {with: func(s ints, touch injection) ints {
			return flux.CombineLatest3(zero, zero, s, func(_, _, v int) int { touch.at(v); return v })
		}},
		"CombineLatest4": {with: func(s ints, touch injection) ints {
			return flux.CombineLatest4(zero, zero, zero, s, func(_, _, _, v int) int { touch.at(v); return v })
		}},
		"CombineLatest5": {with: func(s ints, touch injection) ints {
			return flux.CombineLatest5(zero, zero, zero, zero, s, func(_, _, _, _, v int) int { touch.at(v); return v })
		}},
		"CombineLatest6": {with: func(s ints, touch injection) ints {
			return flux.CombineLatest6(zero, zero, zero, zero, zero, s, func(_, _, _, _, _, v int) int { touch.at(v); return v })
		}},
		"CombineLatestAll":  {with: func(s ints, touch injection) ints { return flux.CombineLatestAll([]pub{zero, s}, first(touch)) }},
		"MergeComparingAll": {with: func(s ints, touch injection) ints { return flux.MergeComparingAll(compare(touch), []pub{s, count}) }},
		"Join": {with: func(s ints, touch injection) ints {
			return flux.Join(s, zero, forEver, forEver, func(l, _ int) int { touch.at(l); return l })
		}},
		"Join's leftEnd": {with: func(s ints, touch injection) ints {
			return flux.Join(s, zero, forLife(touch), forEver, func(l, _ int) int { return l })
		}},
		"GroupJoin": {with: func(s ints, touch injection) ints {
			return flux.GroupJoin(s, zero, forEver, forEver, func(l int, _ ints) int { touch.at(l); return l })
		}},
		"GroupJoin's leftEnd": {with: func(s ints, touch injection) ints {
			return flux.GroupJoin(s, zero, forLife(touch), forEver, func(l int, _ ints) int { return l })
		}},
	}
}

func innerFuncs() map[string]injected {
	empty := func(touch injection) func(int) ints {
		return func(v int) ints { return orFail(touch.fail(v), flux.Empty[int]()) }
	}
	return map[string]injected{
		// These three keep an error back until their source ends, as Reactor's do.
		"Expand":     {src: three, with: func(s ints, touch injection) ints { return flux.Expand(s, empty(touch)) }},
		"ExpandDeep": {src: three, with: func(s ints, touch injection) ints { return flux.ExpandDeep(s, empty(touch)) }},
		"FilterWhen": {src: three, with: func(s ints, touch injection) ints {
			return flux.FilterWhen(s, func(v int) flux.Flux[bool] {
				touch.at(v)
				return flux.Just(true)
			})
		}},
		"SampleFirstBy":   {with: func(s ints, touch injection) ints { return flux.SampleFirstBy(s, empty(touch)) }},
		"SampleTimeoutBy": {with: func(s ints, touch injection) ints { return flux.SampleTimeoutBy(s, empty(touch)) }},
		"SwitchOnFirst": {with: func(s ints, touch injection) ints {
			return flux.SwitchOnFirst(s, func(f flux.Signal[int], all ints) ints { return orFail(touch.fail(f.Value), all) })
		}},
		"SwitchOnFirstKeep": {with: func(s ints, touch injection) ints {
			return flux.SwitchOnFirstKeep(s, func(f flux.Signal[int], all ints) ints { return orFail(touch.fail(f.Value), all) })
		}},
		"TimeoutEach": {with: func(s ints, touch injection) ints {
			return flux.TimeoutEach(s, flux.Never[int](), func(v int) pub { return orFail(touch.fail(v), flux.Never[int]()) })
		}},
		"TimeoutEachOr": {with: func(s ints, touch injection) ints {
			return flux.TimeoutEachOr(s, flux.Never[int](), func(v int) pub { touch.at(v); return flux.Never[int]() }, flux.Just(9))
		}},
		"SkipWhile": {with: func(s ints, touch injection) ints { return s.SkipWhile(truth(touch)) }},
		"SkipUntil": {with: func(s ints, touch injection) ints {
			return s.SkipUntil(func(v int) bool { touch.at(v); return false })
		}},
		"TransformDeferred": {with: func(s ints, touch injection) ints {
			return flux.TransformDeferred(s, func(_ context.Context, f ints) ints { return orFail(touch.fail(0), f) })
		}},
	}
}

func errorFuncs() map[string]injected {
	other := errors.New("other")
	return map[string]injected{
		"OnErrorResume": {src: oneThenFails, with: func(s ints, touch injection) ints {
			return s.OnErrorResume(func(error) pub { return orFail(touch.fail(0), flux.Just(9)) })
		}},
		"OnErrorMap": {src: oneThenFails, with: func(s ints, touch injection) ints {
			return s.OnErrorMap(func(error) error {
				if err := touch.fail(0); err != nil {
					return err
				}
				return other
			})
		}},
		"OnErrorCompleteIf": {src: oneThenFails, with: func(s ints, touch injection) ints {
			return s.OnErrorCompleteIf(func(error) bool { touch.at(0); return true })
		}},
		"RetryWhenCompanion": {src: oneThenFails, with: func(s ints, touch injection) ints {
			return flux.RetryWhenCompanion(s, func(failures flux.Flux[flux.RetrySignal]) flux.Flux[int] {
				return flux.TryMap(failures, func(flux.RetrySignal) (int, error) { return 0, touch.fail(0) })
			}).Take(20)
		}},
		"RepeatIf": {src: three, with: func(s ints, touch injection) ints {
			return s.RepeatIf(func() bool { touch.at(0); return true }).Take(20)
		}},
		"RepeatWhen": {src: three, with: func(s ints, touch injection) ints {
			return flux.RepeatWhen(s, func(counts flux.Flux[int64]) flux.Flux[int] {
				return flux.TryMap(counts, func(int64) (int, error) { return 0, touch.fail(0) })
			}).Take(20)
		}},
		"OnBackpressureDrop": {with: func(s ints, touch injection) ints {
			return s.OnBackpressureDrop(func(v int) { touch.at(v) }).LimitRate(1).DelayElements(1)
		}},
	}
}

func endFuncs() map[string]injected {
	nothing := func(touch injection) func() { return func() { touch.at(0) } }
	use := func(s ints) func(int) pub { return func(int) pub { return s } }
	return map[string]injected{
		"DoFirst":       {with: func(s ints, touch injection) ints { return s.DoFirst(nothing(touch)) }},
		"DoOnSubscribe": {with: func(s ints, touch injection) ints { return s.DoOnSubscribe(nothing(touch)) }},
		"DoOnComplete":  {src: three, with: func(s ints, touch injection) ints { return s.DoOnComplete(nothing(touch)) }},
		"DoOnTerminate": {src: three, with: func(s ints, touch injection) ints { return s.DoOnTerminate(nothing(touch)) }},
		"DoAfterTerminate": {src: three, unheard: true, with: func(s ints, touch injection) ints {
			return s.DoAfterTerminate(nothing(touch))
		}},
		"DoOnError": {src: oneThenFails, with: func(s ints, touch injection) ints { return s.DoOnError(func(error) { touch.at(0) }) }},
		"DoOnEach":  {with: func(s ints, touch injection) ints { return s.DoOnEach(func(flux.Signal[int]) { touch.at(0) }) }},
		"DoOnRequest": {unheard: true, with: func(s ints, touch injection) ints {
			return s.DoOnRequest(func(int64) { touch.at(0) })
		}},
		"DoOnCancel": {unheard: true, with: func(s ints, touch injection) ints { return s.DoOnCancel(nothing(touch)).Take(2) }},
		"DoFinally": {unheard: true, src: three, with: func(s ints, touch injection) ints {
			return s.DoFinally(func(flux.SignalType) { touch.at(0) })
		}},
		"Tap": {with: func(s ints, touch injection) ints {
			return s.Tap(func(context.Context) flux.Listener[int] { touch.at(0); return flux.Listener[int]{} })
		}},
		"Tap's OnNext": {with: func(s ints, touch injection) ints {
			return s.Tap(func(context.Context) flux.Listener[int] {
				return flux.Listener[int]{OnNext: func(v int) { touch.at(v) }}
			})
		}},
		"Using": {with: func(s ints, touch injection) ints {
			return flux.Using(func(context.Context) (int, error) { return 0, touch.fail(0) }, use(s), release)
		}},
		"UsingLazily": {with: func(s ints, touch injection) ints {
			return flux.UsingLazily(func(context.Context) (int, error) { return 0, touch.fail(0) }, use(s), release)
		}},
		"Using's stream": {with: func(s ints, touch injection) ints {
			return flux.Using(acquire, func(int) pub { return orFail(touch.fail(0), s) }, release)
		}},
		"Using's release": {src: three, with: func(s ints, touch injection) ints {
			return flux.Using(acquire, use(s), func(int) error { return touch.fail(0) })
		}},
		"UsingWhen": {with: func(s ints, touch injection) ints {
			return flux.UsingWhen(flux.Just(0), func(int) pub { return orFail(touch.fail(0), s) },
				func(int, flux.SignalType, error) pub { return none() })
		}},
		"UsingWhen's cleanup": {src: three, with: func(s ints, touch injection) ints {
			return flux.UsingWhen(flux.Just(0), use(s),
				func(int, flux.SignalType, error) pub { return orFail(touch.fail(0), none()) })
		}},
	}
}

func railFuncs() map[string]injected {
	nothing := func(touch injection) func() { return func() { touch.at(0) } }
	return map[string]injected{
		"OnRails": {with: func(s ints, touch injection) ints {
			return flux.OnRails(flux.Parallel(s, 2), func(r ints) ints { return r.DoOnNext(touch.at) }).Sequential()
		}},
		"ParallelMap": {with: func(s ints, touch injection) ints {
			return flux.ParallelMap(flux.Parallel(s, 2), key(touch)).Sequential()
		}},
		"ParallelFlatMap": {with: func(s ints, touch injection) ints {
			return flux.ParallelFlatMap(flux.Parallel(s, 2), func(v int) ints { return orFail(touch.fail(v), one(v)) }).Sequential()
		}},
		"ParallelConcatMap": {with: func(s ints, touch injection) ints {
			return flux.ParallelConcatMap(flux.Parallel(s, 2), func(v int) ints { return orFail(touch.fail(v), one(v)) }).Sequential()
		}},
		"ParallelReduceWith": {with: func(s ints, touch injection) ints {
			return flux.ParallelReduceWith(flux.Parallel(s, 2), func() int { return 0 }, func(_, v int) int { touch.at(v); return v }).Sequential()
		}},
		"ParallelFlux.Filter":   {with: func(s ints, touch injection) ints { return flux.Parallel(s, 2).Filter(truth(touch)).Sequential() }},
		"ParallelFlux.DoOnNext": {with: func(s ints, touch injection) ints { return flux.Parallel(s, 2).DoOnNext(touch.at).Sequential() }},
		"ParallelFlux.DoOnError": {src: oneThenFails, with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).DoOnError(func(error) { touch.at(0) }).Sequential()
		}},
		"ParallelFlux.DoOnComplete": {src: three, with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).DoOnComplete(nothing(touch)).Sequential()
		}},
		"ParallelFlux.DoOnTerminate": {src: three, with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).DoOnTerminate(nothing(touch)).Sequential()
		}},
		"ParallelFlux.DoAfterTerminate": {src: three, unheard: true, with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).DoAfterTerminate(nothing(touch)).Sequential()
		}},
		"ParallelFlux.DoOnSubscribe": {with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).DoOnSubscribe(nothing(touch)).Sequential()
		}},
		"ParallelFlux.DoOnRequest": {unheard: true, with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).DoOnRequest(func(int64) { touch.at(0) }).Sequential()
		}},
		"ParallelFlux.DoOnCancel": {unheard: true, with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).DoOnCancel(nothing(touch)).Sequential().Take(2)
		}},
		"ParallelFlux.DoOnEach": {with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 2).DoOnEach(func(g flux.Signal[int]) { touch.at(g.Value) }).Sequential()
		}},
		"ParallelCollectInto": {with: func(s ints, touch injection) ints {
			all := flux.ParallelCollectInto(flux.Parallel(s, 2), func() *int { return new(int) }, func(_ *int, v int) { touch.at(v) })
			return flux.Map(all.Sequential(), func(*int) int { return 0 })
		}},
		"ParallelFlux.Ordered": {src: three, with: func(s ints, touch injection) ints {
			return flux.ParallelFrom[int](s, flux.Just(100, 101)).Ordered(func(a, b int) int { touch.at(a); return a - b })
		}},
		"ParallelFlux.SortFunc": {src: three, with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).SortFunc(func(a, b int) int { touch.at(a); return a - b })
		}},
		"ParallelFlux.Reduce": {src: three, with: func(s ints, touch injection) ints {
			return flux.Parallel(s, 1).Reduce(func(_, v int) int { touch.at(v); return v }).Flux()
		}},
	}
}
