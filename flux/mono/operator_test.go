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

func TestFailureOfAnInnerMonoDoesNotCancelTheOuter(t *testing.T) {
	for name, with := range map[string]func(m one) one{
		"FlatMap":     func(m one) one { return mono.FlatMap(m, func(int) one { return mono.Error[int](errBoom) }) },
		"FlatMapMany": func(m one) one { return mono.FlatMapMany(m, func(int) one { return mono.Error[int](errBoom) }).Next() },
		"FilterWhen": func(m one) one {
			return mono.FilterWhen(m, func(int) mono.Mono[bool] { return mono.Error[bool](errBoom) })
		},
		"ZipWhen": func(m one) one {
			return mono.ZipWhen(m, func(int) one { return mono.Error[int](errBoom) }, func(a, b int) int { return a + b })
		},
	} {
		t.Run(name, func(t *testing.T) {
			up := &runs{}
			_, err := with(up.watch(just(1))).Get(t.Context())
			require.ErrorIs(t, err, errBoom)
			require.Equal(t, []flux.SignalType{flux.SignalComplete}, up.ends())
		})
	}
}

func TestFailureOfATriggerCancelsASourceThatHasNotEnded(t *testing.T) {
	up := &runs{}
	_, err := mono.DelayUntil(up.watch(just(1)), func(int) one { return mono.Error[int](errBoom) }).Get(t.Context())
	require.ErrorIs(t, err, errBoom)
	require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.ends())
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		_, err := mono.DelayUntil(up.watch(just(1)), func(int) one { return failing(time.Second, errBoom) }).Get(t.Context())
		require.ErrorIs(t, err, errBoom)
		require.Equal(t, []flux.SignalType{flux.SignalComplete}, up.ends())
	})
}

func TestARequestAfterACancelStartsNothing(t *testing.T) {
	for name, m := range map[string]func(m one) flux.Publisher[struct{}]{
		"Zip2": func(m one) flux.Publisher[struct{}] {
			return mono.Zip2(m, m, func(int, int) struct{} { return struct{}{} })
		},
		"When": func(m one) flux.Publisher[struct{}] { return mono.When[int](m, m) },
	} {
		up := &runs{}
		rec := fluxtest.NewRecorder[struct{}](0)
		m(up.watch(just(1))).Subscribe(t.Context(), rec)
		rec.Cancel()
		rec.Request(1)
		require.Zero(t, up.count(), name)
	}
}

func TestValueThatIsNotUsedIsDiscarded(t *testing.T) {
	for name, m := range map[string]one{
		"Filter":            just(1).Filter(func(int) bool { return false }),
		"FilterWhen":        mono.FilterWhen(just(1), func(int) mono.Mono[bool] { return mono.Just(false) }),
		"FilterWhen, empty": mono.FilterWhen(just(1), func(int) mono.Mono[bool] { return mono.Empty[bool]() }),
		"DelayUntil":        mono.DelayUntil(just(1), func(int) one { return mono.Error[int](errBoom) }).OnErrorComplete(),
		"IgnoreElement":     just(1).IgnoreElement(),
		"Zip2":              mono.Zip2(just(1), mono.Empty[int](), func(a, b int) int { return a + b }),
	} {
		t.Run(name, func(t *testing.T) {
			l := &lost{}
			_, ok, err := m.GetOptional(l.context(t.Context()))
			require.NoError(t, err)
			require.False(t, ok)
			_, discarded := l.values()
			require.Contains(t, discarded, 1)
		})
	}
}

func TestFlatMapManyGivesAllValuesForTheDemandThereIs(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := fluxtest.NewProbe[int](fluxtest.Cold[int]().Next(1).Complete())
		rec := fluxtest.NewRecorder[int](0)
		inner := fluxtest.NewProbe[int](flux.Range(1, 5))
		mono.FlatMapMany(mono.FromDirect[int](up), func(int) *fluxtest.Probe[int] { return inner }).Subscribe(t.Context(), rec)
		up.AssertRequests(t, flux.Unbounded)
		inner.AssertWasNotRequested(t)
		rec.Request(2)
		rec.AssertValues(t, 1, 2)
		rec.Request(3)
		rec.AssertValues(t, 1, 2, 3, 4, 5)
		rec.AssertCompleted(t)
		inner.AssertRequests(t, 2, 3)
		rec.AssertNoViolations(t)
	})
}

func TestFlatMapAsksItsSourceAtTheFirstRequest(t *testing.T) {
	up := fluxtest.NewProbe[int](fluxtest.Cold[int]().Next(1).Complete())
	rec := fluxtest.NewRecorder[int](0)
	mono.FlatMap(mono.FromDirect[int](up), just).Subscribe(t.Context(), rec)
	up.AssertWasNotRequested(t)
	rec.Request(1)
	rec.AssertValues(t, 1)
}

func TestDelayElementDelaysOnlyTheValue(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		v := ask(t, just(1).DelayElement(time.Second))
		e := ask(t, mono.Empty[int]().DelayElement(time.Second))
		x := ask(t, mono.Error[int](errBoom).DelayElement(time.Second))
		e.AssertCompleted(t)
		x.AssertErrorIs(t, errBoom)
		fluxtest.Advance(time.Second - 1)
		v.AssertNotTerminated(t)
		fluxtest.Advance(1)
		v.AssertValues(t, 1)
		v.AssertCompleted(t)
	})
}

func TestTimeLimits(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		slow := up.watch(later(time.Minute, 1))
		limit := mono.Delay(time.Second)
		recs := map[string]*fluxtest.Recorder[int]{
			"Timeout":        ask(t, slow.Timeout(time.Second)),
			"TimeoutFirst":   ask(t, mono.TimeoutFirst(slow, limit)),
			"TimeoutOr":      ask(t, slow.TimeoutOr(time.Second, flux.Just(7, 8))),
			"TimeoutFirstOr": ask(t, mono.TimeoutFirstOr(slow, limit, flux.Just(7, 8))),
			"TakeFor":        ask(t, slow.TakeFor(time.Second)),
			"TakeUntilOther": ask(t, mono.TakeUntilOther(slow, limit)),
		}
		fluxtest.Advance(time.Second)
		for name, rec := range recs {
			switch name {
			case "Timeout", "TimeoutFirst":
				rec.AssertErrorIs(t, flux.ErrTimeout)
			case "TimeoutOr", "TimeoutFirstOr":
				rec.AssertValues(t, 7)
				rec.AssertCompleted(t)
			default:
				rec.AssertValues(t)
				rec.AssertCompleted(t)
			}
			rec.AssertNoViolations(t)
		}
		require.Len(t, up.ends(), len(recs), "the source is cancelled")
	})
}

func TestRepeatWhenEmptyRunsUntilThereIsAValue(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		n := 0
		src := mono.Defer(func(ctx) one {
			if n++; n < 4 {
				return mono.Empty[int]()
			}
			return just(n)
		})
		var counts []int64
		rec := ask(t, mono.RepeatWhenEmpty(src, func(c flux.Flux[int64]) flux.Flux[int64] {
			return c.DoOnNext(func(i int64) { counts = append(counts, i) }).DelayElements(time.Second)
		}))
		fluxtest.Advance(3*time.Second - 1)
		rec.AssertNotTerminated(t)
		fluxtest.Advance(1)
		rec.AssertValues(t, 4)
		rec.AssertCompleted(t)
		require.Equal(t, []int64{0, 1, 2}, counts)
	})
}

func TestRepeatWhenEmptyMaxGivesUp(t *testing.T) {
	up := &runs{}
	same := func(c flux.Flux[int64]) flux.Flux[int64] { return c }
	_, err := mono.RepeatWhenEmptyMax(up.watch(mono.Empty[int]()), 2, same).Get(t.Context())
	require.ErrorIs(t, err, flux.ErrInvalid)
	require.ErrorContains(t, err, "RepeatWhenEmptyMax(2)")
	require.Equal(t, 3, up.count())
	_, err = mono.RepeatWhenEmptyMax(mono.Empty[int](), -1, same).Get(t.Context())
	require.ErrorIs(t, err, flux.ErrInvalid)
	_, err = mono.RepeatWhenEmpty(mono.Error[int](errBoom), same).Get(t.Context())
	require.ErrorIs(t, err, errBoom)
}

func TestHooksOfAMonoSeeTheValueAsTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		src  one
		want []string
	}{
		"value": {just(1), []string{"success 1", "terminate", "next", "after", "complete"}},
		"empty": {mono.Empty[int]().Hide(), []string{"success none", "terminate", "complete", "after"}},
		"error": {mono.Error[int](errBoom).Hide(), []string{"terminate", "error", "after"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			note := func(s string) func() { return func() { got = append(got, s) } }
			m := c.src.DoOnSuccess(func(v int, ok bool) {
				if ok && v == 1 {
					note("success 1")()
				} else {
					note("success none")()
				}
			}).DoOnTerminate(note("terminate")).DoAfterTerminate(note("after"))
			m.Flux().DoOnNext(func(int) { note("next")() }).DoOnComplete(note("complete")).
				DoOnError(func(error) { note("error")() }).SubscribeFunc(t.Context(), nil, func(error) {})
			require.Equal(t, c.want, got)
		})
	}
}

func TestDoOnEachHearsOfTheEndBeforeTheValueGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		src  one
		at   string // panics there
		want []string
	}{
		"value":                 {just(1), "", []string{"next(1)", "complete", "value", "completion"}},
		"empty":                 {mono.Empty[int]().Hide(), "", []string{"complete", "completion"}},
		"error":                 {mono.Error[int](errBoom).Hide(), "", []string{"error(boom)", "boom"}},
		"panic at the value":    {just(1), "next(1)", []string{"next(1)", "error(panic in a user function: boom)", "panic in a user function: boom"}},
		"panic at the end":      {just(1), "complete", []string{"next(1)", "complete", "error(panic in a user function: boom)", "panic in a user function: boom"}},
		"panic without a value": {mono.Empty[int]().Hide(), "complete", []string{"complete", "error(panic in a user function: boom)", "panic in a user function: boom"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			c.src.DoOnEach(func(s flux.Signal[int]) {
				got = append(got, s.String())
				if s.String() == c.at {
					panic(errBoom)
				}
			}).SubscribeFunc(t.Context(), func(int) { got = append(got, "value") }, func(err error) {
				if err != nil {
					got = append(got, err.Error())
					return
				}
				got = append(got, "completion")
			})
			require.Equal(t, c.want, got)
		})
	}
}

func TestPanicOfAHookIsTheErrorOrGoesToTheDroppedErrors(t *testing.T) {
	other := errors.New("other")
	for name, m := range map[string]one{
		"DoOnSuccess of a value":    just(1).DoOnSuccess(func(int, bool) { panic(errBoom) }),
		"DoOnSuccess of none":       mono.Empty[int]().DoOnSuccess(func(int, bool) { panic(errBoom) }),
		"DoOnTerminate of a value":  just(1).DoOnTerminate(func() { panic(errBoom) }),
		"DoOnTerminate of none":     mono.Empty[int]().DoOnTerminate(func() { panic(errBoom) }),
		"DoOnTerminate of an error": mono.Error[int](other).DoOnTerminate(func() { panic(errBoom) }),
	} {
		t.Run(name, func(t *testing.T) {
			l := &lost{}
			_, err := m.Get(l.context(t.Context()))
			require.ErrorIs(t, err, errBoom)
			require.Empty(t, l.errors())
		})
	}
	for name, m := range map[string]one{"value": just(1), "empty": mono.Empty[int](), "error": mono.Error[int](other)} {
		l := &lost{}
		_ = m.DoAfterTerminate(func() { panic(errBoom) }).Drain(l.context(t.Context()))
		require.Len(t, l.errors(), 1, name)
	}
}

func TestPanicOfAUserFunctionIsTheErrorOfTheMono(t *testing.T) {
	no := func() { panic(errBoom) }
	m := just(1)
	for name, broken := range map[string]one{
		"Map":               mono.Map(m, func(int) int { no(); return 0 }),
		"TryMap":            mono.TryMap(m, func(int) (int, error) { no(); return 0, nil }),
		"MapNotNull":        mono.MapNotNull(m, func(int) (int, bool) { no(); return 0, false }),
		"Handle":            mono.Handle(m, func(int, *flux.Step[int]) { no() }),
		"Filter":            m.Filter(func(int) bool { no(); return true }),
		"FlatMap":           mono.FlatMap(m, func(int) one { no(); return m }),
		"FlatMapMany":       mono.FlatMapMany(m, func(int) one { no(); return m }).Next(),
		"FilterWhen":        mono.FilterWhen(m, func(int) mono.Mono[bool] { no(); return mono.Just(true) }),
		"DelayUntil":        mono.DelayUntil(m, func(int) one { no(); return m }),
		"ZipWhen's other":   mono.ZipWhen(m, func(int) one { no(); return m }, func(a, _ int) int { return a }),
		"ZipWhen's f":       mono.ZipWhen(m, just, func(int, int) int { no(); return 0 }),
		"Zip2":              mono.Zip2(m, m, func(int, int) int { no(); return 0 }),
		"ZipAll":            mono.ZipAll([]pub{m, m}, func([]int) int { no(); return 0 }),
		"Defer":             mono.Defer(func(ctx) one { no(); return m }),
		"FromFunc":          mono.FromFunc(func(ctx) (int, error) { no(); return 0, nil }),
		"Run":               mono.ThenReturn(mono.Run(func(ctx) error { no(); return nil }), 1),
		"Create":            mono.Create(func(ctx, *mono.Emitter[int]) { no() }),
		"OnErrorResume":     mono.Error[int](errors.New("other")).OnErrorResume(func(error) pub { no(); return m }),
		"Transform":         mono.Transform(m, func(one) one { no(); return m }),
		"TransformDeferred": mono.TransformDeferred(m, func(ctx, one) one { no(); return m }),
		"Using":             mono.Using(acquired, func(int) pub { no(); return m }, released),
		"RepeatWhenEmpty":   mono.RepeatWhenEmpty(mono.Empty[int](), func(flux.Flux[int64]) one { no(); return m }),
	} {
		t.Run(name, func(t *testing.T) {
			l := &lost{}
			_, err := broken.Get(l.context(t.Context()))
			require.ErrorIs(t, err, errBoom)
			require.ErrorAs(t, err, new(*flux.PanicError))
			require.Empty(t, l.errors())
			v, err := broken.OnErrorReturn(-1).Get(t.Context())
			require.NoError(t, err)
			require.Equal(t, -1, v)
		})
	}
}

func TestInvalidArgumentIsTheErrorOfTheMono(t *testing.T) {
	m := just(1)
	for want, broken := range map[string]one{
		"Error(nil)":             mono.Error[int](nil),
		"Defer(nil)":             mono.Defer[int, one](nil),
		"FromFunc(nil)":          mono.FromFunc[int](nil),
		"Run(nil)":               mono.ThenReturn(mono.Run(nil), 1),
		"Create(nil)":            mono.Create[int](nil),
		"Map(nil)":               mono.Map[int, int](m, nil),
		"TryMap(nil)":            mono.TryMap[int, int](m, nil),
		"MapNotNull(nil)":        mono.MapNotNull[int, int](m, nil),
		"Handle(nil)":            mono.Handle[int, int](m, nil),
		"Transform(nil)":         mono.Transform[int, int, one](m, nil),
		"TransformDeferred(nil)": mono.TransformDeferred[int, int, one](m, nil),
		"FlatMap(nil)":           mono.FlatMap[int, int, one](m, nil),
		"FlatMapMany(nil)":       mono.FlatMapMany[int, int, one](m, nil).Next(),
		"FilterWhen(nil)":        mono.FilterWhen[int, mono.Mono[bool]](m, nil),
		"DelayUntil(nil)":        mono.DelayUntil[int, int, one](m, nil),
		"ZipWhen(nil)":           mono.ZipWhen[int, int, int, one](m, nil, nil),
		"Zip2(nil)":              mono.Zip2[int, int, int](m, m, nil),
		"Zip3(nil)":              mono.Zip3[int, int, int, int](m, m, m, nil),
		"Zip4(nil)":              mono.Zip4[int, int, int, int, int](m, m, m, m, nil),
		"Zip5(nil)":              mono.Zip5[int, int, int, int, int, int](m, m, m, m, m, nil),
		"Zip6(nil)":              mono.Zip6[int, int, int, int, int, int, int](m, m, m, m, m, m, nil),
		"ZipAll(nil)":            mono.ZipAll[int, int](nil, nil),
		"Publish(nil)":           mono.Publish[int, int, one](m, nil),
		"Using(nil)":             mono.Using[int, int](nil, nil, nil),
		"UsingWhen(nil)":         mono.UsingWhen[int, int, int](m, nil, nil),
		"RepeatWhenEmpty(nil)":   mono.RepeatWhenEmpty[int, int, one](m, nil),
		"RepeatWhenEmptyMax(nil": mono.RepeatWhenEmptyMax[int, int, one](m, 1, nil),
		"CacheInvalidateWhen(ni": mono.CacheInvalidateWhen[int, int, one](m, nil),
		"CacheInvalidateIf(nil)": m.CacheInvalidateIf(nil),
		"CacheBy(nil)":           m.CacheBy(nil),
		"DoOnSuccess(nil)":       m.DoOnSuccess(nil),
		"DoOnEach(nil)":          m.DoOnEach(nil),
		"DoOnTerminate(nil)":     m.DoOnTerminate(nil),
		"DoAfterTerminate(nil)":  m.DoAfterTerminate(nil),
		"OnErrorResume(nil)":     m.OnErrorResume(nil),
		"SwitchIfEmpty(nil)":     m.SwitchIfEmpty(nil),
		"TimeoutOr(1s, nil)":     m.TimeoutOr(time.Second, nil),
		"Timeout(0s)":            m.Timeout(0),
		"TakeFor(-1s)":           m.TakeFor(-time.Second),
		"Retry(-1)":              m.Retry(-1),
		"nil publisher":          mono.From[int](nil),
		"Cast: a int is no":      mono.Map(mono.Cast[string](m), func(string) int { return 0 }),
	} {
		t.Run(want, func(t *testing.T) {
			_, err := broken.Get(t.Context())
			require.ErrorIs(t, err, flux.ErrInvalid)
			require.ErrorContains(t, err, want)
		})
	}
}

func TestNilPublisherIsAnErrorWhereverItStands(t *testing.T) {
	var none pub
	for name, m := range map[string]one{
		"Map":            mono.Map(none, same),
		"FlatMap":        mono.FlatMap(just(1), func(int) pub { return nil }),
		"FlatMapMany":    mono.FlatMapMany(just(1), func(int) pub { return nil }).Next(),
		"Zip2":           mono.Zip2(just(1), none, func(a, b int) int { return a + b }),
		"When":           mono.ThenReturn(mono.When(just(1), none), 1),
		"Or":             mono.Never[int]().Or(nil),
		"OnErrorResume":  mono.Error[int](errBoom).OnErrorResume(func(error) pub { return nil }),
		"TakeUntilOther": mono.TakeUntilOther(mono.Never[int](), none),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := m.Get(t.Context())
			require.ErrorIs(t, err, flux.ErrInvalid)
		})
	}
}

func TestMaterializeGivesOneSignal(t *testing.T) {
	for want, m := range map[string]one{"next(1)": just(1), "complete": mono.Empty[int](), "error(boom)": mono.Error[int](errBoom)} {
		all, err := mono.Materialize(m).Flux().Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, want, all[0].String())
	}
}

func TestRepeatConcatAndMergeGiveAFlux(t *testing.T) {
	again := 2
	for name, f := range map[string]flux.Flux[int]{
		"Repeat":     just(1).Repeat(2),
		"RepeatIf":   just(1).RepeatIf(func() bool { again--; return again >= 0 }),
		"ConcatWith": just(1).ConcatWith(flux.Just(1, 1)),
		"MergeWith":  just(1).MergeWith(flux.Just(1, 1)),
	} {
		all, err := f.Collect(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int{1, 1, 1}, all, name)
	}
}
