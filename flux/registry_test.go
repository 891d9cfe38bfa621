package flux_test

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// operator is one operator over a given upstream, set up so that positive values
// pass as they are. The tests of the contract run over all of them.
type operator struct {
	name  string
	build func(src flux.Flux[int]) flux.Flux[int]
	// sheds means that values without demand are lost, not kept back.
	sheds bool
	// unordered means that values that wait may overtake each other.
	unordered bool
	// cuts means that an error overtakes the values before it.
	cuts bool
	// lazy means that its source is subscribed to at the first request.
	lazy bool
	// joins means that a subscriber may join a run that has begun.
	joins bool
	// fills means that it has a value of its own for an empty upstream.
	fills bool
	// swallows means that an error of its source is not its own.
	swallows bool
	// detached means that its source goes on when its subscriber cancels.
	detached bool
}

type ints = flux.Flux[int]

func operators() []operator {
	ops := linearOperators()
	ops = append(ops, filteringOperators()...)
	ops = append(ops, lifecycleOperators()...)
	ops = append(ops, combiningOperators()...)
	ops = append(ops, recoveringOperators()...)
	ops = append(ops, bufferingOperators()...)
	ops = append(ops, morePassing()...)
	ops = append(ops, multicastOperators()...)
	return append(ops, pacingOperators()...)
}

func linearOperators() []operator {
	return []operator{
		{name: "From a foreign publisher", build: func(s ints) ints { return flux.From[int](fluxtest.NewProbe(s)) }},
		{name: "Defer", build: func(s ints) ints { return flux.Defer(func(context.Context) ints { return s }) }},
		{name: "Map", build: func(s ints) ints { return flux.Map(s, same) }},
		{name: "TryMap", build: func(s ints) ints { return flux.TryMap(s, func(v int) (int, error) { return v, nil }) }},
		{name: "Handle", build: func(s ints) ints { return flux.Handle(s, func(v int, out *flux.Step[int]) { out.Next(v) }) }},
		{name: "Scan", build: func(s ints) ints { return s.Scan(func(_, v int) int { return v }) }},
		{name: "Index", build: func(s ints) ints {
			return flux.Map(flux.Index(s), func(v flux.Indexed[int]) int { return v.Value })
		}},
		{name: "Filter", build: func(s ints) ints { return s.Filter(yes) }},
		{name: "Filter of every second value", build: func(s ints) ints {
			doubled := flux.ConcatMap(s, func(v int) ints { return flux.Just(-v, v) })
			return doubled.Filter(func(v int) bool { return v > 0 })
		}},
		{name: "Take", build: func(s ints) ints { return s.Take(math.MaxInt64) }},
		{name: "TakeWhile", build: func(s ints) ints { return s.TakeWhile(yes) }},
		{name: "Skip", build: func(s ints) ints { return s.StartWith(-1, -2).Skip(2) }, fills: true},
		{name: "DistinctUntilChanged", build: func(s ints) ints { return flux.DistinctUntilChanged(s) }},
		{name: "DistinctUntilChangedBy", build: func(s ints) ints { return flux.DistinctUntilChangedBy(s, same) }},
	}
}

func lifecycleOperators() []operator {
	return []operator{
		{name: "DoOnNext", build: func(s ints) ints { return s.DoOnNext(func(int) {}) }},
		{name: "DoOnError", build: func(s ints) ints { return s.DoOnError(func(error) {}) }},
		{name: "DoOnComplete", build: func(s ints) ints { return s.DoOnComplete(func() {}) }},
		{name: "DoOnSubscribe", build: func(s ints) ints { return s.DoOnSubscribe(func() {}) }},
		{name: "DoOnRequest", build: func(s ints) ints { return s.DoOnRequest(func(int64) {}) }},
		{name: "DoOnCancel", build: func(s ints) ints { return s.DoOnCancel(func() {}) }},
		{name: "DoFinally", build: func(s ints) ints { return s.DoFinally(func(flux.SignalType) {}) }},
	}
}

func combiningOperators() []operator {
	count, zero := flux.Range(0, math.MaxInt32), flux.Just(0)
	return []operator{
		{name: "Concat", build: func(s ints) ints { return flux.Concat[int](flux.Empty[int](), s) }},
		{name: "ConcatWith", build: func(s ints) ints { return s.ConcatWith(flux.Empty[int]()) }},
		{name: "StartWith", build: func(s ints) ints { return s.StartWith() }},
		{name: "Merge", build: func(s ints) ints { return flux.Merge[int](flux.Empty[int](), s) }},
		{name: "MergeWith", build: func(s ints) ints { return s.MergeWith(flux.Empty[int]()) }},
		{name: "FlatMap of single values", build: func(s ints) ints { return flux.FlatMap(s, one, flux.Concurrency(2)) }, unordered: true},
		{name: "FlatMap of publishers", build: func(s ints) ints { return flux.FlatMap(s, two, flux.Concurrency(2)) }, unordered: true},
		{name: "FlatMap with DelayErrors", build: func(s ints) ints {
			return flux.FlatMap(s, two, flux.DelayErrors(), flux.Prefetch(1))
		}, unordered: true},
		{name: "ConcatMap of single values", build: func(s ints) ints { return flux.ConcatMap(s, one) }},
		{name: "ConcatMap of publishers", build: func(s ints) ints { return flux.ConcatMap(s, two, flux.Prefetch(1)) }},
		{name: "ConcatMap with DelayErrors", build: func(s ints) ints { return flux.ConcatMap(s, two, flux.DelayErrors()) }},
		{name: "SwitchMap", build: func(s ints) ints { return flux.SwitchMap(s, one) }, sheds: true},
		{name: "SwitchMap to its source", build: func(s ints) ints {
			return flux.SwitchMap(flux.Just(0), func(int) ints { return s })
		}},
		{name: "Zip2", build: func(s ints) ints {
			return flux.Zip2(s, flux.Range(0, math.MaxInt32), func(a, _ int) int { return a })
		}, cuts: true},
		{name: "Zip3", build: func(s ints) ints {
			return flux.Zip3(s, count, count, func(a, _, _ int) int { return a })
		}, cuts: true},
		{name: "Zip4", build: func(s ints) ints {
			return flux.Zip4(s, count, count, count, func(a, _, _, _ int) int { return a })
		}, cuts: true},
		{name: "Zip5", build: func(s ints) ints {
			return flux.Zip5(s, count, count, count, count, func(a, _, _, _, _ int) int { return a })
		}, cuts: true},
		{name: "Zip6", build: func(s ints) ints {
			return flux.Zip6(s, count, count, count, count, count, func(a, _, _, _, _, _ int) int { return a })
		}, cuts: true},
		{name: "CombineLatest3", build: func(s ints) ints {
			return flux.CombineLatest3(zero, zero, s, func(_, _, v int) int { return v })
		}, cuts: true},
		{name: "CombineLatest4", build: func(s ints) ints {
			return flux.CombineLatest4(zero, zero, zero, s, func(_, _, _, v int) int { return v })
		}, cuts: true},
		{name: "CombineLatest5", build: func(s ints) ints {
			return flux.CombineLatest5(zero, zero, zero, zero, s, func(_, _, _, _, v int) int { return v })
		}, cuts: true},
		{name: "CombineLatest6", build: func(s ints) ints {
			return flux.CombineLatest6(zero, zero, zero, zero, zero, s, func(_, _, _, _, _, v int) int { return v })
		}, cuts: true},
		{name: "ZipAll with a prefetch of 1", build: func(s ints) ints {
			first := func(vs []int) int { return vs[0] }
			return flux.ZipAll([]pub{s, flux.Range(0, math.MaxInt32), flux.Range(0, math.MaxInt32)}, first, flux.Prefetch(1))
		}, cuts: true},
		{name: "ZipWithIterable", build: func(s ints) ints {
			return flux.ZipWithIterable(s, forever, func(a, _ int) int { return a })
		}},
		{name: "CombineLatest2", build: func(s ints) ints {
			return flux.CombineLatest2(flux.Just(0), s, func(_, v int) int { return v })
		}, cuts: true},
		{name: "CombineLatestAll with a prefetch of 1", build: func(s ints) ints {
			last := func(vs []int) int { return vs[1] }
			return flux.CombineLatestAll([]pub{flux.Just(0), s}, last, flux.Prefetch(1))
		}, cuts: true},
		{name: "WithLatestFrom", build: func(s ints) ints {
			return flux.WithLatestFrom(s, flux.Just(0), func(v, _ int) int { return v })
		}},
		{name: "MergeSequential", build: func(s ints) ints { return flux.MergeSequential[int](flux.Empty[int](), s) }, cuts: true},
		{name: "FlatMapSequential of single values", build: func(s ints) ints {
			return flux.FlatMapSequential(s, one, flux.Concurrency(2))
		}, cuts: true},
		{name: "FlatMapSequential of publishers with DelayErrors", build: func(s ints) ints {
			return flux.FlatMapSequential(s, two, flux.Concurrency(2), flux.Prefetch(1), flux.DelayErrors())
		}},
		{name: "FlatMapSignals", build: func(s ints) ints {
			return flux.FlatMapSignals(s, one, func(err error) ints { return flux.Error[int](err) }, func() ints { return flux.Empty[int]() })
		}, unordered: true, cuts: true},
		{name: "MergeComparing", build: func(s ints) ints {
			return flux.MergeComparing(func(a, b int) int { return a - b }, s, flux.Empty[int]())
		}, cuts: true},
		{name: "MergePriority", build: func(s ints) ints {
			return flux.MergePriority(func(a, b int) int { return a - b }, flux.Empty[int](), s)
		}, cuts: true},
		{name: "Or", build: func(s ints) ints { return s.Or(flux.Never[int]()) }},
		{name: "FirstWithValue", build: func(s ints) ints { return flux.FirstWithValue[int](s.StartWith(-1), flux.Never[int]()).Skip(1) }},
		{name: "Expand", build: func(s ints) ints { return flux.Expand(s, func(int) ints { return flux.Empty[int]() }) }},
		{name: "ExpandDeep", build: func(s ints) ints { return flux.ExpandDeep(s, func(int) ints { return flux.Empty[int]() }) }, lazy: true},
		{name: "DelayUntil", build: func(s ints) ints { return flux.DelayUntil(s, two) }},
		{name: "FilterWhen", build: func(s ints) ints {
			return flux.FilterWhen(s, func(int) flux.Flux[bool] { return flux.Just(true) }, flux.Prefetch(2))
		}},
		{name: "SwitchOnFirst", build: func(s ints) ints {
			return flux.SwitchOnFirst(s, func(_ flux.Signal[int], all ints) ints { return all })
		}},
	}
}

// forever is an endless sequence.
func forever(yield func(int) bool) {
	for yield(0) {
	}
}

func recoveringOperators() []operator {
	return []operator{
		{name: "OnErrorResume", build: func(s ints) ints {
			return s.OnErrorResume(func(err error) pub { return flux.Error[int](err) })
		}},
		{name: "SwitchIfEmpty", build: func(s ints) ints { return s.SwitchIfEmpty(flux.Just(-1)) }, fills: true},
		{name: "SwitchIfEmpty that switched", build: func(s ints) ints { return flux.Empty[int]().SwitchIfEmpty(s) }},
		{name: "OnErrorResume that resumed", build: func(s ints) ints {
			return flux.Error[int](errBoom).OnErrorResume(func(error) pub { return s })
		}},
		{name: "Retry", build: func(s ints) ints { return s.Retry(0) }},
		{name: "Timeout", build: func(s ints) ints { return s.Timeout(time.Hour) }},
		{name: "TimeoutOr", build: func(s ints) ints { return s.TimeoutOr(time.Hour, flux.Just(-1)) }},
	}
}

func pacingOperators() []operator {
	return []operator{
		{name: "OnBackpressureDrop", build: func(s ints) ints { return s.OnBackpressureDrop(nil) }, sheds: true},
		{name: "OnBackpressureError", build: func(s ints) ints { return s.OnBackpressureError() }, sheds: true},
		{name: "OnBackpressureLatest", build: func(s ints) ints { return s.OnBackpressureLatest() }, sheds: true},
		{name: "OnBackpressureBuffer", build: func(s ints) ints { return s.OnBackpressureBuffer(flux.BufferSpec[int]{}) }},
		{name: "LimitRate", build: func(s ints) ints { return s.LimitRate(2) }},
		{name: "LimitRateLow", build: func(s ints) ints { return s.LimitRateLow(4, 1) }},
		{name: "PublishOn", build: func(s ints) ints { return s.PublishOn() }},
		{name: "PublishOn with a prefetch of 1", build: func(s ints) ints { return s.PublishOn(flux.Prefetch(1)) }},
		{name: "PublishOnExecutor", build: func(s ints) ints { return s.PublishOnExecutor(inline{}) }},
	}
}

// inline is an executor that runs each task where it is given.
type inline struct{}

func (inline) Execute(task func()) { task() }

// sources gives every source, by name, with 1000 values or with none yet. Each
// call makes one afresh.
func sources() map[string]func() ints {
	slice := upTo(1000)
	emitter := func(o flux.Overflow) func() ints {
		return func() ints {
			return flux.Create(func(_ ctx, e *flux.Emitter[int]) {
				if o == flux.OverflowBuffer {
					for _, v := range slice {
						e.Next(v)
					}
				}
				e.OnRequest(func(int64) {
					for v := 0; e.Requested() > 0 && !e.Cancelled() && v < 1000; v++ {
						e.Next(v)
					}
				})
			}, o)
		}
	}
	return map[string]func() ints{
		"FromSlice":     func() ints { return flux.FromSlice(slice) },
		"FromSeq":       func() ints { return flux.FromSeq(slices.Values(slice)) },
		"FromSeq2":      func() ints { return flux.FromSeq2(withoutErrors(slice)) },
		"Range":         func() ints { return flux.Range(1, 1000) },
		"Just":          func() ints { return flux.Just(slice...) },
		"FromChan idle": func() ints { return flux.FromChan(make(chan int)) },
		"FromChan": func() ints {
			ch := make(chan int, len(slice))
			for _, v := range slice {
				ch <- v
			}
			return flux.FromChan(ch)
		},
		"Generate": func() ints {
			return flux.Generate(func(ctx) int { return 1 }, func(n int, out *flux.Step[int]) int {
				out.Next(n)
				if n == 1000 {
					out.Complete()
				}
				return n + 1
			}, nil)
		},
		"Produce": func() ints {
			return flux.Produce(func(_ ctx, emit func(int) error) error {
				for v := range slice {
					if err := emit(v); err != nil {
						return err
					}
				}
				return nil
			})
		},
		"Produce that waits": func() ints {
			return flux.Produce(func(ctx ctx, emit func(int) error) error {
				<-ctx.Done()
				return ctx.Err()
			})
		},
		"Create with OverflowBuffer": emitter(flux.OverflowBuffer),
		"Create with OverflowDrop":   emitter(flux.OverflowDrop),
		"Create with OverflowLatest": emitter(flux.OverflowLatest),
		"Create with OverflowError":  emitter(flux.OverflowError),
		"Interval": func() ints {
			return flux.Map(flux.Interval(time.Second), func(v int64) int { return int(v) })
		},
	}
}
