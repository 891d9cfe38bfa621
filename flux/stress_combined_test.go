package flux_test

import "github.com/freshet-go/freshet/flux"

// allPressures are all kernels under load.
func allPressures() []pressure {
	return append(append(pressures(), steeredPressures()...), combinedPressures()...)
}

// combinedPressures are the kernels that make one stream of several, or several of
// one. Their functions count without a lock: they are called by one at a time.
func combinedPressures() []pressure {
	four := func(n int) int { return 4 * n }
	half := func(n int) int { return 2 * n }
	even := func(v int) bool { return v%2 == 0 }
	all := func(n int) ints { return flux.Merge[int](sender(0, n), sender(1, n), sender(2, n), sender(3, n)) }
	hop := func(v int) ints { return flux.Just(v).Hide().PublishOn() }
	child := func(v int) ints { // three generations, each a source of its own
		switch {
		case v >= 3*lane:
			return flux.Empty[int]()
		case v%5 == 0:
			return one(v + lane)
		}
		return hop(v + lane)
	}
	never := func(int) ints { return flux.Never[int]() }
	squared := func(n int) int { return (n / 5) * (n / 5) }
	unbounded := flux.BufferSpec[int]{}
	return []pressure{
		{name: "expand", build: func(n int) ints { return flux.Expand(sender(0, n), child) }, count: four},
		{name: "expand with rejections", build: func(n int) ints { return flux.Expand(sender(0, n), child).Filter(even) }, count: half},
		{name: "expandDeep", build: func(n int) ints { return flux.ExpandDeep(sender(0, n), child) }, count: four},
		{name: "expandDeep with rejections", build: func(n int) ints { return flux.ExpandDeep(sender(0, n), child).Filter(even) }, count: half},
		{name: "join", build: func(n int) ints {
			pairs := 0
			return flux.Join(sender(0, n/5), sender(1, n/5), never, never, func(_, _ int) int { pairs++; return pairs }).OnBackpressureBuffer(unbounded)
		}, count: squared},
		{name: "join with lifetimes", build: func(n int) ints {
			pairs := 0
			return flux.Join(sender(0, n), sender(1, n), hop, hop, func(_, _ int) int { pairs++; return pairs }).OnBackpressureBuffer(unbounded)
		}},
		{name: "groupJoin", build: func(n int) ints {
			groups := flux.GroupJoin(sender(0, n/5), sender(0, n/5), never, never, func(l int, rights ints) ints {
				return flux.Map(rights, func(r int) int { return l*lane + r })
			})
			return flux.MergeOf(groups.OnBackpressureBuffer(flux.BufferSpec[ints]{}))
		}, count: squared},
		{name: "groupJoin with lifetimes", build: func(n int) ints {
			groups := flux.GroupJoin(sender(0, n), sender(0, n), hop, hop, func(l int, rights ints) ints {
				return flux.Map(rights, func(r int) int { return l*lane + r })
			})
			return flux.MergeOf(groups.OnBackpressureBuffer(flux.BufferSpec[ints]{}))
		}},
		{name: "filterWhen", build: func(n int) ints {
			return flux.FilterWhen(all(n), func(v int) flux.Flux[bool] { return flux.Map(hop(v), even) }, flux.Prefetch(4))
		}, count: half},
		{name: "filterWhen with rejections", build: func(n int) ints {
			test := func(v int) flux.Flux[bool] {
				if v%3 == 0 {
					return flux.Just(true)
				}
				return flux.Map(hop(v), yes)
			}
			return flux.FilterWhen(all(n), test, flux.Prefetch(4)).Filter(even)
		}, count: half},
		{name: "delayUntil", build: func(n int) ints { return flux.DelayUntil(all(n), hop) }, count: four},
		{name: "switchOnFirst", build: func(n int) ints {
			return flux.SwitchOnFirst(all(n), func(_ flux.Signal[int], all ints) ints { return all.PublishOn(flux.Prefetch(3)) })
		}, count: four},
		{name: "switchOnFirst, subscribed to elsewhere", build: func(n int) ints {
			return flux.SwitchOnFirst(all(n), func(_ flux.Signal[int], all ints) ints { return all.SubscribeOn() })
		}, count: four},
		{name: "switchOnFirst with rejections", build: func(n int) ints {
			return flux.SwitchOnFirst(all(n), func(_ flux.Signal[int], all ints) ints { return all.SubscribeOn().Filter(even) })
		}, count: half},
		{name: "switchOnFirst that ends before its source", build: func(n int) ints {
			return flux.SwitchOnFirst(all(n), func(_ flux.Signal[int], all ints) ints { return all.SubscribeOn().Take(int64(2 * n)) })
		}, count: half},
		{name: "zip of three", build: func(n int) ints {
			return flux.Zip3(sender(0, n), sender(1, n+1), sender(2, n+2), func(a, b, c int) int {
				if b != a+lane || c != b+lane {
					panic("mismatched values")
				}
				return a
			}, flux.Prefetch(3))
		}, count: func(n int) int { return n }},
		{name: "combineLatest", build: func(n int) ints { // each tuple has one number that is higher than before
			return flux.CombineLatest3(sender(0, n), sender(0, n), sender(0, n), func(a, b, c int) int { return a + b + c }, flux.Prefetch(3))
		}},
		{name: "withLatestFrom", build: func(n int) ints {
			return flux.WithLatestFrom(all(n), sender(0, n), func(v, _ int) int { return v })
		}},
		{name: "withLatestFrom one that fails at any time", build: func(n int) ints {
			other := flux.Concat[int](flux.Just(0), moment(500), flux.Error[int](errBoom))
			return flux.WithLatestFrom(all(n), other, func(v, _ int) int { return v }).OnErrorComplete()
		}},
		{name: "flatMapSequential", build: func(n int) ints {
			return flux.FlatMapSequential(flux.Range(0, 4).PublishOn(), func(s int) ints { return sender(s, n) }, flux.Concurrency(3), flux.Prefetch(2))
		}, count: four},
		{name: "mergeComparing", build: func(n int) ints {
			return flux.MergeComparing(func(a, b int) int { return a%lane - b%lane }, sender(0, n), sender(1, n), sender(2, n), sender(3, n))
		}, count: four},
		{name: "parallel", build: func(n int) ints {
			number := -1
			rails := flux.OnRails(flux.Parallel(all(n), 3, flux.Prefetch(4)).RunOn(flux.Prefetch(2)), func(rail ints) ints {
				number++
				next := number * lane
				return flux.Map(rail, func(int) int { next++; return next })
			})
			return rails.Sequential(flux.Prefetch(3))
		}, count: four},
		{name: "parallel in order", build: func(n int) ints {
			rails := flux.Parallel(sender(0, 4*n), 3, flux.Prefetch(4)).RunOn(flux.Prefetch(2))
			return rails.SortFunc(func(a, b int) int { return a - b })
		}, count: four},
		{name: "publishSelect", build: func(n int) ints {
			return flux.PublishSelect(all(n), func(s ints) ints {
				return flux.Zip2(s, s.PublishOn(), func(a, b int) int {
					if a != b {
						panic("mismatched pair")
					}
					return a
				})
			}, flux.Prefetch(4))
		}, count: four},
		{name: "replay", build: func(n int) ints { return all(n).Replay().AutoConnect(1) }, count: four},
		{name: "cache", build: func(n int) ints { return all(n).Cache() }, count: four},
		{name: "refCount", build: func(n int) ints { return all(n).ReplayLast(1).RefCountGrace(1, tick) }, count: four},
	}
}
