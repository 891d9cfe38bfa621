package flux_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// sums gives the sum of each window.
func sums(windows flux.Flux[flux.Flux[int]]) flux.Flux[int] {
	return flux.ConcatMap(windows, func(w flux.Flux[int]) flux.Mono[int] {
		return w.StartWith(0).Reduce(func(a, b int) int { return a + b })
	})
}

func ExampleWindow() {
	fmt.Println(sums(flux.Window(flux.Range(1, 5), 2)).Collect(context.Background()))
	// Output: [3 7 5] <nil>
}

func ExampleWindowSkip() {
	fmt.Println(sums(flux.WindowSkip(flux.Range(1, 4), 2, 1)).Collect(context.Background()))
	// Output: [3 5 7 4] <nil>
}

func ExampleWindowUntil() {
	third := func(v int) bool { return v%3 == 0 }
	fmt.Println(sums(flux.WindowUntil(flux.Range(1, 7), third)).Collect(context.Background()))
	// Output: [6 15 7] <nil>
}

func ExampleWindowUntilCutBefore() {
	third := func(v int) bool { return v%3 == 0 }
	fmt.Println(sums(flux.WindowUntilCutBefore(flux.Range(1, 7), third)).Collect(context.Background()))
	// Output: [3 12 13] <nil>
}

func ExampleWindowWhile() {
	up := func(v int) bool { return v > 0 }
	fmt.Println(sums(flux.WindowWhile(flux.Just(3, 4, 0, 5), up)).Collect(context.Background()))
	// Output: [7 5] <nil>
}

func ExampleWindowUntilChanged() {
	fmt.Println(sums(flux.WindowUntilChanged(flux.Just(2, 2, 3, 2))).Collect(context.Background()))
	// Output: [4 3 2] <nil>
}

func ExampleWindowUntilChangedBy() {
	sign := func(v int) bool { return v < 0 }
	fmt.Println(sums(flux.WindowUntilChangedBy(flux.Just(1, 2, -3, 4), sign)).Collect(context.Background()))
	// Output: [3 -3 4] <nil>
}

func ExampleWindowFor() {
	fmt.Println(sums(flux.WindowFor(flux.Range(1, 3), time.Hour)).Collect(context.Background()))
	// Output: [6] <nil>
}

func ExampleWindowForEvery() {
	every := flux.WindowForEvery(flux.Never[int](), time.Millisecond, time.Hour)
	fmt.Println(sums(every).First(context.Background()))
	// Output: 0 <nil>
}

func ExampleWindowTimeout() {
	fmt.Println(sums(flux.WindowTimeout(flux.Range(1, 5), 2, time.Hour)).Collect(context.Background()))
	fmt.Println(sums(flux.WindowTimeout(flux.Range(1, 5), 2, time.Hour, flux.Fair())).Collect(context.Background()))
	// Output:
	// [3 7 5] <nil>
	// [3 7 5] <nil>
}

func ExampleWindowOn() {
	fmt.Println(sums(flux.WindowOn(flux.Range(1, 3), flux.Never[int]())).Collect(context.Background()))
	// Output: [6] <nil>
}

func ExampleWindowWhen() {
	opening := flux.Just("whole", "none").ConcatWith(flux.Never[string]())
	shut := func(name string) flux.Flux[int] {
		if name == "none" {
			return flux.Empty[int]()
		}
		return flux.Never[int]()
	}
	counts := flux.FlatMap(flux.WindowWhen(flux.Range(1, 3), opening, shut), func(w flux.Flux[int]) flux.Mono[int64] {
		return flux.Count(w)
	})
	fmt.Println(counts.Collect(context.Background()))
	// Output: [0 3] <nil>
}

func ExampleGroupBy() {
	groups := flux.GroupBy(flux.Range(1, 5), func(n int) int { return n % 2 })
	lists := flux.FlatMap(groups, func(g flux.Grouped[int, int]) flux.Flux[string] {
		return flux.Map(flux.BufferAll(g), func(l []int) string { return fmt.Sprint(g.Key, l) })
	})
	fmt.Println(lists.Collect(context.Background()))
	// Output: [1 [1 3 5] 0 [2 4]] <nil>
}
