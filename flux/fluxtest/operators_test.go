package fluxtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// The kit as a user of the library would use it, on operators with time, hops
// and several sources.

func TestTimeoutByScript(t *testing.T) {
	pub := fluxtest.Hot[int]()
	fluxtest.Verify(t, flux.From(pub).Timeout(time.Second)).
		Advance(999 * time.Millisecond).
		ThenDo(func() { pub.Next(1) }).
		Next(1).
		NoEvent(time.Second).
		ErrorIs(flux.ErrTimeout)
	pub.AssertWasCancelled(t)
}

func TestIntervalByScript(t *testing.T) {
	rec := fluxtest.Verify(t, flux.IntervalAfter(time.Second, time.Minute).Take(3)).
		NoEvent(time.Second).
		Next(0).
		NoEvent(time.Minute).
		Next(1).
		Advance(time.Minute).
		Next(2).
		Complete()
	require.Equal(t, 2*time.Minute+time.Second, rec.Of(fluxtest.Complete)[0].At)
}

func TestFallbackByProbe(t *testing.T) {
	fallback := fluxtest.NewProbe(flux.Just(9))
	fluxtest.Verify(t, flux.Just(1).SwitchIfEmpty(fallback)).Next(1).Complete()
	fallback.AssertWasNotSubscribed(t)
	fluxtest.Verify(t, flux.Empty[int]().SwitchIfEmpty(fallback)).WithDemand(1).Next(9).Complete()
	fallback.AssertRequests(t, 1)
	fluxtest.Verify(t, flux.Error[int](errBoom).OnErrorResume(func(error) flux.Publisher[int] { return fallback })).
		Next(9).Complete()
	fallback.AssertSubscribeCount(t, 2)
}

func TestRetryByProbe(t *testing.T) {
	n := 0
	source := fluxtest.NewProbe(flux.Defer(func(context.Context) flux.Flux[int] {
		if n++; n < 3 {
			return flux.Error[int](errBoom)
		}
		return flux.Just(n)
	}))
	fluxtest.Verify(t, flux.From(source).Retry(5)).Next(3).Complete()
	source.AssertSubscribeCount(t, 3)
	source.AssertSubscribers(t, 0)
}

func TestHopsAndProducersComeToRest(t *testing.T) {
	lines := flux.Produce(func(ctx context.Context, emit func(int) error) error {
		for i := 0; ; i++ {
			time.Sleep(time.Second)
			if err := emit(i); err != nil {
				return err
			}
		}
	})
	fluxtest.Verify(t, lines).NoEvent(time.Second).Next(0).Advance(2*time.Second).Next(1, 2).Cancel()
	fluxtest.Verify(t, flux.Range(0, 1000).PublishOn()).NextCount(1000).Complete()
	fluxtest.Verify(t, flux.Range(0, 1000).PublishOn()).WithDemand(1).Next(0).NoEvent(time.Second).Request(1).Next(1).Cancel()
}

func TestMergedSourcesByScript(t *testing.T) {
	a, b := fluxtest.Hot[string](), fluxtest.Hot[string]()
	fluxtest.Verify(t, flux.Merge[string](a, b)).
		ThenDo(func() { a.Next("a1"); b.Next("b1"); a.Next("a2") }).
		Next("a1", "b1", "a2").
		ThenDo(func() { b.Error(errBoom) }).
		Error(errBoom)
	a.AssertWasCancelled(t)
}

// Every operator must shield its subscriber from a source that breaks the rules.
func TestOperatorsShieldTheirSubscriberFromAFaultySource(t *testing.T) {
	type operator func(flux.Publisher[int]) flux.Flux[int]
	operators := map[string]operator{
		"from": func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p) },
		"map":  func(p flux.Publisher[int]) flux.Flux[int] { return flux.Map(p, func(v int) int { return v }) },
		"filter": func(p flux.Publisher[int]) flux.Flux[int] {
			return flux.From(p).Filter(func(v int) bool { return v > 0 })
		},
		"take":     func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).Take(2) },
		"skip":     func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).Skip(1) },
		"doOnNext": func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).DoOnNext(func(int) {}) },
		"concat":   func(p flux.Publisher[int]) flux.Flux[int] { return flux.Concat(p, flux.Just(7)) },
		"merge":    func(p flux.Publisher[int]) flux.Flux[int] { return flux.Merge(p, flux.Just(7)) },
		"flatMap": func(p flux.Publisher[int]) flux.Flux[int] {
			return flux.FlatMap(p, func(v int) flux.Flux[int] { return flux.Just(v) })
		},
		"concatMap": func(p flux.Publisher[int]) flux.Flux[int] {
			return flux.ConcatMap(p, func(v int) flux.Flux[int] { return flux.Just(v) })
		},
		"switchMap": func(p flux.Publisher[int]) flux.Flux[int] {
			return flux.SwitchMap(p, func(v int) flux.Flux[int] { return flux.Just(v) })
		},
		"zip": func(p flux.Publisher[int]) flux.Flux[int] {
			return flux.Zip2(p, flux.Range(0, 100), func(a, b int) int { return a + b })
		},
		"resume": func(p flux.Publisher[int]) flux.Flux[int] {
			return flux.From(p).OnErrorResume(func(error) flux.Publisher[int] { return flux.Just(7) })
		},
		"retry":     func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).Retry(1) },
		"timeout":   func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).Timeout(time.Hour) },
		"ifEmpty":   func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).SwitchIfEmpty(flux.Just(7)) },
		"drop":      func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).OnBackpressureDrop(func(int) {}) },
		"latest":    func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).OnBackpressureLatest() },
		"limitRate": func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).LimitRate(4) },
		"publishOn": func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).PublishOn() },
		"share":     func(p flux.Publisher[int]) flux.Flux[int] { return flux.From(p).Share() },
	}
	faults := map[string]fluxtest.Fault{
		"none":             0,
		"AfterTerminal":    fluxtest.AfterTerminal,
		"AfterCancel":      fluxtest.AfterCancel,
		"NilError":         fluxtest.NilError,
		"TwoOnSubscribe":   fluxtest.TwoOnSubscribe,
		"NilSubscription":  fluxtest.NilSubscription,
		"PanicInSubscribe": fluxtest.PanicInSubscribe,
		"PanicInRequest":   fluxtest.PanicInRequest,
		"PanicInCancel":    fluxtest.PanicInCancel,
	}
	ends := map[string]func(p *fluxtest.TestPublisher[int]){
		"complete":  func(p *fluxtest.TestPublisher[int]) { p.Complete() },
		"error":     func(p *fluxtest.TestPublisher[int]) { p.Error(errBoom) },
		"nil error": func(p *fluxtest.TestPublisher[int]) { p.Error(nil) },
	}
	for op, build := range operators {
		for name, fault := range faults {
			for how, end := range ends {
				t.Run(op+"/"+name+"/"+how, func(t *testing.T) {
					fluxtest.Run(t, func(t *testing.T) {
						pub := fluxtest.Hot[int](fault)
						rec := fluxtest.NewRecorder[int](flux.Unbounded)
						ctx, stop := context.WithCancel(flux.WithHooks(t.Context(), flux.Hooks{ErrorDropped: func(error) {}}))
						defer stop()
						build(pub).Subscribe(ctx, rec)
						fluxtest.Advance(0)
						pub.Next(1, 2, 3)
						fluxtest.Advance(0)
						end(pub)
						pub.Next(4).Complete().Error(errBoom)
						fluxtest.Advance(0)
						rec.Cancel()
						fluxtest.Advance(0)
						pub.Next(5)
						rec.AssertNoViolations(t)
					})
				})
			}
		}
	}
}
