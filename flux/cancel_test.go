package flux_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

var cancelled = []flux.SignalType{flux.SignalCancel}

func TestCancelInsideOnNextIsTheLastThatHappens(t *testing.T) {
	for name, demand := range map[string]int64{"unbounded": flux.Unbounded, "one by one": 1} {
		t.Run(name, func(t *testing.T) {
			eachOperator(t, func(t *testing.T, op operator) {
				l, up := &lost{}, &ends{}
				rec := fluxtest.NewRecorder[int](demand)
				rec.Each(func(v int) {
					if rec.Request(1); v == 2 {
						rec.Cancel()
						rec.Cancel()
					}
				})
				op.build(up.watch(live(1, 2).ConcatWith(live(upTo(9)...)))).Subscribe(l.context(t.Context()), rec)
				fluxtest.Advance(2 * time.Hour)
				if op.sheds && demand == 1 {
					rec.Cancel()
				} else {
					rec.AssertValues(t, 1, 2)
				}
				rec.AssertNotTerminated(t)
				rec.AssertNoViolations(t)
				require.Equal(t, cancelled, up.all())
				require.Empty(t, l.errors())
			})
		})
	}
}

func TestCancelInsideOnSubscribeMeansNoSignal(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		rec := fluxtest.NewRecorder[int](flux.Unbounded)
		rec.Cancel() // takes effect as soon as there is a subscription
		l := &lost{}
		op.build(live(1, 2)).Subscribe(l.context(t.Context()), rec)
		fluxtest.Advance(2 * time.Hour)
		require.Empty(t, rec.Of(fluxtest.Next, fluxtest.Error, fluxtest.Complete), rec.String())
		require.Empty(t, l.errors())
	})
}

func TestCancelFromOtherGoroutinesReachesTheSourceOnce(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		rec := fluxtest.NewRecorder[int](100)
		up := &ends{}
		op.build(up.watch(live(1, 2))).Subscribe(t.Context(), rec)
		fluxtest.Advance(0)
		var all sync.WaitGroup
		for range 4 {
			all.Go(rec.Cancel)
		}
		all.Wait()
		fluxtest.Advance(2 * time.Hour)
		rec.AssertValues(t, 1, 2)
		rec.AssertNotTerminated(t)
		rec.AssertNoViolations(t)
		require.Equal(t, cancelled, up.all())
	})
}

func TestContextThatIsDoneIsASilentCancel(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		l, up := &lost{}, &ends{}
		ctx, cancel := context.WithCancelCause(l.context(context.Background()))
		rec := fluxtest.NewRecorder[int](100)
		op.build(up.watch(live(1, 2))).Subscribe(ctx, rec)
		fluxtest.Advance(0)
		rec.AssertValues(t, 1, 2)
		cancel(errBoom)
		fluxtest.Advance(2 * time.Hour)
		rec.AssertNotTerminated(t)
		rec.AssertNoViolations(t)
		require.Equal(t, cancelled, up.all())
		require.Empty(t, l.errors())
	})
}

func TestContextThatIsDoneBeforeMeansNoSignalAndNoSubscription(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	eachOperator(t, func(t *testing.T, op operator) {
		probe := fluxtest.NewProbe(live(1, 2))
		rec := fluxtest.NewRecorder[int](flux.Unbounded)
		op.build(flux.From[int](probe)).Subscribe(ctx, rec)
		fluxtest.Advance(2 * time.Hour)
		rec.AssertWasSubscribed(t)
		require.Empty(t, rec.Of(fluxtest.Next, fluxtest.Error, fluxtest.Complete), rec.String())
		probe.AssertWasNotSubscribed(t)
	})
}

func TestTerminalsReturnTheCauseOfTheContext(t *testing.T) {
	type terminal func(ctx ctx, f ints) error
	for name, run := range map[string]terminal{
		"ForEach": func(ctx ctx, f ints) error { return f.ForEach(ctx, func(int) error { return nil }) },
		"Collect": func(ctx ctx, f ints) error { _, err := f.Collect(ctx); return err },
		"First": func(ctx ctx, f ints) error {
			_, err := f.Filter(func(int) bool { return false }).First(ctx)
			return err
		},
		"Last":  func(ctx ctx, f ints) error { _, err := f.Last(ctx); return err },
		"Drain": func(ctx ctx, f ints) error { return f.Drain(ctx) },
		"All": func(ctx ctx, f ints) (last error) {
			for _, err := range f.All(ctx) {
				last = err
			}
			return last
		},
		"Chan": func(ctx ctx, f ints) error {
			ch, err := f.Chan(ctx, 1)
			for range ch { //nolint:revive // until it is closed
			}
			return err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachOperator(t, func(t *testing.T, op operator) {
				up := &ends{}
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(errBoom) })
				require.ErrorIs(t, run(ctx, op.build(up.watch(live(1, 2)))), errBoom)
				fluxtest.Advance(2 * time.Hour)
				require.Equal(t, cancelled, up.all())

				probe := fluxtest.NewProbe(live(1, 2))
				require.ErrorIs(t, run(ctx, op.build(flux.From[int](probe))), errBoom)
				probe.AssertWasNotSubscribed(t)
			})
		})
	}
}

func TestTerminalsReturnDeadlineExceeded(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		late := errors.New("too late")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, late)
		defer cancel()
		require.ErrorIs(t, flux.Never[int]().Drain(ctx), late)
		ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, flux.Never[int]().Drain(ctx), context.DeadlineExceeded)
	})
}

func TestEverySourceEndsItsWorkWhenCancelled(t *testing.T) {
	// The bubble fails the test where a goroutine or a timer is left behind.
	for name, src := range sources() {
		t.Run(name, func(t *testing.T) {
			for _, demand := range []int64{0, 1, 100} {
				fluxtest.Run(t, func(t *testing.T) {
					l := &lost{}
					rec := fluxtest.NewRecorder[int](demand)
					src().Subscribe(l.context(t.Context()), rec)
					fluxtest.Advance(time.Second)
					rec.Cancel()
					before := len(rec.Values())
					fluxtest.Advance(time.Hour)
					require.Len(t, rec.Values(), before)
					rec.AssertNoViolations(t)
					require.Empty(t, l.errors())
				})
			}
		})
	}
}

func TestAnErrorThatWaitsForAValueOfConcatMapGoesToTheHookAfterACancelFromInsideThatValue(t *testing.T) {
	up, l, rec := &unserialized{}, &lost{}, fluxtest.NewRecorder[int](flux.Unbounded)
	rec.Each(func(int) {
		up.s.OnError(errBoom)
		rec.Cancel()
	})
	twice := func(v int) ints { return flux.Just(v, v) }
	flux.ConcatMap(flux.From[int](up), twice, flux.Prefetch(4)).Subscribe(l.context(t.Context()), rec)
	up.s.OnNext(1)
	rec.AssertValues(t, 1)
	rec.AssertNotTerminated(t)
	require.Equal(t, []error{errBoom}, l.errors())
}

// unserialized is a publisher that signals whenever the test does.
type unserialized struct{ s flux.Subscriber[int] }

func (u *unserialized) Subscribe(_ context.Context, s flux.Subscriber[int]) {
	u.s = s
	s.OnSubscribe(u)
}

func (*unserialized) Request(int64) {}
func (*unserialized) Cancel()       {}
