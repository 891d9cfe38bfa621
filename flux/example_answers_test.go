package flux_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func ExampleFlux_OnErrorCompleteIf() {
	lines := flux.Just("one", "two").ConcatWith(flux.Error[string](io.EOF))
	fmt.Println(lines.OnErrorCompleteIf(func(err error) bool { return errors.Is(err, io.EOF) }).Collect(context.Background()))
	// Output: [one two] <nil>
}

func ExampleFlux_OnErrorContinueIf() {
	inverse := flux.TryMap(flux.Just(2, 0, 4), func(n int) (int, error) {
		if n == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		return 100 / n, nil
	})
	skip := func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
	tell := func(err error, v any) { fmt.Println("without", v) }
	fmt.Println(inverse.OnErrorContinueIf(skip, tell).Collect(context.Background()))
	// Output:
	// without 0
	// [50 25] <nil>
}

func ExampleFlux_OnErrorStop() {
	failing := flux.TryMap(flux.Just(1, 2), func(n int) (int, error) {
		if n == 1 {
			return 0, io.ErrUnexpectedEOF
		}
		return n, nil
	})
	ignore := func(error, any) {}
	fmt.Println(failing.OnErrorContinue(ignore).Collect(context.Background()))
	fmt.Println(failing.OnErrorStop().OnErrorContinue(ignore).Collect(context.Background()))
	// Output:
	// [2] <nil>
	// [] unexpected EOF
}

func ExampleFlux_RepeatIf() {
	left := 2
	again := func() bool { left--; return left >= 0 }
	fmt.Println(flux.Just("tick", "tock").RepeatIf(again).Collect(context.Background()))
	// Output: [tick tock tick tock tick tock] <nil>
}

func ExampleFlux_DelaySubscription() {
	begin := time.Now()
	v, err := flux.Just("late").DelaySubscription(2 * time.Millisecond).First(context.Background())
	fmt.Println(v, err, time.Since(begin) >= 2*time.Millisecond)
	// Output: late <nil> true
}

func ExampleFlux_DelaySequence() {
	begin := time.Now()
	all, err := flux.Just(1, 2, 3).DelaySequence(2 * time.Millisecond).Collect(context.Background())
	fmt.Println(all, err, time.Since(begin) >= 2*time.Millisecond)
	// Output: [1 2 3] <nil> true
}
