package flux_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestASourceThatIsSubscribedToAfterItsTimeoutIsCancelledAndLeavesTheFallbackAlone(t *testing.T) {
	fallback := flux.Just(7, 8, 9)
	fluxtest.Run(t, func(t *testing.T) {
		up, rec := &ends{}, fluxtest.NewRecorder[int](1)
		slow := flux.Defer(func(context.Context) ints {
			time.Sleep(2 * time.Second)
			return up.watch(live(1, 2, 3))
		})
		slow.TimeoutOr(time.Second, fallback).Subscribe(t.Context(), rec)
		fluxtest.Advance(0)
		rec.AssertValues(t, 7)
		rec.Request(5)
		fluxtest.Advance(time.Second)
		rec.AssertValues(t, 7, 8, 9)
		rec.AssertCompleted(t)
		rec.AssertNoViolations(t)
		require.Equal(t, cancelled, up.all())
	})
}

// As in Reactor the publisher that times the first value is subscribed to when the
// source was asked for values: those that are sent at once are not timed.
func TestTheFirstPublisherOfATimeoutComesAfterTheSource(t *testing.T) {
	never := func(int) flux.Publisher[int] { return flux.Never[int]() }
	for name, c := range map[string]struct {
		src, first ints
		want       []int
		err        error
	}{
		"a source of values": {flux.Just(1, 2), flux.Just(0), []int{1, 2}, nil},
		"a source of none":   {flux.Never[int](), flux.Just(0), nil, flux.ErrTimeout},
		"both end at once":   {flux.Empty[int](), flux.Empty[int](), nil, flux.ErrTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			values, err := flux.TimeoutEach(c.src, c.first, never).Collect(t.Context())
			require.ErrorIs(t, err, c.err)
			require.Equal(t, c.want, values)
		})
	}
}
