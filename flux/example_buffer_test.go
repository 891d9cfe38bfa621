package flux_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func ExampleBuffer() {
	pages := flux.Buffer(flux.Range(1, 5), 2)
	fmt.Println(pages.Collect(context.Background()))
	// Output: [[1 2] [3 4] [5]] <nil>
}

func ExampleBufferAll() {
	fmt.Println(flux.BufferAll(flux.Range(1, 5)).Collect(context.Background()))
	// Output: [[1 2 3 4 5]] <nil>
}

func ExampleBufferSkip() {
	moving := flux.BufferSkip(flux.Range(1, 4), 3, 1)
	fmt.Println(moving.Collect(context.Background()))
	samples := flux.BufferSkip(flux.Range(1, 7), 2, 3)
	fmt.Println(samples.Collect(context.Background()))
	// Output:
	// [[1 2 3] [2 3 4] [3 4] [4]] <nil>
	// [[1 2] [4 5] [7]] <nil>
}

func ExampleBufferUntil() {
	words := flux.Just("to", "be.", "or", "not.", "to")
	ends := func(w string) bool { return w[len(w)-1] == '.' }
	fmt.Println(flux.BufferUntil(words, ends).Collect(context.Background()))
	// Output: [[to be.] [or not.] [to]] <nil>
}

func ExampleBufferUntilCutBefore() {
	lines := flux.Just("# one", "a", "# two", "b", "c")
	heading := func(l string) bool { return l[0] == '#' }
	fmt.Println(flux.BufferUntilCutBefore(lines, heading).Collect(context.Background()))
	// Output: [[# one a] [# two b c]] <nil>
}

func ExampleBufferWhile() {
	up := func(v int) bool { return v > 0 }
	fmt.Println(flux.BufferWhile(flux.Just(3, 4, 0, 0, 5), up).Collect(context.Background()))
	// Output: [[3 4] [5]] <nil>
}

func ExampleBufferUntilChanged() {
	fmt.Println(flux.BufferUntilChanged(flux.Just(1, 1, 2, 1)).Collect(context.Background()))
	// Output: [[1 1] [2] [1]] <nil>
}

func ExampleBufferUntilChangedBy() {
	words := flux.Just("ant", "ape", "bee", "asp")
	initial := func(w string) byte { return w[0] }
	fmt.Println(flux.BufferUntilChangedBy(words, initial).Collect(context.Background()))
	// Output: [[ant ape] [bee] [asp]] <nil>
}

func ExampleBufferFor() {
	perHour := flux.BufferFor(flux.Just("boot", "login"), time.Hour)
	fmt.Println(perHour.Collect(context.Background()))
	// Output: [[boot login]] <nil>
}

func ExampleBufferForEvery() {
	sampled := flux.BufferForEvery(flux.Never[int](), time.Millisecond, time.Hour)
	fmt.Println(sampled.First(context.Background()))
	// Output: [] <nil>
}

func ExampleBufferTimeout() {
	rows := flux.Just("a", "b", "c")
	batches := flux.BufferTimeout(rows, 2, 100*time.Millisecond, flux.Fair())
	fmt.Println(batches.Collect(context.Background()))
	// Output: [[a b] [c]] <nil>
}

func ExampleBufferOn() {
	flush := flux.Never[struct{}]()
	fmt.Println(flux.BufferOn(flux.Just(1, 2, 3), flush).Collect(context.Background()))
	// Output: [[1 2 3]] <nil>
}

func ExampleBufferWhen() {
	shifts := flux.Just("early", "late")
	toTheEnd := func(string) flux.Flux[int] { return flux.Never[int]() }
	fmt.Println(flux.BufferWhen(flux.Just(1, 2), shifts, toTheEnd).Collect(context.Background()))
	// Output: [[1 2] [1 2]] <nil>
}
