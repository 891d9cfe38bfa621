package mono_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/mono"
)

func sum(vs ...int) int {
	s := 0
	for _, v := range vs {
		s += v
	}
	return s
}

func list(vs []int) int { return sum(vs...) }

func TestZipWaitsForAllSides(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		at := func(n int) one { return later(time.Duration(n)*time.Second, n) }
		zips := []one{
			mono.Zip2(at(1), at(6), func(a, b int) int { return sum(a, b) }),
			mono.Zip3(at(6), at(2), at(1), func(a, b, c int) int { return sum(a, b, c) }),
			mono.Zip4(at(1), at(2), at(6), at(1), func(a, b, c, d int) int { return sum(a, b, c, d) }),
			mono.Zip5(at(1), at(2), at(6), at(1), at(1), func(a, b, c, d, e int) int { return sum(a, b, c, d, e) }),
			mono.Zip6(at(1), at(2), at(6), at(1), at(1), at(1), func(a, b, c, d, e, f int) int { return sum(a, b, c, d, e, f) }),
			mono.ZipAll([]pub{at(6), at(3)}, list),
			mono.Zip2DelayError(at(6), at(4), func(a, b int) int { return sum(a, b) }),
		}
		var recs []*fluxtest.Recorder[int]
		for _, z := range zips {
			recs = append(recs, ask(t, z))
		}
		fluxtest.Advance(6*time.Second - 1)
		for i, rec := range recs {
			require.Empty(t, rec.Values(), i)
		}
		fluxtest.Advance(1)
		for i, want := range []int{7, 9, 10, 11, 12, 9, 10} {
			recs[i].AssertValues(t, want)
			recs[i].AssertCompleted(t)
		}
	})
}

func TestZipSubscribesAtTheFirstRequestInOrder(t *testing.T) {
	var order []int
	side := func(n int) one { return just(n).DoFirst(func() { order = append(order, n) }) }
	rec := fluxtest.NewRecorder[int](0)
	mono.ZipAll([]pub{side(1), side(2), side(3)}, list).Subscribe(t.Context(), rec)
	require.Empty(t, order)
	rec.Request(1)
	require.Equal(t, []int{1, 2, 3}, order)
	rec.AssertValues(t, 6)
}

func TestZipEndsAtOnceAndCancelsTheOthers(t *testing.T) {
	for name, end := range map[string]one{"error": failing(time.Second, errBoom), "empty": mono.Empty[int]().DelaySubscription(time.Second)} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				l, slow := &lost{}, &runs{}
				rec := fluxtest.NewRecorder[int](1)
				mono.ZipAll([]pub{just(4), end, slow.watch(mono.Never[int]())}, list).Subscribe(l.context(t.Context()), rec)
				fluxtest.Advance(time.Second)
				if name == "error" {
					rec.AssertErrorIs(t, errBoom)
				} else {
					rec.AssertCompleted(t)
				}
				rec.AssertValues(t)
				require.Equal(t, []flux.SignalType{flux.SignalCancel}, slow.ends())
				_, discarded := l.values()
				require.Equal(t, []any{4}, discarded, "the value that waited")
			})
		})
	}
}

func TestSideOfAZipThatHasEndedIsSubscribedToAndCancelled(t *testing.T) {
	up, asked := &runs{}, false
	_, err := mono.ZipAll([]pub{mono.Error[int](errBoom), up.watch(just(1).DoOnRequest(func(int64) { asked = true }))}, list).Get(t.Context())
	require.ErrorIs(t, err, errBoom)
	require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.ends())
	require.False(t, asked)
}

func TestZipDoesNotCancelAnOperandThatHasEnded(t *testing.T) {
	a, b := &runs{}, &runs{}
	_, err := mono.Zip2(a.watch(just(1)), b.watch(just(2)), func(a, b int) int { return a + b }).Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, []flux.SignalType{flux.SignalComplete}, a.ends())
	require.Equal(t, []flux.SignalType{flux.SignalComplete}, b.ends())
}

func TestDelayedErrorsAreJoinedInTheOrderOfTheSides(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		other := errors.New("other")
		sides := []pub{failing(2*time.Second, errBoom), later(3*time.Second, 1), failing(time.Second, other)}
		for name, m := range map[string]one{
			"ZipAllDelayError": mono.ZipAllDelayError(sides, list),
			"WhenDelayError":   mono.Map(mono.WhenDelayError(sides...), func(struct{}) int { return 0 }),
		} {
			rec := ask(t, m)
			fluxtest.Advance(3*time.Second - 1)
			rec.AssertNotTerminated(t)
			fluxtest.Advance(1)
			rec.AssertErrorIs(t, errBoom)
			rec.AssertErrorIs(t, other)
			end, _ := rec.Terminal()
			require.Equal(t, "boom\nother", end.Err.Error(), name)
		}
		rec := ask(t, mono.Zip2DelayError(mono.Empty[int](), later(time.Second, 1), func(a, b int) int { return a + b }))
		fluxtest.Advance(time.Second)
		rec.AssertValues(t)
		rec.AssertCompleted(t)
	})
}

func TestZipOfNothingIsEmpty(t *testing.T) {
	_, ok, err := mono.ZipAll(nil, list).GetOptional(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	require.NoError(t, mono.When[int]().Drain(t.Context()))
}

func TestCancelledZipDiscardsWhatWaits(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		l, up := &lost{}, &runs{}
		rec := fluxtest.NewRecorder[int](1)
		mono.Zip2(just(3), up.watch(mono.Never[int]()), func(a, b int) int { return a + b }).Subscribe(l.context(t.Context()), rec)
		rec.Cancel()
		_, discarded := l.values()
		require.Equal(t, []any{3}, discarded)
		require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.ends())
	})
}

func TestWhenWaitsForEveryCompletion(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		ticks := flux.Map(flux.Interval(time.Second).Take(3), func(int64) int { return 0 })
		rec := fluxtest.NewRecorder[struct{}](1)
		mono.When[int](just(1), ticks, mono.Empty[int]()).Subscribe(t.Context(), rec)
		fluxtest.Advance(3*time.Second - 1)
		rec.AssertNotTerminated(t)
		fluxtest.Advance(1)
		rec.AssertCompleted(t)

		rec = fluxtest.NewRecorder[struct{}](1)
		mono.And(mono.Error[int](errBoom), flux.Map(up.watch(mono.Never[int]()), func(int) string { return "" })).Subscribe(t.Context(), rec)
		rec.AssertErrorIs(t, errBoom)
		require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.ends(), "what comes after the failure is cancelled at once")

		rec = fluxtest.NewRecorder[struct{}](1)
		mono.And(up.watch(mono.Never[int]()), mono.Error[string](errBoom)).Subscribe(t.Context(), rec)
		rec.AssertErrorIs(t, errBoom)
		require.Len(t, up.ends(), 2)
	})
}

func TestWhatComesTooLateGoesToTheHooks(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		l := &lost{}
		a, b := fluxtest.Hot[int](fluxtest.AfterCancel), fluxtest.Hot[int](fluxtest.AfterCancel)
		rec := fluxtest.NewRecorder[int](1)
		sides := []pub{mono.FromDirect[int](a), mono.FromDirect[int](b), mono.FromDirect[int](fluxtest.Cold[int]().Error(errBoom))}
		mono.ZipAll(sides, list).Subscribe(l.context(t.Context()), rec)
		rec.AssertErrorIs(t, errBoom)
		a.Next(1)
		b.Error(errors.New("late"))
		fluxtest.Advance(0)
		require.Len(t, l.errors(), 1)
		_, discarded := l.values()
		require.Equal(t, []any{1}, discarded)
		rec.AssertNoViolations(t)
	})
}

func TestZipAndWhenUnderRacingSides(t *testing.T) {
	racing := func(v int) one { return mono.Create(func(_ ctx, e *mono.Emitter[int]) { go e.Success(v) }) }
	failingNow := mono.Create(func(_ ctx, e *mono.Emitter[int]) { go e.Error(errBoom) })
	for name, m := range map[string]func() one{
		"values": func() one { return mono.ZipAll([]pub{racing(1), racing(2), racing(3), racing(4)}, list) },
		"when": func() one {
			return mono.ThenReturn(mono.When[int](racing(1), racing(2), racing(3)), 10)
		},
		"with an error":      func() one { return mono.ZipAll([]pub{racing(1), failingNow, racing(3)}, list).OnErrorReturn(10) },
		"with delayed error": func() one { return mono.ZipAllDelayError([]pub{racing(1), failingNow}, list).OnErrorReturn(10) },
	} {
		t.Run(name, func(t *testing.T) {
			late := (&lost{}).context(t.Context()) // what comes after a cancel
			for i := range 500 {
				rec := fluxtest.NewRecorder[int](1)
				m().Subscribe(late, rec)
				if i%4 == 0 {
					rec.Cancel()
					continue
				}
				<-rec.Done()
				rec.AssertValues(t, 10)
				rec.AssertNoViolations(t)
			}
		})
	}
}
