package flux_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/freshet-go/freshet/flux"
)

func ExampleFlux_DoFirst() {
	src := flux.Just("value").
		DoOnSubscribe(func() { fmt.Println("subscribed") }).
		DoFirst(func() { fmt.Println("first") })
	_ = src.ForEach(context.Background(), func(v string) error { fmt.Println(v); return nil })
	// Output:
	// first
	// subscribed
	// value
}

func ExampleFlux_DoOnTerminate() {
	src := flux.Just("value").
		DoOnTerminate(func() { fmt.Println("about to end") }).
		DoOnComplete(func() { fmt.Println("complete") })
	_ = src.Drain(context.Background())
	// Output:
	// about to end
	// complete
}

func ExampleFlux_DoAfterTerminate() {
	src := flux.Just("value").
		DoAfterTerminate(func() { fmt.Println("ended") }).
		DoOnComplete(func() { fmt.Println("complete") })
	_ = src.Drain(context.Background())
	// Output:
	// complete
	// ended
}

func ExampleFlux_CancelOn() {
	cancelled := make(chan struct{})
	slow := flux.Never[int]().DoOnCancel(func() { close(cancelled) })
	s := slow.CancelOn().SubscribeFunc(context.Background(), nil, nil)
	s.Cancel() // returns at once, however long the source takes
	<-cancelled
	fmt.Println("cancelled")
	// Output: cancelled
}

func ExampleFlux_CancelOnExecutor() {
	ui := &loop{}
	s := flux.Never[int]().
		DoOnCancel(func() { fmt.Println("cancelled") }).
		CancelOnExecutor(ui).
		SubscribeFunc(context.Background(), nil, nil)
	s.Cancel()
	fmt.Println("waiting for the loop")
	for _, task := range ui.tasks {
		task()
	}
	// Output:
	// waiting for the loop
	// cancelled
}

func ExampleFlux_SubscribeOnExecutor() {
	ui := &loop{}
	flux.Just("redraw").
		SubscribeOnExecutor(ui).
		SubscribeFunc(context.Background(), func(s string) { fmt.Println(s) }, nil)
	fmt.Println("waiting for the loop")
	for len(ui.tasks) > 0 {
		task := ui.tasks[0]
		ui.tasks = ui.tasks[1:]
		task()
	}
	// Output:
	// waiting for the loop
	// redraw
}

func ExampleFlux_CheckpointHere() {
	_, err := flux.Error[int](errors.New("no rows")).CheckpointHere("orders").Collect(context.Background())
	var at *flux.CheckpointError
	fmt.Println(errors.As(err, &at), at.Name, strings.Contains(at.Caller, "example_lifecycle_more_test.go:"))
	// Output: true orders true
}

func ExampleFlux_Tag() {
	zone := flux.Defer(func(ctx context.Context) flux.Flux[string] {
		return flux.Just(flux.NamedOf(ctx).Tags["zone"])
	})
	fmt.Println(zone.Tag("zone", "eu").Collect(context.Background()))
	// Output: [eu] <nil>
}

func ExampleFlux_Hide() {
	// Hide keeps an operator from treating a single value as one: it is for tests
	// and measurements.
	fmt.Println(flux.Just(1).Hide().Collect(context.Background()))
	// Output: [1] <nil>
}

func ExampleConnectable_Subscribe() {
	ctx := context.Background()
	shared := flux.Just(1, 2).Publish()
	doubled := flux.Map(shared, func(v int) int { return 2 * v }) // a Connectable is a publisher
	doubled.SubscribeFunc(ctx, func(v int) { fmt.Println(v) }, nil)
	shared.Connect(ctx)
	// Output:
	// 2
	// 4
}
