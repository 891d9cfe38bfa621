package fluxtest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

var errBoom = errors.New("boom")

func TestScriptThatFitsPasses(t *testing.T) {
	fluxtest.Verify(t, flux.Range(1, 3)).Next(1).Next(2, 3).Complete()
	fluxtest.Verify(t, flux.Empty[int]()).Complete()
	fluxtest.Verify(t, flux.Error[int](errBoom)).Error(errBoom)
	fluxtest.Verify(t, flux.Never[int]()).NoEvent(24 * time.Hour).Cancel()
	fluxtest.Verify(t, async(1, 2)).Next(1, 2).Complete()
	fluxtest.Verify(t, flux.Just("a", "b", "c")).
		NextFunc(func(v string) { require.Equal(t, "a", v) }).
		NextMatches(func(v string) bool { return v == "b" }).As("the second").
		NextCount(1).
		Complete()
	fluxtest.Verify(t, flux.Range(0, 10)).
		NextWhile(func(v int) bool { return v < 8 }).
		Next(8, 9).
		NextWhile(func(int) bool { return true }).
		Complete()
}

func TestDemandIsWhatTheScriptRequests(t *testing.T) {
	rec := fluxtest.Verify(t, flux.Range(0, 6)).
		WithDemand(2).
		Next(0, 1).
		NoEvent(time.Second).
		Request(1).
		Next(2).
		Request(flux.Unbounded).
		Next(3, 4, 5).
		Complete()
	rec.AssertRequests(t, 2, 1, flux.Unbounded)

	fluxtest.Verify(t, flux.Range(0, 6)).WithDemand(0).NoEvent(time.Second).Cancel()
}

func TestSourceWithoutEndIsCutOffInsideTheSignal(t *testing.T) {
	rec := fluxtest.Verify(t, naturals()).Next(0, 1, 2).Cancel()
	rec.AssertValues(t, 0, 1, 2)
	rec.AssertWasCancelled(t)

	rec = fluxtest.Verify(t, naturals()).WithDemand(0).Request(flux.Unbounded).NextCount(500).Cancel()
	require.Len(t, rec.Values(), 500)
}

func TestSignalUnderWayWhenTheScriptCancelsIsNoFailure(t *testing.T) {
	src := publisherFunc[int](func(_ context.Context, s flux.Subscriber[int]) {
		s.OnSubscribe(handle{})
		s.OnNext(1)
		s.OnNext(2)
	})
	fluxtest.Verify(t, src).Next(1).Cancel().AssertValues(t, 1, 2)
}

func TestVirtualTimeMovesOnlyWhereTheScriptSaysSo(t *testing.T) {
	start := time.Now()
	rec := fluxtest.Verify(t, ticks(time.Hour, false)).
		NoEvent(time.Hour).
		Next(0).
		Advance(2*time.Hour).
		Next(1, 2).
		Await(2 * time.Hour).
		Next(3).
		Cancel()
	require.Less(t, time.Since(start), time.Minute)
	require.Equal(t, 4*time.Hour, rec.Of(fluxtest.Next)[3].At)
	require.Equal(t, fluxtest.Cancel, rec.Events()[len(rec.Events())-1].Kind)
}

func TestAwaitIncludesItsLastInstant(t *testing.T) {
	for range 50 {
		fluxtest.Verify(t, ticks(time.Second, false)).Await(time.Second).Next(0).Cancel()
	}
}

func TestPredicateThatLeavesItsGoroutineFailsTheScript(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		fake := &fakeT{}
		fluxtest.Verify(fake, async(1)).
			NextMatches(func(int) bool { runtime.Goexit(); return true }).
			Complete()
		require.Contains(t, fake.text(), "it must not call FailNow, use NextFunc for that")
	})
}

func TestErrorsThatCannotBeComparedAreEqualByTheirContents(t *testing.T) {
	fluxtest.Verify(t, flux.Error[int](list{"a", "b"})).Error(list{"a", "b"})
	fluxtest.Run(t, func(t *testing.T) {
		fake := &fakeT{}
		fluxtest.Verify(fake, flux.Error[int](list{"a"})).Error(list{"b"})
		require.NotEmpty(t, fake.errors)
	})
}

type list []string

func (l list) Error() string { return fmt.Sprint([]string(l)) }

func TestScriptInsideABubbleUsesItsClock(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		start := time.Now()
		fluxtest.Verify(t, ticks(time.Second, false)).NoEvent(time.Second).Next(0).Cancel()
		require.Equal(t, time.Second, time.Since(start))
		fluxtest.Run(t, func(t *testing.T) { fluxtest.Advance(time.Second) })
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

func TestScriptByTheClockOnTheWall(t *testing.T) {
	start := time.Now()
	fluxtest.Verify(t, ticks(2*time.Millisecond, false)).RealTime(time.Minute).
		Next(0, 1).
		NextFunc(func(v int) { require.Equal(t, 2, v) }).
		Advance(5 * time.Millisecond).
		Await(time.Minute).
		NextMatches(func(v int) bool { return v == 3 }).
		Cancel()
	require.GreaterOrEqual(t, time.Since(start), 8*time.Millisecond)
	fluxtest.Verify(&fakeT{}, async(1)).Next(1).Complete().AssertCompleted(t)
}

func TestErrorExpectations(t *testing.T) {
	wrapped := fmt.Errorf("outer: %w", errBoom)
	fluxtest.Verify(t, flux.Error[int](wrapped)).ErrorIs(errBoom)
	fluxtest.Verify(t, flux.Error[int](wrapped)).AnyError()
	fluxtest.Verify(t, flux.Error[int](wrapped)).ErrorMatches(func(err error) bool { return errors.Unwrap(err) != nil })
	var p *flux.PanicError
	fluxtest.Verify(t, flux.Map(flux.Just(1), func(int) int { panic("no") })).ErrorAs(&p)
	require.Equal(t, "no", p.Value)
	fluxtest.Verify(t, flux.Just(1)).WithDemand(0).Request(-3).ErrorIs(flux.ErrBadRequest)
}

// Scripts that must fail, what the failure must say.
func TestScriptThatDoesNotFitFails(t *testing.T) {
	type verifier = *fluxtest.Verifier[int]
	never := flux.Never[int]()
	for name, c := range map[string]struct {
		src  flux.Publisher[int]
		play func(v verifier)
		want string
	}{
		"another value":         {flux.Just(1, 2), func(v verifier) { v.Next(1, 3).Complete() }, "want next(3), value 2 of 2, got next(2)"},
		"another of endless":    {naturals(), func(v verifier) { v.Next(0, 7).Complete() }, "want next(7), value 2 of 2, got next(1)"},
		"value for the end":     {flux.Just(1, 2), func(v verifier) { v.Next(1).Complete() }, "want complete, got next(2)"},
		"end for a value":       {flux.Just(1), func(v verifier) { v.Next(1, 2).Complete() }, "want next(2), value 2 of 2, got complete"},
		"error for a value":     {flux.Error[int](errBoom), func(v verifier) { v.Next(1).Complete() }, "want next(1), got error(boom)"},
		"error for the end":     {flux.Error[int](errBoom), func(v verifier) { v.Complete() }, "want complete, got error(boom)"},
		"nothing for a value":   {never, func(v verifier) { v.Next(1).Complete() }, "no signal came"},
		"nothing for the end":   {never, func(v verifier) { v.Complete() }, "no signal came"},
		"too few for the count": {flux.Just(1, 2), func(v verifier) { v.NextCount(3).Complete() }, "want 3 values, got 2 and then complete"},
		"no match":              {flux.Just(7), func(v verifier) { v.NextMatches(func(v int) bool { return v == 8 }).Complete() }, "next(7) does not match"},
		"end for a match":       {flux.Empty[int](), func(v verifier) { v.NextMatches(func(int) bool { return true }).Complete() }, "want a value, got complete"},
		"end for an inspection": {flux.Empty[int](), func(v verifier) { v.NextFunc(func(int) {}).Complete() }, "want a value, got complete"},
		"while, then another":   {flux.Just(1, 9), func(v verifier) { v.NextWhile(func(v int) bool { return v < 5 }).Complete() }, "want complete, got next(9)"},
		"too little demand":     {flux.Just(1, 2), func(v verifier) { v.WithDemand(1).Next(1, 2).Complete() }, "no signal came"},
		"another error":         {flux.Error[int](errors.New("boom")), func(v verifier) { v.Error(errBoom) }, "want error(boom) of type *errors.errorString, got error(boom)"},
		"wrapped error":         {flux.Error[int](fmt.Errorf("x: %w", errBoom)), func(v verifier) { v.Error(errBoom) }, "of type *fmt.wrapError"},
		"error that is not":     {flux.Error[int](errBoom), func(v verifier) { v.ErrorIs(flux.ErrTimeout) }, `want an error that is "timeout`},
		"error that fits not":   {flux.Error[int](errBoom), func(v verifier) { v.ErrorAs(new(*flux.PanicError)) }, "want an error that fits a **flux.PanicError"},
		"error that matches not": {flux.Error[int](errBoom), func(v verifier) { v.ErrorMatches(func(error) bool { return false }) },
			"want an error that matches"},
		"end for an error": {flux.Empty[int](), func(v verifier) { v.AnyError() }, "want an error, got complete"},
		"early event":      {ticks(time.Second, false), func(v verifier) { v.NoEvent(time.Second + 1).Cancel() }, "want no signal, got next(0) at 1000ms"},
		"event before":     {flux.Just(1), func(v verifier) { v.NoEvent(time.Second).Cancel() }, "want no signal, but next(1) had come"},
		"late event":       {ticks(time.Second, false), func(v verifier) { v.Advance(time.Second - 1).Next(0).Cancel() }, "no signal came"},
		"awaited in vain":  {ticks(time.Second, false), func(v verifier) { v.Await(time.Second - 1).Next(0).Cancel() }, "want a signal within 999.999999ms, none came"},
		"left over":        {flux.Just(1, 2), func(v verifier) { v.Next(1).Advance(0).Cancel() }, "next(2) had come, which no step expected"},
		"endless":          {naturals(), func(v verifier) { v.Next(0).Advance(0).Cancel() }, "more than 100000 signals came"},
		"predicate panics": {flux.Just(1), func(v verifier) { v.NextMatches(func(int) bool { panic("oh") }).Complete() }, "the step's function did not return: panic: oh"},
		"nil publisher":    {nil, func(v verifier) { v.Complete() }, "Verify(nil)"},
		"nil function":     {never, func(v verifier) { v.NextFunc(nil).Complete() }, "NextFunc(nil)"},
		"nil context":      {never, func(v verifier) { v.WithContext(nil).Complete() }, "WithContext(nil)"},
		"nil predicate":    {never, func(v verifier) { v.NextMatches(nil).NextWhile(nil).Complete() }, "NextMatches(nil)"},
		"nil while":        {never, func(v verifier) { v.NextWhile(nil).Complete() }, "NextWhile(nil)"},
		"nil action":       {never, func(v verifier) { v.ThenDo(nil).Complete() }, "ThenDo(nil)"},
		"nil error match":  {never, func(v verifier) { v.ErrorMatches(nil) }, "ErrorMatches(nil)"},
		"nil comparison":   {never, func(v verifier) { v.WithEqual(nil).Complete() }, "WithEqual(nil)"},
		"no patience":      {never, func(v verifier) { v.RealTime(0).Complete() }, "RealTime(0s)"},
		"no value":         {never, func(v verifier) { v.Next().Complete() }, "Next() at verifier_test.go:"},
		"count of 0":       {never, func(v verifier) { v.NextCount(0).Complete() }, "NextCount(0)"},
		"negative demand":  {never, func(v verifier) { v.WithDemand(-1).Complete() }, "WithDemand(-1)"},
		"late set-up":      {never, func(v verifier) { v.Next(1).WithDemand(1).Complete() }, "WithDemand(1) must stand before the first step"},
		"empty span":       {never, func(v verifier) { v.NoEvent(0).Complete() }, "NoEvent(0s): the duration must be positive"},
		"negative span":    {never, func(v verifier) { v.Advance(-1).Complete() }, "Advance(-1ns)"},
		"name for nothing": {never, func(v verifier) { v.As("x").Complete() }, `As("x") must stand after a step`},
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				fake := &fakeT{}
				c.play(fluxtest.Verify(fake, c.src))
				require.Len(t, fake.errors, 1)
				require.Contains(t, fake.text(), c.want)
				require.Equal(t, 1, fake.failNow)
			})
		})
	}
}

func TestFailureShowsTheScriptTheTimelineAndTheLine(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		fake := &fakeT{}
		fluxtest.Verify(fake, ticks(1500*time.Millisecond, false)).
			WithDemand(5).
			Advance(2 * time.Second).As("the first tick").
			Next(0).
			NoEvent(2 * time.Second).
			Cancel()
		text := fake.text()
		require.Regexp(t, `^fluxtest: NoEvent\(2s\) at verifier_test\.go:\d+: want no signal, got next\(1\) at 3000ms
script \(initial demand 5\):
  \+  1 Advance\(2s\) "the first tick" +verifier_test\.go:\d+
  \+  2 Next\(0\) +verifier_test\.go:\d+
  >  3 NoEvent\(2s\) +verifier_test\.go:\d+
     4 Cancel\(\) +verifier_test\.go:\d+
timeline \(virtual time since the subscription\):
         0ms  subscribe
         0ms  request\(5\)
      1500ms  next\(0\)
      3000ms  next\(1\)
  3999\.999999ms  cancel
$`, text)
	})
}

func TestScriptWithoutItsLastStepFailsTheTest(t *testing.T) {
	fake := &fakeT{}
	fluxtest.Verify(fake, flux.Just(1)).Next(1)
	require.Empty(t, fake.errors)
	require.Len(t, fake.cleanups, 1)
	fake.cleanups[0]()
	require.Regexp(t, `the script begun at verifier_test\.go:\d+ never ran`, fake.text())

	fake = &fakeT{}
	v := fluxtest.Verify(fake, flux.Just(1)).Next(1)
	v.Complete()
	fake.cleanups[0]()
	require.Empty(t, fake.errors)
	v.Complete()
	require.Contains(t, fake.text(), "the script has run already")
}

func TestThenDoDrivesTheSource(t *testing.T) {
	pub := fluxtest.Hot[int]()
	fluxtest.Verify(t, flux.Map(pub, func(v int) int { return v * 2 })).
		ThenDo(func() { pub.Next(1) }).
		Next(2).
		ThenDo(func() { pub.Next(2, 3).Error(errBoom) }).
		Next(4, 6).
		Error(errBoom)
}

func TestContextOfTheScript(t *testing.T) {
	outer, end := context.WithCancel(context.Background())
	fluxtest.Verify(t, flux.Never[int]()).WithContext(outer).NoEvent(time.Second).Cancel()
	end() // of a context that was used in a bubble, outside of it

	type key struct{}
	var got context.Context
	src := flux.Defer(func(ctx context.Context) flux.Flux[int] {
		got = ctx
		return flux.Never[int]()
	})
	ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "v"))
	probe := fluxtest.NewProbe(src)
	fluxtest.Verify(t, probe).WithContext(ctx).
		ThenDo(func() { cancel(errBoom) }).
		NoEvent(time.Second).
		ThenDo(func() {
			require.Equal(t, "v", got.Value(key{}))
			require.ErrorIs(t, context.Cause(got), errBoom)
		}).
		Cancel()
	probe.AssertWasCancelled(t)

	fluxtest.Run(t, func(t *testing.T) {
		fluxtest.Verify(t, src).Cancel()
		require.Error(t, got.Err(), "the context ends with the script")
	})
}

func TestDroppedErrorsAreToldOfAndShown(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		fake := &fakeT{}
		pub := fluxtest.Hot[int](fluxtest.AfterTerminal)
		rec := fluxtest.Verify(fake, flux.Map(pub, func(v int) int { return v })).
			ThenDo(func() { pub.Emit(1) }).
			Next(1).
			ThenDo(func() { pub.Next(2).Error(errBoom) }).
			Complete()
		require.Empty(t, fake.errors)
		require.Equal(t, 2, rec.Of(fluxtest.NextDropped)[0].Lost)
		require.ErrorIs(t, rec.Of(fluxtest.ErrorDropped)[0].Err, errBoom)
		require.Equal(t, []string{"fluxtest: at 0ms an error was dropped: boom"}, fake.logs)
	})
}

func TestWithEqualComparesValues(t *testing.T) {
	fluxtest.Verify(t, flux.Just(1.0001)).
		WithEqual(func(got, want float64) bool { return got-want < 0.01 && want-got < 0.01 }).
		Next(1).Complete()
}
