package flux_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// showing gives a function that prints values after a name.
func showing(name string) func(int) { return func(v int) { fmt.Println(name, v) } }

// feed is a source that says when it starts.
func feed() flux.Flux[int] {
	return flux.Never[int]().DoOnSubscribe(func() { fmt.Println("start") })
}

func ExampleFlux_Publish() {
	ctx := context.Background()
	numbers := flux.Range(1, 3).Publish()
	numbers.Flux().SubscribeFunc(ctx, showing("a"), nil)
	numbers.Flux().Filter(func(v int) bool { return v > 2 }).SubscribeFunc(ctx, showing("b"), nil)
	numbers.Connect(ctx)
	// Output:
	// a 1
	// a 2
	// a 3
	// b 3
}

func ExampleConnectable_Connect() {
	ctx := context.Background()
	open := flux.Create(func(_ context.Context, e *flux.Emitter[int]) { e.Next(1) }).Publish()
	open.Flux().SubscribeFunc(ctx, showing("a"), func(err error) { fmt.Println(err) })
	disconnect := open.Connect(ctx)
	disconnect()
	// Output:
	// a 1
	// flux: disconnected from the shared source
}

func ExampleConnectable_AutoConnect() {
	ctx := context.Background()
	numbers := flux.Range(1, 2).Publish().AutoConnect(2)
	numbers.SubscribeFunc(ctx, showing("a"), nil)
	fmt.Println("one is not enough")
	numbers.SubscribeFunc(ctx, showing("b"), nil)
	// Output:
	// one is not enough
	// a 1
	// b 1
	// a 2
	// b 2
}

func ExampleConnectable_RefCount() {
	ctx := context.Background()
	news := feed().DoOnCancel(func() { fmt.Println("stop") }).Publish().RefCount(2)
	a := news.SubscribeFunc(ctx, showing("a"), nil)
	b := news.SubscribeFunc(ctx, showing("b"), nil)
	a.Cancel()
	fmt.Println("one is left")
	b.Cancel()
	// Output:
	// start
	// one is left
	// stop
}

func ExampleConnectable_RefCountGrace() {
	ctx := context.Background()
	news := feed().Publish().RefCountGrace(1, time.Minute)
	news.SubscribeFunc(ctx, nil, nil).Cancel()
	news.SubscribeFunc(ctx, nil, nil).Cancel() // a page that was loaded again
	// Output: start
}

func ExamplePublishSelect() {
	pairs := flux.PublishSelect(flux.Range(1, 4), func(shared flux.Flux[int]) flux.Flux[[]int] {
		return flux.ZipAll([]flux.Publisher[int]{shared, shared.Skip(1)}, func(pair []int) []int { return pair })
	})
	fmt.Println(pairs.Collect(context.Background()))
	// Output: [[1 2] [2 3] [3 4]] <nil>
}

func ExampleFlux_Replay() {
	ctx := context.Background()
	numbers := flux.Range(1, 3).Replay()
	numbers.Connect(ctx)
	fmt.Println(numbers.Flux().Collect(ctx))
	fmt.Println(numbers.Flux().Collect(ctx))
	// Output:
	// [1 2 3] <nil>
	// [1 2 3] <nil>
}

func ExampleFlux_ReplayLast() {
	ctx := context.Background()
	numbers := flux.Range(1, 9).ReplayLast(2)
	numbers.Connect(ctx)
	fmt.Println(numbers.Flux().Collect(ctx))
	// Output: [8 9] <nil>
}

func ExampleFlux_ReplayFor() {
	ctx := context.Background()
	numbers := flux.Range(1, 3).ReplayFor(time.Hour)
	numbers.Connect(ctx)
	fmt.Println(numbers.Flux().Collect(ctx))
	// Output: [1 2 3] <nil>
}

func ExampleFlux_ReplayLastFor() {
	ctx := context.Background()
	numbers := flux.Range(1, 3).ReplayLastFor(1, time.Hour)
	numbers.Connect(ctx)
	fmt.Println(numbers.Flux().Collect(ctx))
	// Output: [3] <nil>
}

// loaded is something that takes its time, and should be done once.
func loaded() flux.Flux[string] {
	return flux.Defer(func(context.Context) flux.Flux[string] {
		fmt.Println("loading")
		return flux.Just("red", "green", "blue")
	})
}

func ExampleFlux_Cache() {
	ctx := context.Background()
	colours := loaded().Cache()
	fmt.Println(colours.Collect(ctx))
	fmt.Println(colours.Collect(ctx))
	// Output:
	// loading
	// [red green blue] <nil>
	// [red green blue] <nil>
}

func ExampleFlux_CacheLast() {
	ctx := context.Background()
	colours := loaded().CacheLast(1)
	fmt.Println(colours.Collect(ctx))
	fmt.Println(colours.Collect(ctx))
	// Output:
	// loading
	// [red green blue] <nil>
	// [blue] <nil>
}

func ExampleFlux_CacheFor() {
	ctx := context.Background()
	colours := loaded().CacheFor(time.Hour)
	fmt.Println(colours.Collect(ctx))
	fmt.Println(colours.Collect(ctx))
	// Output:
	// loading
	// [red green blue] <nil>
	// [red green blue] <nil>
}

func ExampleFlux_CacheLastFor() {
	ctx := context.Background()
	colours := loaded().CacheLastFor(2, time.Hour)
	fmt.Println(colours.Collect(ctx))
	fmt.Println(colours.Collect(ctx))
	// Output:
	// loading
	// [red green blue] <nil>
	// [green blue] <nil>
}

func ExampleFlux_ShareNext() {
	ctx := context.Background()
	colour := loaded().ShareNext()
	fmt.Println(colour.Get(ctx))
	fmt.Println(colour.Get(ctx))
	// Output:
	// loading
	// red <nil>
	// red <nil>
}
