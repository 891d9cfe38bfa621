package flux_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/freshet-go/freshet/flux"
)

var errFlaky = errors.New("flaky")

// failing gives 1, and then fails.
func failing() flux.Flux[int] { return flux.Just(1).ConcatWith(flux.Error[int](errFlaky)) }

func ExampleFlux_OnErrorMap() {
	_, err := failing().OnErrorMap(func(err error) error { return fmt.Errorf("reading: %w", err) }).
		Collect(context.Background())
	fmt.Println(err)
	// Output: reading: flaky
}

func ExampleFlux_OnErrorComplete() {
	all, err := failing().OnErrorComplete().Collect(context.Background())
	_, kept := failing().OnErrorCompleteIf(func(err error) bool { return !errors.Is(err, errFlaky) }).Collect(context.Background())
	fmt.Println(all, err, kept)
	// Output: [1] <nil> flaky
}

func ExampleFlux_OnErrorContinue() {
	parsed := flux.Map(flux.Range(1, 4), func(v int) int { return 12 / (v - 2) }).
		OnErrorContinue(func(_ error, v any) { fmt.Println("skipped", v) })
	all, err := parsed.Collect(context.Background())
	fmt.Println(all, err)

	_, err = flux.Map(flux.Range(1, 4), func(v int) int { return 12 / (v - 2) }).OnErrorStop().
		OnErrorContinueIf(func(error) bool { return true }, func(error, any) {}).Collect(context.Background())
	fmt.Println(err)
	// Output:
	// skipped 2
	// [-12 12 6] <nil>
	// panic in a user function: runtime error: integer divide by zero
}

func ExampleFlux_RetryWhen() {
	spec := flux.RetryBackoff(3, 10*time.Millisecond).MaxBackoff(15 * time.Millisecond).Multiplier(2).Jitter(0).
		Filter(func(err error) bool { return errors.Is(err, errFlaky) }).
		Transient(false).
		Before(func(s flux.RetrySignal) { fmt.Println("failed", s.TotalRetries+1) }).
		After(func(flux.RetrySignal) {})
	_, err := flux.Error[int](errFlaky).RetryWhen(spec).Collect(context.Background())
	var exhausted *flux.RetryExhaustedError
	fmt.Println(errors.As(err, &exhausted), err)
	// Output:
	// failed 1
	// failed 2
	// failed 3
	// true retries exhausted: 3: flaky
}

func ExampleRetryMax() {
	for _, spec := range []flux.RetrySpec{
		flux.RetryMax(1), flux.RetryMaxInARow(2), flux.RetryFixedDelay(1, time.Millisecond),
		flux.RetryIndefinitely().Filter(func(error) bool { return false }),
		flux.RetryMax(0).Exhausted(func(s flux.RetrySignal) error { return fmt.Errorf("gave up: %w", s.Failure) }),
	} {
		_, err := flux.Error[int](errFlaky).RetryWhen(spec).Collect(context.Background())
		fmt.Println(err)
	}
	// Output:
	// retries exhausted: 1: flaky
	// retries exhausted: 2 in a row: flaky
	// retries exhausted: 1: flaky
	// flaky
	// gave up: flaky
}

func ExampleRetryWhenCompanion() {
	twice := func(failures flux.Flux[flux.RetrySignal]) flux.Flux[flux.RetrySignal] { return failures.Take(2) }
	fmt.Println(flux.RetryWhenCompanion(failing(), twice).Collect(context.Background()))
	// Output: [1 1 1] <nil>
}

func ExampleFlux_Repeat() {
	fmt.Println(flux.Just(1, 2).Repeat(1).Collect(context.Background()))
	left := 2
	fmt.Println(flux.Just(3).RepeatIf(func() bool { left--; return left >= 0 }).Collect(context.Background()))
	// Output:
	// [1 2 1 2] <nil>
	// [3 3 3] <nil>
}

func ExampleRepeatWhen() {
	once := func(counts flux.Flux[int64]) flux.Flux[int64] {
		return counts.DoOnNext(func(n int64) { fmt.Println("a run of", n) }).Take(1)
	}
	fmt.Println(flux.RepeatWhen(flux.Just(1, 2), once).Collect(context.Background()))
	// Output:
	// a run of 2
	// [1 2 1 2] <nil>
}

func ExampleTimeoutFirst() {
	soon := flux.Timer(time.Millisecond)
	_, err := flux.TimeoutFirst(flux.Never[int](), soon).Collect(context.Background())
	fmt.Println(errors.Is(err, flux.ErrTimeout))
	each := func(int) flux.Publisher[int64] { return soon }
	late := flux.Just(1).ConcatWith(flux.Never[int]())
	_, err = flux.TimeoutEach(late, soon, each).Collect(context.Background())
	fmt.Println(errors.Is(err, flux.ErrTimeout))
	fmt.Println(flux.TimeoutEachOr(late, soon, each, flux.Just(9)).Collect(context.Background()))
	// Output:
	// true
	// true
	// [1 9] <nil>
}

func ExampleUsing() {
	open := func(context.Context) (*strings.Reader, error) { return strings.NewReader("ab"), nil }
	read := func(r *strings.Reader) flux.Publisher[int] { return flux.Range(1, r.Len()) }
	shut := func(*strings.Reader) error { fmt.Println("released"); return nil }
	for _, f := range []flux.Flux[int]{flux.Using(open, read, shut), flux.UsingLazily(open, read, shut)} {
		_ = f.DoOnComplete(func() { fmt.Println("complete") }).Drain(context.Background())
	}
	// Output:
	// released
	// complete
	// complete
	// released
}

func ExampleUsingWhen() {
	begin := flux.Just("tx")
	work := func(string) flux.Publisher[int] { return failing() }
	finish := func(tx string, end flux.SignalType, err error) flux.Publisher[int] {
		fmt.Println(tx, end, err)
		return flux.Empty[int]()
	}
	fmt.Println(flux.UsingWhen(begin, work, finish).Collect(context.Background()))
	// Output:
	// tx error flaky
	// [] flaky
}

func ExampleFlux_DelayElements() {
	at := time.Now()
	_ = flux.Just(1, 2).DelayElements(2 * time.Millisecond).Drain(context.Background())
	_ = flux.Just(1, 2).DelaySequence(2 * time.Millisecond).Drain(context.Background())
	_ = flux.Just(1, 2).DelaySubscription(2 * time.Millisecond).Drain(context.Background())
	_ = flux.DelaySubscriptionUntil(flux.Just(1), flux.Timer(time.Millisecond)).Drain(context.Background())
	fmt.Println(time.Since(at) >= 9*time.Millisecond)
	// Output: true
}

func ExampleFlux_SubscribeOn() {
	fmt.Println(flux.Just(1, 2).SubscribeOn().CancelOn().Collect(context.Background()))
	fmt.Println(flux.Just(1, 2).SubscribeOnExecutor(inline{}).CancelOnExecutor(inline{}).Collect(context.Background()))
	fmt.Println(flux.Just(1, 2).PublishOnExecutor(inline{}, flux.CutErrors()).Collect(context.Background()))
	// Output:
	// [1 2] <nil>
	// [1 2] <nil>
	// [1 2] <nil>
}

func ExampleFlux_DoOnEach() {
	say := func(what string) func() { return func() { fmt.Println(what) } }
	_ = failing().Hide().
		DoFirst(say("first")).
		DoOnEach(func(s flux.Signal[int]) { fmt.Println("each", s) }).
		DoOnTerminate(say("terminate")).
		DoAfterTerminate(say("after terminate")).
		OnErrorComplete().Drain(context.Background())
	// Output:
	// first
	// each next(1)
	// each error(flaky)
	// terminate
	// after terminate
}

func ExampleFlux_DoOnDiscard() {
	_ = flux.Range(1, 3).Filter(func(v int) bool { return v > 1 }).
		DoOnDiscard(func(v any) { fmt.Println("discarded", v) }).Drain(context.Background())
	// Output: discarded 1
}

func ExampleFlux_Tap() {
	count := func(context.Context) flux.Listener[int] {
		n := 0
		return flux.Listener[int]{
			OnNext:  func(int) { n++ },
			Finally: func(end flux.SignalType) { fmt.Println(n, "values,", end) },
		}
	}
	_ = flux.Range(1, 3).Tap(count).Drain(context.Background())
	// Output: 3 values, complete
}

// plain writes lines without the time.
func plain() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func ExampleFlux_Log() {
	_ = flux.Just(7).Log(plain(), "sevens").Drain(context.Background())
	// Output:
	// level=INFO msg=onSubscribe stream=sevens
	// level=INFO msg=request stream=sevens n=unbounded
	// level=INFO msg=onNext stream=sevens value=7
	// level=INFO msg=onComplete stream=sevens
}

func ExampleFlux_Checkpoint() {
	_, err := failing().Checkpoint("prices").Collect(context.Background())
	fmt.Println(err, errors.Is(err, errFlaky))
	var at *flux.CheckpointError
	_, err = failing().CheckpointHere("prices").Collect(context.Background())
	fmt.Println(errors.As(err, &at) && strings.Contains(at.Caller, "example_errors_test.go:"))
	// Output:
	// flaky (at checkpoint prices) true
	// true
}

func ExampleFlux_Name() {
	tell := func(ctx context.Context) flux.Flux[string] {
		n := flux.NamedOf(ctx)
		return flux.Just(n.Name, n.Tags["zone"])
	}
	fmt.Println(flux.Defer(tell).Name("prices").Tag("zone", "eu").Collect(context.Background()))
	// Output: [prices eu] <nil>
}

func ExampleTimer() {
	fmt.Println(flux.Timer(time.Millisecond).Get(context.Background()))
	_, err := flux.ErrorWhenRequested[int](errFlaky).First(context.Background())
	fmt.Println(err)
	// Output:
	// 0 <nil>
	// flaky
}
