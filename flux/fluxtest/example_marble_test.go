package fluxtest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func ExampleMarbles() {
	_ = func(t *testing.T) {
		fluxtest.Run(t, func(t *testing.T) {
			m := fluxtest.Marbles[int]{}
			src := m.Cold(t, "-1-2-3-|")
			m.Expect(t, flux.From[int](src).Take(2), "-1-(2|)")
			src.AssertSubscriptions(t, "^--!")
		})
	}
}

// The diagrams of a test are checked when it runs, and a bad one says why.
func ExampleMarbles_Parse() {
	m := fluxtest.Marbles[string]{}
	events, length, err := m.Parse("-a 10ms (b|)")
	for _, e := range events {
		fmt.Println(e.At, e)
	}
	fmt.Println(length, err)
	_, _, err = m.Parse("-a|b")
	fmt.Println(err)
	// Output:
	// 1ms next("a")
	// 12ms next("b")
	// 12ms complete
	// 16ms <nil>
	// marble "-a|b", column 4: nothing comes after the end
}

func ExampleMarbles_Draw() {
	drawn, err := fluxtest.Marbles[string]{}.Draw([]fluxtest.Event[string]{
		{At: 2 * time.Millisecond, Kind: fluxtest.Next, Value: "a"},
		{At: 20 * time.Millisecond, Kind: fluxtest.Next, Value: "b"},
		{At: 20 * time.Millisecond, Kind: fluxtest.Complete},
	})
	fmt.Println(drawn, err)
	// Output:
	// --a 17ms (b|) <nil>
}

func ExampleMarbles_Hot() {
	_ = func(t *testing.T) {
		fluxtest.Run(t, func(t *testing.T) {
			m := fluxtest.Marbles[rune]{}
			clicks := m.Hot(t, "a-^b-c-d-")
			// Subscribed at frame 2, cancelled at frame 4.
			m.Expect(t, clicks, "---c", "--^-!")
		})
	}
}

func ExampleMarbles_Expect() {
	_ = func(t *testing.T) {
		words := fluxtest.Marbles[string]{Values: map[rune]string{'x': "hello", 'y': "world"}}
		words.Expect(t, flux.Just("hello", "world").DelayElements(time.Second), "1s x 999ms (y|)")
	}
}
