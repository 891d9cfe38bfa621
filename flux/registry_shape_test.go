package flux_test

import (
	"context"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest/rules"
)

// shapingOperators are operators that do not pass every value as it is and when
// it comes: they fold, gather, pick, wait or answer errors. They keep the rules, but
// the tests of what passes do not run over them.
func shapingOperators() []operator {
	return slices.Concat(foldingOperators(), collectingOperators(), gatheringOperators(), pickingOperators(), answeringOperators(), keepingOperators(), railOperators())
}

// allOperators gives every row of the registry.
func allOperators() []operator { return append(operators(), shapingOperators()...) }

func size[T any](l []T) int { return len(l) }

func toInt(n int64) int { return int(n) }

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func foldingOperators() []operator {
	truth := func(m flux.Mono[bool]) ints { return flux.Map(m, asInt) }
	sum := func(a, b int) int { return a + b }
	return []operator{
		{name: "AllMatch", build: func(s ints) ints { return truth(flux.AllMatch(s, yes)) }},
		{name: "AnyMatch", build: func(s ints) ints { return truth(flux.AnyMatch(s, func(v int) bool { return v == 2 })) }},
		{name: "Count", build: func(s ints) ints { return flux.Map(flux.Count(s), toInt) }},
		{name: "HasElement", build: func(s ints) ints { return truth(flux.HasElement(s, 3)) }},
		{name: "HasElements", build: func(s ints) ints { return truth(flux.HasElements(s)) }},
		{name: "Reduce", build: func(s ints) ints { return s.Reduce(sum).Flux() }},
		{name: "ReduceWith", build: func(s ints) ints { return flux.ReduceWith(s, 0, sum).Flux() }},
		{name: "SequenceEqual", build: func(s ints) ints { return truth(flux.SequenceEqual(s, flux.Range(1, 3))) }},
		{name: "SequenceEqualFunc", build: func(s ints) ints {
			return truth(flux.SequenceEqualFunc(s, flux.Range(1, 3), func(a, b int) bool { return a == b }))
		}},
		{name: "IgnoreElements", build: func(s ints) ints { return s.IgnoreElements().Flux() }},
		{name: "Completion", build: func(s ints) ints { return flux.Map(flux.Completion(s), func(struct{}) int { return 0 }) }},
		{name: "Then", build: func(s ints) ints { return flux.Then(s, flux.Just(7)).Flux() }},
		{name: "ThenEmpty", build: func(s ints) ints {
			return flux.Map(flux.ThenEmpty(s, flux.Just(7)), func(struct{}) int { return 0 })
		}},
		{name: "ElementAt", build: func(s ints) ints { return s.ElementAt(1).Flux() }},
		{name: "ElementAtOr", build: func(s ints) ints { return s.ElementAtOr(1, -1).Flux() }},
		{name: "LastValue", build: func(s ints) ints { return s.LastValue().Flux() }},
		{name: "LastValueOr", build: func(s ints) ints { return s.LastValueOr(-1).Flux() }},
		{name: "Next", build: func(s ints) ints { return s.Next().Flux() }},
		{name: "Single", build: func(s ints) ints { return s.Single().Flux() }},
		{name: "SingleOr", build: func(s ints) ints { return s.SingleOr(-1).Flux() }},
		{name: "SingleOrEmpty", build: func(s ints) ints { return s.SingleOrEmpty().Flux() }},
	}
}

func collectingOperators() []operator {
	compare := func(a, b int) int { return a - b }
	return []operator{
		{name: "CollectInto", build: func(s ints) ints {
			full := flux.CollectInto(s, func() *int { return new(int) }, func(sum *int, v int) { *sum += v })
			return flux.Map(full, func(sum *int) int { return *sum })
		}},
		{name: "CollectList", build: func(s ints) ints { return flux.Map(flux.CollectList(s), size[int]) }},
		{name: "CollectMap", build: func(s ints) ints {
			return flux.Map(flux.CollectMap(s, same), func(m map[int]int) int { return len(m) })
		}},
		{name: "CollectMapValues", build: func(s ints) ints {
			return flux.Map(flux.CollectMapValues(s, same, same), func(m map[int]int) int { return len(m) })
		}},
		{name: "CollectMultimap", build: func(s ints) ints {
			return flux.Map(flux.CollectMultimap(s, same), func(m map[int][]int) int { return len(m) })
		}},
		{name: "CollectMultimapValues", build: func(s ints) ints {
			return flux.Map(flux.CollectMultimapValues(s, same, same), func(m map[int][]int) int { return len(m) })
		}},
		{name: "CollectSortedList", build: func(s ints) ints { return flux.Map(flux.CollectSortedList(s), size[int]) }},
		{name: "CollectSortedListFunc", build: func(s ints) ints { return flux.Map(flux.CollectSortedListFunc(s, compare), size[int]) }},
		{name: "Sort", build: func(s ints) ints { return flux.Sort(s) }},
		{name: "SortFunc", build: func(s ints) ints { return s.SortFunc(compare) }},
		{name: "Materialize", build: func(s ints) ints {
			return flux.Map(flux.Materialize(s), func(g flux.Signal[int]) int { return int(g.Type) })
		}, swallows: true},
	}
}

func gatheringOperators() []operator {
	even := func(v int) bool { return v%2 == 0 }
	sizes := func(lists flux.Flux[[]int]) ints { return flux.Map(lists, size[int]) }
	return []operator{
		{name: "BufferAll", build: func(s ints) ints { return sizes(flux.BufferAll(s)) }},
		{name: "Buffer of three", build: func(s ints) ints { return sizes(flux.Buffer(s, 3)) }},
		{name: "BufferSkip that overlaps", build: func(s ints) ints { return sizes(flux.BufferSkip(s, 3, 2)) }},
		{name: "BufferSkip with gaps", build: func(s ints) ints { return sizes(flux.BufferSkip(s, 2, 3)) }},
		{name: "BufferFor", build: func(s ints) ints { return sizes(flux.BufferFor(s, time.Second)) }, sheds: true},
		{name: "BufferForEvery", build: func(s ints) ints {
			return sizes(flux.BufferForEvery(s, time.Second, 2*time.Second))
		}, sheds: true},
		{name: "BufferOn", build: func(s ints) ints { return sizes(flux.BufferOn(s, flux.Interval(time.Second))) }, sheds: true},
		{name: "BufferUntilChanged", build: func(s ints) ints { return sizes(flux.BufferUntilChanged(s)) }},
		{name: "BufferUntilChangedBy", build: func(s ints) ints { return sizes(flux.BufferUntilChangedBy(s, same)) }},
		{name: "BufferUntilCutBefore", build: func(s ints) ints { return sizes(flux.BufferUntilCutBefore(s, even)) }},
		{name: "BufferWhile", build: func(s ints) ints { return sizes(flux.BufferWhile(s, even)) }},
		{name: "BufferWhen", build: func(s ints) ints { return sizes(flux.BufferWhen(s, flux.Just(0), ever)) }},
		{name: "BufferTimeout of three", build: func(s ints) ints { return sizes(flux.BufferTimeout(s, 3, time.Second)) }, sheds: true},
		{name: "Window of three", build: func(s ints) ints { return inTurn(flux.Window(s, 3)) }},
		{name: "WindowSkip that overlaps", build: func(s ints) ints { return inTurn(flux.WindowSkip(s, 3, 2)) }},
		{name: "WindowFor", build: func(s ints) ints { return inTurn(flux.WindowFor(s, 10*time.Hour)) }, sheds: true},
		{name: "WindowForEvery", build: func(s ints) ints { return inTurn(flux.WindowForEvery(s, 10*time.Hour, 10*time.Hour)) }, sheds: true},
		{name: "WindowOn", build: func(s ints) ints { return inTurn(flux.WindowOn(s, flux.Never[string]())) }, sheds: true},
		{name: "WindowWhen", build: func(s ints) ints {
			return inTurn(flux.WindowWhen(s, flux.Just(0).ConcatWith(flux.Never[int]()), ever))
		}, sheds: true},
		{name: "Join", build: func(s ints) ints {
			return flux.Join(s, flux.Just(0), ever, ever, func(l, _ int) int { return l })
		}, sheds: true},
		{name: "GroupJoin", build: func(s ints) ints {
			return flux.GroupJoin(s, flux.Just(0), ever, ever, func(l int, _ ints) int { return l })
		}, sheds: true},
	}
}

func pickingOperators() []operator {
	return []operator{
		{name: "Take of three", build: func(s ints) ints { return s.Take(3) }},
		{name: "TakeLast", build: func(s ints) ints { return s.TakeLast(5) }},
		{name: "SkipLast of two", build: func(s ints) ints { return s.SkipLast(2) }},
		{name: "Sample", build: func(s ints) ints { return s.Sample(time.Second) }, sheds: true},
		{name: "SampleOn", build: func(s ints) ints { return flux.SampleOn(s, flux.Interval(time.Second)) }, sheds: true},
		{name: "SampleFirst", build: func(s ints) ints { return s.SampleFirst(time.Second) }, sheds: true},
		{name: "SampleFirstBy", build: func(s ints) ints { return flux.SampleFirstBy(s, one) }, sheds: true},
		{name: "SampleTimeout", build: func(s ints) ints { return s.SampleTimeout(time.Second) }, sheds: true},
		{name: "SampleTimeoutBy", build: func(s ints) ints { return flux.SampleTimeoutBy(s, one) }, sheds: true},
		{name: "DelayElements", build: func(s ints) ints { return s.DelayElements(time.Millisecond) }},
		{name: "DelaySequence", build: func(s ints) ints { return s.DelaySequence(time.Millisecond) }},
		{name: "DelaySubscription", build: func(s ints) ints { return s.DelaySubscription(time.Millisecond) }},
	}
}

func answeringOperators() []operator {
	return []operator{
		// It subscribes to its source after Subscribe has returned; the others add to
		// an error.
		{name: "SubscribeOn", build: func(s ints) ints { return s.SubscribeOn() }},
		{name: "Checkpoint", build: func(s ints) ints { return s.Checkpoint("here") }},
		{name: "CheckpointHere", build: func(s ints) ints { return s.CheckpointHere("here") }},
		{name: "Dematerialize", build: func(s ints) ints { return flux.Dematerialize(flux.Materialize(s)) }},
		{name: "ConcatDelayError", build: func(s ints) ints { return flux.ConcatDelayError[int](none(), s) }},
		{name: "OnErrorComplete", build: func(s ints) ints { return s.OnErrorComplete() }, swallows: true},
		{name: "OnErrorReturn", build: func(s ints) ints { return s.OnErrorReturn(-1) }, swallows: true},
		{name: "OnErrorResume that answers", build: func(s ints) ints {
			return s.OnErrorResume(func(error) pub { return flux.Just(-1, -2) })
		}, swallows: true},
		{name: "Repeat that repeats", build: func(s ints) ints { return s.Repeat(2) }},
		{name: "RepeatWhen", build: func(s ints) ints {
			return flux.RepeatWhen(s, func(counts flux.Flux[int64]) flux.Flux[int] {
				return flux.TryMap(flux.Index(flux.Map(counts, toInt)), func(i flux.Indexed[int]) (int, error) {
					if i.Index == 2 {
						return 0, errBoom
					}
					return 0, nil
				})
			})
		}},
		{name: "Retry that retries", build: func(s ints) ints { return s.Retry(2) }, swallows: true},
		{name: "RetryWhenCompanion", build: func(s ints) ints {
			return flux.RetryWhenCompanion(s, func(failures flux.Flux[flux.RetrySignal]) flux.Flux[int] {
				return flux.TryMap(failures, func(r flux.RetrySignal) (int, error) { return 0, r.Failure })
			})
		}},
	}
}

// keepingOperators go on with their source when nobody is there.
func keepingOperators() []operator {
	return []operator{
		{name: "Publish", build: func(s ints) ints { return s.Publish().AutoConnect(1) }, detached: true},
		{name: "Connectable.AutoConnect", build: func(s ints) ints { return s.Replay().AutoConnect(1) }, detached: true},
		{name: "Cache", build: func(s ints) ints { return s.Cache() }, detached: true},
		{name: "CacheLast", build: func(s ints) ints { return s.CacheLast(1000) }, detached: true},
		{name: "CacheFor", build: func(s ints) ints { return s.CacheFor(time.Hour) }, detached: true},
		{name: "CacheLastFor", build: func(s ints) ints { return s.CacheLastFor(1000, time.Hour) }, detached: true},
		{name: "ShareNext", build: func(s ints) ints { return s.ShareNext().Flux() }, detached: true},
	}
}

// railOperators work on the rails of a ParallelFlux.
func railOperators() []operator {
	over := func(name string, on func(p flux.ParallelFlux[int]) flux.ParallelFlux[int]) operator {
		return operator{name: name, build: func(s ints) ints { return on(flux.Parallel(s, 2)).Sequential() }}
	}
	type rails = flux.ParallelFlux[int]
	return []operator{
		over("ParallelFlux.Sequential", func(p rails) rails { return p }),
		over("ParallelFlux.RunOn", func(p rails) rails { return p.RunOn() }),
		over("ParallelFlux.RunOnExecutor", func(p rails) rails { return p.RunOnExecutor(inline{}) }),
		over("ParallelFlux.Filter", func(p rails) rails { return p.Filter(yes) }),
		over("ParallelFlux.DoOnNext", func(p rails) rails { return p.DoOnNext(func(int) {}) }),
		over("ParallelFlux.DoOnError", func(p rails) rails { return p.DoOnError(func(error) {}) }),
		over("ParallelFlux.DoOnComplete", func(p rails) rails { return p.DoOnComplete(func() {}) }),
		over("ParallelFlux.DoOnTerminate", func(p rails) rails { return p.DoOnTerminate(func() {}) }),
		over("ParallelFlux.DoAfterTerminate", func(p rails) rails { return p.DoAfterTerminate(func() {}) }),
		over("ParallelFlux.DoOnEach", func(p rails) rails { return p.DoOnEach(func(flux.Signal[int]) {}) }),
		over("ParallelFlux.DoOnSubscribe", func(p rails) rails { return p.DoOnSubscribe(func() {}) }),
		over("ParallelFlux.DoOnRequest", func(p rails) rails { return p.DoOnRequest(func(int64) {}) }),
		over("ParallelFlux.DoOnCancel", func(p rails) rails { return p.DoOnCancel(func() {}) }),
		over("ParallelFlux.Log", func(p rails) rails { return p.Log(slog.New(slog.DiscardHandler), "rail") }),
		over("ParallelFlux.Checkpoint", func(p rails) rails { return p.Checkpoint("rail") }),
		over("OnRails", func(p rails) rails { return flux.OnRails(p, func(r ints) ints { return r }) }),
		over("ParallelMap", func(p rails) rails { return flux.ParallelMap(p, same) }),
		over("ParallelFlatMap", func(p rails) rails { return flux.ParallelFlatMap(p, one) }),
		over("ParallelConcatMap", func(p rails) rails { return flux.ParallelConcatMap(p, one) }),
		over("ParallelReduceWith", func(p rails) rails {
			return flux.ParallelReduceWith(p, func() int { return 0 }, func(a, b int) int { return a + b })
		}),
		{name: "ParallelFrom", build: func(s ints) ints { return flux.ParallelFrom[int](none(), s).Sequential() }},
		{name: "ParallelCollectInto", build: func(s ints) ints {
			add := func(sum *int, v int) { *sum += v }
			sums := flux.ParallelCollectInto(flux.Parallel(s, 2), func() *int { return new(int) }, add)
			return flux.Map(sums.Sequential(), func(sum *int) int { return *sum })
		}},
		{name: "ParallelFlux.Ordered", build: func(s ints) ints {
			return flux.Parallel(s, 2).Ordered(func(a, b int) int { return a - b })
		}},
		{name: "ParallelFlux.SortFunc", build: func(s ints) ints {
			return flux.Parallel(s, 2).SortFunc(func(a, b int) int { return a - b })
		}},
		{name: "ParallelFlux.Reduce", build: func(s ints) ints {
			return flux.Parallel(s, 2).Reduce(func(a, b int) int { return a + b }).Flux()
		}},
		{name: "ParallelGroups", build: func(s ints) ints {
			return flux.FlatMap(flux.ParallelGroups(flux.Parallel(s, 2)), func(g flux.Grouped[int, int]) ints { return g.Flux })
		}},
	}
}

// withoutErrors is a sequence that may fail and does not.
func withoutErrors(values []int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// sourceConfigs are the sources as the rules want them.
func sourceConfigs() map[string]rules.Config[int] {
	failing := func(err error) pub { return flux.Error[int](err) }
	ticks := func(f flux.Flux[int64], n int) pub {
		return flux.Map(f.Take(int64(n)), func(v int64) int { return int(v) })
	}
	return map[string]rules.Config[int]{
		"Just":      {Of: func(n int) pub { return flux.Just(upTo(n)...) }, Failing: failing},
		"FromSlice": {Of: func(n int) pub { return flux.FromSlice(upTo(n)) }},
		"FromSeq":   {Of: func(n int) pub { return flux.FromSeq(slices.Values(upTo(n))) }},
		"FromSeq2":  {Of: func(n int) pub { return flux.FromSeq2(withoutErrors(upTo(n))) }},
		"Range":     {Of: func(n int) pub { return flux.Range(1, n) }},
		"FromChan": {Of: func(n int) pub {
			ch := make(chan int, n)
			for v := range n {
				ch <- v
			}
			close(ch)
			return flux.FromChan(ch)
		}},
		"Generate": {Of: func(n int) pub {
			return flux.Generate(func(ctx) int { return 0 }, func(v int, out *flux.Step[int]) int {
				if v == n {
					out.Complete()
				} else {
					out.Next(v)
				}
				return v + 1
			}, nil)
		}, Failing: func(err error) pub {
			return flux.Generate(func(ctx) int { return 0 }, func(_ int, out *flux.Step[int]) int { out.Error(err); return 0 }, nil)
		}},
		"Produce": {Of: func(n int) pub {
			return flux.Produce(func(_ ctx, emit func(int) error) error {
				for v := range n {
					if err := emit(v); err != nil {
						return err
					}
				}
				return nil
			})
		}, Failing: func(err error) pub {
			return flux.Produce(func(context.Context, func(int) error) error { return err })
		}},
		"Create": {Of: func(n int) pub {
			return flux.Create(func(_ ctx, e *flux.Emitter[int]) {
				for v := range n {
					e.Next(v)
				}
				e.Complete()
			})
		}, Failing: func(err error) pub { return flux.Create(func(_ ctx, e *flux.Emitter[int]) { e.Error(err) }) }},
		"Interval":      {Of: func(n int) pub { return ticks(flux.Interval(time.Millisecond), n) }, Traits: rules.Sheds},
		"IntervalAfter": {Of: func(n int) pub { return ticks(flux.IntervalAfter(0, time.Millisecond), n) }, Traits: rules.Sheds},
		"Timer": {Of: func(int) pub {
			return flux.Map(flux.Timer(time.Millisecond), func(v int64) int { return int(v) })
		}, Most: 1},
	}
}
