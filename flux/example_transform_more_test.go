package flux_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

func ExampleMapNotNull() {
	numbers := flux.MapNotNull(flux.Just("1", "x", "3"), func(s string) (int, bool) {
		n, err := strconv.Atoi(s)
		return n, err == nil
	})
	fmt.Println(numbers.Collect(context.Background()))
	// Output: [1 3] <nil>
}

func ExampleScanWith() {
	letters := flux.ScanWith(words, 0, func(n int, w string) int { return n + len(w) })
	fmt.Println(letters.Collect(context.Background()))
	// Output: [0 4 7 11 14] <nil>
}

func ExampleCast() {
	fmt.Println(flux.Cast[int](flux.Just[any](1, "two")).Collect(context.Background()))
	// Output: [] flux: invalid argument: Cast: a string is no int
}

func ExampleOfType() {
	fmt.Println(flux.OfType[int](flux.Just[any](1, "two", 3)).Collect(context.Background()))
	// Output: [1 3] <nil>
}

func ExampleTransform() {
	shout := func(src flux.Flux[string]) flux.Flux[string] { return flux.Map(src.Take(2), strings.ToUpper) }
	fmt.Println(flux.Transform(words, shout).Collect(context.Background()))
	// Output: [PEAR FIG] <nil>
}

func ExampleTransformDeferred() {
	type limit struct{}
	limited := flux.TransformDeferred(words, func(ctx context.Context, src flux.Flux[string]) flux.Flux[string] {
		return src.Take(ctx.Value(limit{}).(int64))
	})
	fmt.Println(limited.Collect(context.WithValue(context.Background(), limit{}, int64(1))))
	// Output: [pear] <nil>
}

func ExampleFlatMapIterable() {
	repeated := flux.FlatMapIterable(flux.Just(2, 0, 1), func(n int) []int { return slices.Repeat([]int{n}, n) })
	fmt.Println(repeated.Collect(context.Background()))
	// Output: [2 2 1] <nil>
}

func ExampleFlatMapSeq() {
	fields := flux.FlatMapSeq(flux.Just("a b", "c"), func(s string) iter.Seq[string] { return strings.FieldsSeq(s) })
	fmt.Println(fields.Collect(context.Background()))
	// Output: [a b c] <nil>
}

func ExampleElapsed() {
	first := flux.Elapsed(flux.Just(7)).Take(1)
	_ = first.ForEach(context.Background(), func(e flux.ElapsedValue[int]) error {
		fmt.Println(e.Value, e.Elapsed < time.Second)
		return nil
	})
	// Output: 7 true
}

func ExampleTimestamp() {
	first := flux.Timestamp(flux.Just(7)).Take(1)
	_ = first.ForEach(context.Background(), func(s flux.Timestamped[int]) error {
		fmt.Println(s.Value, time.Since(s.Time) < time.Minute)
		return nil
	})
	// Output: 7 true
}

func ExampleTimed() {
	first := flux.Timed(flux.Just(7)).Take(1)
	_ = first.ForEach(context.Background(), func(t flux.TimedValue[int]) error {
		fmt.Println(t.Value, t.Elapsed == t.SinceSubscription)
		return nil
	})
	// Output: 7 true
}

func TestTimesOfAValueAreThoseOfItsArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		all, err := flux.Timed(flux.Map(flux.IntervalAfter(time.Second, 2*time.Second), toInt).Take(2)).Collect(t.Context())
		require.NoError(t, err)
		require.Equal(t, flux.TimedValue[int]{
			Value: 1, Time: start.Add(3 * time.Second), Elapsed: 2 * time.Second, SinceSubscription: 3 * time.Second,
		}, all[1])
	})
}
