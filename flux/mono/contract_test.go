package mono_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/mono"
)

// eachOperator runs a test over every operator, in a bubble of its own.
func eachOperator(t *testing.T, f func(t *testing.T, op operator)) {
	for _, op := range operators() {
		t.Run(op.name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) { f(t, op) })
		})
	}
}

// values are sources of the value 1.
func values() map[string]one {
	return map[string]one{
		"known":      just(1),
		"hidden":     just(1).Hide(),
		"on a timer": later(time.Millisecond, 1),
		"FromFunc":   mono.FromFunc(func(ctx) (int, error) { return 1, nil }),
		"created":    mono.Create(func(_ ctx, e *mono.Emitter[int]) { go e.Success(1) }),
		"a Flux":     mono.From(flux.Just(1, 2, 3)),
		"foreign":    mono.From[int](fluxtest.Cold[int]().Next(1, 2).Complete()),
	}
}

func TestEveryOperatorPassesTheValueAndCompletion(t *testing.T) {
	for name := range values() {
		t.Run(name, func(t *testing.T) {
			eachOperator(t, func(t *testing.T, op operator) {
				for _, demand := range []int64{1, flux.Unbounded} {
					rec := fluxtest.NewRecorder[int](demand)
					op.build(values()[name]).Subscribe(t.Context(), rec)
					fluxtest.Advance(time.Minute)
					rec.AssertValues(t, 1)
					rec.AssertCompleted(t)
					rec.AssertNoViolations(t)
				}
			})
		})
	}
}

func TestValueWaitsForDemand(t *testing.T) {
	for name := range values() {
		t.Run(name, func(t *testing.T) {
			eachOperator(t, func(t *testing.T, op operator) {
				rec := fluxtest.NewRecorder[int](0)
				op.build(values()[name]).Subscribe(t.Context(), rec)
				fluxtest.Advance(time.Minute)
				rec.AssertValues(t)
				rec.AssertNotTerminated(t)
				rec.Request(1)
				fluxtest.Advance(time.Minute)
				rec.AssertValues(t, 1)
				rec.AssertCompleted(t)
				rec.AssertNoViolations(t)
			})
		})
	}
}

func TestEveryOperatorPassesEmptiness(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		for _, src := range []one{{}, mono.Empty[int]().Hide(), mono.Then(mono.Delay(1), mono.Empty[int]())} {
			rec := fluxtest.NewRecorder[int](1)
			op.build(src).Subscribe(t.Context(), rec)
			fluxtest.Advance(time.Minute)
			switch {
			case op.demands:
				rec.AssertErrorIs(t, flux.ErrEmpty)
			case op.fills:
				require.Len(t, rec.Values(), 1)
				rec.AssertCompleted(t)
			default:
				rec.AssertValues(t)
				rec.AssertCompleted(t)
			}
			rec.AssertNoViolations(t)
		}
	})
}

func TestEveryOperatorPassesAnErrorAsItIs(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		if op.catches {
			t.Skip("it has an answer of its own")
		}
		for _, src := range []one{mono.Error[int](errBoom), mono.Error[int](errBoom).Hide(), failing(1, errBoom)} {
			rec := fluxtest.NewRecorder[int](1)
			op.build(src).Subscribe(t.Context(), rec)
			fluxtest.Advance(time.Minute)
			rec.AssertValues(t)
			rec.AssertErrorIs(t, errBoom)
			rec.AssertNoViolations(t)
		}
	})
}

func TestEveryOperatorEndsWithoutDemand(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		if op.fills || op.lazy {
			t.Skip("it has a value of its own, which takes demand, or waits for the first request")
		}
		for _, src := range []one{mono.Empty[int]().Hide(), mono.Error[int](errBoom).Hide()} {
			rec := fluxtest.NewRecorder[int](0)
			op.build(src).Subscribe(t.Context(), rec)
			fluxtest.Advance(time.Minute)
			_, ok := rec.Terminal()
			if !ok && op.catches {
				continue // by a value
			}
			require.True(t, ok, "the terminal signal needs no demand:\n%s", rec.String())
			rec.AssertNoViolations(t)
			rec.Cancel()
			fluxtest.Advance(0)
		}
	})
}

func TestCancelReachesTheSource(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		if op.runsOn {
			t.Skip("its source runs on")
		}
		up := &runs{}
		rec := fluxtest.NewRecorder[int](1)
		op.build(up.watch(mono.Never[int]())).Subscribe(t.Context(), rec)
		fluxtest.Advance(2 * time.Second)
		require.Equal(t, 1, up.count())
		rec.Cancel()
		fluxtest.Advance(time.Minute)
		require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.ends())
		rec.AssertNotTerminated(t)
		rec.AssertNoViolations(t)
	})
}

func TestContextCancelsTheSource(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		if op.runsOn {
			t.Skip("its source runs on")
		}
		up := &runs{}
		ctx, cancel := context.WithCancel(t.Context())
		rec := fluxtest.NewRecorder[int](1)
		op.build(up.watch(mono.Never[int]())).Subscribe(ctx, rec)
		fluxtest.Advance(2 * time.Second)
		cancel()
		fluxtest.Advance(time.Minute)
		require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.ends())
		rec.AssertNotTerminated(t)
	})
}

func TestNothingComesAfterACancelInsideOnNext(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		rec := fluxtest.NewRecorder[int](1)
		rec.Each(func(int) { rec.Cancel() })
		op.build(just(1).Hide()).Subscribe(t.Context(), rec)
		fluxtest.Advance(time.Minute)
		rec.AssertValues(t, 1)
		rec.AssertNoViolations(t)
	})
}

func TestBadRequestEndsTheStream(t *testing.T) {
	for moment, play := range map[string]func(rec *fluxtest.Recorder[int], bad int64){
		"before any demand": func(rec *fluxtest.Recorder[int], bad int64) { rec.Request(bad) },
		"with demand open":  func(rec *fluxtest.Recorder[int], bad int64) { rec.Request(1); fluxtest.Advance(0); rec.Request(bad) },
		"twice":             func(rec *fluxtest.Recorder[int], bad int64) { rec.Request(bad); rec.Request(bad); rec.Request(1) },
	} {
		t.Run(moment, func(t *testing.T) {
			eachOperator(t, func(t *testing.T, op operator) {
				for _, bad := range []int64{0, -1, math.MinInt64} {
					l := &lost{}
					rec := fluxtest.NewRecorder[int](0)
					op.build(mono.Never[int]()).Subscribe(l.context(t.Context()), rec)
					play(rec, bad)
					fluxtest.Advance(time.Minute)
					rec.AssertErrorIs(t, flux.ErrBadRequest)
					rec.AssertValues(t)
				}
			})
		})
	}
}

func TestPanicOfTheSubscriberGoesToTheHook(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		l := &lost{}
		s := &bad{}
		require.NotPanics(t, func() { op.build(just(1).Hide()).Subscribe(l.context(t.Context()), s) })
		fluxtest.Advance(time.Minute)
		require.Equal(t, 1, s.got)
		require.Len(t, l.errors(), 1)
		require.ErrorIs(t, l.errors()[0], errBoom)
	})
}

// bad panics at its value.
type bad struct{ got int }

func (b *bad) OnSubscribe(s flux.Subscription) { s.Request(1) }
func (b *bad) OnNext(int)                      { b.got++; panic(errBoom) }
func (b *bad) OnError(error)                   {}
func (b *bad) OnComplete()                     {}
