package flux_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func ExampleConcat() {
	all := flux.Concat[int](flux.Just(1, 2), flux.Range(10, 2), flux.Just(99))
	fmt.Println(all.Collect(context.Background()))
	// Output: [1 2 10 11 99] <nil>
}

func ExampleFlux_ConcatWith() {
	fmt.Println(flux.Just("history").ConcatWith(flux.Just("live")).Collect(context.Background()))
	// Output: [history live] <nil>
}

func ExampleFlux_StartWith() {
	fmt.Println(flux.Just(2, 3).StartWith(0, 1).Collect(context.Background()))
	// Output: [0 1 2 3] <nil>
}

func ExampleMerge() {
	slow := flux.Map(flux.Interval(time.Hour), func(int64) string { return "tock" })
	fast := flux.Map(flux.Interval(time.Millisecond), func(int64) string { return "tick" })
	fmt.Println(flux.Merge[string](slow, fast).Take(3).Collect(context.Background()))
	// Output: [tick tick tick] <nil>
}

func ExampleFlux_MergeWith() {
	fmt.Println(flux.Just(1, 2).MergeWith(flux.Just(3)).Collect(context.Background()))
	// Output: [1 2 3] <nil>
}

func ExampleFlatMap() {
	pages := flux.FlatMap(flux.Just(10, 20), func(first int) flux.Flux[int] { return flux.Range(first, 3) })
	fmt.Println(pages.Collect(context.Background()))
	// Output: [10 11 12 20 21 22] <nil>
}

func ExampleConcatMap() {
	after := func(ms int) flux.Flux[int] { return flux.Just(ms).DelayElements(time.Duration(ms) * time.Millisecond) }
	// The second would be ready first, but the order is kept.
	src := flux.ConcatMap(flux.Just(2, 1), after)
	fmt.Println(src.Collect(context.Background()))
	// Output: [2 1] <nil>
}

func ExampleSwitchMap() {
	// Each new query cancels the search of the one before.
	search := func(query string) flux.Flux[string] {
		if query == "fre" {
			return flux.Never[string]()
		}
		return flux.Just(query + ": 3 results")
	}
	fmt.Println(flux.SwitchMap(flux.Just("fre", "freshet"), search).Collect(context.Background()))
	// Output: [freshet: 3 results] <nil>
}

func ExampleZip2() {
	pairs := flux.Zip2(flux.Just("a", "b", "c"), flux.Range(1, 2), func(s string, n int) string { return fmt.Sprint(s, n) })
	fmt.Println(pairs.Collect(context.Background()))
	// Output: [a1 b2] <nil>
}

func ExampleConcurrency() {
	running := 0
	job := func(n int) flux.Flux[int] {
		return flux.Just(n, n).
			DoOnSubscribe(func() { running++; fmt.Println("running:", running) }).
			DoOnComplete(func() { running-- })
	}
	fmt.Println(flux.FlatMap(flux.Range(1, 3), job, flux.Concurrency(1)).Collect(context.Background()))
	// Output:
	// running: 1
	// running: 1
	// running: 1
	// [1 1 2 2 3 3] <nil>
}

func ExamplePrefetch() {
	page := func(int) flux.Flux[int] {
		return flux.Range(1, 4).DoOnRequest(func(n int64) { fmt.Println("request", n) })
	}
	fmt.Println(flux.FlatMap(flux.Just(0), page, flux.Prefetch(4)).Collect(context.Background()))
	// Output:
	// request 4
	// request 3
	// [1 2 3 4] <nil>
}

func ExampleDelayErrors() {
	get := func(n int) flux.Flux[int] {
		if n == 1 {
			return flux.Error[int](errors.New("the first is lost"))
		}
		return flux.Just(n)
	}
	err := flux.FlatMap(flux.Range(1, 3), get, flux.DelayErrors()).ForEach(context.Background(), func(v int) error {
		fmt.Println(v)
		return nil
	})
	fmt.Println(err)
	// Output:
	// 2
	// 3
	// the first is lost
}
