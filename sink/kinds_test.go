package sink_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	_ sink.Many[int] = (*sink.Direct[int])(nil)
	_ sink.Many[int] = (*sink.Unicast[int])(nil)
	_ sink.Many[int] = (*sink.Multicast[int])(nil)
	_ sink.Many[int] = (*sink.Replay[int])(nil)
)

func TestAUnicastSinkHasOneSubscriberInItsLife(t *testing.T) {
	var d dropped
	u := sink.UnicastBuffer[int](d.options())
	fill(u, 1, 3)
	a := watching(u, 1)
	assert.ErrorIs(t, watching(u, 1).failure(), flux.ErrInvalid)
	assert.Equal(t, 1, u.SubscriberCount())
	a.sub.Cancel()
	assert.Equal(t, []any{2, 3}, d.discarded, "what waits when it leaves")
	assert.Equal(t, sink.FailCancelled, u.Emit(4, sink.FailFast))
	assert.Equal(t, sink.FailCancelled, u.TryComplete())
	assert.Equal(t, []any{2, 3, 4}, d.discarded)
	assert.ErrorIs(t, watching(u, 1).failure(), flux.ErrInvalid)
	assert.Equal(t, sink.Stats{Emitted: 1, Delivered: 1, Lost: 2}, u.Stats())
}

func TestTheTerminalOfAUnicastSinkWaitsBehindItsValues(t *testing.T) {
	for _, err := range []error{nil, errBoom} {
		u := sink.UnicastBounded[int](2)
		assert.Equal(t, sink.OK, u.TryEmit(1))
		assert.Equal(t, sink.OK, u.TryEmit(2))
		assert.Equal(t, sink.FailZeroSubscriber, u.TryEmit(3))
		if err == nil {
			u.TryComplete()
		} else {
			u.TryError(err)
		}
		p := watching(u, 1)
		assert.Equal(t, 0, p.terminal)
		p.sub.Request(1)
		assert.Equal(t, []int{1, 2}, p.got())
		assert.Equal(t, err, p.failure())
		assert.Equal(t, 1, p.terminal)
	}
}

func TestASinkOfABufferNeverHandsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, s := range []sink.Many[int]{sink.UnicastBounded[int](2), sink.MulticastBuffer[int](2), sink.ReplayAll[int]()} {
			p := watching(s, flux.Unbounded, func(v int) {
				if v == 1 {
					time.Sleep(time.Second)
				}
			})
			var first sync.WaitGroup
			first.Go(func() { assert.Equal(t, sink.OK, s.TryEmit(1)) })
			synctest.Wait()
			assert.Equal(t, sink.OK, s.TryEmit(2))
			assert.Equal(t, sink.OK, s.TryEmit(3))
			if _, replay := s.(*sink.Replay[int]); !replay {
				assert.Equal(t, 2, s.Stats().Pending)
				assert.Equal(t, sink.FailOverflow, s.TryEmit(4), "the bound holds exactly")
			}
			first.Wait()
			assert.Equal(t, []int{1, 2, 3}, p.got())
		}
	})
}

func TestAStrictSinkOfAnyKindRefusesAnEmissionInsideAnother(t *testing.T) {
	o := sink.Options{Strict: true}
	for name, s := range map[string]sink.Many[int]{
		"unicast buffer": sink.UnicastBuffer[int](o), "unicast error": sink.UnicastError[int](o),
		"multicast": sink.MulticastBuffer[int](2, o), "replay": sink.ReplayAll[int](o),
	} {
		t.Run(name, func(t *testing.T) {
			p := watching(s, flux.Unbounded, func(int) {
				assert.Equal(t, sink.FailNonSerialized, s.TryEmit(2))
				assert.Equal(t, sink.FailNonSerialized, s.TryComplete())
			})
			assert.Equal(t, sink.OK, s.TryEmit(1))
			assert.Equal(t, []int{1}, p.got())
			assert.Equal(t, sink.OK, s.TryComplete())
			assert.Equal(t, sink.FailTerminated, s.TryEmit(1))
		})
	}
}

func TestAMulticastBufferIsCancelledWithItsLastSubscriberUnlessKeptOpen(t *testing.T) {
	var d dropped
	s := sink.MulticastBuffer[int](4, d.options())
	a := watching(s, 1)
	fill(s, 1, 3)
	a.sub.Cancel()
	assert.Equal(t, []any{2, 3}, d.discarded)
	assert.Equal(t, sink.FailCancelled, s.TryEmit(4))
	assert.True(t, watching(s, 1).completed())

	o := sink.Options{KeepOpen: true}
	s = sink.MulticastBuffer[int](4, o)
	a = watching(s, 1)
	fill(s, 1, 3)
	a.sub.Cancel()
	assert.Equal(t, sink.OK, s.TryEmit(4))
	assert.Equal(t, []int{2, 3, 4}, watching(s, flux.Unbounded).got())
}

func TestAnErrorCutsIntoAMulticastBuffer(t *testing.T) {
	var d dropped
	s := sink.MulticastBuffer[int](4, d.options())
	p := watching(s, 1)
	fill(s, 1, 3)
	assert.Equal(t, sink.OK, s.TryError(errBoom))
	assert.Equal(t, []int{1}, p.got())
	assert.Equal(t, errBoom, p.failure())
	assert.Equal(t, []any{2, 3}, d.discarded)
}

func TestASubscriberOfABufferThatPanicsOrMisbehavesHoldsUpNobody(t *testing.T) {
	s := sink.MulticastBuffer[int](8)
	var errs []error
	s.Subscribe(hooked(&errs), &probe{demand: 9, onNext: func(int) { panic("sick") }})
	bad := watching(s, 0)
	well := watching(s, flux.Unbounded)
	fill(s, 1, 2)
	assert.Empty(t, well.got())
	bad.sub.Request(-1)
	assert.ErrorIs(t, bad.failure(), flux.ErrBadRequest)
	assert.Equal(t, []int{1, 2}, well.got())
	assert.Len(t, errs, 1)
	assert.Equal(t, 1, s.SubscriberCount())
}

func TestSinksWithBadArgumentsHaveFailed(t *testing.T) {
	bad := sink.Options{HandOff: -1}
	for text, s := range map[string]sink.Many[int]{
		"UnicastBounded(0)":      sink.UnicastBounded[int](0),
		"MulticastBuffer(-1)":    sink.MulticastBuffer[int](-1),
		"ReplayLimit(0)":         sink.ReplayLimit[int](0),
		"ReplayFor(0s)":          sink.ReplayFor[int](0),
		"ReplayLimitFor(1, -1s)": sink.ReplayLimitFor[int](1, -time.Second),
		"HandOff is -1":          sink.UnicastError[int](bad),
		"HandOff is":             sink.MulticastBuffer[int](1, bad),
		"Relief is -1":           sink.DirectBestEffort[int](sink.Options{Relief: -1}),
	} {
		p := watching(s, 1)
		require.ErrorIs(t, p.failure(), flux.ErrInvalid, text)
		assert.ErrorContains(t, p.failure(), text)
		assert.Equal(t, sink.FailTerminated, s.TryEmit(1))
	}
}

func TestAReplayForATimeForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sink.ReplayFor[int](time.Minute)
		limited := sink.ReplayLimitFor[int](2, time.Minute)
		for v := range 4 {
			s.TryEmit(v)
			limited.TryEmit(v)
			time.Sleep(25 * time.Second)
		}
		assert.Equal(t, []int{2, 3}, watching(s, flux.Unbounded).got())
		time.Sleep(20 * time.Second)
		assert.Equal(t, []int{3}, watching(limited, flux.Unbounded).got())
		assert.Equal(t, 1, s.Stats().Pending)
	})
}

func TestAReplayCountsWhatItStoredAndSent(t *testing.T) {
	s := sink.ReplayLatestOrDefault(0)
	watching(s, flux.Unbounded)
	watching(s, 1)
	fill(s, 1, 3)
	assert.Equal(t, sink.Stats{Subscribers: 2, Pending: 1, Emitted: 3, Delivered: 5}, s.Stats())
}

func TestOneOfManyGoroutinesKeepsThePromise(t *testing.T) {
	for range 200 {
		s := sink.NewOne[int]()
		early := watching(s, flux.Unbounded)
		var won atomic.Int64
		var all sync.WaitGroup
		for v := range 8 {
			all.Go(func() {
				if s.TryEmit(v) == sink.OK {
					won.Add(int64(v) + 1)
				}
			})
		}
		all.Wait()
		v, err := s.Mono().Get(context.Background())
		require.NoError(t, err)
		assert.EqualValues(t, won.Load(), v+1)
		assert.Equal(t, []int{v}, early.got())
		assert.True(t, early.completed())
		assert.Equal(t, sink.FailTerminated, s.TryEmpty())
	}
}

func TestASinkOfOneTellsItsHooksWhatCameTooLate(t *testing.T) {
	var d dropped
	s := sink.NewOne[int](d.options())
	waits := watching(s, 0)
	assert.Equal(t, 1, s.SubscriberCount())
	assert.Equal(t, sink.OK, s.Emit(7, nil))
	assert.Zero(t, s.SubscriberCount())
	assert.Equal(t, 0, waits.terminal, "a value needs demand, also that of a sink of one")
	waits.sub.Request(1)
	assert.Equal(t, []int{7}, waits.got())
	assert.True(t, waits.completed())
	assert.Equal(t, sink.FailTerminated, s.Emit(8, nil))
	assert.Equal(t, sink.FailTerminated, s.EmitError(errBoom, nil))
	assert.Equal(t, sink.FailTerminated, s.EmitEmpty(nil))
	assert.Equal(t, []any{8}, d.next)
	assert.Equal(t, []error{errBoom}, d.errs)
	assert.Equal(t, sink.Stats{Pending: 1, Emitted: 1, Delivered: 1}, s.Stats())
}

func TestAnEmptySinkCompletesOrFails(t *testing.T) {
	s := sink.NewEmpty[int]()
	a := watching(s.Mono(), 0)
	assert.Equal(t, sink.OK, s.TryEmpty())
	assert.True(t, a.completed())
	assert.Equal(t, sink.FailTerminated, s.TryError(errBoom))
	_, err := s.Mono().Get(context.Background())
	require.ErrorIs(t, err, flux.ErrEmpty)
	failed := sink.NewEmpty[int]()
	assert.Equal(t, sink.OK, failed.TryError(nil))
	_, err = failed.Mono().Get(context.Background())
	assert.True(t, errors.Is(err, flux.ErrInvalid))
}

func TestAContextCancelsASubscriptionToEveryKind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := sink.NewOne[int]()
		keyed := sink.NewKeyed[string, int]()
		for name, s := range map[string]flux.Publisher[int]{
			"unicast": sink.UnicastBuffer[int](), "multicast": sink.MulticastBuffer[int](1), "replay": sink.ReplayAll[int](),
			"one": one, "keyed": keyed.Flux("a"),
		} {
			ctx, cancel := context.WithCancel(context.Background())
			p := &probe{demand: 1}
			s.Subscribe(ctx, p)
			cancel()
			synctest.Wait()
			assert.Zero(t, p.terminal, name)
			if m, ok := s.(sink.Many[int]); ok {
				assert.Zero(t, m.SubscriberCount(), name)
			}
		}
		assert.Zero(t, one.SubscriberCount())
		assert.Zero(t, keyed.KeyCount())
	})
}

func TestAnEmissionAllocatesNothingButAReplaysValue(t *testing.T) {
	keyed := sink.NewKeyed[string, int]()
	latest, kept := sink.DirectBestEffort[int](), sink.DirectBestEffort[int]()
	for name, c := range map[string]struct {
		from   flux.Publisher[int]
		emit   func()
		demand int64
		allocs float64
	}{
		"policy":      {latest.Flux(sink.Latest()), func() { latest.TryEmit(1) }, flux.Unbounded, 0},
		"slow policy": {kept.Flux(sink.Latest()), func() { kept.TryEmit(1) }, 0, 0},
		"keyed":       {keyed.Flux("a"), func() { keyed.TryEmit("a", 1) }, flux.Unbounded, 0},
	} {
		c.from.Subscribe(context.Background(), &idle{demand: c.demand})
		assert.Equal(t, c.allocs, testing.AllocsPerRun(100, c.emit), name)
	}
	for name, c := range map[string]struct {
		s      sink.Many[int]
		allocs float64
	}{
		"direct": {sink.DirectBestEffort[int](), 0}, "all or nothing": {sink.DirectAllOrNothing[int](), 0},
		"unicast buffer": {sink.UnicastBuffer[int](), 0}, "unicast error": {sink.UnicastError[int](), 0},
		"multicast": {sink.MulticastBuffer[int](8), 0}, "replay": {sink.ReplayLatest[int](), 1},
	} {
		c.s.Subscribe(context.Background(), &idle{demand: flux.Unbounded})
		assert.Equal(t, c.allocs, testing.AllocsPerRun(100, func() { c.s.TryEmit(1) }), name)
	}
}

// idle takes values and does nothing with them.
type idle struct{ demand int64 }

func (s *idle) OnSubscribe(up flux.Subscription) {
	if s.demand > 0 {
		up.Request(s.demand)
	}
}
func (*idle) OnNext(int)    {}
func (*idle) OnError(error) {}
func (*idle) OnComplete()   {}
