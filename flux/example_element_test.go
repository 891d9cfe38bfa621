package flux_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func ExampleFlux_Next() {
	fmt.Println(words.Next().Get(context.Background()))
	// Output: pear <nil>
}

func ExampleFlux_LastValue() {
	fmt.Println(words.LastValue().Get(context.Background()))
	// Output: fig <nil>
}

func ExampleFlux_LastValueOr() {
	fmt.Println(flux.Empty[string]().LastValueOr("none").Get(context.Background()))
	// Output: none <nil>
}

func ExampleFlux_ElementAt() {
	fmt.Println(words.ElementAt(2).Get(context.Background()))
	// Output: plum <nil>
}

func ExampleFlux_ElementAtOr() {
	fmt.Println(words.ElementAtOr(9, "none").Get(context.Background()))
	// Output: none <nil>
}

func ExampleFlux_Single() {
	_, err := words.Single().Get(context.Background())
	fmt.Println(err)
	// Output: Single: flux: index out of bounds: more than one value
}

func ExampleFlux_SingleOr() {
	fmt.Println(flux.Empty[int]().SingleOr(7).Get(context.Background()))
	// Output: 7 <nil>
}

func ExampleFlux_SingleOrEmpty() {
	fmt.Println(flux.Empty[int]().SingleOrEmpty().Flux().Collect(context.Background()))
	// Output: [] <nil>
}

func ExampleFlux_DefaultIfEmpty() {
	fmt.Println(flux.Empty[string]().DefaultIfEmpty("none").Collect(context.Background()))
	// Output: [none] <nil>
}

func ExampleFlux_TakeUntil() {
	fmt.Println(words.TakeUntil(func(w string) bool { return w == "fig" }).Collect(context.Background()))
	// Output: [pear fig] <nil>
}

func ExampleTakeUntilOther() {
	stopped := flux.TakeUntilOther(flux.Never[int](), flux.Just("stop"))
	fmt.Println(stopped.Collect(context.Background()))
	// Output: [] <nil>
}

func ExampleFlux_TakeFor() {
	fmt.Println(flux.Never[int]().StartWith(1).TakeFor(time.Millisecond).Collect(context.Background()))
	// Output: [1] <nil>
}

func ExampleFlux_TakeUnbounded() {
	asked := words.DoOnRequest(func(n int64) { fmt.Println(n == flux.Unbounded) })
	fmt.Println(asked.TakeUnbounded(2).Collect(context.Background()))
	// Output:
	// true
	// [pear fig] <nil>
}

func ExampleFlux_TakeLast() {
	fmt.Println(words.TakeLast(2).Collect(context.Background()))
	// Output: [plum fig] <nil>
}

func ExampleFlux_SkipWhile() {
	fmt.Println(words.SkipWhile(func(w string) bool { return len(w) > 3 }).Collect(context.Background()))
	// Output: [fig plum fig] <nil>
}

func ExampleFlux_SkipUntil() {
	fmt.Println(words.SkipUntil(func(w string) bool { return w == "plum" }).Collect(context.Background()))
	// Output: [plum fig] <nil>
}

func ExampleSkipUntilOther() {
	fmt.Println(flux.SkipUntilOther(words, flux.Never[int]()).Collect(context.Background()))
	// Output: [] <nil>
}

func ExampleFlux_SkipFor() {
	fmt.Println(words.SkipFor(time.Hour).Collect(context.Background()))
	// Output: [] <nil>
}

func ExampleFlux_SkipLast() {
	fmt.Println(words.SkipLast(1).Collect(context.Background()))
	// Output: [pear fig plum] <nil>
}

func ExampleDistinct() {
	fmt.Println(flux.Distinct(words).Collect(context.Background()))
	// Output: [pear fig plum] <nil>
}

func ExampleDistinctBy() {
	fmt.Println(flux.DistinctBy(words, func(w string) int { return len(w) }).Collect(context.Background()))
	// Output: [pear fig] <nil>
}

func ExampleRemember() {
	recent := flux.Distinct(flux.Just(1, 1, 2, 3, 1), flux.Remember(2))
	fmt.Println(recent.Collect(context.Background()))
	// Output: [1 2 3 1] <nil>
}

func ExampleFlux_DistinctUntilChangedFunc() {
	near := func(last, v int) bool { return max(last, v)-min(last, v) < 2 }
	fmt.Println(flux.Just(10, 11, 12, 20, 21).DistinctUntilChangedFunc(near).Collect(context.Background()))
	// Output: [10 12 20] <nil>
}

func ExampleFlux_Sample() {
	fmt.Println(words.Sample(time.Hour).Collect(context.Background()))
	// Output: [fig] <nil>
}

func ExampleSampleOn() {
	fmt.Println(flux.SampleOn(words, flux.Never[int]()).Collect(context.Background()))
	// Output: [fig] <nil>
}

func ExampleFlux_SampleFirst() {
	fmt.Println(words.SampleFirst(time.Hour).Collect(context.Background()))
	// Output: [pear] <nil>
}

func ExampleSampleFirstBy() {
	quietAfter := func(w string) flux.Flux[int] {
		if w == "fig" {
			return flux.Never[int]()
		}
		return flux.Empty[int]()
	}
	fmt.Println(flux.SampleFirstBy(words, quietAfter).Collect(context.Background()))
	// Output: [pear fig] <nil>
}

func ExampleFlux_SampleTimeout() {
	fmt.Println(words.SampleTimeout(time.Hour).Collect(context.Background()))
	// Output: [fig] <nil>
}

func ExampleSampleTimeoutBy() {
	fmt.Println(flux.SampleTimeoutBy(words, func(string) flux.Flux[int] { return flux.Just(0) }).Collect(context.Background()))
	// Output: [pear fig plum fig] <nil>
}
