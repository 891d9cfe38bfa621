package flux_test

import (
	"cmp"
	"context"
	"fmt"
	"runtime"

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
	flux.Parallel(flux.Range(1, 2), 2).DoOnNext(func(v int) { fmt.Println(v) }).Sequential().SubscribeFunc(context.Background(), nil, nil)
	// Output:
	// 1
	// 2
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
