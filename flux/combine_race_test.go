package flux_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// concurrent are the operators whose signals come from several goroutines, each
// over three sources that run on goroutines of their own.
func concurrent() map[string]func(a, b, c ints) ints {
	add := func(a, b, c int) int { return a + b + c }
	ascending := func(a, b int) int { return a - b }
	never := func(int) ints { return flux.Never[int]() }
	hop := func(v int) ints { return flux.Range(v, 3).PublishOn(flux.Prefetch(1)) }
	return map[string]func(a, b, c ints) ints{
		"Zip3":           func(a, b, c ints) ints { return flux.Zip3(a, b, c, add, flux.Prefetch(2)) },
		"CombineLatest3": func(a, b, c ints) ints { return flux.CombineLatest3(a, b, c, add, flux.Prefetch(2)) },
		"WithLatestFrom": func(a, b, c ints) ints {
			return flux.WithLatestFrom(flux.Merge[int](a, c), b, func(v, w int) int { return v + w })
		},
		"MergeSequential": func(a, b, c ints) ints { return flux.MergeSequentialAll([]pub{a, b, c}, flux.Prefetch(2)) },
		"FlatMapSequential": func(a, b, c ints) ints {
			return flux.FlatMapSequential(flux.Merge[int](a, b, c), hop, flux.Concurrency(3), flux.Prefetch(2))
		},
		"MergeComparing":  func(a, b, c ints) ints { return flux.MergeComparing(ascending, a, b, c) },
		"MergePriority":   func(a, b, c ints) ints { return flux.MergePriority(ascending, a, b, c) },
		"FirstWithSignal": func(a, b, c ints) ints { return flux.FirstWithSignal[int](a, b, c) },
		"FirstWithValue":  func(a, b, c ints) ints { return flux.FirstWithValue[int](a, b, c) },
		"Join": func(a, b, c ints) ints {
			return flux.Join(a.Take(20), b.Take(20), never, hop, func(l, r int) int { return l + r }).OnBackpressureBuffer(flux.BufferSpec[int]{})
		},
		"GroupJoin": func(a, b, c ints) ints {
			groups := flux.GroupJoin(a.Take(20), b.Take(20), hop, never, func(_ int, rights ints) ints { return rights })
			return flux.MergeOf(groups.OnBackpressureBuffer(flux.BufferSpec[ints]{}))
		},
		"Expand": func(a, _, _ ints) ints {
			return flux.Expand(a, func(v int) ints {
				if v%2 == 0 {
					return flux.Empty[int]()
				}
				return flux.Just(2*v, 4*v).PublishOn()
			})
		},
		"ExpandDeep": func(a, _, _ ints) ints {
			return flux.ExpandDeep(a, func(v int) ints {
				if v%2 == 0 {
					return flux.Empty[int]()
				}
				return flux.Just(2*v, 4*v).PublishOn()
			})
		},
		"DelayUntil": func(a, _, _ ints) ints { return flux.DelayUntil(a, hop) },
		"FilterWhen": func(a, _, _ ints) ints {
			return flux.FilterWhen(a, func(v int) flux.Flux[bool] {
				return flux.Map(hop(v), func(w int) bool { return w%2 == 0 })
			}, flux.Prefetch(4))
		},
		"FlatMapSignals": func(a, _, _ ints) ints {
			return flux.FlatMapSignals(a, hop, nil, func() ints { return hop(0) })
		},
		"SwitchOnFirst": func(a, _, _ ints) ints {
			return flux.SwitchOnFirst(a, func(_ flux.Signal[int], all ints) ints { return all.PublishOn() })
		},
		"ZipWithIterable": func(a, _, _ ints) ints {
			return flux.ZipWithIterable(a, forever, func(v, _ int) int { return v })
		},
	}
}

// requesters is one where it also cancels, so that it requests nothing after that.
func requesters(cancels bool) int {
	if cancels {
		return 1
	}
	return 2
}

func TestConcurrentSourcesRequestsAndCancelsKeepTheContract(t *testing.T) {
	for name, build := range concurrent() {
		t.Run(name, func(t *testing.T) {
			for round := range 30 {
				fluxtest.Run(t, func(t *testing.T) {
					src := func() ints { return flux.Range(1, 60).PublishOn(flux.Prefetch(4)) }
					rec := fluxtest.NewRecorder[int](0)
					build(src(), src(), src()).Subscribe(t.Context(), rec)
					var wg sync.WaitGroup
					cancels, at := round%2 == 0, rand.IntN(50)
					for range requesters(cancels) {
						wg.Go(func() {
							for i := range 50 {
								if cancels && i == at {
									rec.Cancel()
									return
								}
								rec.Request(1 + rand.Int64N(5))
							}
						})
					}
					wg.Wait()
					fluxtest.Advance(0)
					rec.AssertNoViolations(t)
					rec.Request(flux.Unbounded)
					fluxtest.Advance(0)
					if !cancels {
						_, ok := rec.Terminal()
						if !ok {
							t.Fatalf("no end:\n%s", rec.String())
						}
					}
					rec.AssertNoViolations(t)
					rec.Cancel()
				})
			}
		})
	}
}
