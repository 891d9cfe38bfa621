package flux_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// late gives v after d.
func late[T any](d time.Duration, v T) flux.Flux[T] {
	return flux.Map(flux.IntervalAfter(d, time.Hour).Take(1), func(int64) T { return v })
}

func ExampleZip3() {
	sums := flux.Zip3(flux.Just(1, 2), flux.Just(10, 20), flux.Just(100, 200),
		func(a, b, c int) int { return a + b + c })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [111 222] <nil>
}

func ExampleZip4() {
	sums := flux.Zip4(flux.Just(1, 2), flux.Just(10, 20), flux.Just(100, 200), flux.Just(1000, 2000),
		func(a, b, c, d int) int { return a + b + c + d })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [1111 2222] <nil>
}

func ExampleZip5() {
	sums := flux.Zip5(flux.Just(1, 2), flux.Just(10, 20), flux.Just(100, 200), flux.Just(1000, 2000), flux.Just(10000, 20000),
		func(a, b, c, d, e int) int { return a + b + c + d + e })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [11111 22222] <nil>
}

func ExampleZip6() {
	sums := flux.Zip6(flux.Just(1, 2), flux.Just(10, 20), flux.Just(100, 200), flux.Just(1000, 2000), flux.Just(10000, 20000), flux.Just(100000, 200000),
		func(a, b, c, d, e, f int) int { return a + b + c + d + e + f })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [111111 222222] <nil>
}

func ExampleZipAll() {
	columns := []flux.Publisher[string]{flux.Just("a", "b"), flux.Just("1", "2", "3")}
	rows := flux.ZipAll(columns, func(row []string) string { return strings.Join(row, "") })
	fmt.Println(rows.Collect(context.Background()))
	// Output: [a1 b2] <nil>
}

func ExampleZipWithIterable() {
	numbers := func(yield func(int) bool) {
		for i := 1; yield(i); i++ {
		}
	}
	lines := flux.ZipWithIterable(flux.Just("first", "second"), numbers, func(line string, n int) string {
		return fmt.Sprint(n, ": ", line)
	})
	fmt.Println(lines.Collect(context.Background()))
	// Output: [1: first 2: second] <nil>
}

func ExampleCombineLatest2() {
	sums := flux.CombineLatest2(flux.Just(1), flux.Just(10, 20),
		func(a, b int) int { return a + b })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [11 21] <nil>
}

func ExampleCombineLatest3() {
	sums := flux.CombineLatest3(flux.Just(1), flux.Just(10), flux.Just(100, 200),
		func(a, b, c int) int { return a + b + c })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [111 211] <nil>
}

func ExampleCombineLatest4() {
	sums := flux.CombineLatest4(flux.Just(1), flux.Just(10), flux.Just(100), flux.Just(1000, 2000),
		func(a, b, c, d int) int { return a + b + c + d })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [1111 2111] <nil>
}

func ExampleCombineLatest5() {
	sums := flux.CombineLatest5(flux.Just(1), flux.Just(10), flux.Just(100), flux.Just(1000), flux.Just(10000, 20000),
		func(a, b, c, d, e int) int { return a + b + c + d + e })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [11111 21111] <nil>
}

func ExampleCombineLatest6() {
	sums := flux.CombineLatest6(flux.Just(1), flux.Just(10), flux.Just(100), flux.Just(1000), flux.Just(10000), flux.Just(100000, 200000),
		func(a, b, c, d, e, f int) int { return a + b + c + d + e + f })
	fmt.Println(sums.Collect(context.Background()))
	// Output: [111111 211111] <nil>
}

func ExampleCombineLatestAll() {
	sensors := []flux.Publisher[int]{flux.Just(20), flux.Just(21, 24)}
	hottest := flux.CombineLatestAll(sensors, func(latest []int) int { return max(latest[0], latest[1]) })
	fmt.Println(hottest.Collect(context.Background()))
	// Output: [21 24] <nil>
}

func ExampleWithLatestFrom() {
	rate := flux.Just(2)
	prices := flux.WithLatestFrom(flux.Just(10, 20), rate, func(price, rate int) int { return price * rate })
	fmt.Println(prices.Collect(context.Background()))
	// Output: [20 40] <nil>
}

func ExampleFirstWithSignal() {
	mirror := flux.FirstWithSignal[string](late(time.Second, "slow"), late(time.Millisecond, "fast"))
	fmt.Println(mirror.Collect(context.Background()))
	// Output: [fast] <nil>
}

func ExampleFirstWithValue() {
	cache, origin := flux.Empty[string](), flux.Just("from the origin")
	fmt.Println(flux.FirstWithValue[string](cache, origin).Collect(context.Background()))
	// Output: [from the origin] <nil>
}

func ExampleFlux_Or() {
	fmt.Println(late(time.Hour, "slow").Or(flux.Just("fast")).Collect(context.Background()))
	// Output: [fast] <nil>
}

func ExampleMergeAll() {
	srcs := []flux.Publisher[int]{flux.Error[int](fmt.Errorf("first failed")), flux.Just(1, 2)}
	fmt.Println(flux.MergeAll(srcs, flux.DelayErrors(), flux.Prefetch(8)).OnErrorReturn(-1).Collect(context.Background()))
	// Output: [1 2 -1] <nil>
}

func ExampleMergeDelayError() {
	failed := flux.Error[int](fmt.Errorf("one failed"))
	fmt.Println(flux.MergeDelayError[int](failed, flux.Just(1, 2)).OnErrorReturn(-1).Collect(context.Background()))
	// Output: [1 2 -1] <nil>
}

func ExampleMergeOf() {
	pages := flux.Just(flux.Just(1, 2), flux.Just(3))
	fmt.Println(flux.MergeOf(pages).Collect(context.Background()))
	// Output: [1 2 3] <nil>
}

func ExampleConcatOf() {
	pages := flux.Just(flux.Just(1, 2), flux.Just(3))
	fmt.Println(flux.ConcatOf(pages).Collect(context.Background()))
	// Output: [1 2 3] <nil>
}

func ExampleConcatDelayError() {
	failed := flux.Error[int](fmt.Errorf("one failed"))
	fmt.Println(flux.ConcatDelayError[int](failed, flux.Just(1, 2)).OnErrorReturn(-1).Collect(context.Background()))
	// Output: [1 2 -1] <nil>
}

func ExampleDelayErrorsOfOuter() {
	orders := flux.Just(1).ConcatWith(flux.Error[int](fmt.Errorf("no more orders")))
	lines := flux.ConcatMap(orders, func(order int) flux.Flux[string] {
		return late(time.Millisecond, fmt.Sprint("order ", order))
	}, flux.DelayErrorsOfOuter())
	fmt.Println(lines.OnErrorReturn("that was all").Collect(context.Background()))
	// Output: [order 1 that was all] <nil>
}

func ExampleFlux_ConcatWithValues() {
	fmt.Println(flux.Just(1, 2).ConcatWithValues(3, 4).Collect(context.Background()))
	// Output: [1 2 3 4] <nil>
}

func ExampleFlux_StartWithPublisher() {
	fmt.Println(flux.Just("live").StartWithPublisher(flux.Just("history")).Collect(context.Background()))
	// Output: [history live] <nil>
}

func ExampleSwitchOnNext() {
	feeds := flux.Just(flux.Never[string](), flux.Just("the newest"))
	fmt.Println(flux.SwitchOnNext(feeds).Collect(context.Background()))
	// Output: [the newest] <nil>
}

func ExampleMergeSequential() {
	slow, fast := late(2*time.Millisecond, "first"), flux.Just("second")
	fmt.Println(flux.MergeSequential[string](slow, fast).Collect(context.Background()))
	// Output: [first second] <nil>
}

func ExampleMergeSequentialAll() {
	srcs := []flux.Publisher[int]{flux.Error[int](fmt.Errorf("first failed")), flux.Just(1, 2)}
	fmt.Println(flux.MergeSequentialAll(srcs, flux.DelayErrors()).OnErrorReturn(-1).Collect(context.Background()))
	// Output: [1 2 -1] <nil>
}

func ExampleMergeSequentialOf() {
	pages := flux.Just(late(time.Millisecond, 1), flux.Just(2, 3))
	fmt.Println(flux.MergeSequentialOf(pages).Collect(context.Background()))
	// Output: [1 2 3] <nil>
}

func ExampleFlatMapSequential() {
	// All are fetched at once; the answers keep the order of the questions.
	answers := flux.FlatMapSequential(flux.Just(3, 1, 2), func(n int) flux.Flux[int] {
		return late(time.Duration(n)*time.Millisecond, n)
	})
	fmt.Println(answers.Collect(context.Background()))
	// Output: [3 1 2] <nil>
}

func ExampleFlatMapSignals() {
	all := flux.FlatMapSignals(flux.Just(1, 2),
		func(v int) flux.Flux[string] { return flux.Just(fmt.Sprint(v)) },
		func(err error) flux.Flux[string] { return flux.Just("failed: " + err.Error()) },
		func() flux.Flux[string] { return flux.Just("done") })
	fmt.Println(all.Collect(context.Background()))
	// Output: [1 2 done] <nil>
}

func ExampleMergeComparing() {
	inOrder := func(a, b int) int { return a - b }
	fmt.Println(flux.MergeComparing[int](inOrder, flux.Just(1, 4, 6), flux.Just(2, 3, 9)).Collect(context.Background()))
	// Output: [1 2 3 4 6 9] <nil>
}

func ExampleMergeComparingAll() {
	inOrder := func(a, b int) int { return a - b }
	srcs := []flux.Publisher[int]{flux.Just(1, 4), flux.Just(2).ConcatWith(flux.Error[int](fmt.Errorf("one failed")))}
	fmt.Println(flux.MergeComparingAll(inOrder, srcs, flux.DelayErrors()).OnErrorReturn(-1).Collect(context.Background()))
	// Output: [1 2 4 -1] <nil>
}

func ExampleMergePriority() {
	smallFirst := func(a, b int) int { return a - b }
	fmt.Println(flux.MergePriority[int](smallFirst, flux.Just(5, 1), late(time.Millisecond, 0)).Collect(context.Background()))
	// Output: [5 1 0] <nil>
}

func ExampleMergePriorityAll() {
	smallFirst := func(a, b int) int { return a - b }
	srcs := []flux.Publisher[int]{flux.Just(5, 1), late(time.Millisecond, 0)}
	fmt.Println(flux.MergePriorityAll(smallFirst, srcs, flux.Prefetch(1)).Collect(context.Background()))
	// Output: [5 1 0] <nil>
}

func ExampleExpand() {
	children := func(path string) flux.Flux[string] {
		if len(path) == 3 {
			return flux.Empty[string]()
		}
		return flux.Just(path+"a", path+"b")
	}
	fmt.Println(flux.Expand(flux.Just("/"), children).Collect(context.Background()))
	// Output: [/ /a /b /aa /ab /ba /bb] <nil>
}

func ExampleExpandDeep() {
	children := func(path string) flux.Flux[string] {
		if len(path) == 3 {
			return flux.Empty[string]()
		}
		return flux.Just(path+"a", path+"b")
	}
	fmt.Println(flux.ExpandDeep(flux.Just("/"), children).Collect(context.Background()))
	// Output: [/ /a /aa /ab /b /ba /bb] <nil>
}

func ExampleDelayUntil() {
	saved := func(order int) flux.Flux[bool] { return late(time.Millisecond, true) }
	fmt.Println(flux.DelayUntil(flux.Just(1, 2), saved).Collect(context.Background()))
	// Output: [1 2] <nil>
}

func ExampleFilterWhen() {
	inStock := func(item int) flux.Flux[bool] { return late(time.Millisecond, item != 2) }
	fmt.Println(flux.FilterWhen(flux.Just(1, 2, 3), inStock).Collect(context.Background()))
	// Output: [1 3] <nil>
}

func ExampleJoin() {
	forever := func(int) flux.Flux[int] { return flux.Never[int]() }
	pairs := flux.Join(flux.Just(1, 2), flux.Just(10, 20), forever, forever,
		func(l, r int) int { return l + r })
	fmt.Println(pairs.Collect(context.Background()))
	// Output: [11 12 21 22] <nil>
}

func ExampleGroupJoin() {
	forever := func(int) flux.Flux[int] { return flux.Never[int]() }
	sums := flux.GroupJoin(flux.Just(1, 2), flux.Just(10, 20), forever, forever,
		func(l int, rights flux.Flux[int]) flux.Flux[int] {
			return flux.Map(rights, func(r int) int { return l + r })
		})
	fmt.Println(flux.MergeOf(sums).Collect(context.Background()))
	// Output: [11 12 21 22] <nil>
}

func ExampleSwitchOnFirst() {
	out := flux.SwitchOnFirst(flux.Just(1, 2), func(first flux.Signal[int], all flux.Flux[int]) flux.Flux[string] {
		if first.Type == flux.SignalNext && first.Value == 0 {
			return flux.Just("nothing to see")
		}
		return flux.Map(all, strconv.Itoa)
	})
	fmt.Println(out.Collect(context.Background()))
	// Output: [1 2] <nil>
}

func ExampleSwitchOnFirstKeep() {
	out := flux.SwitchOnFirstKeep(flux.Just(0, 2), func(first flux.Signal[int], all flux.Flux[int]) flux.Flux[string] {
		if first.Type == flux.SignalNext && first.Value == 0 {
			return flux.Just("nothing to see")
		}
		return flux.Map(all, strconv.Itoa)
	})
	fmt.Println(out.Collect(context.Background()))
	// Output: [nothing to see] <nil>
}
