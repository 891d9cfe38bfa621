package flux_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// railsOf subscribes a recorder to each rail.
func railsOf(t *testing.T, p flux.ParallelFlux[int], demand int64) (recs []*fluxtest.Recorder[int]) {
	t.Helper()
	groups, err := flux.ParallelGroups(p).Collect(t.Context())
	require.NoError(t, err)
	for _, g := range groups {
		recs = append(recs, record(t, g.Flux, demand))
	}
	return recs
}

func TestValuesAreDealtOutInTurnToTheRailsWithDemand(t *testing.T) {
	probe := fluxtest.NewProbe[int](flux.Range(1, 9))
	rails := railsOf(t, flux.Parallel(probe, 3, flux.Prefetch(4)), 1)
	rails[0].AssertValues(t, 1)
	rails[1].AssertValues(t, 2)
	rails[2].AssertValues(t, 3)
	rails[1].Request(2)
	rails[1].AssertValues(t, 2, 4, 5)
	probe.AssertRequests(t, 4, 3)
	rails[2].Cancel()
	rails[0].Request(2)
	rails[0].AssertValues(t, 1, 6, 7)
	rails[1].Request(9)
	rails[1].AssertValues(t, 2, 4, 5, 8, 9)
	for _, rec := range rails[:2] {
		rec.AssertCompleted(t)
		rec.AssertNoViolations(t)
	}
	rails[2].AssertNotTerminated(t)
}

func TestASourceIsCancelledWithItsLastRail(t *testing.T) {
	up := &ends{}
	rails := railsOf(t, flux.Parallel(up.watch(live(1, 2, 3)), 2), 1)
	rails[0].Cancel()
	require.Empty(t, up.all())
	rails[1].Request(-1)
	rails[1].AssertErrorIs(t, flux.ErrBadRequest)
	require.Equal(t, cancelled, up.all())
}

func TestAnErrorReachesEveryRailAtOnce(t *testing.T) {
	rails := railsOf(t, flux.Parallel(flux.Just(1, 2, 3).ConcatWith(flux.Error[int](errBoom)), 2), 1)
	for i, rec := range rails {
		rec.AssertValues(t, i+1)
		rec.AssertErrorIs(t, errBoom)
	}
}

func TestARailHasOneSubscriber(t *testing.T) {
	groups, err := flux.ParallelGroups(flux.Parallel(live(1), 1)).Collect(t.Context())
	require.NoError(t, err)
	first, second := record(t, groups[0].Flux, 1), record(t, groups[0].Flux, 1)
	first.AssertValues(t, 1)
	second.AssertErrorIs(t, flux.ErrInvalid)
	first.Cancel()
}

func TestAPanicOnARailIsTheErrorOfTheWhole(t *testing.T) {
	for name, f := range map[string]flux.ParallelFlux[int]{
		"in an operator": flux.ParallelMap(flux.Parallel(flux.Range(1, 9), 3), func(v int) int {
			if v == 5 {
				panic(errBoom)
			}
			return v
		}),
		"when it is made": flux.OnRails(flux.Parallel(flux.Range(1, 9), 3), func(ints) ints { panic(errBoom) }),
	} {
		l := &lost{}
		_, err := f.Sequential().Collect(l.context(t.Context()))
		require.ErrorIs(t, err, errBoom, name)
		require.Empty(t, l.errors(), name)
	}
}

func TestTheZeroParallelFluxIsEmpty(t *testing.T) {
	var p flux.ParallelFlux[int]
	vs, err := flux.ParallelMap(p.RunOn().Filter(yes), same).Sequential().Collect(t.Context())
	require.NoError(t, err)
	require.Empty(t, vs)
	groups, err := flux.ParallelGroups(p).Collect(t.Context())
	require.NoError(t, err)
	require.Empty(t, groups)
}

func TestRailsOnGoroutinesLoseNothingAndKeepTheirOrder(t *testing.T) {
	for range rounds() {
		fluxtest.Run(t, func(t *testing.T) {
			var mu sync.Mutex
			seen := map[int]int{} // the last value on each rail
			number := atomic.Int32{}
			rails := flux.OnRails(flux.Parallel(sender(0, 300), 4, flux.Prefetch(7)).RunOn(flux.Prefetch(3)), func(rail ints) ints {
				n := int(number.Add(1))
				return rail.DoOnNext(func(v int) {
					mu.Lock()
					defer mu.Unlock()
					if before, ok := seen[n]; ok && v <= before {
						t.Errorf("rail %d: %d after %d", n, v, before)
					}
					seen[n] = v
				})
			})
			vs, err := rails.Sequential(flux.Prefetch(2)).Collect(t.Context())
			require.NoError(t, err)
			slices.Sort(vs)
			for i, v := range vs {
				require.Equal(t, i, v)
			}
			require.Len(t, vs, 300)
		})
	}
}

func TestRailsCanBeCancelledAtAnyTime(t *testing.T) {
	for range rounds() {
		fluxtest.Run(t, func(t *testing.T) { // fails where a goroutine is left
			up := &ends{}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			at := rand.IntN(100)
			f := flux.ParallelMap(flux.Parallel(up.watch(sender(0, 300)), 3).RunOn(), same).Sequential()
			got, stop := 0, cancel
			if rand.IntN(2) == 0 {
				stop = func() { go cancel() }
			}
			f.SubscribeFunc(ctx, func(int) {
				if got++; got == at {
					stop()
				}
			}, nil)
			synctest.Wait()
			cancel()
			synctest.Wait()
			require.Len(t, up.all(), 1)
		})
	}
}

func TestForEachOnRailsNeverCallsAfterItReturned(t *testing.T) {
	for range rounds() {
		fluxtest.Run(t, func(t *testing.T) {
			up, over, calls := &ends{}, atomic.Bool{}, atomic.Int32{}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			fail, stop := 1+rand.Int32N(150), 1+rand.Int32N(150)
			err := flux.Parallel(up.watch(sender(0, lane)), 3).RunOn(flux.Prefetch(3)).ForEach(ctx, func(int) error {
				defer func() {
					if over.Load() {
						t.Error("a call was under way when ForEach returned")
					}
				}()
				runtime.Gosched()
				switch calls.Add(1) {
				case fail:
					return errBoom
				case stop:
					cancel()
				}
				return nil
			})
			over.Store(true)
			if !errors.Is(err, errBoom) {
				require.ErrorIs(t, err, context.Canceled)
			}
			synctest.Wait()
			require.Equal(t, cancelled, up.all())
		})
	}
}

func TestForEachOnRailsSeesEveryValueOnce(t *testing.T) {
	var mu sync.Mutex
	var seen []int
	add := func(v int) error {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, v)
		return nil
	}
	require.NoError(t, flux.Parallel(flux.Range(1, 3000), 4).RunOn().ForEach(t.Context(), add))
	slices.Sort(seen)
	require.Equal(t, upTo(3000), seen)
	for name, p := range map[string]flux.ParallelFlux[int]{
		"the source fails": flux.Parallel(flux.Error[int](errBoom), 2).RunOn(),
		"a rail panics":    flux.ParallelMap(flux.Parallel(flux.Range(1, 9), 2), func(int) int { panic(errBoom) }),
	} {
		require.ErrorIs(t, p.ForEach(t.Context(), add), errBoom, name)
	}
	require.ErrorIs(t, flux.Parallel(flux.Just(1), 1).ForEach(t.Context(), func(int) error { panic(errBoom) }), errBoom)
	require.ErrorIs(t, flux.Parallel(flux.Just(1), 1).ForEach(t.Context(), nil), flux.ErrInvalid)
	require.ErrorIs(t, flux.Parallel(flux.Just(1), 0).ForEach(t.Context(), add), flux.ErrInvalid)
	require.ErrorIs(t, flux.ParallelFrom[int]().ForEach(t.Context(), add), flux.ErrInvalid)
	require.NoError(t, flux.ParallelFlux[int]{}.ForEach(t.Context(), add))
}

func TestAHookOfARailIsCalledOncePerRail(t *testing.T) {
	var subscribed, completed, failed, ended, after, cancels int
	count := func(n *int) func() { return func() { *n++ } }
	watched := func(p flux.ParallelFlux[int]) ints {
		return p.DoOnSubscribe(count(&subscribed)).DoOnComplete(count(&completed)).DoOnError(func(error) { failed++ }).
			DoOnTerminate(count(&ended)).DoAfterTerminate(count(&after)).DoOnCancel(count(&cancels)).Sequential()
	}
	require.NoError(t, watched(flux.Parallel(flux.Range(1, 9), 3)).Drain(t.Context()))
	require.Equal(t, []int{3, 3, 0, 3, 3, 0}, []int{subscribed, completed, failed, ended, after, cancels})
	err := watched(flux.Parallel(flux.Error[int](errBoom), 3).Checkpoint("here")).Drain(t.Context())
	var at *flux.CheckpointError
	require.ErrorAs(t, err, &at)
	require.ErrorIs(t, err, errBoom)
	require.Equal(t, "here", at.Name)
	require.Equal(t, []int{1, 4, 4, 2}, []int{failed, ended, after, cancels}, "the first rail's error cancels the others")
	_, err = watched(flux.ParallelFrom[int](live(1), live(2))).First(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, cancels, "the second had not been subscribed to")
}
