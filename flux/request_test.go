package flux_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

var badRequests = map[string]int64{"Request(0)": 0, "Request(-1)": -1, "Request(min)": math.MinInt64}

// The moments at which a subscriber may make a bad request.
var badMoments = map[string]func(rec *fluxtest.Recorder[int], bad int64){
	"before any demand": func(rec *fluxtest.Recorder[int], bad int64) { rec.Request(bad) },
	"with demand open": func(rec *fluxtest.Recorder[int], bad int64) {
		rec.Request(100)
		fluxtest.Advance(0)
		rec.Request(bad)
	},
	"with unbounded demand": func(rec *fluxtest.Recorder[int], bad int64) {
		rec.Request(flux.Unbounded)
		fluxtest.Advance(0)
		rec.Request(bad)
	},
	"when the demand is used up": func(rec *fluxtest.Recorder[int], bad int64) {
		rec.Request(2)
		fluxtest.Advance(0)
		rec.Request(bad)
	},
	"on another goroutine": func(rec *fluxtest.Recorder[int], bad int64) {
		rec.Request(1)
		go rec.Request(bad)
	},
	"inside OnNext": func(rec *fluxtest.Recorder[int], bad int64) {
		rec.Each(func(int) { rec.Request(bad) })
		rec.Request(3)
	},
	"inside OnNext, unbounded": func(rec *fluxtest.Recorder[int], bad int64) {
		rec.Each(func(int) { rec.Request(bad) })
		rec.Request(flux.Unbounded)
	},
	"twice": func(rec *fluxtest.Recorder[int], bad int64) {
		rec.Request(bad)
		rec.Request(bad)
		rec.Request(5)
	},
}

func TestBadRequestEndsTheStreamWithErrBadRequest(t *testing.T) {
	for request, n := range badRequests {
		for moment, play := range badMoments {
			t.Run(request+" "+moment, func(t *testing.T) {
				eachOperator(t, func(t *testing.T, op operator) {
					if op.name == "OnBackpressureDrop" && strings.Contains(moment, "OnNext") {
						t.Skip("the values are gone before the first demand")
					}
					rec := fluxtest.NewRecorder[int](0)
					up := &ends{}
					op.build(up.watch(live(upTo(5)...))).Subscribe(t.Context(), rec)
					play(rec, n)
					fluxtest.Advance(0)
					if op.name == "OnBackpressureError" && rec.Requested() < 5 {
						rec.AssertErrorIs(t, flux.ErrOverflow)
					} else {
						rec.AssertErrorIs(t, flux.ErrBadRequest)
					}
					rec.AssertNoViolations(t)
					if !op.lazy || len(up.all()) > 0 {
						require.Len(t, up.all(), 1, "the upstream must have ended")
					}
					rec.Cancel()
				})
			})
		}
	}
}

func TestBadRequestToASourceEndsIt(t *testing.T) {
	for name, src := range sources() {
		t.Run(name, func(t *testing.T) {
			for moment, play := range badMoments {
				idle := strings.Contains(name, "that waits") || strings.Contains(name, "idle")
				if moment == "with unbounded demand" || idle && strings.Contains(moment, "OnNext") {
					continue // the source may have ended, or never sends
				}
				t.Run(moment, func(t *testing.T) {
					fluxtest.Run(t, func(t *testing.T) {
						rec := fluxtest.NewRecorder[int](0)
						src().Subscribe(t.Context(), rec)
						play(rec, -1)
						fluxtest.Advance(time.Second) // to the first tick of an Interval
						rec.AssertErrorIs(t, flux.ErrBadRequest)
						rec.AssertNoViolations(t)
						rec.Cancel()
					})
				})
			}
		})
	}
}

func TestBadRequestAfterTheEndDoesNothing(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		l := &lost{}
		rec := &last{}
		op.build(flux.Just(1, 2)).Subscribe(l.context(t.Context()), rec)
		fluxtest.Advance(0)
		up := rec.up
		require.Equal(t, []string{"1", "2", "complete"}, rec.signals())
		up.Request(-1)
		up.Request(0)
		up.Request(1)
		fluxtest.Advance(0)
		require.Equal(t, []string{"1", "2", "complete"}, rec.signals())
		require.Empty(t, l.errors())
	})
}

func TestRequestAfterCancelDoesNothing(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		rec := &last{}
		op.build(live(1, 2)).Subscribe(t.Context(), rec)
		fluxtest.Advance(0)
		before := rec.signals()
		rec.up.Cancel()
		for _, n := range []int64{-1, 0, 1, flux.Unbounded} {
			rec.up.Request(n)
			fluxtest.Advance(0)
		}
		require.Equal(t, before, rec.signals())
	})
}

func TestValuesThatAreRejectedBelowDoNotRaiseTheDemandOfTheNextSource(t *testing.T) {
	// A foreign publisher cannot be told that a value was rejected, and is asked
	// for one more; that one must not count twice when another takes over.
	foreign := func(values ...int) pub { return fluxtest.NewProbe(flux.Just(values...)) }
	failing := fluxtest.NewProbe(flux.Just(-1, -2).ConcatWith(flux.Error[int](errBoom)))
	next := flux.FromSlice(upTo(9))
	for name, src := range map[string]ints{
		"Concat":        flux.Concat[int](foreign(-1, -2), next),
		"OnErrorResume": flux.From[int](failing).OnErrorResume(func(error) pub { return next }),
		"Retry": flux.Defer(func() func(ctx) pub {
			tries := 0
			return func(ctx) pub {
				if tries++; tries == 1 {
					return failing
				}
				return next
			}
		}()).Retry(1),
		"ConcatMap": flux.ConcatMap(flux.Just(0, 1), func(i int) pub { return []pub{foreign(-1, -2), next}[i] }),
		"TimeoutOr": flux.From[int](fluxtest.Cold[int]().Next(-1, -2)).TimeoutOr(time.Second, next),
		"SwitchMap": flux.SwitchMap(flux.Just(0, 1), func(i int) pub { return []pub{foreign(-1, -2), next}[i] }),
		"Take":      flux.From(foreign(-1, -2, 1, 2, 3, 4, 5)).Take(5),
		"peek":      flux.From(foreign(-1, -2, 1, 2, 3, 4, 5)).DoOnRequest(func(int64) {}),
		"FlatMap":   flux.FlatMap(flux.Just(0, 1), func(i int) pub { return []pub{foreign(-1, -2), next}[i] }),
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				rec := fluxtest.NewRecorder[int](2)
				src.Filter(func(v int) bool { return v > 0 }).Subscribe(t.Context(), rec)
				fluxtest.Advance(time.Second)
				rec.AssertValues(t, 1, 2)
				rec.Request(1)
				fluxtest.Advance(0)
				rec.AssertValues(t, 1, 2, 3)
				rec.AssertNoViolations(t)
				rec.Cancel()
			})
		})
	}
}
