package fluxtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestHotPublisherSendsToThoseWhoAreThere(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		pub := fluxtest.Hot[int]()
		pub.AssertWasNotSubscribed(t)
		a, b, late := fluxtest.NewRecorder[int](flux.Unbounded), fluxtest.NewRecorder[int](1), fluxtest.NewRecorder[int](1)
		pub.Subscribe(t.Context(), a)
		pub.Next(1)
		pub.Subscribe(t.Context(), b)
		pub.AssertSubscribers(t, 2)
		pub.Next(2, 3)
		a.AssertValues(t, 1, 2, 3)
		b.AssertValues(t, 2)
		b.AssertErrorIs(t, flux.ErrOverflow)
		pub.AssertSubscribers(t, 1)

		a.Cancel()
		pub.Next(4)
		a.AssertValues(t, 1, 2, 3)
		pub.AssertWasCancelled(t)
		pub.Complete().Next(5).Error(errBoom)
		pub.Subscribe(t.Context(), late)
		late.AssertCompleted(t)
		late.AssertValues(t)
		pub.AssertSubscribers(t, 0)
		pub.AssertSubscribeCount(t, 3)
		for _, r := range []*fluxtest.Recorder[int]{a, b, late} {
			r.AssertNoViolations(t)
		}
	})
}

func TestColdPublisherSendsEverythingToEverybodyAsRequested(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		pub := fluxtest.Cold[string]().Next("a")
		fluxtest.Verify(t, pub).WithDemand(0).NoEvent(time.Second).Request(1).Next("a").
			ThenDo(func() { pub.Emit("b", "c") }).
			NoEvent(time.Second).
			Request(1).Next("b").
			Request(1).Next("c").
			Complete()
		fluxtest.Verify(t, pub).Next("a", "b", "c").Complete()
		pub.AssertRequests(t, 1, 1, 1, flux.Unbounded)
		require.Equal(t, 2, pub.SubscribeCount())
	})
}

func TestPublisherAnswersABadRequestWithAnError(t *testing.T) {
	fluxtest.Verify(t, fluxtest.Cold[int]().Next(1)).WithDemand(0).Request(0).ErrorIs(flux.ErrBadRequest)
	fluxtest.Verify(t, fluxtest.Cold[int]().Error(nil)).ErrorIs(flux.ErrInvalid)
}

func TestContextCancelsTheSubscriptionOfATestPublisher(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		pub, rec := fluxtest.Hot[int](fluxtest.PanicInCancel), fluxtest.NewRecorder[int](1)
		pub.Subscribe(ctx, rec)
		cancel()
		fluxtest.Advance(0)
		pub.AssertWasCancelled(t)
		pub.AssertSubscribers(t, 0)
		pub.Next(1)
		rec.AssertValues(t)
		rec.AssertNotTerminated(t)
	})
}

func TestPublisherThatIsDeafToCancelGoesOn(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		pub := fluxtest.Hot[int](fluxtest.AfterCancel)
		fluxtest.Verify(t, flux.Map(pub, func(v int) int { return v }).Filter(func(int) bool { return true })).
			ThenDo(func() { pub.Next(1) }).Next(1).Cancel()
		pub.AssertWasCancelled(t)
		pub.Next(2)
		pub.AssertValues(t, 1, 2)
	})
}

func TestEmissionsOfManyGoroutinesReachASubscriberOneByOne(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		pub, rec := fluxtest.Hot[int](), fluxtest.NewRecorder[int](flux.Unbounded)
		pub.Subscribe(t.Context(), rec)
		var fs []func()
		for i := range 8 {
			fs = append(fs, func() { pub.Next(i, i, i) })
		}
		together(fs...)
		rec.AssertNoViolations(t)
		require.Len(t, rec.Values(), 24)
	})
}
