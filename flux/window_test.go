package flux_test

import (
	"math"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// given is a subscriber of windows that keeps them, in the order of their coming.
func given(t *testing.T, windows flux.Flux[ints], demand int64) (*fluxtest.Recorder[ints], func(i int) *fluxtest.Recorder[int]) {
	t.Helper()
	var all []ints
	rec := fluxtest.NewRecorder[ints](demand).Each(func(w ints) { all = append(all, w) })
	windows.Subscribe(t.Context(), rec)
	return rec, func(i int) *fluxtest.Recorder[int] {
		r := fluxtest.NewRecorder[int](flux.Unbounded)
		all[i].Subscribe(t.Context(), r)
		return r
	}
}

func TestWindowKeepsItsValuesForItsOneSubscriber(t *testing.T) {
	_, window := given(t, flux.Window(flux.Just(1, 2, 3), 2), flux.Unbounded)
	window(0).AssertValues(t, 1, 2)
	window(1).AssertValues(t, 3)
	second := window(0)
	second.AssertErrorIs(t, flux.ErrInvalid)
	second.AssertNoViolations(t)
}

func TestWindowsHoldTheSourceAfterTheirSubscriberHasLeft(t *testing.T) {
	third := func(v int) bool { return v%3 == 0 }
	for name, op := range map[string]func(s ints) flux.Flux[ints]{
		"Window":             func(s ints) flux.Flux[ints] { return flux.Window(s, 3) },
		"WindowSkip":         func(s ints) flux.Flux[ints] { return flux.WindowSkip(s, 3, 2) },
		"WindowUntil":        func(s ints) flux.Flux[ints] { return flux.WindowUntil(s, third) },
		"WindowOn":           func(s ints) flux.Flux[ints] { return flux.WindowOn(s, flux.Never[int]()) },
		"WindowTimeout":      func(s ints) flux.Flux[ints] { return flux.WindowTimeout(s, 3, time.Hour) },
		"WindowTimeout fair": func(s ints) flux.Flux[ints] { return flux.WindowTimeout(s, 3, time.Hour, flux.Fair()) },
		"WindowWhen": func(s ints) flux.Flux[ints] {
			return flux.WindowWhen(s, flux.Concat[int](flux.Just(0), flux.Never[int]()), func(int) ints { return flux.Never[int]() })
		},
		"GroupBy": func(s ints) flux.Flux[ints] {
			return flux.Map(flux.GroupBy(s, func(int) int { return 0 }), func(g flux.Grouped[int, int]) ints { return g.Flux })
		},
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				src, up := fluxtest.Hot[int](), &ends{}
				rec, window := given(t, op(up.watch(flux.From[int](src))), flux.Unbounded)
				src.Next(1)
				open := window(0)
				rec.Cancel()
				rec.Cancel()
				if name == "WindowTimeout fair" {
					fluxtest.Advance(0)
					open.AssertCompleted(t) // the cancel ends it
					require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.all())
					return
				}
				require.Empty(t, up.all(), "an open window still needs the source")
				src.Next(2)
				open.AssertValues(t, 1, 2)
				open.Cancel()
				fluxtest.Advance(0)
				require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.all())
			})
		})
	}
}

func TestWindowsThatWereNotGivenOutHoldNothing(t *testing.T) {
	up := &ends{}
	rec, _ := given(t, flux.WindowUntil(up.watch(live(1, 2, 3)), yes), 0)
	rec.Cancel()
	require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.all())
}

func TestErrorOfTheSourceIsThatOfTheOpenWindowToo(t *testing.T) {
	src := fluxtest.Hot[int]()
	rec, window := given(t, flux.Window(flux.From[int](src), 2), flux.Unbounded)
	src.Next(1)
	open := window(0)
	src.Error(errBoom)
	open.AssertErrorIs(t, errBoom)
	rec.AssertErrorIs(t, errBoom)
}

func TestWindowsReadLateDoNotStarveTheSource(t *testing.T) {
	hundreds := func(v int) bool { return v%100 == 0 }
	windows := flux.WindowUntil(flux.Range(1, 2000), hundreds, flux.Prefetch(128))
	rec := fluxtest.NewRecorder[int](0)
	inTurn(windows).Subscribe(t.Context(), rec)
	for range 200 {
		rec.Request(10)
	}
	rec.AssertValues(t, upTo(2000)...)
}

func TestFairWindowThatWasNotRequestedWaitsAndFills(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var asked []int64
		src := fluxtest.Hot[int]()
		counted := flux.From[int](src).DoOnRequest(func(n int64) { asked = append(asked, n) })
		rec, window := given(t, flux.WindowTimeout(counted, 2, time.Second, flux.Fair()), 1)
		require.Equal(t, []int64{2}, asked)
		src.Next(1, 2)
		require.Equal(t, []int64{2, 2}, asked)
		window(0).AssertValues(t, 1, 2)
		src.Next(3)
		fluxtest.Advance(time.Hour)
		src.Next(4)
		require.Len(t, rec.Values(), 1)
		require.Equal(t, []int64{2, 2}, asked)
		rec.Request(1)
		require.Len(t, rec.Values(), 2)
		window(1).AssertValues(t, 3, 4)
		require.Equal(t, []int64{2, 2, 2}, asked)
		rec.Cancel()
	})
}

func TestGroupThatWasCancelledIsOpenedAgain(t *testing.T) {
	groups := flux.GroupBy(flux.Range(1, 4), func(v int) int { return v % 2 })
	firsts := flux.FlatMap(groups, func(g flux.Grouped[int, int]) ints { return g.Take(1) })
	got, err := firsts.Collect(t.Context())
	require.NoError(t, err)
	require.Equal(t, upTo(4), got)
}

func TestGroupsOfAKeyThatDoesNotEqualItselfEndWithTheSource(t *testing.T) {
	groups := flux.GroupBy(flux.Just(1, 2), func(int) float64 { return math.NaN() })
	got, err := flux.FlatMap(groups, func(g flux.Grouped[float64, int]) ints { return g.Flux }).Collect(t.Context())
	require.NoError(t, err)
	require.Equal(t, upTo(2), got)
}

func TestGroupThatWasCancelledIsForgottenAtTheNextValue(t *testing.T) {
	type large = [64]byte // and so collected by itself
	src, keys := fluxtest.Hot[int](), []*large{new(large), new(large)}
	groups := flux.GroupBy(flux.From[int](src), func(v int) *large { return keys[v] })
	firsts := flux.FlatMap(groups, func(g flux.Grouped[*large, int]) ints { return g.Take(1) })
	defer firsts.SubscribeFunc(t.Context(), func(int) {}, nil).Cancel()
	key := weak.Make(keys[0])
	src.Next(0)
	keys[0] = nil
	src.Next(1)
	runtime.GC()
	require.Nil(t, key.Value())
}

func TestGroupGetsWhatItAskedForAndNoMore(t *testing.T) {
	src := fluxtest.Hot[int]()
	groups := flux.GroupBy(flux.From[int](src), func(int) int { return 0 })
	var group *fluxtest.Recorder[int]
	merged := flux.Map(groups, func(g flux.Grouped[int, int]) int {
		group = fluxtest.NewRecorder[int](2)
		g.Subscribe(t.Context(), group)
		return 0
	})
	defer merged.SubscribeFunc(t.Context(), func(int) {}, nil).Cancel()
	next, got := 0, 2
	send := func(n int) {
		for range n {
			next++
			src.Next(next)
		}
	}
	send(5)
	group.AssertValues(t, upTo(2)...)
	for _, n := range []int{1, 4, 3, 8} { // more than wait, or fewer
		group.Request(int64(n))
		got += n
		send(3)
		group.AssertValues(t, upTo(min(got, next))...)
	}
	group.Cancel()
}

func TestGroupsThatAreReadTakeEveryValueHoweverSmallThePrefetch(t *testing.T) {
	groups := flux.GroupBy(flux.Range(1, 1000), func(v int) int { return v % 7 }, flux.Prefetch(1))
	merged := flux.FlatMap(groups, func(g flux.Grouped[int, int]) ints { return g.Flux })
	got, err := merged.Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, got, 1000)
}
