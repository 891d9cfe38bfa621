package sink_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPanicOfAnOperatorBehindALogIsItsErrorAndTheAppendGoesOn(t *testing.T) {
	l := sink.NewLog[int]()
	filled(t, l, 1)
	sick := watching(flux.Map(l, func(e sink.Entry[int]) int {
		if e.Value == 2 {
			panic(errBoom)
		}
		return e.Value
	}), flux.Unbounded)
	well := following(l, flux.Unbounded)
	for v := 2; v <= 3; v++ {
		_, err := l.Append(v)
		require.NoError(t, err)
	}
	var p *flux.PanicError
	require.ErrorAs(t, sick.failure(), &p)
	require.ErrorIs(t, sick.failure(), errBoom)
	assert.Contains(t, string(p.Stack), "log_panic_test.go")
	assert.Equal(t, []int{1}, sick.got())
	assert.Equal(t, rangeOf(1, 3), well.got())
	assert.Equal(t, 1, l.Stats().Subscribers)
}

func TestAForeignReaderThatPanicsLosesItsSubscriptionAndIsReported(t *testing.T) {
	l := sink.NewLog[int]()
	filled(t, l, 3)
	var errs []error
	history := &follower{demand: 5, onNext: func(e sink.Entry[int]) {
		if e.Value == 2 {
			panic("sick")
		}
	}}
	l.Subscribe(hooked(&errs), history)
	live := &follower{demand: 5, onNext: func(sink.Entry[int]) { panic("sick") }}
	l.After("", sink.FromNow()).Subscribe(hooked(&errs), live)
	well := following(l, flux.Unbounded)
	filled(t, l, 2)
	assert.Equal(t, []int{1, 2}, history.got())
	assert.Equal(t, []int{1}, live.got())
	assert.Equal(t, []int{1, 2, 3, 1, 2}, well.got())
	require.Len(t, errs, 2)
	var p *flux.PanicError
	require.ErrorAs(t, errs[0], &p)
	assert.Equal(t, "sick", p.Value)
	assert.Zero(t, history.terminal+live.terminal)
	assert.Equal(t, 1, l.Stats().Subscribers)
}

func TestAPanicInTheOtherSignalsOfAReaderIsReported(t *testing.T) {
	l := sink.NewLog[int]()
	var errs []error
	l.Subscribe(hooked(&errs), &follower{onEnd: func() { panic("at the end") }})
	well := following(l, 0)
	l.After("no such id").Subscribe(hooked(&errs), &follower{onEnd: func() { panic("bad id") }})
	l.Subscribe(hooked(&errs), &rude{})
	assert.Equal(t, 2, l.Stats().Subscribers)
	require.NoError(t, l.Close())
	assert.True(t, well.completed())
	assert.Len(t, errs, 3)
	assert.Zero(t, l.Stats().Subscribers)
}

// rude panics in OnSubscribe.
type rude struct{ follower }

func (*rude) OnSubscribe(flux.Subscription) { panic("hello") }

func TestAReaderThatEndsItsGoroutineDoesNotStopTheLog(t *testing.T) {
	l := sink.NewLog[int]()
	exit := func(e sink.Entry[int]) {
		if e.Value < 10 {
			runtime.Goexit() // what t.FailNow does
		}
	}
	readers := []*follower{following(l, flux.Unbounded, exit), following(l, flux.Unbounded), following(l, flux.Unbounded, exit), following(l, 2, exit)}
	readers[1].onEnd = func() { runtime.Goexit() }
	returned := false
	var all sync.WaitGroup
	for v := 1; v <= 3; v++ {
		all.Go(func() {
			_, err := l.Append(v)
			returned = true
			assert.NoError(t, err)
		})
		all.Wait()
	}
	assert.False(t, returned)
	all.Go(func() { readers[3].sub.Request(100) })
	all.Wait()
	_, err := l.Append(10)
	require.NoError(t, err, "the log is free again")
	all.Go(func() { assert.NoError(t, l.Close()) })
	all.Wait()
	for _, r := range readers {
		assert.Equal(t, []int{1, 2, 3, 10}, r.got())
		assert.True(t, r.completed())
	}
	assert.Zero(t, l.Stats().Subscribers)
}
