package flux_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/freshet-go/freshet/flux"
)

func ExampleMap() {
	upper := flux.Map(flux.Just("a", "b"), strings.ToUpper)
	fmt.Println(upper.Collect(context.Background()))
	// Output: [A B] <nil>
}

func ExampleTryMap() {
	numbers := flux.TryMap(flux.Just("1", "x", "3"), strconv.Atoi)
	fmt.Println(numbers.OnErrorReturn(-1).Collect(context.Background()))
	// Output: [1 -1] <nil>
}

func ExampleHandle() {
	words := flux.Just("1", "two", "3", "stop", "5")
	numbers := flux.Handle(words, func(w string, out *flux.Step[int]) {
		if w == "stop" {
			out.Complete()
			return
		}
		if n, err := strconv.Atoi(w); err == nil {
			out.Next(n) // other words are left out
		}
	})
	fmt.Println(numbers.Collect(context.Background()))
	// Output: [1 3] <nil>
}

func ExampleFlux_Scan() {
	total := flux.Just(1, 2, 3, 4).Scan(func(sum, v int) int { return sum + v })
	fmt.Println(total.Collect(context.Background()))
	// Output: [1 3 6 10] <nil>
}

func ExampleIndex() {
	for v, err := range flux.Index(flux.Just(7, 11)).All(context.Background()) {
		if err != nil {
			break
		}
		fmt.Println(v.Index, v.Value)
	}
	// Output:
	// 0 7
	// 1 11
}

func ExampleFlux_Filter() {
	even := flux.Range(1, 6).Filter(func(v int) bool { return v%2 == 0 })
	fmt.Println(even.Collect(context.Background()))
	// Output: [2 4 6] <nil>
}

func ExampleFlux_Take() {
	fmt.Println(flux.Range(1, 1_000_000).Take(3).Collect(context.Background()))
	// Output: [1 2 3] <nil>
}

func ExampleFlux_TakeWhile() {
	small := flux.Just(1, 2, 9, 1).TakeWhile(func(v int) bool { return v < 5 })
	fmt.Println(small.Collect(context.Background()))
	// Output: [1 2] <nil>
}

func ExampleFlux_Skip() {
	fmt.Println(flux.Just("name", "ada", "grace").Skip(1).Collect(context.Background()))
	// Output: [ada grace] <nil>
}

func ExampleDistinctUntilChanged() {
	states := flux.DistinctUntilChanged(flux.Just("up", "up", "down", "down", "up"))
	fmt.Println(states.Collect(context.Background()))
	// Output: [up down up] <nil>
}

func ExampleDistinctUntilChangedBy() {
	words := flux.DistinctUntilChangedBy(flux.Just("ant", "ape", "bee", "asp"), func(w string) byte { return w[0] })
	fmt.Println(words.Collect(context.Background()))
	// Output: [ant bee asp] <nil>
}
