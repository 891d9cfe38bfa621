package flux_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestForEachNeverRunsItsFunctionAfterItReturned(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		ctx, cancel := context.WithCancelCause(t.Context())
		var returned, after atomic.Bool
		src := flux.Produce(func(_ context.Context, emit func(int) error) error {
			for i := 0; ; i++ {
				if err := emit(i); err != nil {
					return err
				}
			}
		})
		go cancel(errBoom) // while values come on another goroutine
		err := src.ForEach(ctx, func(int) error {
			if returned.Load() {
				after.Store(true)
			}
			return nil
		})
		returned.Store(true)
		require.ErrorIs(t, err, errBoom)
		require.False(t, after.Load())
	}
}

func TestForEachWaitsForItsFunctionWhenTheContextIsDone(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		inside, hold := make(chan struct{}), make(chan struct{})
		finished := false
		result := make(chan error, 1)
		go func() {
			result <- live(1).PublishOn().ForEach(ctx, func(int) error {
				close(inside)
				<-hold
				finished = true
				return errors.New("too late to count")
			})
		}()
		<-inside
		cancel(errBoom)
		synctest.Wait()
		require.Empty(t, result, "fn still runs")
		close(hold)
		require.ErrorIs(t, <-result, errBoom)
		require.True(t, finished)
	})
}

func TestForEachFunctionMayCancelItsOwnContext(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		for name, src := range sources() {
			up := &ends{}
			ctx, cancel := context.WithCancelCause(t.Context())
			if name == "FromChan idle" || name == "Produce that waits" {
				time.AfterFunc(time.Second, func() { cancel(errBoom) })
			}
			err := up.watch(src()).ForEach(ctx, func(int) error {
				cancel(errBoom)
				return nil
			})
			fluxtest.Advance(0)
			if err != nil { // a source may also have ended before the cancel was seen
				require.ErrorIs(t, err, errBoom, name)
			}
			require.Len(t, up.all(), 1, name)
		}
	})
}

func TestErrorOfTheFunctionCancelsTheSourceAndIsReturned(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		up, got := &ends{}, 0
		err := op.build(up.watch(live(upTo(5)...))).ForEach(t.Context(), func(v int) error {
			if got++; v == 2 {
				return errBoom
			}
			return nil
		})
		fluxtest.Advance(0)
		require.Equal(t, errBoom, err)
		require.Equal(t, 2, got)
		require.Equal(t, cancelled, up.all())
	})
}

func TestPanicOfTheFunctionIsReturned(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		up := &ends{}
		err := op.build(up.watch(live(upTo(5)...))).ForEach(t.Context(), func(int) error { panic(errBoom) })
		require.ErrorIs(t, err, errBoom)
		require.ErrorAs(t, err, new(*flux.PanicError))
		fluxtest.Advance(0)
		require.Equal(t, cancelled, up.all())
	})
}

func TestFirstAndLast(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		up := &ends{}
		v, err := op.build(up.watch(live(7, 8))).First(t.Context())
		require.NoError(t, err)
		require.Equal(t, 7, v)
		fluxtest.Advance(0)
		require.Equal(t, cancelled, up.all(), "First cancels")

		v, err = op.build(flux.Just(7, 8)).Last(t.Context())
		require.NoError(t, err)
		require.Equal(t, 8, v)

		if op.fills {
			return
		}
		_, err = op.build(flux.Empty[int]()).First(t.Context())
		require.ErrorIs(t, err, flux.ErrEmpty)
		_, err = op.build(flux.Error[int](errBoom)).Last(t.Context())
		require.ErrorIs(t, err, errBoom)
	})
}

func TestLeavingTheLoopOfAllCancelsAndDiscardsWhatWasReadAhead(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		l, up := &lost{}, &ends{}
		for v, err := range up.watch(live(upTo(5)...)).All(l.context(t.Context())) {
			require.NoError(t, err)
			if v == 2 {
				break
			}
		}
		fluxtest.Advance(0)
		require.Equal(t, cancelled, up.all())
		_, discarded := l.values()
		require.Equal(t, []any{3, 4, 5}, discarded)
		require.Empty(t, l.errors())
	})
}

func TestAllRequestsAheadInBatches(t *testing.T) {
	src := fluxtest.NewProbe(flux.Range(0, 1000))
	n := 0
	for v, err := range flux.From(src).All(t.Context()) {
		require.NoError(t, err)
		require.Equal(t, n, v)
		n++
	}
	require.Equal(t, 1000, n)
	src.AssertRequested(t, 256+256*3) // each batch was taken whole
}

func TestAllGivesTheErrorOnceAtTheEnd(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		var values []int
		var errs []error
		for v, err := range op.build(flux.Just(1, 2).ConcatWith(flux.Error[int](errBoom))).All(t.Context()) {
			if err != nil {
				require.Zero(t, v)
				errs = append(errs, err)
				continue
			}
			values = append(values, v)
		}
		if !op.cuts {
			require.Equal(t, []int{1, 2}, values)
		}
		require.Equal(t, []error{errBoom}, errs)
	})
}

func TestAllCanBeRangedOverAgain(t *testing.T) {
	seq := flux.Just(1, 2).All(t.Context())
	for range 3 {
		sum := 0
		for v, err := range seq {
			require.NoError(t, err)
			sum += v
		}
		require.Equal(t, 3, sum)
	}
}

func TestPanicOfTheLoopBodyCancelsTheSource(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &ends{}
		require.PanicsWithValue(t, "body", func() {
			for _, err := range up.watch(live(1)).All(t.Context()) {
				require.NoError(t, err)
				panic("body")
			}
		})
		require.Equal(t, cancelled, up.all())
	})
}

func TestChanIsClosedAtTheEndAndTellsWhy(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		ch, why := op.build(flux.FromSlice(upTo(300))).Chan(t.Context(), 3)
		n := 0
		for range ch {
			n++
		}
		if !op.sheds {
			require.NoError(t, why())
			require.Equal(t, 300, n)
		}
		ch, why = op.build(flux.Error[int](errBoom)).Chan(t.Context(), 0)
		for range ch { //nolint:revive // until it is closed
		}
		require.ErrorIs(t, why(), errBoom)
	})
}

func TestChanWithoutAReaderEndsWithItsContext(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &ends{}
		ctx, cancel := context.WithCancelCause(t.Context())
		ch, why := up.watch(live(upTo(5)...)).Chan(ctx, 1)
		synctest.Wait() // one value is in the channel, the next on its way
		cancel(errBoom)
		synctest.Wait()
		require.Equal(t, 1, <-ch)
		_, open := <-ch
		require.False(t, open)
		require.ErrorIs(t, why(), errBoom)
		require.Equal(t, cancelled, up.all())
	})
}

func TestSubscribeFuncTellsTheEndOnceAndNothingAfterACancel(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var got []any
		next := func(v int) { got = append(got, v) }
		done := func(err error) { got = append(got, err) }
		flux.Just(1, 2).SubscribeFunc(t.Context(), next, done)
		require.Equal(t, []any{1, 2, nil}, got)

		got = nil
		flux.Just(1).ConcatWith(flux.Error[int](errBoom)).SubscribeFunc(t.Context(), next, done)
		require.Equal(t, []any{1, errBoom}, got)

		got = nil
		src := fluxtest.Hot[int]()
		sub := flux.From(src).SubscribeFunc(t.Context(), next, done)
		src.Next(1)
		sub.Cancel()
		sub.Cancel()
		sub.Request(1)
		src.Next(2).Complete()
		require.Equal(t, []any{1}, got)
		src.AssertWasCancelled(t)

		got = nil
		up := &ends{}
		up.watch(live(1, 2)).SubscribeFunc(t.Context(), func(int) { panic(errBoom) }, done)
		require.Len(t, got, 1)
		require.ErrorIs(t, got[0].(error), errBoom)
		require.Equal(t, cancelled, up.all())

		l := &lost{}
		flux.Error[int](errBoom).SubscribeFunc(l.context(t.Context()), nil, nil)
		require.Equal(t, []error{errBoom}, l.errors())
	})
}

func TestTerminalsMayRunConcurrentlyOverOneFlux(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		if op.sheds || op.joins {
			return
		}
		src := op.build(flux.FromSlice(upTo(50)))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				got, err := src.Collect(t.Context())
				if err != nil || len(got) != 50 {
					t.Errorf("got %d values and %v", len(got), err)
				}
			})
		}
		all.Wait()
	})
}
