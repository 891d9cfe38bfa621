package fluxtest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestRecorderControlsItsDemand(t *testing.T) {
	rec := fluxtest.NewRecorder[int](0)
	rec.Request(2) // before it is subscribed
	flux.Range(0, 5).Subscribe(t.Context(), rec)
	rec.AssertValues(t, 0, 1)
	rec.Request(1)
	rec.AssertValues(t, 0, 1, 2)
	rec.Cancel()
	rec.Cancel()
	require.Equal(t, 1, rec.CancelCount())
	rec.AssertRequests(t, 2, 1)
	rec.AssertNotTerminated(t)
}

func TestRecorderActsInsideAValue(t *testing.T) {
	rec := fluxtest.NewRecorder[int](1)
	rec.Each(func(v int) {
		if v == 3 {
			rec.Cancel()
		}
		rec.Request(1)
	})
	naturals().Subscribe(t.Context(), rec)
	rec.AssertValues(t, 0, 1, 2, 3)
	rec.AssertNoViolations(t)
}

func TestRecorderCancelledBeforehandTakesNothing(t *testing.T) {
	rec := fluxtest.NewRecorder[int](1)
	rec.Cancel()
	flux.Just(1).Subscribe(t.Context(), rec)
	rec.AssertValues(t)
	rec.AssertWasCancelled(t)
}

func TestRecorderTellsOfTheEnd(t *testing.T) {
	rec := fluxtest.NewRecorder[int](flux.Unbounded)
	async(1, 2).Subscribe(t.Context(), rec)
	<-rec.Done()
	rec.AssertCompleted(t)
	rec.AssertValues(t, 1, 2)
}

func TestLongTimelineShowsItsEnd(t *testing.T) {
	rec := fluxtest.NewRecorder[string](flux.Unbounded)
	flux.Map(flux.Range(0, 100), func(int) string { return strings.Repeat("x", 1000) }).Subscribe(t.Context(), rec)
	text := rec.String()
	require.True(t, strings.HasPrefix(text, "  … 43 earlier events\n"), text[:60])
	require.Contains(t, text, "  complete\n")
	require.Contains(t, text, "xxx…)")
	require.Equal(t, "  (nothing happened)\n", fluxtest.NewRecorder[int](1).String())
}
