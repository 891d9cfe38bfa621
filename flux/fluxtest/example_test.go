package fluxtest_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// printer is a fluxtest.TB for examples, which have no *testing.T: it prints the
// first line of a failure, without the number of the line in this file.
type printer struct{}

var place = regexp.MustCompile(` at example_test.go:\d+`)

func (printer) Helper()  {}
func (printer) FailNow() {}
func (printer) Errorf(format string, args ...any) {
	first, _, _ := strings.Cut(fmt.Sprintf(format, args...), "\n")
	fmt.Println(place.ReplaceAllString(first, ""))
}

// t stands for the t of your test.
var t printer

func ExampleVerify() {
	fluxtest.Verify(t, flux.Just("a", "b")).Next("a", "b").Complete()
	fluxtest.Verify(t, flux.Just("a", "b")).Next("a", "c").Complete()
	// Output:
	// fluxtest: Next("a", "c"): want next("c"), value 2 of 2, got next("b")
}

// In a test, hours of virtual time take microseconds.
func ExampleVerify_virtualTime() {
	_ = func(t *testing.T) {
		fluxtest.Verify(t, flux.Interval(time.Hour).Take(2)).
			NoEvent(time.Hour).
			Next(0).
			Advance(time.Hour).
			Next(1).
			Complete()
	}
}

func ExampleVerifier_Request() {
	rec := fluxtest.Verify(t, flux.Range(1, 4)).
		WithDemand(2).
		Next(1, 2).
		NoEvent(time.Millisecond).
		Request(3).
		Next(3, 4).
		Complete()
	fmt.Println(rec.Requests())
	// Output:
	// [2 3]
}

func ExampleVerifier_Cancel() {
	powers := flux.FromSeq(func(yield func(int) bool) {
		for p := 1; yield(p); p *= 2 {
		}
	})
	rec := fluxtest.Verify(t, powers).Next(1, 2).NextCount(2).Cancel()
	fmt.Println(rec.Values())
	// Output:
	// [1 2 4 8]
}

func ExampleVerifier_ErrorIs() {
	numbers := flux.TryMap(flux.Just("1", "x"), func(s string) (int, error) {
		if s == "x" {
			return 0, fmt.Errorf("%w: %q is no number", flux.ErrInvalid, s)
		}
		return len(s), nil
	})
	fluxtest.Verify(t, numbers).Next(1).ErrorIs(flux.ErrInvalid)
	fluxtest.Verify(t, numbers).Next(1).ErrorIs(flux.ErrTimeout)
	// Output:
	// fluxtest: ErrorIs(timeout: nothing came in time): want an error that is "timeout: nothing came in time", got error(flux: invalid argument: "x" is no number) of type *fmt.wrapError
}

// The publisher under test sends a value that nobody asked for.
func ExampleTestPublisher_faults() {
	rude := fluxtest.Cold[int](fluxtest.IgnoreDemand).Emit(1, 2)
	fluxtest.Verify(t, rude).WithDemand(1).Next(1, 2).Complete()
	// Output:
	// fluxtest: the publisher broke rule 1.1: next came with no demand left
}

func ExampleHot() {
	clicks := fluxtest.Hot[string]()
	fluxtest.Verify(t, flux.Map(clicks, strings.ToUpper)).
		ThenDo(func() { clicks.Next("left") }).
		Next("LEFT").
		ThenDo(func() { clicks.AssertSubscribers(t, 1) }).
		ThenDo(func() { clicks.Complete() }).
		Complete()
	fmt.Println(clicks.SubscribeCount(), clicks.Subscribers())
	// Output:
	// 1 0
}

func ExampleProbe() {
	source := fluxtest.NewProbe(flux.Range(1, 10))
	even := flux.From(source).Filter(func(v int) bool { return v%2 == 0 })
	fluxtest.Verify(t, even).WithDemand(1).Next(2).Cancel()
	for _, e := range source.Events() {
		fmt.Println(e)
	}
	source.AssertWasNotCancelled(t)
	// Output:
	// subscribe
	// request(1)
	// next(1)
	// request(1)
	// next(2)
	// cancel
	// fluxtest: want no cancel, there were 1
}

func ExampleRecorder() {
	rec := fluxtest.NewRecorder[int](2)
	flux.Range(1, 9).Subscribe(context.Background(), rec)
	rec.Request(1)
	rec.Cancel()
	for _, e := range rec.Events() {
		fmt.Println(e)
	}
	// Output:
	// subscribe
	// request(2)
	// next(1)
	// next(2)
	// request(1)
	// next(3)
	// cancel
}
