package ops

import (
	"iter"

	"context"

	"github.com/reactivex/rxgo/v2"
	"github.com/samber/lo"
	"github.com/samber/ro"

	"github.com/freshet-go/freshet/flux"
)

// inner is how many elements an inner publisher of flatMap and concatMap has.
const inner = 10

// merge takes four ranges together.
var merge = workload{"merge", 10_000, []variant{
	{"loop", func(n int) int {
		sum := 0
		for range 4 {
			for v := range n / 4 {
				sum += v
			}
		}
		return sum
	}},
	{"flux", func(n int) int {
		r := flux.Range(0, n/4)
		return sumFlux(flux.Merge[int](r, r, r, r))
	}},
	{"ro", func(n int) int {
		r := roRange(0, n/4)
		return sumRo(ro.Merge(r, r, r, r))
	}},
	{"rxgo", func(n int) int {
		r := func() rxgo.Observable { return rxgo.Range(0, n/4) }
		return sumRx(rxgo.Merge([]rxgo.Observable{r(), r(), r(), r()}))
	}},
}}

func loopInner(n int) int {
	sum := 0
	for v := range n / inner {
		for w := range inner {
			sum += v + w
		}
	}
	return sum
}

func rxInner(n int) int {
	return sumRx(rxgo.Range(0, n/inner).FlatMap(func(i rxgo.Item) rxgo.Observable { return rxgo.Range(i.V.(int), inner) }))
}

// flatMap maps each of n/10 elements to a range of ten.
var flatMap = workload{"flatMap", 10_000, []variant{
	{"loop", loopInner},
	{"flux", func(n int) int {
		return sumFlux(flux.FlatMap(flux.Range(0, n/inner), func(v int) flux.Flux[int] { return flux.Range(v, inner) }))
	}},
	{"ro", func(n int) int {
		return sumRo(ro.Pipe1(roRange(0, n/inner), ro.MergeMap(func(v int) ro.Observable[int] { return roRange(v, inner) })))
	}},
	{"rxgo", rxInner},
}}

// flatMapJust maps each element to a publisher of one.
var flatMapJust = workload{"flatMapJust", 10_000, []variant{
	{"loop", sumLoop},
	{"flux", func(n int) int {
		return sumFlux(flux.FlatMap(flux.Range(0, n), func(v int) flux.Flux[int] { return flux.Just(v) }))
	}},
	{"ro", func(n int) int {
		return sumRo(ro.Pipe1(roRange(0, n), ro.MergeMap(func(v int) ro.Observable[int] { return ro.Just(v) })))
	}},
	{"rxgo", func(n int) int {
		return sumRx(rxgo.Range(0, n).FlatMap(func(i rxgo.Item) rxgo.Observable { return rxgo.Just(i.V)() }))
	}},
}}

// concatMap is the same as flatMap, one inner publisher after the other. RxGo's FlatMap
// keeps that order; ro's FlatMap does too.
var concatMap = workload{"concatMap", 10_000, []variant{
	{"loop", loopInner},
	{"iter", func(n int) int {
		return sumSeq(func(yield func(int) bool) {
			for v := range n / inner {
				for w := range seqRange(v, inner) {
					if !yield(w) {
						return
					}
				}
			}
		})
	}},
	{"flux", func(n int) int {
		return sumFlux(flux.ConcatMap(flux.Range(0, n/inner), func(v int) flux.Flux[int] { return flux.Range(v, inner) }))
	}},
	{"ro", func(n int) int {
		return sumRo(ro.Pipe1(roRange(0, n/inner), ro.FlatMap(func(v int) ro.Observable[int] { return roRange(v, inner) })))
	}},
	{"rxgo", rxInner},
}}

// zip adds two ranges element by element.
var zip = workload{"zip", 10_000, []variant{
	{"loop", func(n int) int {
		sum := 0
		for v := range n {
			sum += add(v, v+1)
		}
		return sum
	}},
	{"iter-pull", func(n int) int {
		next, stop := iter.Pull(seqRange(1, n))
		defer stop()
		return sumSeq(seqMap(seqRange(0, n), func(a int) int { b, _ := next(); return add(a, b) }))
	}},
	{"flux", func(n int) int { return sumFlux(flux.Zip2(flux.Range(0, n), flux.Range(1, n), add)) }},
	{"ro", func(n int) int {
		return sumRo(ro.Pipe1(ro.Zip2(roRange(0, n), roRange(1, n)), ro.Map(func(t lo.Tuple2[int, int]) int { return add(t.A, t.B) })))
	}},
	{"rxgo", func(n int) int {
		return sumRx(rxgo.Range(0, n).ZipFromIterable(rxgo.Range(1, n),
			func(_ context.Context, a, b any) (any, error) { return add(a.(int), b.(int)), nil }))
	}},
}}
