package flux_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/freshet-go/freshet/flux"
)

func ExampleFlux_DoOnNext() {
	src := flux.Just(1, 2).DoOnNext(func(v int) { fmt.Println("saw", v) })
	fmt.Println(src.Drain(context.Background()))
	// Output:
	// saw 1
	// saw 2
	// <nil>
}

func ExampleFlux_DoOnError() {
	src := flux.Error[int](errors.New("disk full")).DoOnError(func(err error) { fmt.Println("log:", err) })
	fmt.Println(src.OnErrorReturn(0).Collect(context.Background()))
	// Output:
	// log: disk full
	// [0] <nil>
}

func ExampleFlux_DoOnComplete() {
	src := flux.Just(1).DoOnComplete(func() { fmt.Println("all sent") })
	fmt.Println(src.Collect(context.Background()))
	// Output:
	// all sent
	// [1] <nil>
}

func ExampleFlux_DoOnSubscribe() {
	src := flux.Just(1).DoOnSubscribe(func() { fmt.Println("somebody came") })
	fmt.Println(src.Collect(context.Background()))
	// Output:
	// somebody came
	// [1] <nil>
}

func ExampleFlux_DoOnRequest() {
	src := flux.Range(1, 5).DoOnRequest(func(n int64) { fmt.Println("request", n) })
	fmt.Println(src.LimitRate(4).Collect(context.Background()))
	// Output:
	// request 4
	// request 3
	// [1 2 3 4 5] <nil>
}

func ExampleFlux_DoOnCancel() {
	src := flux.Range(1, 100).DoOnCancel(func() { fmt.Println("left early") })
	fmt.Println(src.First(context.Background()))
	// Output:
	// left early
	// 1 <nil>
}

func ExampleFlux_DoFinally() {
	bye := func(end flux.SignalType) { fmt.Println("ended by", end) }
	_ = flux.Just(1).DoFinally(bye).Drain(context.Background())
	_ = flux.Error[int](errors.New("no")).DoFinally(bye).Drain(context.Background())
	_, _ = flux.Range(1, 9).DoFinally(bye).First(context.Background())
	// Output:
	// ended by complete
	// ended by error
	// ended by cancel
}

func ExampleWithHooks() {
	ctx := flux.WithHooks(context.Background(), flux.Hooks{
		Discarded: func(v any) { fmt.Println("discarded", v) },
	})
	_ = flux.Just(1, 2, 3).Filter(func(v int) bool { return v == 2 }).Drain(ctx)
	// Output:
	// discarded 1
	// discarded 3
}
