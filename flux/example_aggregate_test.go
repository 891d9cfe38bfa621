package flux_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/freshet-go/freshet/flux"
)

var words = flux.Just("pear", "fig", "plum", "fig")

func ExampleCount() {
	fmt.Println(flux.Count(words).Get(context.Background()))
	// Output: 4 <nil>
}

func ExampleFlux_Reduce() {
	sum := flux.Just(1, 2, 3).Reduce(func(acc, v int) int { return acc + v })
	fmt.Println(sum.Get(context.Background()))
	// Output: 6 <nil>
}

func ExampleReduceWith() {
	letters := flux.ReduceWith(words, 0, func(n int, w string) int { return n + len(w) })
	fmt.Println(letters.Get(context.Background()))
	// Output: 14 <nil>
}

func ExampleAllMatch() {
	long := flux.AllMatch(words, func(w string) bool { return len(w) > 3 })
	fmt.Println(long.Get(context.Background()))
	// Output: false <nil>
}

func ExampleAnyMatch() {
	long := flux.AnyMatch(words, func(w string) bool { return len(w) > 3 })
	fmt.Println(long.Get(context.Background()))
	// Output: true <nil>
}

func ExampleHasElement() {
	fmt.Println(flux.HasElement(words, "fig").Get(context.Background()))
	// Output: true <nil>
}

func ExampleHasElements() {
	fmt.Println(flux.HasElements(flux.Empty[int]()).Get(context.Background()))
	// Output: false <nil>
}

func ExampleSequenceEqual() {
	same := flux.SequenceEqual(flux.Just(0, 1, 2), flux.Range(0, 3))
	fmt.Println(same.Get(context.Background()))
	// Output: true <nil>
}

func ExampleSequenceEqualFunc() {
	same := flux.SequenceEqualFunc(flux.Just("a", "b"), flux.Just("A", "B"), strings.EqualFold)
	fmt.Println(same.Get(context.Background()))
	// Output: true <nil>
}

func ExampleCollectList() {
	fmt.Println(flux.CollectList(words).Get(context.Background()))
	// Output: [pear fig plum fig] <nil>
}

func ExampleCollectSortedList() {
	fmt.Println(flux.CollectSortedList(words).Get(context.Background()))
	// Output: [fig fig pear plum] <nil>
}

func ExampleCollectSortedListFunc() {
	byLength := func(a, b string) int { return len(a) - len(b) }
	fmt.Println(flux.CollectSortedListFunc(words, byLength).Get(context.Background()))
	// Output: [fig fig pear plum] <nil>
}

func ExampleCollectMap() {
	last := flux.CollectMap(flux.Range(1, 5), func(n int) int { return n % 3 })
	fmt.Println(last.Get(context.Background()))
	// Output: map[0:3 1:4 2:5] <nil>
}

func ExampleCollectMapValues() {
	squares := flux.CollectMapValues(flux.Range(1, 3), func(n int) int { return n }, func(n int) int { return n * n })
	fmt.Println(squares.Get(context.Background()))
	// Output: map[1:1 2:4 3:9] <nil>
}

func ExampleCollectMultimap() {
	byRest := flux.CollectMultimap(flux.Range(1, 5), func(n int) int { return n % 2 })
	fmt.Println(byRest.Get(context.Background()))
	// Output: map[0:[2 4] 1:[1 3 5]] <nil>
}

func ExampleCollectMultimapValues() {
	squares := flux.CollectMultimapValues(flux.Range(1, 5), func(n int) int { return n % 2 }, func(n int) int { return n * n })
	fmt.Println(squares.Get(context.Background()))
	// Output: map[0:[4 16] 1:[1 9 25]] <nil>
}

func ExampleCollectInto() {
	byLength := flux.CollectInto(words, func() map[int]int { return map[int]int{} },
		func(count map[int]int, w string) { count[len(w)]++ })
	fmt.Println(byLength.Get(context.Background()))
	// Output: map[3:2 4:2] <nil>
}

func ExampleSort() {
	fmt.Println(flux.Sort(words).Collect(context.Background()))
	// Output: [fig fig pear plum] <nil>
}

func ExampleFlux_SortFunc() {
	longestFirst := words.SortFunc(func(a, b string) int { return len(b) - len(a) })
	fmt.Println(longestFirst.Collect(context.Background()))
	// Output: [pear plum fig fig] <nil>
}

func ExampleFlux_IgnoreElements() {
	_, err := words.IgnoreElements().Get(context.Background())
	fmt.Println(err)
	// Output: flux: no value: the stream was empty
}

func ExampleCompletion() {
	saved := flux.Completion(words.DoOnNext(func(w string) { fmt.Print(w, " ") }))
	fmt.Println(saved.Flux().Drain(context.Background()))
	// Output: pear fig plum fig <nil>
}

func ExampleThen() {
	total := flux.Then(words.DoOnNext(func(w string) { fmt.Print(w, " ") }), flux.Just(42))
	fmt.Println(total.Get(context.Background()))
	// Output: pear fig plum fig 42 <nil>
}

func ExampleThenMany() {
	fmt.Println(flux.ThenMany(words, flux.Range(1, 3)).Collect(context.Background()))
	// Output: [1 2 3] <nil>
}

func ExampleThenEmpty() {
	log := flux.Just("logged").DoOnNext(func(s string) { fmt.Println(s) })
	fmt.Println(flux.ThenEmpty(words, log).Flux().Drain(context.Background()))
	// Output:
	// logged
	// <nil>
}
