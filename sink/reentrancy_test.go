package sink_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
)

func TestAValueEmittedInsideOnNextFollowsTheOneInFlightForEverySubscriber(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		a := watching(s, flux.Unbounded, func(v int) {
			if v == 1 {
				assert.Equal(t, sink.Handed, s.TryEmit(11))
				assert.Equal(t, sink.Handed, s.TryEmit(12))
			}
			if v == 11 {
				assert.Equal(t, sink.Handed, s.TryEmit(111))
			}
		})
		b := watching(s, flux.Unbounded)
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.Equal(t, []int{1, 11, 12, 111}, a.got())
		assert.Equal(t, []int{1, 11, 12, 111}, b.got())
		assert.Equal(t, sink.Stats{Subscribers: 2, Emitted: 4, Delivered: 8}, s.Stats())
	})
}

func TestATerminalEmittedInsideOnNextFollowsWhatWasHandedOff(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var late *probe
		a := watching(s, flux.Unbounded, func(v int) {
			if v != 1 {
				return
			}
			assert.Equal(t, sink.Handed, s.TryEmit(2))
			assert.Equal(t, sink.Handed, s.TryComplete())
			assert.Equal(t, sink.FailTerminated, s.TryEmit(3))
			assert.Equal(t, sink.FailTerminated, s.TryError(errBoom))
			late = watching(s, flux.Unbounded)
			assert.True(t, late.completed(), "a late subscriber does not wait")
		})
		b := watching(s, flux.Unbounded)
		assert.Equal(t, sink.OK, s.TryEmit(1))
		for _, p := range []*probe{a, b} {
			assert.Equal(t, []int{1, 2}, p.got())
			assert.True(t, p.completed())
		}
		assert.Empty(t, late.got())
		assert.Equal(t, 0, s.SubscriberCount())
	})
}

func TestASubscriberMayCancelItselfOrAnotherInsideOnNext(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var a, b, c *probe
		a = watching(s, flux.Unbounded, func(int) { a.sub.Cancel(); c.sub.Cancel() })
		b = watching(s, flux.Unbounded)
		c = watching(s, flux.Unbounded)
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.Equal(t, 1, s.SubscriberCount())
		assert.Equal(t, sink.OK, s.TryEmit(2))
		assert.Equal(t, []int{1}, a.got())
		assert.Equal(t, []int{1, 2}, b.got())
		assert.Empty(t, c.got())
	})
}

func TestASubscriberAddedDuringAnEmissionSeesWhatIsEmittedAfterIt(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var added, gone, bad *probe
		watching(s, flux.Unbounded, func(v int) {
			if v != 1 {
				return
			}
			s.TryEmit(2)
			added, gone = watching(s, flux.Unbounded), watching(s, flux.Unbounded)
			gone.sub.Cancel()
			bad = watching(s, flux.Unbounded)
			bad.sub.Request(0)
			assert.Equal(t, 2, s.SubscriberCount())
			s.TryEmit(3)
		})
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.Equal(t, sink.OK, s.TryEmit(4))
		assert.Equal(t, []int{3, 4}, added.got(), "neither the value in flight nor one handed off before")
		assert.Empty(t, gone.got())
		assert.Equal(t, 0, gone.terminal)
		assert.Empty(t, bad.got())
		assert.ErrorIs(t, bad.failure(), flux.ErrBadRequest)
		assert.Equal(t, 2, s.SubscriberCount())
	})
}

func TestABadRequestInsideOnNextIsAnsweredAfterTheEmission(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var a *probe
		a = watching(s, flux.Unbounded, func(int) {
			a.sub.Request(0)
			assert.NoError(t, a.failure(), "signals do not nest")
		})
		b := watching(s, flux.Unbounded)
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.ErrorIs(t, a.failure(), flux.ErrBadRequest)
		assert.Equal(t, sink.OK, s.TryEmit(2))
		assert.Equal(t, []int{1}, a.got())
		assert.Equal(t, []int{1, 2}, b.got())
	})
}

func TestABadRequestIsNotAnsweredIfTheSubscriberThenCancels(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var a *probe
		a = watching(s, flux.Unbounded, func(int) { a.sub.Request(0); a.sub.Cancel() })
		s.TryEmit(1)
		assert.Equal(t, 0, a.terminal)
		assert.Equal(t, 0, s.SubscriberCount())
	})
}

func TestAFullHandOffQueueRefuses(t *testing.T) {
	var d dropped
	o := d.options()
	o.HandOff = 2
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		p := watching(s, flux.Unbounded, func(v int) {
			if v == 1 {
				assert.Equal(t, sink.Handed, s.TryEmit(2))
				assert.Equal(t, sink.Handed, s.TryEmit(3))
				assert.Equal(t, sink.FailNonSerialized, s.TryEmit(4))
				assert.Equal(t, 2, s.Stats().Pending)
				assert.Equal(t, sink.Handed, s.TryComplete(), "a terminal needs no room")
			}
		})
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.Equal(t, []int{1, 2, 3}, p.got())
		assert.True(t, p.completed())
	}, o)
}

func TestAStrictSinkRefusesEveryEmissionInsideAnother(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		p := watching(s, flux.Unbounded, func(int) {
			assert.Equal(t, sink.FailNonSerialized, s.TryEmit(2))
			assert.Equal(t, sink.FailNonSerialized, s.TryComplete())
			assert.Equal(t, sink.FailNonSerialized, s.EmitError(errBoom, nil))
		})
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.Equal(t, []int{1}, p.got())
		assert.Equal(t, 0, p.terminal)
	}, sink.Options{Strict: true})
}

func TestAHandedValueThatReachesNobodyIsCountedAndGivenToTheHook(t *testing.T) {
	var d dropped
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		d = dropped{}
		var a *probe
		a = watching(s, 1, func(v int) { assert.Equal(t, sink.Handed, s.TryEmit(2)) })
		assert.Equal(t, sink.OK, s.TryEmit(1))
		a.sub.Cancel()
		a = watching(s, 9, func(int) { s.TryEmit(4); a.sub.Cancel() })
		assert.Equal(t, sink.OK, s.TryEmit(3))
		assert.Equal(t, []any{2, 4}, d.next)
		assert.Equal(t, int64(2), s.Stats().Lost)
	}, d.options())
}

func TestAnEmitterThatMeetsAnotherDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sink.DirectBestEffort[int]()
		p := watching(s, flux.Unbounded, func(v int) {
			if v == 1 {
				time.Sleep(time.Minute)
			}
		})
		start := time.Now()
		var first sync.WaitGroup
		first.Go(func() { assert.Equal(t, sink.OK, s.TryEmit(1)) })
		synctest.Wait()
		assert.Equal(t, sink.Handed, s.TryEmit(2))
		assert.Equal(t, sink.Handed, s.TryComplete())
		assert.Zero(t, time.Since(start))
		first.Wait()
		assert.Equal(t, time.Minute, time.Since(start))
		assert.Equal(t, []int{1, 2}, p.got())
		assert.True(t, p.completed())
	})
}

func TestABadRequestFromAnotherGoroutineIsNotAnsweredDuringASignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sink.DirectBestEffort[int]()
		p := watching(s, flux.Unbounded, func(int) { time.Sleep(time.Minute) })
		var first sync.WaitGroup
		first.Go(func() { s.TryEmit(1) })
		synctest.Wait()
		p.sub.Request(-3)
		assert.NoError(t, p.failure())
		first.Wait()
		assert.ErrorIs(t, p.failure(), flux.ErrBadRequest)
	})
}
