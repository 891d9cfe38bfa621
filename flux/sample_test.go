package flux_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// ticks gives 0, 1, 2, ... every d, n of them.
func ticks(d time.Duration, n int64) ints {
	return flux.Map(flux.Interval(d).Take(n), func(v int64) int { return int(v) })
}

func TestSampleKeepsItsLastValueForTheDemand(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		rec := fluxtest.NewRecorder[int](1)
		ticks(4*time.Second, 3).Sample(10*time.Second).Subscribe(t.Context(), rec)
		fluxtest.Advance(11 * time.Second)
		rec.AssertValues(t, 1) // of 0 and 1
		fluxtest.Advance(2 * time.Second)
		require.Empty(t, rec.Of(fluxtest.Complete), "2 has not been requested")
		rec.Request(1)
		rec.AssertValues(t, 1, 2)
		require.Len(t, rec.Of(fluxtest.Complete), 1)
		rec.AssertNoViolations(t)
	})
}

func TestSampleFirstKeepsOneValueForTheDemand(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		rec := fluxtest.NewRecorder[int](1)
		ticks(10*time.Second, 9).SampleFirst(15*time.Second).Subscribe(t.Context(), rec)
		fluxtest.Advance(75 * time.Second) // 0 passed, 2 waits, the others went
		rec.AssertValues(t, 0)
		rec.Request(5)
		rec.AssertValues(t, 0, 2)
		fluxtest.Advance(time.Hour)
		rec.AssertValues(t, 0, 2, 7)
		require.Len(t, rec.Of(fluxtest.Complete), 1)
		rec.AssertNoViolations(t)
	})
}

func TestSampleTimeoutWithoutDemandOverflowsAndCancelsItsSource(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &ends{}
		rec := fluxtest.NewRecorder[int](0)
		up.watch(ticks(10*time.Second, 9)).SampleTimeout(time.Second).Subscribe(t.Context(), rec)
		fluxtest.Advance(12 * time.Second)
		rec.AssertErrorIs(t, flux.ErrOverflow)
		require.Equal(t, cancelled, up.all())
	})
}

func TestSampleStopsItsTimersWhenCancelled(t *testing.T) {
	for name, op := range map[string]func(s ints) ints{
		"Sample":        func(s ints) ints { return s.Sample(time.Second) },
		"SampleFirst":   func(s ints) ints { return s.SampleFirst(time.Second) },
		"SampleTimeout": func(s ints) ints { return s.SampleTimeout(time.Second) },
		"TakeFor":       func(s ints) ints { return s.TakeFor(time.Hour) },
		"SkipFor":       func(s ints) ints { return s.SkipFor(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				up, l := &ends{}, &lost{}
				rec := fluxtest.NewRecorder[int](flux.Unbounded)
				op(up.watch(ticks(300*time.Millisecond, 99))).Subscribe(l.context(t.Context()), rec)
				fluxtest.Advance(1400 * time.Millisecond)
				got := len(rec.Values())
				rec.Cancel()
				fluxtest.Advance(time.Hour)
				require.Len(t, rec.Values(), got)
				require.Equal(t, cancelled, up.all())
				rec.AssertNoViolations(t)
			})
		})
	}
}

// busy gives values from a goroutine of its own, as fast as it can, whatever the
// demand, and then ends; wait is for that goroutine.
func busy(n int, wait *sync.WaitGroup) ints {
	return flux.Create(func(_ ctx, e *flux.Emitter[int]) {
		wait.Go(func() {
			for v := range n {
				e.Next(v)
			}
			e.Complete()
		})
	})
}

// Signals of a source and of what stands beside it race each other, the demand and
// a cancel; the recorder finds what was concurrent, too much, or after the end.
func TestSignalsFromTwoSidesAreSerialized(t *testing.T) {
	for name, op := range map[string]func(a, b ints) ints{
		"SampleOn": func(a, b ints) ints { return flux.SampleOn(a, b) },
		"SampleFirstBy": func(a, b ints) ints {
			return flux.SampleFirstBy(a, func(int) ints { return b })
		},
		"SampleTimeoutBy": func(a, b ints) ints {
			return flux.SampleTimeoutBy(a, func(int) ints { return b })
		},
		"TakeUntilOther": func(a, b ints) ints { return flux.TakeUntilOther(a, b.Skip(50)) },
		"SkipUntilOther": func(a, b ints) ints { return flux.SkipUntilOther(a, b.Skip(50)) },
		"an error beside": func(a, b ints) ints {
			return flux.TakeUntilOther(a, flux.ThenMany(b, flux.Error[int](errBoom)))
		},
		"FlatMapIterable": func(a, b ints) ints {
			return flux.FlatMapIterable(a.MergeWith(b), func(v int) []int { return make([]int, v%3) }, flux.Prefetch(3))
		},
		"Materialize": func(a, b ints) ints {
			return flux.Map(flux.Materialize(a.MergeWith(b)), func(flux.Signal[int]) int { return 1 })
		},
	} {
		t.Run(name, func(t *testing.T) {
			for round := range 60 {
				var wait sync.WaitGroup
				rec := fluxtest.NewRecorder[int](0)
				op(busy(100, &wait), busy(100, &wait)).Subscribe((&lost{}).context(t.Context()), rec)
				wait.Go(func() {
					for range 100 {
						rec.Request(rand.Int64N(4) + 1)
					}
				})
				if round%2 == 1 {
					wait.Go(rec.Cancel)
				}
				wait.Wait()
				rec.AssertNoViolations(t)
				require.LessOrEqual(t, len(rec.Of(fluxtest.Complete))+len(rec.Of(fluxtest.Error)), 1)
			}
		})
	}
}
