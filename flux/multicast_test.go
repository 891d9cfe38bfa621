package flux_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

const ms = time.Millisecond

// ticking gives 0, 1, 2, ... every 10 ms, n of them, and counts how often it is run
// and how that ended.
type ticking struct {
	runs int
	ends ends
	ctxs []context.Context
}

func (k *ticking) flux(n int64) ints {
	return flux.Defer(func(ctx context.Context) ints {
		k.runs++
		k.ctxs = append(k.ctxs, ctx)
		return k.ends.watch(flux.Map(flux.Interval(10*ms), func(v int64) int { return int(v) }).Take(n))
	})
}

func record(t *testing.T, f ints, demand int64) *fluxtest.Recorder[int] {
	t.Helper()
	rec := fluxtest.NewRecorder[int](demand)
	f.Subscribe(t.Context(), rec)
	return rec
}

func TestAConnectableRunsItsSourceWhenToldAndOnce(t *testing.T) {
	for name, share := range map[string]func(ints) flux.Connectable[int]{
		"Publish": func(s ints) flux.Connectable[int] { return s.Publish() },
		"Replay":  func(s ints) flux.Connectable[int] { return s.Replay() },
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				k := &ticking{}
				c := share(k.flux(9))
				a, b := record(t, c.Flux(), flux.Unbounded), record(t, c.Flux(), flux.Unbounded)
				fluxtest.Advance(25 * ms)
				require.Zero(t, k.runs)
				disconnect := c.Connect(t.Context())
				again := c.Connect(t.Context())
				fluxtest.Advance(25 * ms)
				require.Equal(t, 1, k.runs)
				again()
				disconnect()
				for _, rec := range []*fluxtest.Recorder[int]{a, b} {
					rec.AssertValues(t, 0, 1)
					rec.AssertErrorIs(t, flux.ErrDisconnected)
					rec.AssertErrorIs(t, context.Canceled)
					rec.AssertNoViolations(t)
				}
				require.Equal(t, cancelled, k.ends.all())

				late := record(t, c.Flux(), flux.Unbounded)
				fluxtest.Advance(25 * ms)
				late.AssertValues(t)
				late.AssertNotTerminated(t)
				defer c.Connect(t.Context())()
				fluxtest.Advance(15 * ms)
				require.Equal(t, 2, k.runs)
				late.AssertValues(t, 0)
			})
		})
	}
}

func TestTheEndOfItsContextDisconnectsAConnectable(t *testing.T) {
	why := errors.New("shutting down")
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		c := k.flux(9).Publish()
		rec := record(t, c.Flux(), flux.Unbounded)
		ctx, cancel := context.WithCancelCause(t.Context())
		c.Connect(ctx)
		fluxtest.Advance(15 * ms)
		cancel(why)
		fluxtest.Advance(0)
		rec.AssertValues(t, 0)
		rec.AssertErrorIs(t, flux.ErrDisconnected)
		rec.AssertErrorIs(t, why)
		require.Equal(t, cancelled, k.ends.all())

		rec = record(t, c.Flux(), flux.Unbounded)
		c.Connect(ctx)
		rec.AssertErrorIs(t, why)
		require.Equal(t, 1, k.runs, "there is nothing to run for a context that is done")

		rec = record(t, c.Flux(), flux.Unbounded)
		c.Connect(nil) //nolint:staticcheck // the mistake is what is tested
		rec.AssertErrorIs(t, flux.ErrInvalid)
	})
}

func TestAConnectionThatHasEndedNoLongerWatchesItsContext(t *testing.T) {
	ctx := &watchedContext{Context: t.Context(), done: make(chan struct{})}
	for _, c := range []flux.Connectable[int]{flux.Just(1).Publish(), flux.Just(1).Replay(), flux.Error[int](errBoom).ReplayLast(3)} {
		c.Connect(ctx)
	}
	never := flux.Never[int]().Publish()
	never.Connect(ctx)()
	assert.Equal(t, 4, ctx.watched)
	assert.Zero(t, ctx.watching)
}

// watchedContext counts who wants to be told of its end.
type watchedContext struct {
	context.Context
	done              chan struct{}
	watched, watching int
}

func (c *watchedContext) Done() <-chan struct{} { return c.done }

// AfterFunc is what context.AfterFunc asks for.
func (c *watchedContext) AfterFunc(func()) func() bool {
	c.watched++
	c.watching++
	return func() bool { c.watching--; return true }
}

func TestWhatConnectsItselfHasTheFirstSubscribersValuesAndNotItsEnd(t *testing.T) {
	type key struct{}
	for name, connecting := range map[string]func(flux.Connectable[int]) ints{
		"AutoConnect":   func(c flux.Connectable[int]) ints { return c.AutoConnect(2) },
		"RefCount":      func(c flux.Connectable[int]) ints { return c.RefCount(2) },
		"RefCountGrace": func(c flux.Connectable[int]) ints { return c.RefCountGrace(2, ms) },
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				k := &ticking{}
				shared := connecting(k.flux(5).Publish())
				first, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "first"))
				shared.Subscribe(first, fluxtest.NewRecorder[int](flux.Unbounded))
				require.Zero(t, k.runs)
				rec := record(t, shared, flux.Unbounded)
				require.Equal(t, 1, k.runs)
				cancel()
				fluxtest.Advance(55 * ms)
				rec.AssertValues(t, 0, 1, 2, 3, 4)
				rec.AssertCompleted(t)
				require.Equal(t, "first", k.ctxs[0].Value(key{}))
				require.Nil(t, k.ctxs[0].Done())
			})
		})
	}
}

func TestAutoConnectNeitherDisconnectsNorConnectsTwice(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		shared := k.flux(3).Publish().AutoConnect(1)
		a := record(t, shared, flux.Unbounded)
		fluxtest.Advance(15 * ms)
		a.Cancel()
		fluxtest.Advance(10 * ms)
		b := record(t, shared, flux.Unbounded)
		fluxtest.Advance(10 * ms)
		b.AssertValues(t, 1, 2)
		b.AssertCompleted(t)
		late := record(t, shared, flux.Unbounded)
		fluxtest.Advance(50 * ms)
		late.AssertNotTerminated(t)
		require.Equal(t, 1, k.runs)
		late.Cancel()
	})
}

func TestTheGracePeriodKeepsTheConnectionForThoseWhoComeInTime(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		shared := k.flux(100).Publish().RefCountGrace(1, 20*ms)
		record(t, shared, flux.Unbounded).Cancel()
		fluxtest.Advance(19 * ms)
		b := record(t, shared, flux.Unbounded)
		fluxtest.Advance(100 * ms)
		require.Equal(t, 1, k.runs)
		require.Empty(t, k.ends.all())
		b.Cancel()
		fluxtest.Advance(20*ms - 1)
		require.Empty(t, k.ends.all())
		fluxtest.Advance(1)
		require.Equal(t, cancelled, k.ends.all())

		c := record(t, shared, flux.Unbounded)
		require.Equal(t, 2, k.runs)
		c.Cancel()
	})
}

func TestWhoComesInTheGracePeriodAfterTheSourceHasEndedConnectsAnew(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		shared := k.flux(2).Publish().RefCountGrace(1, time.Second)
		a := fluxtest.NewRecorder[int](flux.Unbounded)
		a.Each(func(v int) {
			if v == 1 {
				a.Cancel()
			}
		})
		shared.Subscribe(t.Context(), a)
		fluxtest.Advance(50 * ms)
		a.AssertValues(t, 0, 1)
		b := record(t, shared, flux.Unbounded)
		fluxtest.Advance(50 * ms)
		b.AssertValues(t, 0, 1)
		b.AssertCompleted(t)
		require.Equal(t, 2, k.runs)
	})
}

func TestWhatHasWaitedForASubscriberIsSentBeforeTheEnd(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		shared := k.flux(4).Publish().RefCountGrace(1, time.Second)
		a := record(t, shared, flux.Unbounded)
		fluxtest.Advance(15 * ms)
		a.Cancel()
		fluxtest.Advance(50 * ms)
		b := record(t, shared, flux.Unbounded)
		b.AssertValues(t, 1, 2, 3)
		b.AssertCompleted(t)
		require.Equal(t, 1, k.runs)
	})
}

func TestRefCountStartsAnewAfterALeavingAndKeepsWhatHasEnded(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		shared := k.flux(2).Replay().RefCount(1)
		a := record(t, shared, flux.Unbounded)
		fluxtest.Advance(15 * ms)
		a.Cancel()
		require.Equal(t, cancelled, k.ends.all())
		for range 2 {
			b := record(t, shared, flux.Unbounded)
			fluxtest.Advance(25 * ms)
			b.AssertValues(t, 0, 1)
			b.AssertCompleted(t)
			require.Equal(t, 2, k.runs, "what has ended is replayed")
		}
	})
}

func TestTheNextRunStartsWhenTheOneBeforeHasBeenCancelled(t *testing.T) {
	var log []string
	note := func(s string) func() { return func() { log = append(log, s) } }
	var shared ints
	next := fluxtest.NewRecorder[int](1)
	shared = flux.Never[int]().DoOnSubscribe(note("start")).DoOnCancel(func() {
		note("cancelling")()
		shared.Subscribe(t.Context(), next)
		note("cancelled")()
	}).Publish().RefCount(1)
	record(t, shared, 1).Cancel()
	assert.Equal(t, []string{"start", "cancelling", "cancelled", "start"}, log)
	shared = flux.Empty[int]()
	next.Cancel()
}

func TestOneConnectionServesAllWaysOfConnecting(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		c := k.flux(9).Publish()
		defer c.Connect(t.Context())()
		a, b, d := record(t, c.Flux(), 9), record(t, c.RefCount(1), 9), record(t, c.AutoConnect(1), 9)
		fluxtest.Advance(15 * ms)
		require.Equal(t, 1, k.runs)
		for _, rec := range []*fluxtest.Recorder[int]{a, b, d} {
			rec.AssertValues(t, 0)
		}
		b.Cancel()
		a.AssertErrorIs(t, flux.ErrDisconnected)
		d.AssertErrorIs(t, flux.ErrDisconnected)
	})
}

func TestTheSlowestSubscriberOfAPublishSetsThePace(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		probe := fluxtest.NewProbe[int](flux.Range(1, 20))
		c := flux.From[int](probe).Publish(flux.Prefetch(4))
		fast, slow := record(t, c.Flux(), flux.Unbounded), record(t, c.Flux(), 2)
		c.Connect(t.Context())
		fast.AssertValues(t, 1, 2)
		probe.AssertRequests(t, 4, 1, 1)
		slow.Cancel()
		fast.AssertValues(t, upTo(20)...)
		fast.AssertCompleted(t)
	})
}

func TestTheSlowestSubscriberOfABoundedReplaySetsThePace(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		probe := fluxtest.NewProbe[int](flux.Range(1, 20))
		c := flux.From[int](probe).ReplayLast(4)
		fast, slow := record(t, c.Flux(), flux.Unbounded), record(t, c.Flux(), 2)
		c.Connect(t.Context())
		fast.AssertValues(t, 1, 2, 3, 4)
		probe.AssertRequests(t, 4)
		slow.Request(1)
		fast.AssertValues(t, upTo(7)...)
		probe.AssertRequests(t, 4, 3)
		slow.Cancel()
		fast.AssertValues(t, upTo(20)...)
		late := record(t, c.Flux(), flux.Unbounded)
		late.AssertValues(t, 17, 18, 19, 20)
		late.AssertCompleted(t)
	})
}

func TestAnUnboundedReplayLetsEachGoAtItsOwnPace(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		c := flux.Range(1, 1000).Replay()
		fast, slow := record(t, c.Flux(), flux.Unbounded), record(t, c.Flux(), 2)
		c.Connect(t.Context())
		fast.AssertValues(t, upTo(1000)...)
		slow.AssertValues(t, 1, 2)
		slow.Request(998)
		slow.AssertValues(t, upTo(1000)...)
		slow.AssertCompleted(t)
	})
}

func TestAReplayWithAnAgeRunsAnewWhenAllIsTooOld(t *testing.T) {
	for name, connect := range map[string]func(*testing.T, flux.Connectable[int]) ints{
		"Connect":     func(t *testing.T, c flux.Connectable[int]) ints { c.Connect(t.Context()); return c.Flux() },
		"AutoConnect": func(_ *testing.T, c flux.Connectable[int]) ints { return c.AutoConnect(1) },
		"RefCount":    func(_ *testing.T, c flux.Connectable[int]) ints { return c.RefCount(1) },
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				k := &ticking{}
				shared := connect(t, k.flux(4).ReplayFor(25*ms))
				a := record(t, shared, flux.Unbounded)
				fluxtest.Advance(35 * ms)
				b := record(t, shared, flux.Unbounded)
				b.AssertValues(t, 1, 2)
				fluxtest.Advance(5 * ms)
				a.AssertValues(t, 0, 1, 2, 3)
				a.AssertCompleted(t)
				fluxtest.Advance(25 * ms)
				c := record(t, shared, flux.Unbounded)
				c.AssertValues(t, 1, 2, 3) // as it was at the last value
				c.AssertCompleted(t)
				require.Equal(t, 1, k.runs)
				fluxtest.Advance(1)
				d, e := record(t, shared, flux.Unbounded), record(t, shared, flux.Unbounded)
				fluxtest.Advance(45 * ms)
				d.AssertValues(t, 0, 1, 2, 3)
				e.AssertValues(t, 0, 1, 2, 3)
				require.Equal(t, 2, k.runs)
			})
		})
	}
}

func TestDisconnectReachesARunThatFollowedAnExpiredOne(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		c := k.flux(1).ReplayFor(5 * ms)
		disconnect := c.Connect(t.Context())
		fluxtest.Advance(20 * ms)
		rec := record(t, c.Flux(), flux.Unbounded)
		require.Equal(t, 2, k.runs)
		disconnect()
		rec.AssertErrorIs(t, flux.ErrDisconnected)
		require.Equal(t, []flux.SignalType{flux.SignalComplete, flux.SignalCancel}, k.ends.all())
	})
}

func TestDisconnectMakesAReplayForget(t *testing.T) {
	c := flux.Just(1, 2).Replay()
	disconnect := c.Connect(t.Context())
	slow := record(t, c.Flux(), 1)
	disconnect()
	slow.Request(5)
	slow.AssertValues(t, 1, 2)
	slow.AssertCompleted(t)
	rec := record(t, c.Flux(), flux.Unbounded)
	rec.AssertValues(t)
	disconnect()
	rec.AssertNotTerminated(t)
	c.Connect(t.Context())
	rec.AssertValues(t, 1, 2)
}

func TestCacheRunsItsSourceOnceAndKeepsAnErrorToo(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		cached := k.flux(2).ConcatWith(flux.Error[int](errBoom)).Cache()
		record(t, cached, flux.Unbounded).Cancel()
		fluxtest.Advance(30 * ms)
		for range 2 {
			rec := record(t, cached, flux.Unbounded)
			rec.AssertValues(t, 0, 1)
			rec.AssertErrorIs(t, errBoom)
		}
		require.Equal(t, 1, k.runs)
	})
}

func TestShareNextGivesOneOutcomeToAllAndLetsTheSourceGo(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		first := k.flux(9).ShareNext()
		record(t, first.Flux(), flux.Unbounded).Cancel()
		a := record(t, first.Flux(), 1)
		fluxtest.Advance(50 * ms)
		b := record(t, first.Flux(), 1)
		for _, rec := range []*fluxtest.Recorder[int]{a, b} {
			rec.AssertValues(t, 0)
			rec.AssertCompleted(t)
		}
		require.Equal(t, 1, k.runs)
		require.Equal(t, cancelled, k.ends.all())
	})
	_, err := flux.Empty[int]().ShareNext().Get(t.Context())
	require.ErrorIs(t, err, flux.ErrEmpty)
	_, err = flux.Error[int](errBoom).ShareNext().Get(t.Context())
	require.ErrorIs(t, err, errBoom)
}

func TestPublishSelectRunsItsSourceOnceForEachSubscriberAndLetsItGo(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		k := &ticking{}
		var outside ints
		selected := flux.PublishSelect(k.flux(99), func(shared ints) ints {
			outside = shared
			return flux.Concat[int](shared.Take(2), shared.Take(1))
		})
		require.Zero(t, k.runs)
		rec := record(t, selected, flux.Unbounded)
		side := record(t, outside, flux.Unbounded)
		fluxtest.Advance(50 * ms)
		rec.AssertValues(t, 0, 1, 2)
		rec.AssertCompleted(t)
		side.AssertValues(t, 0, 1, 2)
		side.AssertErrorIs(t, flux.ErrDisconnected)
		require.Equal(t, cancelled, k.ends.all())
		record(t, selected, flux.Unbounded).Cancel()
		require.Equal(t, 2, k.runs)
	})
}

func TestTheZeroConnectableIsEmpty(t *testing.T) {
	var c flux.Connectable[int]
	c.Connect(t.Context())()
	for _, f := range []ints{c.Flux(), c.AutoConnect(1), c.RefCount(1), c.RefCountGrace(1, ms), flux.From[int](c)} {
		vs, err := f.Collect(t.Context())
		require.NoError(t, err)
		require.Empty(t, vs)
	}
}

func TestSubscribingFromInsideASignalJoinsTheConnection(t *testing.T) {
	for name, shared := range map[string]ints{
		"Publish": flux.Range(1, 4).Publish().RefCount(1),
		"Replay":  flux.Range(1, 4).Replay().RefCount(1),
	} {
		t.Run(name, func(t *testing.T) {
			inner := fluxtest.NewRecorder[int](flux.Unbounded)
			outer := fluxtest.NewRecorder[int](flux.Unbounded)
			outer.Each(func(v int) {
				if v == 2 {
					shared.Subscribe(t.Context(), inner)
				}
			})
			shared.Subscribe(t.Context(), outer)
			outer.AssertValues(t, 1, 2, 3, 4)
			outer.AssertCompleted(t)
			if name == "Replay" {
				inner.AssertValues(t, 1, 2, 3, 4)
			}
			inner.AssertCompleted(t)
			inner.AssertNoViolations(t)
		})
	}
}

// bad is a subscriber that panics when it is given its subscription.
type bad struct{ last }

func (*bad) OnSubscribe(flux.Subscription) { panic(errBoom) }

func TestASubscriberThatPanicsAtOnceIsNotCounted(t *testing.T) {
	for name, share := range map[string]func(ints) flux.Connectable[int]{
		"Publish": func(s ints) flux.Connectable[int] { return s.Publish() },
		"Replay":  func(s ints) flux.Connectable[int] { return s.Replay() },
	} {
		l, up := &lost{}, &ends{}
		shared := share(up.watch(live(1, 2))).RefCount(1)
		require.NotPanics(t, func() { shared.Subscribe(l.context(context.Background()), &bad{}) }, name)
		require.Len(t, l.errors(), 1)
		require.Equal(t, cancelled, up.all())
		rec := record(t, shared, 9)
		rec.AssertValues(t, 1, 2)
		rec.Cancel()
		require.Len(t, up.all(), 2)
	}
}
