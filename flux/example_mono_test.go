package flux_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/mono"
)

func ExampleMono_Get() {
	n, err := mono.Just(7).Get(context.Background())
	fmt.Println(n, err)
	_, err = mono.Empty[int]().Get(context.Background())
	fmt.Println(errors.Is(err, flux.ErrEmpty))

	n, ok, err := mono.Empty[int]().GetOptional(context.Background())
	fmt.Println(n, ok, err, mono.Just(7).Drain(context.Background()))
	// Output:
	// 7 <nil>
	// true
	// 0 false <nil> <nil>
}

func ExampleMono_Subscribe() {
	mono.Just(7).SubscribeFunc(context.Background(),
		func(v int) { fmt.Println("got", v) },
		func(err error) { fmt.Println("end", err) })
	all := fluxtest.NewRecorder[int](flux.Unbounded)
	mono.Just(8).Subscribe(context.Background(), all)
	more, _ := mono.Just(9).Flux().StartWith(8).Collect(context.Background())
	fmt.Println(all.Values(), more)
	// Output:
	// got 7
	// end <nil>
	// [8] [8 9]
}

func ExampleMono_Filter() {
	even := func(v int) bool { return v%2 == 0 }
	odd := mono.Just(7).Filter(even)
	_, ok, _ := odd.GetOptional(context.Background())
	a, _ := odd.DefaultIfEmpty(8).Get(context.Background())
	b, _ := odd.SwitchIfEmpty(mono.Just(9)).Get(context.Background())
	_, err := odd.Single().Get(context.Background())
	fmt.Println(ok, a, b, errors.Is(err, flux.ErrEmpty), mono.Just(7).IgnoreElement().Drain(context.Background()))
	// Output: false 8 9 true <nil>
}

func ExampleMono_Or() {
	slow, fast := mono.Delay(time.Hour), mono.Delay(time.Millisecond)
	_, err := slow.Or(fast).Get(context.Background())
	fmt.Println(err)
	// Output: <nil>
}

func ExampleMono_Repeat() {
	one := mono.Just(1)
	more := 1
	a, _ := one.Repeat(2).Collect(context.Background())
	b, _ := one.RepeatIf(func() bool { more--; return more >= 0 }).Collect(context.Background())
	c, _ := one.ConcatWith(flux.Just(2, 3)).Collect(context.Background())
	d, _ := one.MergeWith(mono.Just(1)).Collect(context.Background())
	fmt.Println(a, b, c, d)
	// Output: [1 1 1] [1 1] [1 2 3] [1 1]
}

func ExampleMono_OnErrorResume() {
	broken := mono.Error[int](errFlaky)
	a, _ := broken.OnErrorResume(func(error) flux.Publisher[int] { return mono.Just(1) }).Get(context.Background())
	b, _ := broken.OnErrorReturn(2).Get(context.Background())
	_, c := broken.OnErrorMap(func(err error) error { return fmt.Errorf("reading: %w", err) }).Get(context.Background())
	_, ok, d := broken.OnErrorComplete().GetOptional(context.Background())
	_, e := broken.OnErrorCompleteIf(func(err error) bool { return !errors.Is(err, errFlaky) }).Get(context.Background())
	fmt.Println(a, b, c, ok, d, e)
	// Output: 1 2 reading: flaky false <nil> flaky
}

func ExampleMono_OnErrorContinue() {
	half := mono.Map(mono.Just(0), func(v int) int { return 1 / v })
	skip := func(_ error, v any) { fmt.Println("skipped", v) }
	_, ok, err := half.OnErrorContinue(skip).GetOptional(context.Background())
	fmt.Println(ok, err)
	_, err = half.OnErrorStop().OnErrorContinueIf(func(error) bool { return true }, skip).Get(context.Background())
	fmt.Println(err)
	// Output:
	// skipped 0
	// false <nil>
	// panic in a user function: runtime error: integer divide by zero
}

func ExampleMono_Retry() {
	tries := 0
	flaky := mono.FromFunc(func(context.Context) (int, error) {
		if tries++; tries < 3 {
			return 0, errFlaky
		}
		return tries, nil
	})
	n, err := flaky.Retry(2).Get(context.Background())
	fmt.Println(n, err)
	tries = 0
	n, err = flaky.RetryWhen(flux.RetryBackoff(5, time.Millisecond)).Get(context.Background())
	fmt.Println(n, err)
	// Output:
	// 3 <nil>
	// 3 <nil>
}

func ExampleMono_Timeout() {
	never := mono.Never[int]()
	_, err := never.Timeout(time.Millisecond).Get(context.Background())
	n, _ := never.TimeoutOr(time.Millisecond, mono.Just(7)).Get(context.Background())
	_, ok, _ := never.TakeFor(time.Millisecond).GetOptional(context.Background())
	fmt.Println(errors.Is(err, flux.ErrTimeout), n, ok)
	// Output: true 7 false
}

func ExampleMono_DelayElement() {
	start := time.Now()
	_, err := mono.Just(1).DelayElement(5 * time.Millisecond).DelaySubscription(5 * time.Millisecond).Get(context.Background())
	fmt.Println(time.Since(start) >= 10*time.Millisecond, err)
	// Output: true <nil>
}

func ExampleMono_Cache() {
	calls := 0
	config := mono.FromFunc(func(context.Context) (int, error) { calls++; return calls, nil })
	get := func(m flux.Mono[int]) int {
		n, _ := m.Get(context.Background())
		return n
	}
	once := config.Cache()
	fmt.Println(get(once), get(once))

	fresh := config.CacheFor(time.Hour)
	fmt.Println(get(fresh), get(fresh))

	never := config.CacheBy(func(flux.Signal[int]) time.Duration { return 0 })
	fmt.Println(get(never), get(never))

	odd := config.CacheInvalidateIf(func(v int) bool { return v%2 == 1 })
	fmt.Println(get(odd), get(odd), get(odd))

	shared := config.Share()
	fmt.Println(get(shared), get(shared))
	// Output:
	// 1 1
	// 2 2
	// 3 4
	// 5 6 6
	// 7 7
}

func ExampleMono_DoOnSuccess() {
	mono.Just(7).
		DoOnSuccess(func(v int, ok bool) { fmt.Println("success", v, ok) }).
		DoOnTerminate(func() { fmt.Println("terminate") }).
		DoAfterTerminate(func() { fmt.Println("after") }).
		SubscribeFunc(context.Background(), func(v int) { fmt.Println("got", v) }, nil)
	mono.Empty[int]().
		DoOnSuccess(func(_ int, ok bool) { fmt.Println("success", ok) }).
		SubscribeFunc(context.Background(), nil, nil)
	// Output:
	// success 7 true
	// terminate
	// got 7
	// after
	// success false
}

func ExampleMono_DoOnNext() {
	_ = mono.Just(7).
		DoFirst(func() { fmt.Println("first") }).
		DoOnSubscribe(func() { fmt.Println("subscribe") }).
		DoOnRequest(func(int64) { fmt.Println("request") }).
		DoOnNext(func(v int) { fmt.Println("next", v) }).
		DoOnEach(func(s flux.Signal[int]) { fmt.Println("each", s) }).
		DoFinally(func(end flux.SignalType) { fmt.Println("finally", end) }).
		DoOnNext(func(v int) { fmt.Println("then", v) }).
		Drain(context.Background())
	// Output:
	// first
	// subscribe
	// request
	// next 7
	// each next(7)
	// each complete
	// then 7
	// finally complete
}

func ExampleMono_DoOnError() {
	_ = mono.Error[int](errFlaky).DoOnError(func(err error) { fmt.Println("error", err) }).Drain(context.Background())
	mono.Never[int]().DoOnCancel(func() { fmt.Println("cancel") }).SubscribeFunc(context.Background(), nil, nil).Cancel()
	_ = mono.Just(7).Filter(func(int) bool { return false }).
		DoOnDiscard(func(v any) { fmt.Println("discarded", v) }).Drain(context.Background())
	// Output:
	// error flaky
	// cancel
	// discarded 7
}

func ExampleMono_Log() {
	out := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}}))
	_ = mono.Just(7).Hide().Log(out, "user").Drain(context.Background())
	// Output:
	// msg=onSubscribe stream=user
	// msg=request stream=user n=unbounded
	// msg=onNext stream=user value=7
	// msg=onComplete stream=user
}

func ExampleMono_Name() {
	seen := mono.Just(7).Tap(func(ctx context.Context) flux.Listener[int] {
		return flux.Listener[int]{OnNext: func(v int) { fmt.Println(flux.NamedOf(ctx), v) }}
	})
	_ = seen.Name("user").Tag("shard", "3").Drain(context.Background())
	// Output: {user map[shard:3]} 7
}

func ExampleMono_Checkpoint() {
	err := mono.Error[int](errFlaky).Checkpoint("find user").Drain(context.Background())
	fmt.Println(err)
	err = mono.Error[int](errFlaky).CheckpointHere("find user").Drain(context.Background())
	var at *flux.CheckpointError
	fmt.Println(errors.As(err, &at), at.Caller != "")
	// Output:
	// flaky (at checkpoint find user)
	// true true
}

func ExampleMono_SubscribeOn() {
	slow := mono.FromFunc(func(ctx context.Context) (int, error) {
		select {
		case <-time.After(time.Millisecond):
			return 7, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	})
	n, err := slow.SubscribeOn().PublishOn().CancelOn().Get(context.Background())
	fmt.Println(n, err)
	n, err = slow.SubscribeOnExecutor(inline{}).PublishOnExecutor(inline{}).CancelOnExecutor(inline{}).Get(context.Background())
	fmt.Println(n, err)
	// Output:
	// 7 <nil>
	// 7 <nil>
}

func ExampleEmitter_Last() {
	answer := flux.Create(func(_ context.Context, e *flux.Emitter[int]) { go e.Last(42) })
	all, err := answer.Collect(context.Background())
	fmt.Println(all, err)
	// Output: [42] <nil>
}
