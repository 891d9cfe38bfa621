package rxgo_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	rx "github.com/reactivex/rxgo/v2"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/rxgo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("broken")

func ExampleToRxGo() {
	observable := rxgo.ToRxGo(flux.Range(1, 3)).
		Map(func(_ context.Context, v any) (any, error) { return v.(int) * 10, nil })
	for item := range observable.Observe() {
		fmt.Println(item.V)
	}
	// Output:
	// 10
	// 20
	// 30
}

func ExampleFromRxGo() {
	observable := rx.Just("a", "b")()
	fmt.Println(rxgo.FromRxGo[string](observable).Collect(context.Background()))
	// Output: [a b] <nil>
}

func TestToRxGoRequestsWhatTheObserverTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requested int64
		src := flux.Range(1, 100).DoOnRequest(func(n int64) { requested += n })
		ctx, stop := context.WithCancel(t.Context())
		items := rxgo.ToRxGo(src).Observe(rx.WithContext(ctx))
		for taken := range int64(5) {
			synctest.Wait()
			require.Equal(t, taken+1, requested)
			require.Equal(t, int(taken)+1, (<-items).V)
		}
		stop()
		synctest.Wait()
		for range items {
			t.Error("an item after the end of the context")
		}
	})
}

func TestToRxGoCancelsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, src := range map[string]flux.Flux[int]{"silent": flux.Never[int](), "waiting to send": flux.Range(1, 10)} {
			cancelled := 0
			ctx, stop := context.WithCancel(t.Context())
			items := rxgo.ToRxGo(src.DoOnCancel(func() { cancelled++ })).Observe(rx.WithContext(ctx))
			synctest.Wait()
			stop()
			synctest.Wait()
			_, open := <-items
			require.False(t, open, name)
			require.Equal(t, 1, cancelled, name)
		}
	})
}

func TestToRxGoKeepsErrors(t *testing.T) {
	failing := flux.Just(1).ConcatWith(flux.Error[int](errBroken))
	var got []rx.Item
	for item := range rxgo.ToRxGo(failing).Observe() {
		got = append(got, item)
	}
	require.Equal(t, []rx.Item{rx.Of(1), rx.Error(errBroken)}, got)

	item := <-rxgo.ToRxGo[int](nil).Observe()
	require.ErrorIs(t, item.E, flux.ErrInvalid)
}

func TestToRxGoSubscribesForEachObserver(t *testing.T) {
	var subscribed atomic.Int32
	o := rxgo.ToRxGo(flux.Just(1).DoOnSubscribe(func() { subscribed.Add(1) }))
	for range 2 {
		require.Equal(t, rx.Of(1), <-o.Observe(rx.WithBufferedChannel(1)))
	}
	require.EqualValues(t, 2, subscribed.Load())
}

// counting sends 1, 2, ... up to n, without a look at its context.
func counting(n int, sent *atomic.Int64) rx.Observable {
	return rx.Defer([]rx.Producer{func(_ context.Context, next chan<- rx.Item) {
		for i := range n {
			next <- rx.Of(i + 1)
			sent.Add(1)
		}
	}})
}

func TestFromRxGoReceivesWhatWasRequested(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var sent atomic.Int64
		fluxtest.Verify(t, rxgo.FromRxGo[int](counting(5, &sent))).
			WithDemand(0).
			NoEvent(time.Second).
			ThenDo(func() { require.EqualValues(t, 0, sent.Load()) }).
			Request(2).
			Next(1, 2).
			NoEvent(time.Second).
			ThenDo(func() { require.EqualValues(t, 2, sent.Load()) }).
			Request(flux.Unbounded).
			Next(3, 4, 5).
			Complete()
	})
}

// The bubble fails a test whose goroutines stay.
func TestFromRxGoLeavesNoProducerBehindOnCancel(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var sent atomic.Int64
		deaf := rxgo.FromRxGo[int](counting(1000, &sent))
		fluxtest.Verify(t, deaf).WithDemand(2).Next(1, 2).Cancel()
		behindOperators := rxgo.ToRxGo(flux.Range(1, 1000)).
			Map(func(_ context.Context, v any) (any, error) { return v, nil }).
			Filter(func(v any) bool { return true })
		fluxtest.Verify(t, rxgo.FromRxGo[int](behindOperators)).WithDemand(2).Next(1, 2).Cancel()
	})
}

func TestFromRxGoEndsTheContextOfAnEndlessProducer(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		ended := false
		src := rx.Defer([]rx.Producer{func(ctx context.Context, next chan<- rx.Item) {
			for rx.Of(1).SendContext(ctx, next) {
			}
			ended = true
		}})
		fluxtest.Verify(t, rxgo.FromRxGo[int](src)).WithDemand(1).Next(1).Cancel()
		fluxtest.Advance(time.Millisecond)
		require.True(t, ended)
	})
}

func TestFromRxGoKeepsErrors(t *testing.T) {
	broken := rx.Defer([]rx.Producer{func(_ context.Context, next chan<- rx.Item) {
		for _, item := range []rx.Item{rx.Of(1), rx.Error(errBroken), rx.Of(2), rx.Of(3)} {
			next <- item
		}
	}})
	fluxtest.Verify(t, rxgo.FromRxGo[int](broken)).Next(1).Error(errBroken)
	fluxtest.Verify(t, rxgo.FromRxGo[int](nil)).ErrorIs(flux.ErrInvalid)
}

func TestFromRxGoRefusesAValueOfAnotherType(t *testing.T) {
	fluxtest.Verify(t, rxgo.FromRxGo[int](rx.Just(1, "two", 3)())).Next(1).
		ErrorMatches(func(err error) bool {
			return errors.Is(err, flux.ErrInvalid) && err.Error() == flux.ErrInvalid.Error()+": FromRxGo: an item of type string, want int"
		})
	null := rx.Defer([]rx.Producer{func(_ context.Context, next chan<- rx.Item) { next <- rx.Of(nil) }})
	fluxtest.Verify(t, rxgo.FromRxGo[error](null)).Next(nil).Complete()
}

func TestThereAndBackAgainIsTheSame(t *testing.T) {
	for range 100 {
		there := rxgo.ToRxGo(flux.Range(0, 50))
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		got, err := rxgo.FromRxGo[int](there).Collect(ctx)
		stop()
		require.NoError(t, err)
		require.Len(t, got, 50)
	}
}
