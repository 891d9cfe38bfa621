package mono_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/mono"
)

func TestFromTakesTheFirstValueAndCancels(t *testing.T) {
	up := fluxtest.NewProbe[int](fluxtest.Cold[int]().Next(1, 2, 3))
	v, err := mono.From[int](up).Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, v)
	up.AssertRequests(t, flux.Unbounded)
	up.AssertWasCancelled(t)
}

func TestFromLeavesAMonoAsItIs(t *testing.T) {
	up := &runs{}
	_, err := mono.From[int](up.watch(just(1))).Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, []flux.SignalType{flux.SignalComplete}, up.ends(), "it is not cancelled after its value")
}

func TestFromFuncIsCalledAtTheFirstRequestByWhoeverRequests(t *testing.T) {
	called := 0
	m := mono.FromFunc(func(ctx) (int, error) { called++; return called, nil })
	rec := fluxtest.NewRecorder[int](0)
	m.Subscribe(t.Context(), rec)
	require.Zero(t, called)
	rec.Request(1)
	rec.AssertValues(t, 1)
	rec.AssertCompleted(t)
	v, err := m.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, v, "each subscription calls anew")
}

func TestCancelReachesAFunctionThatRuns(t *testing.T) {
	for name, m := range map[string]func(f func(ctx) error) mono.Mono[struct{}]{
		"Run": mono.Run,
		"FromFunc": func(f func(ctx) error) mono.Mono[struct{}] {
			return mono.FromFunc(func(c ctx) (struct{}, error) { return struct{}{}, f(c) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				l := &lost{}
				var cause error
				rec := fluxtest.NewRecorder[struct{}](1)
				m(func(c ctx) error {
					<-c.Done()
					cause = context.Cause(c)
					return c.Err()
				}).SubscribeOn().Subscribe(l.context(t.Context()), rec)
				fluxtest.Advance(time.Minute)
				require.NoError(t, cause)
				rec.Cancel()
				fluxtest.Advance(0)
				require.ErrorIs(t, cause, flux.ErrCancelled)
				rec.AssertNotTerminated(t)
				rec.AssertNoViolations(t)
				require.Empty(t, l.errors(), "that it was cancelled is no news")
			})
		})
	}
}

func TestContextOfAFunctionEndsWithItsCall(t *testing.T) {
	var kept ctx
	require.NoError(t, mono.Run(func(c ctx) error { kept = c; return nil }).Drain(t.Context()))
	require.Error(t, kept.Err(), "nothing stays behind")
}

func TestErrorOfAFunctionIsTheStreams(t *testing.T) {
	_, err := mono.FromFunc(func(ctx) (int, error) { return 1, errBoom }).Get(t.Context())
	require.Equal(t, errBoom, err)
	require.Equal(t, errBoom, mono.Run(func(ctx) error { return errBoom }).Drain(t.Context()))
}

func TestFirstCallOfAnEmitterCounts(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			call func(e *mono.Emitter[int])
			want string
		}{
			"value":    {func(e *mono.Emitter[int]) { e.Success(1); e.Success(2); e.Error(errBoom); e.Empty() }, "1"},
			"nothing":  {func(e *mono.Emitter[int]) { e.Empty(); e.Success(2) }, "empty"},
			"an error": {func(e *mono.Emitter[int]) { e.Error(errBoom); e.Success(2) }, "boom"},
		} {
			l := &lost{}
			rec := fluxtest.NewRecorder[int](1)
			disposed, ended := 0, false
			mono.Create(func(_ ctx, e *mono.Emitter[int]) {
				e.OnDispose(func() { disposed++ })
				e.OnCancel(func() { t.Error("nobody cancelled") })
				c.call(e)
				ended = e.Cancelled()
			}).Subscribe(l.context(t.Context()), rec)
			fluxtest.Advance(0)
			switch c.want {
			case "1":
				rec.AssertValues(t, 1)
				rec.AssertCompleted(t)
			case "empty":
				rec.AssertValues(t)
				rec.AssertCompleted(t)
			default:
				rec.AssertErrorIs(t, errBoom)
			}
			rec.AssertNoViolations(t)
			require.Equal(t, 1, disposed, name)
			require.True(t, ended, name)
			dropped, _ := l.values()
			require.Equal(t, []any{2}, dropped, name)
		}
	})
}

func TestEmitterLearnsOfRequestsAndCancels(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var asked []int64
		var events []string
		rec := fluxtest.NewRecorder[int](0)
		mono.Create(func(_ ctx, e *mono.Emitter[int]) {
			e.OnRequest(func(n int64) { asked = append(asked, n) })
			e.OnCancel(func() { events = append(events, "cancel") })
			e.OnDispose(func() { events = append(events, "dispose") })
		}).Subscribe(t.Context(), rec)
		rec.Request(1)
		rec.Request(flux.Unbounded)
		rec.Cancel()
		require.Equal(t, []int64{1, flux.Unbounded}, asked)
		require.Equal(t, []string{"cancel", "dispose"}, events)
	})
}

func TestOneOfSeveralEmittingGoroutinesWins(t *testing.T) {
	for range 200 {
		l := &lost{}
		rec := fluxtest.NewRecorder[int](1)
		mono.Create(func(_ ctx, e *mono.Emitter[int]) {
			for v := range 4 {
				go func() { runtime.Gosched(); e.Success(v) }()
			}
		}).Subscribe(l.context(t.Context()), rec)
		<-rec.Done()
		require.Len(t, rec.Values(), 1)
		rec.AssertCompleted(t)
		rec.AssertNoViolations(t)
	}
}

func TestJustOrEmptyAndFromPointer(t *testing.T) {
	n := 7
	for want, m := range map[string]one{
		"7":    mono.FromPointer(&n),
		"5":    mono.JustOrEmpty(5, true),
		"none": mono.JustOrEmpty(5, false),
		"nil":  mono.FromPointer[int](nil),
	} {
		v, ok, err := m.GetOptional(t.Context())
		require.NoError(t, err)
		require.Equal(t, want == "7" || want == "5", ok, want)
		require.Equal(t, map[string]int{"7": 7, "5": 5}[want], v)
	}
}

func TestTerminals(t *testing.T) {
	v, ok, err := mono.Error[int](flux.ErrEmpty).GetOptional(t.Context())
	require.Zero(t, v)
	require.False(t, ok)
	require.ErrorIs(t, err, flux.ErrEmpty, "an ErrEmpty of the stream is its error")
	_, err = mono.Empty[int]().Get(t.Context())
	require.ErrorIs(t, err, flux.ErrEmpty)
	require.NoError(t, just(1).Drain(t.Context()))
	require.ErrorIs(t, just(1).Drain(nil), flux.ErrInvalid) //nolint:staticcheck // on purpose
	var got []any
	just(1).SubscribeFunc(t.Context(), func(v int) { got = append(got, v) }, func(err error) { got = append(got, err) })
	require.Equal(t, []any{1, error(nil)}, got)
}

func TestUsingReleasesBeforeTheValueGoesDown(t *testing.T) {
	var order []string
	note := func(s string) { order = append(order, s) }
	acquire := func(ctx) (string, error) { note("acquire"); return "r", nil }
	use := func(string) pub { return flux.Just(1, 2) }
	release := func(string) error { note("release"); return nil }
	for name, m := range map[string]one{
		"eager": mono.Using(acquire, use, release),
		"lazy":  mono.UsingLazily(acquire, use, release),
		"when": mono.UsingWhen(mono.Just("r").DoOnNext(func(string) { note("acquire") }), use,
			func(string, flux.SignalType, error) flux.Publisher[int64] {
				return mono.Delay(0).DoOnNext(func(int64) { note("release") })
			}),
	} {
		order = nil
		v, err := m.DoOnNext(func(int) { note("value") }).Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, v)
		want := []string{"acquire", "release", "value"}
		if name == "lazy" {
			want = []string{"acquire", "value", "release"}
		}
		require.Equal(t, want, order, name)
	}
}

func TestErrorOfAReleaseReplacesTheValue(t *testing.T) {
	acquire := func(ctx) (int, error) { return 1, nil }
	use := func(v int) pub { return just(v) }
	_, err := mono.Using(acquire, use, func(int) error { return errBoom }).Get(t.Context())
	require.ErrorIs(t, err, errBoom)
	_, err = mono.UsingWhen(just(1), use, func(int, flux.SignalType, error) pub { return mono.Error[int](errBoom) }).Get(t.Context())
	require.ErrorAs(t, err, new(*flux.CleanupError))
	l := &lost{}
	v, err := mono.UsingLazily(acquire, use, func(int) error { return errBoom }).Get(l.context(t.Context()))
	require.NoError(t, err)
	require.Equal(t, 1, v)
	require.Len(t, l.errors(), 1)
	_, err = mono.Using(func(ctx) (int, error) { return 0, errors.New("no") }, use, func(int) error { return nil }).Get(t.Context())
	require.ErrorContains(t, err, "no")
}
