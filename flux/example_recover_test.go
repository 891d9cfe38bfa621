package flux_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func ExampleFlux_OnErrorResume() {
	errGone := errors.New("gone")
	price := flux.Just(7).ConcatWith(flux.Error[int](errGone)).OnErrorResume(func(err error) flux.Publisher[int] {
		if errors.Is(err, errGone) {
			return flux.Just(8, 9) // from the cache
		}
		return flux.Error[int](err)
	})
	fmt.Println(price.Collect(context.Background()))
	// Output: [7 8 9] <nil>
}

func ExampleFlux_OnErrorReturn() {
	broken := flux.Map(flux.Just(4, 0), func(v int) int { return 8 / v })
	fmt.Println(broken.OnErrorReturn(-1).Collect(context.Background()))
	// Output: [2 -1] <nil>
}

func ExampleFlux_Retry() {
	tries := 0
	flaky := flux.Defer(func(context.Context) flux.Flux[string] {
		if tries++; tries < 3 {
			return flux.Error[string](errors.New("connection refused"))
		}
		return flux.Just("connected")
	})
	fmt.Println(flaky.Retry(5).First(context.Background()))
	fmt.Println(tries, "tries")
	// Output:
	// connected <nil>
	// 3 tries
}

func ExampleFlux_Timeout() {
	err := flux.Never[int]().Timeout(time.Millisecond).Drain(context.Background())
	fmt.Println(err)
	fmt.Println(errors.Is(err, flux.ErrTimeout), errors.Is(err, context.DeadlineExceeded))
	// Output:
	// no value within 1ms: timeout: nothing came in time
	// true true
}

func ExampleFlux_TimeoutOr() {
	slow := flux.Never[string]()
	fmt.Println(slow.TimeoutOr(time.Millisecond, flux.Just("from the cache")).Collect(context.Background()))
	// Output: [from the cache] <nil>
}

func ExampleFlux_SwitchIfEmpty() {
	nobody := flux.Just("ada").Filter(func(name string) bool { return name == "grace" })
	fmt.Println(nobody.SwitchIfEmpty(flux.Just("anonymous")).Collect(context.Background()))
	// Output: [anonymous] <nil>
}

func ExampleErrorSignal() {
	recorded := flux.Just(flux.NextSignal(1), flux.ErrorSignal[int](errors.New("torn")))
	fmt.Println(flux.Dematerialize(recorded).OnErrorReturn(-1).Collect(context.Background()))
	// Output: [1 -1] <nil>
}
