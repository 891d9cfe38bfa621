package sink_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errBoom = errors.New("boom")

func TestAValueWithoutASubscriberIsRefused(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		assert.Equal(t, sink.FailZeroSubscriber, s.TryEmit(1))
		assert.Equal(t, 0, s.SubscriberCount())
	})
}

func TestEverySubscriberGetsWhatIsEmittedWhileItIsSubscribed(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		a := watching(s, flux.Unbounded)
		assert.Equal(t, sink.OK, s.TryEmit(1))
		b := watching(s, flux.Unbounded)
		assert.Equal(t, sink.OK, s.TryEmit(2))
		assert.Equal(t, 2, s.SubscriberCount())
		a.sub.Cancel()
		assert.Equal(t, 1, s.SubscriberCount())
		assert.Equal(t, sink.OK, s.TryEmit(3))
		assert.Equal(t, sink.OK, s.TryComplete())
		assert.Equal(t, []int{1, 2}, a.got())
		assert.Equal(t, 0, a.terminal)
		assert.Equal(t, []int{2, 3}, b.got())
		assert.True(t, b.completed())
		assert.Equal(t, 0, s.SubscriberCount())
	})
}

func TestTheTerminalIsSentOnceAndToLateSubscribers(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		a := watching(s, 0)
		assert.Equal(t, sink.OK, s.TryError(errBoom))
		assert.Equal(t, sink.FailTerminated, s.TryEmit(1))
		assert.Equal(t, sink.FailTerminated, s.TryComplete())
		assert.Equal(t, sink.FailTerminated, s.TryError(errors.New("other")))
		late := watching(s, 0)
		assert.Same(t, errBoom, a.failure())
		assert.Same(t, errBoom, late.failure())
		assert.Equal(t, 1, a.terminal)
		a.sub.Cancel()
		a.sub.Request(1)
		a.sub.Request(0)
		assert.Equal(t, 1, a.terminal)
		assert.Equal(t, 0, s.SubscriberCount())
	})
}

func TestBestEffortLeavesOutTheSubscriberWithoutDemandAlone(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	fast, slow := watching(s, flux.Unbounded), watching(s, 1)
	for v := 1; v <= 3; v++ {
		assert.Equal(t, sink.OK, s.TryEmit(v))
	}
	slow.sub.Request(1)
	assert.Equal(t, sink.OK, s.TryEmit(4))
	assert.Equal(t, []int{1, 2, 3, 4}, fast.got())
	assert.Equal(t, []int{1, 4}, slow.got())
	assert.Equal(t, sink.Stats{Subscribers: 2, Emitted: 4, Delivered: 6, Dropped: 2}, s.Stats())
}

func TestBestEffortOverflowsWhenNobodyHasDemand(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	a := watching(s, 0)
	assert.Equal(t, sink.FailOverflow, s.TryEmit(1))
	a.sub.Request(1)
	assert.Equal(t, sink.OK, s.TryEmit(2))
	assert.Equal(t, sink.FailOverflow, s.TryEmit(3))
	assert.Equal(t, []int{2}, a.got())
	assert.Equal(t, sink.Stats{Subscribers: 1, Emitted: 1, Overflowed: 2, Delivered: 1, Dropped: 2}, s.Stats())
}

func TestAllOrNothingRefusesAValueThatOneSubscriberCannotTake(t *testing.T) {
	s := sink.DirectAllOrNothing[int]()
	fast, slow := watching(s, flux.Unbounded), watching(s, 1)
	assert.Equal(t, sink.OK, s.TryEmit(1))
	assert.Equal(t, sink.FailOverflow, s.TryEmit(2))
	slow.sub.Request(1)
	assert.Equal(t, sink.OK, s.TryEmit(3))
	assert.Equal(t, sink.FailOverflow, s.TryEmit(4))
	slow.sub.Cancel()
	assert.Equal(t, sink.OK, s.TryEmit(5))
	assert.Equal(t, []int{1, 3, 5}, fast.got())
	assert.Equal(t, []int{1, 3}, slow.got())
	assert.Equal(t, sink.Stats{Subscribers: 1, Emitted: 3, Overflowed: 2, Delivered: 5}, s.Stats())
}

func TestDemandSaturates(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		a := watching(s, flux.Unbounded-1)
		a.sub.Request(flux.Unbounded - 1)
		assert.Equal(t, sink.OK, s.TryEmit(1))
		a.sub.Request(5)
		assert.Equal(t, sink.OK, s.TryEmit(2))
		assert.Equal(t, []int{1, 2}, a.got())
	})
}

func TestARequestThatIsNotPositiveEndsThatSubscriptionWithAnError(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		good := watching(s, flux.Unbounded)
		for _, n := range []int64{0, -1, -1 << 63} {
			bad := watching(s, flux.Unbounded)
			bad.sub.Request(n)
			require.ErrorIs(t, bad.failure(), flux.ErrBadRequest)
			assert.Equal(t, 1, s.SubscriberCount())
			bad.sub.Request(n)
			bad.sub.Cancel()
			assert.Equal(t, 1, bad.terminal)
		}
		atOnce := watching(s, -7)
		require.ErrorIs(t, atOnce.failure(), flux.ErrBadRequest)
		assert.ErrorContains(t, atOnce.failure(), "Request(-7)")
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.Equal(t, []int{1}, good.got())
		assert.Empty(t, atOnce.got())
	})
}

func TestASinkWithBadOptionsHasFailed(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		a := watching(s, 1)
		require.ErrorIs(t, a.failure(), flux.ErrInvalid)
		assert.ErrorContains(t, a.failure(), "HandOff is -1")
		assert.Equal(t, sink.FailTerminated, s.TryEmit(1))
	}, sink.Options{HandOff: -1})
}

func TestANilErrorIsReplacedByOneThatSaysSo(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		a := watching(s, 1)
		assert.Equal(t, sink.OK, s.TryError(nil))
		require.ErrorIs(t, a.failure(), flux.ErrInvalid)
	})
}

func TestADoneContextCancelsInSilence(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			p := &probe{demand: flux.Unbounded}
			s.Subscribe(ctx, p)
			s.TryEmit(1)
			cancel()
			synctest.Wait()
			assert.Equal(t, 0, s.SubscriberCount())
			assert.Equal(t, sink.FailZeroSubscriber, s.TryEmit(2))
			assert.Equal(t, []int{1}, p.got())
			assert.Equal(t, 0, p.terminal)
		})
	})
}

func TestOperatorsStandOnASink(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		p := watching(flux.Map(s.Flux().Filter(func(v int) bool { return v%2 == 0 }), func(v int) int { return 10 * v }), 2)
		for v := 1; v <= 4; v++ {
			assert.Equal(t, sink.OK, s.TryEmit(v))
		}
		assert.Equal(t, sink.FailOverflow, s.TryEmit(5))
		assert.Equal(t, []int{20, 40}, p.got(), "a filtered value uses no demand")
	})
}
