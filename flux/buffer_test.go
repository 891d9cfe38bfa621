package flux_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestInvalidBuffersWindowsAndGroupsNameTheValue(t *testing.T) {
	src, never := flux.Just(1), flux.Never[int]()
	for want, f := range map[string]pub{
		"BufferSkip(0, 0)":             emptied(flux.Buffer(src, 0)),
		"BufferSkip(1, -1)":            emptied(flux.BufferSkip(src, 1, -1)),
		"BufferFor(0s)":                emptied(flux.BufferFor(src, 0)),
		"BufferForEvery(1s, 0s)":       emptied(flux.BufferForEvery(src, time.Second, 0)),
		"BufferTimeout(0, 1s)":         emptied(flux.BufferTimeout(src, 0, time.Second)),
		"BufferTimeout(1, -1s)":        emptied(flux.BufferTimeout(src, 1, -time.Second)),
		"nil option":                   emptied(flux.BufferTimeout(src, 1, time.Second, nil)),
		"BufferUntil, BufferWhile":     emptied(flux.BufferUntil(src, nil)),
		"BufferUntilChangedBy":         emptied(flux.BufferUntilChangedBy[int, int](src, nil)),
		"BufferWhen":                   emptied(flux.BufferWhen[int, int, int, pub](src, never, nil)),
		"WindowSkip(-1, -1)":           emptied(flux.Window(src, -1)),
		"WindowSkip(1, 0)":             emptied(flux.WindowSkip(src, 1, 0)),
		"WindowFor(-1s)":               emptied(flux.WindowFor(src, -time.Second)),
		"WindowForEvery(0s, 1s)":       emptied(flux.WindowForEvery(src, 0, time.Second)),
		"WindowTimeout(0, 1s)":         emptied(flux.WindowTimeout(src, 0, time.Second)),
		"WindowUntil, WindowWhile":     emptied(flux.WindowWhile(src, nil)),
		"WindowUntilChangedBy":         emptied(flux.WindowUntilChangedBy[int, int](src, nil)),
		"Prefetch(0)":                  emptied(flux.WindowUntil(src, yes, flux.Prefetch(0))),
		"WindowWhen":                   emptied(flux.WindowWhen[int, int, int, pub](src, never, nil)),
		"GroupBy: the key function":    emptied(flux.GroupBy[int, int](src, nil)),
		"Prefetch(-3)":                 emptied(flux.GroupBy(src, same, flux.Prefetch(-3))),
		"nil publisher":                emptied(flux.BufferOn[int, int](src, nil)),
		"WindowTimeout(2, 0s)":         emptied(flux.WindowTimeout(src, 2, 0, flux.Fair())),
		"the time positive":            emptied(flux.BufferTimeout(src, 2, 0, flux.Fair())),
		"must be at least 1 and the t": emptied(flux.WindowTimeout(src, 0, 0, flux.Fair())),
	} {
		t.Run(want, func(t *testing.T) {
			_, err := flux.From(f).Collect(t.Context())
			require.ErrorIs(t, err, flux.ErrInvalid)
			require.ErrorContains(t, err, want)
		})
	}
}

func emptied[T any](f flux.Flux[T]) pub {
	return flux.Map(f, func(T) int { return 0 })
}

func TestBuffersLetTheOpenListGoToTheHook(t *testing.T) {
	stop := func(rec *fluxtest.Recorder[int]) { rec.Cancel() }
	failing := flux.Concat[int](flux.Just(1, 2), flux.Error[int](errBoom))
	never, hour := flux.Never[int](), time.Hour
	for name, c := range map[string]struct {
		src  pub
		then func(rec *fluxtest.Recorder[int])
		want []any
	}{
		"Buffer, cancelled":           {emptied(flux.Buffer(live(1, 2), 3)), stop, []any{1, 2}},
		"Buffer, failed":              {emptied(flux.Buffer(failing, 3)), nil, []any{1, 2}},
		"BufferSkip, between":         {emptied(flux.BufferSkip(live(1, 2, 3), 1, 2)), stop, []any{2}},
		"BufferSkip, overlapping":     {emptied(flux.BufferSkip(live(1, 2), 3, 1)), stop, []any{1, 2, 2}},
		"BufferUntil":                 {emptied(flux.BufferUntil(live(1, 2), func(int) bool { return false })), stop, []any{1, 2}},
		"BufferWhile":                 {emptied(flux.BufferWhile(live(1, 2), func(v int) bool { return v > 1 })), stop, []any{1, 2}},
		"BufferOn":                    {emptied(flux.BufferOn(live(1, 2), never)), stop, []any{1, 2}},
		"BufferOn, failed":            {emptied(flux.BufferOn(failing, never)), nil, []any{1, 2}},
		"BufferTimeout":               {emptied(flux.BufferTimeout(live(1, 2), 3, hour)), stop, []any{1, 2}},
		"BufferTimeout with Fair":     {emptied(flux.BufferTimeout(live(1, 2), 3, hour, flux.Fair())), stop, []any{1, 2}},
		"BufferWhen":                  {emptied(flux.BufferWhen(live(1, 2), flux.Just(0), func(int) ints { return never })), stop, []any{1, 2}},
		"BufferWhen, no list is open": {emptied(flux.BufferWhen(live(1, 2), never, func(int) ints { return never })), stop, []any{1, 2}},
		"WindowUntil, no window wants it": {emptied(flux.FlatMap(flux.WindowWhile(live(1, 2), func(int) bool { return false }),
			func(w ints) ints { return w })), stop, []any{1, 2}},
		"Window, what it holds": {emptied(flux.ConcatMap(flux.Window(live(1, 2), 3), func(w ints) ints {
			return w.Take(1).ConcatWith(never)
		})), stop, []any{2}},
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				l := &lost{}
				rec := fluxtest.NewRecorder[int](9)
				c.src.Subscribe(l.context(t.Context()), rec)
				fluxtest.Advance(0)
				if c.then != nil {
					c.then(rec)
				}
				fluxtest.Advance(0)
				_, discarded := l.values()
				require.ElementsMatch(t, c.want, discarded, rec.String())
			})
		})
	}
}

func TestBufferTimeoutCutsByNumberAndByTime(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		src := fluxtest.Hot[int]()
		rec := fluxtest.NewRecorder[[]int](flux.Unbounded)
		flux.BufferTimeout(src, 2, 10*time.Millisecond).Subscribe(t.Context(), rec)
		src.Next(1)
		fluxtest.Advance(4 * time.Millisecond)
		src.Next(2) // full: the time of the next list starts with its own value
		fluxtest.Advance(4 * time.Millisecond)
		src.Next(3)
		fluxtest.Advance(9 * time.Millisecond)
		rec.AssertValues(t, []int{1, 2})
		fluxtest.Advance(time.Millisecond)
		rec.AssertValues(t, []int{1, 2}, []int{3})
		src.Next(4)
		src.Complete()
		rec.AssertValues(t, []int{1, 2}, []int{3}, []int{4})
		rec.AssertNoViolations(t)
	})
}

func TestBufferTimeoutAsksForWhatTheRequestedListsMayNeed(t *testing.T) {
	src, asked := fluxtest.Hot[int](), []int64(nil)
	noted := flux.From[int](src).DoOnRequest(func(n int64) { asked = append(asked, n) })
	rec := fluxtest.NewRecorder[[]int](1)
	flux.BufferTimeout(noted, 3, time.Hour).Subscribe(t.Context(), rec)
	src.Next(1, 2)
	rec.Request(1) // the open list may be cut, and then two are still to come
	src.Next(3)
	rec.Request(1)
	src.Next(4, 5, 6, 7, 8)
	rec.Request(1)
	require.Equal(t, []int64{3, 5, 1, 5}, asked)
	rec.AssertValues(t, []int{1, 2, 3}, []int{4, 5, 6})
	rec.Cancel()
}

func TestFairBufferTimeoutAsksAheadAndWaitsForDemand(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var asked []int64
		src := fluxtest.Hot[int]()
		rec := fluxtest.NewRecorder[[]int](1)
		flux.BufferTimeout(flux.From[int](src).DoOnRequest(func(n int64) { asked = append(asked, n) }), 2, time.Second, flux.Fair()).
			Subscribe(t.Context(), rec)
		require.Equal(t, []int64{8}, asked)
		for v := range 6 {
			src.Next(v)
		}
		rec.AssertValues(t, []int{0, 1})
		fluxtest.Advance(time.Hour)
		rec.AssertValues(t, []int{0, 1})
		rec.Request(9)
		rec.AssertValues(t, []int{0, 1}, []int{2, 3}, []int{4, 5})
		require.Equal(t, []int64{8, 6}, asked)
		rec.Cancel()
	})
}

func TestPanicOfTheFunctionThatGivesAClosingPublisherEndsTheStream(t *testing.T) {
	shut := func(int) ints { panic(errBoom) }
	for name, build := range map[string]func(s ints) pub{
		"BufferWhen": func(s ints) pub { return emptied(flux.BufferWhen(s, flux.Just(1), shut)) },
		"WindowWhen": func(s ints) pub { return emptied(flux.WindowWhen(s, flux.Just(1), shut)) },
	} {
		t.Run(name, func(t *testing.T) {
			up := &ends{}
			rec := fluxtest.NewRecorder[int](flux.Unbounded)
			build(up.watch(live(1))).Subscribe(context.Background(), rec)
			rec.AssertErrorIs(t, errBoom)
			for _, end := range up.all() { // Reactor subscribes to the source after the openings
				require.Equal(t, flux.SignalCancel, end)
			}
		})
	}
}

func TestKeyThatCannotBeComparedIsTheErrorOfGroupBy(t *testing.T) {
	groups := flux.GroupBy(flux.Just(1), func(int) any { return []int{1} })
	_, err := groups.Collect(t.Context())
	require.ErrorAs(t, err, new(*flux.PanicError))
	require.False(t, errors.Is(err, flux.ErrInvalid))
}
