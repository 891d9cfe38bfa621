package fluxtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestProbeRecordsWhatPasses(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		probe := fluxtest.NewProbe(ticks(time.Second, false))
		probe.AssertWasNotSubscribed(t)
		fluxtest.Verify(t, flux.Map(probe, func(v int) int { return -v })).
			Advance(2*time.Second).
			Next(0, -1).
			Cancel()
		require.Equal(t, `         0ms  subscribe
         0ms  request(unbounded)
      1000ms  next(0)
      2000ms  next(1)
      2000ms  cancel
`, probe.String())
		probe.AssertWasSubscribed(t)
		probe.AssertWasRequested(t)
		probe.AssertRequested(t, flux.Unbounded)
		probe.AssertWasCancelled(t)
		probe.AssertSubscribers(t, 0)
	})
}

func TestProbeRecordsATerminalAndNothingAfterIt(t *testing.T) {
	probe := fluxtest.NewProbe(flux.Just(1, 2))
	rec := fluxtest.NewRecorder[int](2)
	probe.Subscribe(t.Context(), rec)
	rec.Request(5)
	rec.Cancel()
	probe.AssertRequests(t, 2)
	probe.AssertWasNotCancelled(t)
	probe.AssertCompleted(t)
	probe.AssertValues(t, 1, 2)

	probe = fluxtest.NewProbe(flux.Error[int](errBoom))
	fluxtest.Verify(t, probe).WithDemand(0).Error(errBoom)
	probe.AssertErrorIs(t, errBoom)
	probe.AssertWasNotRequested(t)
}

func TestProbeSeesACancelThatCameByTheContext(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		probe := fluxtest.NewProbe(flux.Never[int]())
		probe.Subscribe(ctx, fluxtest.NewRecorder[int](1))
		cancel()
		fluxtest.Advance(0)
		probe.AssertWasCancelled(t)
	})
}

func TestProbeNumbersItsSubscriptions(t *testing.T) {
	probe := fluxtest.NewProbe(flux.Just("x"))
	fluxtest.Verify(t, probe).Next("x").Complete()
	fluxtest.Verify(t, probe).WithDemand(0).Cancel()
	require.Contains(t, probe.String(), "#2 cancel")
	require.Equal(t, 2, probe.SubscribeCount())
	require.Equal(t, 1, probe.CancelCount())
}

func TestAssertionsFailWhenTheyShould(t *testing.T) {
	used := fluxtest.NewProbe(flux.Just(1))
	fluxtest.Verify(t, used).Next(1).Complete()
	cancelled := fluxtest.NewProbe(flux.Never[int]())
	fluxtest.Verify(t, cancelled).Cancel()
	fresh := fluxtest.NewProbe(flux.Just(1))
	type tb = *fakeT
	for name, assert := range map[string]func(t tb) bool{
		"want a subscription":          func(t tb) bool { return fresh.AssertWasSubscribed(t) },
		"want no subscription":         func(t tb) bool { return used.AssertWasNotSubscribed(t) },
		"want 2 subscriptions in all":  func(t tb) bool { return used.AssertSubscribeCount(t, 2) },
		"want 1 open subscriptions":    func(t tb) bool { return used.AssertSubscribers(t, 1) },
		"want a request":               func(t tb) bool { return fresh.AssertWasRequested(t) },
		"want no request":              func(t tb) bool { return used.AssertWasNotRequested(t) },
		"want requests of 3 in all":    func(t tb) bool { return used.AssertRequested(t, 3) },
		"want the requests [1 2]":      func(t tb) bool { return used.AssertRequests(t, 1, 2) },
		"want a cancel":                func(t tb) bool { return used.AssertWasCancelled(t) },
		"want no cancel":               func(t tb) bool { return cancelled.AssertWasNotCancelled(t) },
		"want the values (2), got (1)": func(t tb) bool { return used.AssertValues(t, 2) },
		"want complete":                func(t tb) bool { return cancelled.AssertCompleted(t) },
		`want an error that is "boom"`: func(t tb) bool { return used.AssertErrorIs(t, errBoom) },
		"want no terminal signal":      func(t tb) bool { return used.AssertNotTerminated(t) },
	} {
		fake := &fakeT{}
		require.False(t, assert(fake), name)
		require.Contains(t, fake.text(), "fluxtest: "+name)
		require.Contains(t, fake.text(), "timeline:\n")
		require.Zero(t, fake.failNow, "an assertion lets the test go on")
	}
}
