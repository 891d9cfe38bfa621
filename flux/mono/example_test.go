package mono_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
)

// User is who the examples are about.
type User struct {
	Name string
	Age  int
}

// show prints what a Mono gives.
func show[T any](m mono.Mono[T]) {
	v, ok, err := m.GetOptional(context.Background())
	switch {
	case err != nil:
		fmt.Println("error:", err)
	case !ok:
		fmt.Println("empty")
	default:
		fmt.Println(v)
	}
}

func find(name string) mono.Mono[User] {
	users := map[string]User{"ann": {"Ann", 30}, "bob": {"Bob", 17}}
	u, ok := users[name]
	return mono.JustOrEmpty(u, ok)
}

func Example() {
	greeting := mono.FlatMap(find("ann"), func(u User) mono.Mono[string] {
		return mono.Map(mono.Delay(time.Millisecond), func(int64) string { return "hello " + u.Name })
	})
	show(greeting.Timeout(time.Minute))
	// Output: hello Ann
}

func ExampleJust() {
	show(mono.Just("a"))
	show(mono.Empty[string]())
	show(mono.Error[string](errors.New("no")))
	show(mono.Never[string]().TakeFor(time.Millisecond))
	show(mono.Delay(time.Millisecond))
	// Output:
	// a
	// empty
	// error: no
	// empty
	// 0
}

func ExampleJustOrEmpty() {
	ages := map[string]int{"ann": 30}
	age, ok := ages["bob"]
	show(mono.JustOrEmpty(age, ok))
	show(mono.FromPointer(&age))
	show(mono.FromPointer[int](nil))
	// Output:
	// empty
	// 0
	// empty
}

func ExampleDefer() {
	n := 0
	next := mono.Defer(func(context.Context) mono.Mono[int] { n++; return mono.Just(n) })
	show(next)
	show(next)
	// Output:
	// 1
	// 2
}

func ExampleFrom() {
	show(mono.From(flux.Just(1, 2, 3)))
	show(mono.FromDirect(flux.Range(1, 1)))
	// Output:
	// 1
	// 1
}

func ExampleFromFunc() {
	lookup := mono.FromFunc(func(ctx context.Context) (string, error) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		return "found", nil
	})
	show(lookup)
	show(lookup.SubscribeOn()) // on a goroutine of its own
	// Output:
	// found
	// found
}

func ExampleRun() {
	err := mono.Run(func(context.Context) error { fmt.Println("working"); return nil }).Drain(context.Background())
	fmt.Println(err)
	// Output:
	// working
	// <nil>
}

func ExampleCreate() {
	ask := func(answer func(string, error)) { answer("42", nil) } // something that calls back
	show(mono.Create(func(_ context.Context, e *mono.Emitter[string]) {
		ask(func(s string, err error) {
			if err != nil {
				e.Error(err)
				return
			}
			e.Success(s)
		})
	}))
	// Output: 42
}

func ExampleMap() {
	age := func(u User) int { return u.Age }
	show(mono.Map(find("ann"), age))
	show(mono.TryMap(find("ann"), func(User) (int, error) { return 0, errors.New("no age") }))
	show(mono.MapNotNull(find("bob"), func(u User) (int, bool) { return u.Age, u.Age >= 18 }))
	show(mono.Handle(find("bob"), func(u User, out *flux.Step[int]) { out.Next(u.Age + 1) }))
	// Output:
	// 30
	// error: no age
	// empty
	// 18
}

func ExampleCast() {
	anything := mono.Just[any]("a")
	show(mono.Cast[string](anything))
	show(mono.OfType[int](anything))
	// Output:
	// a
	// empty
}

func ExampleHasElement() {
	show(mono.HasElement(find("ann")))
	show(mono.HasElement(find("eve")))
	show(mono.SingleOptional(mono.Empty[int]()))
	// Output:
	// true
	// false
	// {0 false}
}

func ExampleMaterialize() {
	failed := mono.Error[int](errors.New("no"))
	show(mono.Materialize(failed))
	show(mono.Dematerialize(mono.Materialize(failed)))
	// Output:
	// error(no)
	// error: no
}

func ExampleElapsed() {
	slow := mono.Just(7).DelayElement(2 * time.Millisecond)
	show(mono.Map(mono.Elapsed(slow), func(v flux.ElapsedValue[int]) bool { return v.Elapsed >= 2*time.Millisecond }))
	show(mono.Map(mono.Timed(slow), func(v flux.TimedValue[int]) bool { return v.SinceSubscription == v.Elapsed }))
	show(mono.Map(mono.Timestamp(slow), func(v flux.Timestamped[int]) bool { return time.Since(v.Time) < time.Minute }))
	// Output:
	// true
	// true
	// true
}

func ExampleTransform() {
	adult := func(m mono.Mono[User]) mono.Mono[User] { return m.Filter(func(u User) bool { return u.Age >= 18 }) }
	show(mono.Transform(find("bob"), adult))
	show(mono.TransformDeferred(find("ann"), func(_ context.Context, m mono.Mono[User]) mono.Mono[User] { return adult(m) }))
	// Output:
	// empty
	// {Ann 30}
}

func ExampleFlatMap() {
	show(mono.FlatMap(mono.Just("ann"), find))
	show(mono.FlatMap(mono.Just("eve"), find))
	// Output:
	// {Ann 30}
	// empty
}

func ExampleFlatMapMany() {
	years := mono.FlatMapMany(find("bob"), func(u User) flux.Flux[int] { return flux.Range(u.Age, 3) })
	all, err := years.Collect(context.Background())
	fmt.Println(all, err)

	birthdays := mono.FlatMapIterable(find("bob"), func(u User) []int { return []int{u.Age + 1, u.Age + 2} })
	all, err = birthdays.Collect(context.Background())
	fmt.Println(all, err)
	// Output:
	// [17 18 19] <nil>
	// [18 19] <nil>
}

func ExampleFilterWhen() {
	allowed := func(u User) mono.Mono[bool] { return mono.Just(u.Age >= 18) } // asks another service
	show(mono.FilterWhen(find("ann"), allowed))
	show(mono.FilterWhen(find("bob"), allowed))
	// Output:
	// {Ann 30}
	// empty
}

func ExampleDelayUntil() {
	saved := mono.DelayUntil(find("ann"), func(u User) mono.Mono[struct{}] {
		return mono.Run(func(context.Context) error { fmt.Println("saving", u.Name); return nil })
	})
	show(saved)
	// Output:
	// saving Ann
	// {Ann 30}
}

func ExampleThen() {
	save := mono.Run(func(context.Context) error { fmt.Println("saved"); return nil })
	show(mono.Then(save, find("ann")))
	show(mono.ThenReturn(save, "done"))
	all, _ := mono.ThenMany(save, flux.Range(1, 3)).Collect(context.Background())
	fmt.Println(all)
	// Output:
	// saved
	// {Ann 30}
	// saved
	// done
	// saved
	// [1 2 3]
}

func ExampleWhen() {
	a, b := mono.Delay(time.Millisecond), mono.Delay(2*time.Millisecond)
	fmt.Println(mono.When(a, b).Drain(context.Background()))
	fmt.Println(mono.And(a, mono.Error[string](errors.New("no"))).Drain(context.Background()))
	fmt.Println(mono.WhenDelayError(mono.Error[int](errors.New("one")), mono.Error[int](errors.New("two"))).Drain(context.Background()))
	// Output:
	// <nil>
	// no
	// one
	// two
}

func ExampleFirstWithValue() {
	slow := mono.Map(mono.Delay(time.Hour), func(int64) string { return "slow" })
	show(mono.FirstWithValue(mono.Error[string](errors.New("down")), mono.Just("fast"), slow))
	show(mono.FirstWithSignal(slow, mono.Empty[string]()))
	// Output:
	// fast
	// empty
}

func ExampleSequenceEqual() {
	show(mono.SequenceEqual(mono.Just(1), mono.Just(1)))
	// Output: true
}

func ExampleZip2() {
	older := func(a, b User) string { return fmt.Sprint(a.Name, " and ", b.Name) }
	show(mono.Zip2(find("ann"), find("bob"), older))
	show(mono.ZipWith(find("ann"), find("eve"), older))
	show(mono.Zip2DelayError(find("ann"), mono.Error[User](errors.New("no")), older))
	// Output:
	// Ann and Bob
	// empty
	// error: no
}

func ExampleZip3() {
	a, b, c, d := mono.Just(1), mono.Just("x"), mono.Just(3), mono.Just(true)
	show(mono.Zip3(a, b, c, func(a int, b string, c int) string { return fmt.Sprint(a, b, c) }))
	show(mono.Zip4(a, b, c, d, func(a int, b string, c int, d bool) string { return fmt.Sprint(a, b, c, d) }))
	show(mono.Zip5(a, b, c, d, a, func(a int, b string, c int, d bool, e int) string { return fmt.Sprint(a, b, c, d, e) }))
	show(mono.Zip6(a, b, c, d, a, b, func(a int, b string, c int, d bool, e int, f string) string {
		return fmt.Sprint(a, b, c, d, e, f)
	}))
	// Output:
	// 1x3
	// 1x3 true
	// 1x3 true 1
	// 1x3 true 1x
}

func ExampleZipAll() {
	total := func(vs []int) int { return vs[0] + vs[1] }
	show(mono.ZipAll([]flux.Publisher[int]{mono.Just(1), mono.Just(2)}, total))
	show(mono.ZipAllDelayError([]flux.Publisher[int]{mono.Error[int](errors.New("no")), mono.Just(2)}, total))
	// Output:
	// 3
	// error: no
}

func ExampleZipWhen() {
	show(mono.ZipWhen(find("ann"),
		func(u User) mono.Mono[int] { return mono.Just(len(u.Name)) },
		func(u User, n int) string { return fmt.Sprintf("%s has %d letters", u.Name, n) }))
	// Output: Ann has 3 letters
}

func ExampleTakeUntilOther() {
	stop := mono.Delay(time.Millisecond)
	show(mono.TakeUntilOther(mono.Never[int](), stop))
	show(mono.TimeoutFirstOr(mono.Never[int](), stop, mono.Just(7)))
	_, err := mono.TimeoutFirst(mono.Never[int](), stop).Get(context.Background())
	fmt.Println(errors.Is(err, flux.ErrTimeout))
	show(mono.DelaySubscriptionUntil(mono.Just("after"), stop))
	// Output:
	// empty
	// 7
	// true
	// after
}

func ExampleRepeatWhenEmpty() {
	polls := 0
	poll := mono.Defer(func(context.Context) mono.Mono[string] {
		polls++
		return mono.JustOrEmpty("ready", polls > 2)
	})
	show(mono.RepeatWhenEmpty(poll, func(counts flux.Flux[int64]) flux.Flux[int64] {
		return counts.DelayElements(time.Millisecond)
	}))
	polls = 0
	show(mono.RepeatWhenEmptyMax(poll, 1, func(counts flux.Flux[int64]) flux.Flux[int64] { return counts }).OnErrorReturn("gave up"))
	// Output:
	// ready
	// gave up
}

func ExampleRetryWhenCompanion() {
	tries := 0
	flaky := mono.FromFunc(func(context.Context) (int, error) {
		if tries++; tries < 3 {
			return 0, errors.New("flaky")
		}
		return tries, nil
	})
	show(mono.RetryWhenCompanion(flaky, func(failures flux.Flux[flux.RetrySignal]) flux.Flux[flux.RetrySignal] {
		return failures.DelayElements(time.Millisecond)
	}))
	// Output: 3
}

func ExampleCacheInvalidateWhen() {
	n := 0
	token := mono.FromFunc(func(context.Context) (int, error) { n++; return n, nil })
	cached := mono.CacheInvalidateWhen(token, func(int) mono.Mono[int64] { return mono.Delay(time.Hour) })
	show(cached)
	show(cached)
	// Output:
	// 1
	// 1
}

func ExamplePublish() {
	calls := 0
	once := mono.FromFunc(func(context.Context) (int, error) { calls++; return calls, nil })
	show(mono.Publish(once, func(shared mono.Mono[int]) mono.Mono[string] {
		return mono.Zip2(shared, shared, func(a, b int) string { return fmt.Sprint(a, " ", b) })
	}))
	// Output: 1 1
}

func ExampleUsing() {
	open := func(context.Context) (string, error) { fmt.Println("open"); return "file", nil }
	read := func(f string) flux.Publisher[string] { return mono.Just("contents of " + f) }
	shut := func(string) error { fmt.Println("close"); return nil }
	show(mono.Using(open, read, shut))
	show(mono.UsingLazily(open, read, shut).DoOnNext(func(string) { fmt.Println("before") }))
	// Output:
	// open
	// close
	// contents of file
	// open
	// before
	// close
	// contents of file
}

func ExampleUsingWhen() {
	show(mono.UsingWhen(mono.Just("connection"),
		func(c string) flux.Publisher[string] { return mono.Just("rows of " + c) },
		func(_ string, end flux.SignalType, _ error) flux.Publisher[struct{}] {
			return mono.Run(func(context.Context) error { fmt.Println("commit after", end); return nil })
		}))
	// Output:
	// commit after complete
	// rows of connection
}
