package ops

import (
	"context"
	"iter"

	"github.com/reactivex/rxgo/v2"
	"github.com/samber/ro"

	"github.com/freshet-go/freshet/flux"
)

func fluxChain(n int) flux.Flux[int] {
	return flux.Map(flux.Map(flux.Range(0, n), inc).Filter(even), triple)
}

// seqByHand is the same chain with every range loop written out as a function
// call, which saves what the compiler adds to guard the body of such a loop.
func seqByHand(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		mapped := func(v int) bool { return yield(triple(v)) }
		kept := func(v int) bool { return !even(v) || mapped(v) }
		seqRange(0, n)(func(v int) bool { return kept(inc(v)) })
	}
}

// chain is Range -> Map -> Filter -> Map.
var chain = workload{"chain", 10_000, []variant{
	{"loop", func(n int) int {
		sum := 0
		for v := range n {
			if v := inc(v); even(v) {
				sum += triple(v)
			}
		}
		return sum
	}},
	{"iter", func(n int) int { return sumSeq(seqMap(seqFilter(seqMap(seqRange(0, n), inc), even), triple)) }},
	{"iter-by-hand", func(n int) int { return sumSeq(seqByHand(n)) }},
	{"flux", func(n int) int { return sumFlux(fluxChain(n)) }},
	{"flux-request-1", func(n int) int { return sumBy(1, fluxChain(n)) }},
	{"ro", func(n int) int {
		return sumRo(ro.Pipe3(roRange(0, n), ro.Map(inc), ro.Filter(even), ro.Map(triple)))
	}},
	{"rxgo", func(n int) int {
		return sumRx(rxgo.Range(0, n).Map(rxMap(inc)).Filter(func(v any) bool { return even(v.(int)) }).Map(rxMap(triple)))
	}},
}}

// scan is the running sum of a range.
var scan = workload{"scan", 10_000, []variant{
	{"loop", func(n int) int {
		sum, acc := 0, 0
		for v := range n {
			acc = add(acc, v)
			sum += acc
		}
		return sum
	}},
	{"iter", func(n int) int {
		return sumSeq(func(yield func(int) bool) {
			acc := 0
			for v := range seqRange(0, n) {
				if acc = add(acc, v); !yield(acc) {
					return
				}
			}
		})
	}},
	{"flux", func(n int) int { return sumFlux(flux.Range(0, n).Scan(add)) }},
	{"ro", func(n int) int { return sumRo(ro.Pipe1(roRange(0, n), ro.Scan(add, 0))) }},
	{"rxgo", func(n int) int {
		return sumRx(rxgo.Range(0, n).Scan(func(_ context.Context, acc, v any) (any, error) {
			if acc == nil {
				acc = 0
			}
			return add(acc.(int), v.(int)), nil
		}))
	}},
}}

// distinct is DistinctUntilChanged over 0, 0, 1, 1, 2, 2, ...; ro has no such
// operator.
var distinct = workload{"distinctUntilChanged", 10_000, []variant{
	{"loop", func(n int) int {
		sum, last := 0, -1
		for v := range n {
			if v := half(v); v != last {
				sum, last = sum+v, v
			}
		}
		return sum
	}},
	{"iter", func(n int) int {
		last := -1
		return sumSeq(seqFilter(seqMap(seqRange(0, n), half), func(v int) bool {
			changed := v != last
			last = v
			return changed
		}))
	}},
	{"flux", func(n int) int { return sumFlux(flux.DistinctUntilChanged(flux.Map(flux.Range(0, n), half))) }},
	{"rxgo", func(n int) int {
		return sumRx(rxgo.Range(0, n).Map(rxMap(half)).DistinctUntilChanged(func(_ context.Context, v any) (any, error) { return v, nil }))
	}},
}}

// publishOn hands every element to another goroutine; by hand with a channel of
// the same length as the queues.
var publishOn = workload{"publishOn", 10_000, []variant{
	{"channel", func(n int) int {
		c := make(chan int, 256) // the hand-over that is measured
		go func() {
			defer close(c)
			for v := range n {
				c <- v
			}
		}()
		sum := 0
		for v := range c {
			sum += v
		}
		return sum
	}},
	{"flux", func(n int) int { return sumFlux(flux.Range(0, n).PublishOn()) }},
	{"ro", func(n int) int { return sumRo(ro.Pipe1(roRange(0, n), ro.ObserveOn[int](256))) }},
	{"rxgo", func(n int) int { return sumRx(rxgo.Range(0, n, rxgo.WithBufferedChannel(256))) }},
}}

// publishOnFused is the case in which Reactor hands nothing over: publishOn right
// after a range, which the other thread then counts by itself. Flux has no such case.
var publishOnFused = workload{"publishOnFused", 10_000, []variant{
	{"loop", sumLoop},
	{"flux", func(n int) int { return sumFlux(flux.Range(0, n).PublishOn()) }},
}}

func sumLoop(n int) int {
	sum := 0
	for v := range n {
		sum += v
	}
	return sum
}
