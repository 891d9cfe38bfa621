package flux_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func ExampleJust() {
	fmt.Println(flux.Just("a", "b").Collect(context.Background()))
	// Output: [a b] <nil>
}

func ExampleFromSlice() {
	names := []string{"ada", "grace"}
	fmt.Println(flux.FromSlice(names).Collect(context.Background()))
	// Output: [ada grace] <nil>
}

func ExampleFromSeq2() {
	lines := bufio.NewScanner(strings.NewReader("one\ntwo"))
	read := flux.FromSeq2(func(yield func(string, error) bool) {
		for lines.Scan() {
			if !yield(lines.Text(), nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield("", err)
		}
	})
	fmt.Println(read.Collect(context.Background()))
	// Output: [one two] <nil>
}

func ExampleFromSeq() {
	fmt.Println(flux.FromSeq(slices.Values([]int{1, 2, 3})).Collect(context.Background()))
	// Output: [1 2 3] <nil>
}

func ExampleFromChan() {
	ch := make(chan string)
	go func() {
		defer close(ch)
		ch <- "over"
		ch <- "there"
	}()
	fmt.Println(flux.FromChan(ch).Collect(context.Background()))
	// Output: [over there] <nil>
}

func ExampleRange() {
	fmt.Println(flux.Range(10, 3).Collect(context.Background()))
	// Output: [10 11 12] <nil>
}

func ExampleEmpty() {
	fmt.Println(flux.Empty[int]().Collect(context.Background()))
	// Output: [] <nil>
}

func ExampleNever() {
	ctx, cancel := context.WithTimeoutCause(context.Background(), time.Millisecond, errors.New("waited long enough"))
	defer cancel()
	fmt.Println(flux.Never[int]().Drain(ctx))
	// Output: waited long enough
}

func ExampleError() {
	fmt.Println(flux.Error[int](errors.New("no such order")).Collect(context.Background()))
	// Output: [] no such order
}

func ExampleDefer() {
	visits := 0
	src := flux.Defer(func(context.Context) flux.Flux[int] {
		visits++
		return flux.Just(visits)
	})
	fmt.Println(src.Collect(context.Background()))
	fmt.Println(src.Collect(context.Background()))
	// Output:
	// [1] <nil>
	// [2] <nil>
}

func ExampleGenerate() {
	type pair struct{ a, b int }
	fibonacci := flux.Generate(
		func(context.Context) pair { return pair{0, 1} },
		func(p pair, out *flux.Step[int]) pair {
			out.Next(p.a)
			return pair{p.b, p.a + p.b}
		}, nil)
	fmt.Println(fibonacci.Take(8).Collect(context.Background()))
	// Output: [0 1 1 2 3 5 8 13] <nil>
}

func ExampleCreate() {
	// A library that calls back when something happens.
	var onMessage func(string)
	messages := flux.Create(func(_ context.Context, e *flux.Emitter[string]) {
		onMessage = e.Next
		e.OnDispose(func() { fmt.Println("unregistered") })
	})

	sub := messages.SubscribeFunc(context.Background(), func(m string) { fmt.Println(m) }, nil)
	onMessage("hello")
	onMessage("world")
	sub.Cancel()
	onMessage("nobody listens")
	// Output:
	// hello
	// world
	// unregistered
}

func ExampleProduce() {
	lines := flux.Produce(func(_ context.Context, emit func(string) error) error {
		for i := 1; ; i++ { // as long as somebody wants lines
			if err := emit(fmt.Sprintf("line %d", i)); err != nil {
				return err
			}
		}
	})
	fmt.Println(lines.Take(2).Collect(context.Background()))
	// Output: [line 1 line 2] <nil>
}

func ExampleInterval() {
	fmt.Println(flux.Interval(time.Millisecond).Take(3).Collect(context.Background()))
	// Output: [0 1 2] <nil>
}

func ExampleIntervalAfter() {
	// The first tick comes at once, the next after an hour.
	fmt.Println(flux.IntervalAfter(0, time.Hour).First(context.Background()))
	// Output: 0 <nil>
}

// countdown is a publisher of one's own.
type countdown int

func (c countdown) Subscribe(ctx context.Context, s flux.Subscriber[int]) {
	n := int(c)
	flux.Map(flux.Range(0, n), func(i int) int { return n - i }).Subscribe(ctx, s)
}

func ExampleFrom() {
	fmt.Println(flux.From(countdown(3)).Take(2).Collect(context.Background()))
	// Output: [3 2] <nil>
}
