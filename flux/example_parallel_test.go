package flux_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
)

func square(v int) int { return v * v }

func add(a, b int) int { return a + b }

func ExampleParallel() {
	squares := flux.ParallelMap(flux.Parallel(flux.Range(1, 6), runtime.GOMAXPROCS(0)).RunOn(), square)
	fmt.Println(squares.Sequential().Reduce(add).Get(context.Background()))
	// Output: 91 <nil>
}

func ExampleOnRails() {
	firsts := flux.OnRails(flux.Parallel(flux.Range(1, 6), 2), func(rail flux.Flux[int]) flux.Flux[int] {
		return rail.Take(1)
	})
	fmt.Println(firsts.Sequential().Collect(context.Background()))
	// Output: [1 2] <nil>
}

func ExampleParallelMap() {
	fmt.Println(flux.ParallelMap(flux.Parallel(flux.Range(1, 4), 2), square).Sequential().Collect(context.Background()))
	// Output: [1 4 9 16] <nil>
}

func ExampleParallelFlatMap() {
	twice := flux.ParallelFlatMap(flux.Parallel(flux.Range(1, 2), 2), func(v int) flux.Flux[int] { return flux.Just(v, v) })
	fmt.Println(twice.Sequential().Collect(context.Background()))
	// Output: [1 1 2 2] <nil>
}

func ExampleParallelConcatMap() {
	twice := flux.ParallelConcatMap(flux.Parallel(flux.Range(1, 2), 2), func(v int) flux.Flux[int] { return flux.Just(v, v) })
	fmt.Println(twice.Sequential().Collect(context.Background()))
	// Output: [1 1 2 2] <nil>
}

func ExampleParallelReduceWith() {
	sums := flux.ParallelReduceWith(flux.Parallel(flux.Range(1, 6), 2), func() int { return 100 }, add)
	fmt.Println(sums.Sequential().Collect(context.Background()))
	// Output: [109 112] <nil>
}

func ExampleParallelFlux_Filter() {
	even := flux.Parallel(flux.Range(1, 6), 3).Filter(func(v int) bool { return v%2 == 0 })
	fmt.Println(even.Sequential().Collect(context.Background()))
	// Output: [2 4 6] <nil>
}

func ExampleParallelFlux_DoOnNext() {
	say := func(what string) func() { return func() { fmt.Println(what) } }
	rails := flux.Parallel(flux.Range(1, 2), 2).
		DoOnSubscribe(say("subscribe")).
		DoOnRequest(func(n int64) { fmt.Println("request", n) }).
		DoOnNext(func(v int) { fmt.Println("next", v) }).
		DoOnComplete(say("complete"))
	rails.Sequential(flux.Prefetch(4)).SubscribeFunc(context.Background(), nil, nil)
	// Output:
	// subscribe
	// request 4
	// subscribe
	// request 4
	// next 1
	// next 2
	// complete
	// complete
}

func ExampleParallelFlux_DoOnError() {
	source := flux.Just(1, 2).ConcatWith(flux.Error[int](io.ErrUnexpectedEOF))
	rails := flux.Parallel(source, 1).
		Checkpoint("orders").
		DoOnError(func(err error) { fmt.Println("error:", err) }).
		DoOnEach(func(s flux.Signal[int]) { fmt.Println("each:", s) }).
		DoOnTerminate(func() { fmt.Println("is ending") }).
		DoAfterTerminate(func() { fmt.Println("has ended") })
	rails.Sequential().SubscribeFunc(context.Background(), nil, func(error) {})
	// Output:
	// each: next(1)
	// each: next(2)
	// error: unexpected EOF (at checkpoint orders)
	// each: error(unexpected EOF (at checkpoint orders))
	// is ending
	// has ended
}

func ExampleParallelFlux_DoOnCancel() {
	rails := flux.Parallel(flux.Range(1, 9), 2).DoOnCancel(func() { fmt.Println("cancelled") })
	fmt.Println(rails.Sequential().Take(1).Collect(context.Background()))
	// Output:
	// cancelled
	// cancelled
	// [1] <nil>
}

func ExampleParallelFlux_Log() {
	rails := flux.Parallel(flux.Just(1), 1).Log(plain(), "rail")
	fmt.Println(rails.Sequential().Collect(context.Background()))
	// Output:
	// level=INFO msg=onSubscribe stream=rail
	// level=INFO msg=request stream=rail n=unbounded
	// level=INFO msg=onNext stream=rail value=1
	// level=INFO msg=onComplete stream=rail
	// [1] <nil>
}

func ExampleParallelFlux_ForEach() {
	var sum atomic.Int64 // the rails run beside each other
	err := flux.Parallel(flux.Range(1, 100), 4).RunOn().ForEach(context.Background(), func(v int) error {
		sum.Add(int64(v))
		return nil
	})
	fmt.Println(sum.Load(), err)
	// Output: 5050 <nil>
}

func ExampleParallelFlux_Ordered() {
	old, recent := flux.Just(1, 4, 9), flux.Just(2, 3, 10)
	rails := flux.ParallelMap(flux.ParallelFrom[int](old, recent).RunOn(), square) // keeps the order of each
	fmt.Println(rails.Ordered(cmp.Compare[int]).Collect(context.Background()))
	// Output: [1 4 9 16 81 100] <nil>
}

func ExampleParallelFrom() {
	morning, evening := flux.Just(7, 8), flux.Just(19)
	fmt.Println(flux.ParallelFrom[int](morning, evening).RunOn().Reduce(add).Get(context.Background()))
	// Output: 34 <nil>
}

func ExampleParallelCollectInto() {
	letters := flux.Just("a", "b", "a", "b", "a", "c")
	counts := flux.ParallelCollectInto(flux.Parallel(letters, 2), func() map[string]int { return map[string]int{} },
		func(counts map[string]int, s string) { counts[s]++ })
	fmt.Println(counts.Sequential().Collect(context.Background()))
	// Output: [map[a:3] map[b:2 c:1]] <nil>
}

func ExampleParallelFlux_RunOnExecutor() {
	rails := flux.Parallel(flux.Range(1, 4), 2).RunOnExecutor(inline{})
	fmt.Println(rails.Reduce(add).Get(context.Background()))
	// Output: 10 <nil>
}

func ExampleParallelFlux_SortFunc() {
	rails := flux.Parallel(flux.Just(5, 3, 1, 4, 2), 2).RunOn()
	fmt.Println(rails.SortFunc(cmp.Compare[int]).Collect(context.Background()))
	// Output: [1 2 3 4 5] <nil>
}

func ExampleParallelFlux_Reduce() {
	fmt.Println(flux.Parallel(flux.Range(1, 10), 4).RunOn().Reduce(add).Get(context.Background()))
	// Output: 55 <nil>
}

func ExampleParallelGroups() {
	rails := flux.ParallelGroups(flux.Parallel(flux.Range(1, 4), 2))
	shown := flux.FlatMap(rails, func(rail flux.Grouped[int, int]) flux.Flux[string] {
		return flux.Map(rail.Flux, func(v int) string { return fmt.Sprint(v, " on rail ", rail.Key) })
	})
	shown.SubscribeFunc(context.Background(), func(s string) { fmt.Println(s) }, nil)
	// Output:
	// 1 on rail 0
	// 2 on rail 1
	// 3 on rail 0
	// 4 on rail 1
}
