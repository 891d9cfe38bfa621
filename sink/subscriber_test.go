package sink_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
)

func upTo(n int) []int {
	var vs []int
	for v := range n {
		vs = append(vs, v)
	}
	return vs
}

func TestASinkWithABufferAsksItsStreamForTheRoomItHas(t *testing.T) {
	var asked []int64
	src := flux.Range(0, 100).DoOnRequest(func(n int64) { asked = append(asked, n) })
	s := sink.MulticastBuffer[int](8)
	src.Subscribe(context.Background(), sink.Subscriber(s))
	assert.Equal(t, []int64{8}, asked)
	assert.Equal(t, 8, s.Stats().Pending)
	p := watching(s, 3)
	assert.Equal(t, []int{0, 1, 2}, p.got())
	assert.Equal(t, []int64{8, 2}, asked, "in batches of a quarter")
	fast := watching(s, flux.Unbounded)
	p.sub.Request(flux.Unbounded)
	assert.Equal(t, upTo(100), p.got())
	assert.Equal(t, upTo(100)[3:], fast.got())
	assert.True(t, p.completed())
	assert.Zero(t, s.Stats().Overflowed)
}

func TestAStreamIsCancelledWhenItsSinkCancelsItself(t *testing.T) {
	for name, s := range map[string]sink.Many[int]{"multicast": sink.MulticastBuffer[int](4), "unicast": sink.UnicastBounded[int](4)} {
		t.Run(name, func(t *testing.T) {
			cancelled := 0
			flux.Range(0, 100).DoOnCancel(func() { cancelled++ }).Subscribe(context.Background(), sink.Subscriber(s))
			p := watching(s, 1)
			assert.Zero(t, cancelled)
			p.sub.Cancel()
			assert.Equal(t, 1, cancelled)
			assert.Equal(t, sink.FailCancelled, s.TryEmit(1))
		})
	}
}

func TestADirectSinkTakesItsStreamAsItComes(t *testing.T) {
	var d dropped
	s := sink.DirectBestEffort[int](d.options())
	p := watching(s, 2)
	flux.Range(0, 5).Subscribe(context.Background(), sink.Subscriber(s))
	assert.Equal(t, []int{0, 1}, p.got())
	assert.True(t, p.completed())
	assert.Equal(t, []any{2, 3, 4}, d.discarded)
	assert.EqualValues(t, 3, s.Stats().Overflowed)
}

func TestAReplaySinkKeepsItsStream(t *testing.T) {
	s := sink.ReplayLimit[int](2)
	flux.Concat[int](flux.Range(0, 5), flux.Error[int](errBoom)).Subscribe(context.Background(), sink.Subscriber(s))
	p := watching(s, flux.Unbounded)
	assert.Equal(t, []int{3, 4}, p.got())
	assert.Equal(t, errBoom, p.failure())
}

func TestAStreamIntoATerminatedSinkIsCancelled(t *testing.T) {
	for name, s := range map[string]sink.Many[int]{"direct": sink.DirectBestEffort[int](), "buffer": sink.MulticastBuffer[int](4)} {
		t.Run(name, func(t *testing.T) {
			s.TryComplete()
			cancelled := 0
			flux.Never[int]().StartWith(1).DoOnCancel(func() { cancelled++ }).Subscribe(context.Background(), sink.Subscriber(s))
			assert.Equal(t, 1, cancelled)
		})
	}
}

func TestASinkWithABufferTakesOneStream(t *testing.T) {
	var d dropped
	s := sink.MulticastBuffer[int](4, d.options())
	flux.Never[int]().Subscribe(context.Background(), sink.Subscriber(s))
	cancelled := 0
	flux.Never[int]().DoOnCancel(func() { cancelled++ }).Subscribe(context.Background(), sink.Subscriber(s))
	assert.Equal(t, 1, cancelled)
	if assert.Len(t, d.errs, 1) {
		assert.ErrorIs(t, d.errs[0], flux.ErrInvalid)
	}
}

func TestAStreamIntoABufferIsPacedByTheSlowestOfItsSubscribers(t *testing.T) {
	const n = 5000
	s := sink.MulticastBuffer[int](16)
	var all []*witness
	for range 3 {
		w := &witness{t: t}
		s.Subscribe(context.Background(), w)
		all = append(all, w)
	}
	var asking sync.WaitGroup
	for i, w := range all {
		asking.Go(func() {
			for asked := 0; asked < n; asked += 7 + i {
				w.ask(int64(7 + i))
				runtime.Gosched()
			}
		})
	}
	asking.Go(func() { flux.Range(0, n).PublishOn().Subscribe(context.Background(), sink.Subscriber(s)) })
	asking.Wait()
	assert.Eventually(t, func() bool { return s.SubscriberCount() == 0 }, 30*time.Second, time.Millisecond)
	for _, w := range all {
		assert.Equal(t, upTo(n), w.got)
		assert.Equal(t, 1, w.terminals)
	}
	assert.Zero(t, s.Stats().Overflowed)
}

// foreignSink is a Many of somebody else.
type foreignSink struct{ sink.Many[int] }

func TestAStreamGoesIntoAForeignSinkToo(t *testing.T) {
	s := sink.UnicastError[int]()
	p := watching(s, 2)
	flux.Range(0, 4).Subscribe(context.Background(), sink.Subscriber[int](foreignSink{s}))
	assert.Equal(t, []int{0, 1}, p.got())
	assert.True(t, p.completed())
}

func TestAStreamIntoASinkWhoseSubscriberHasLeftIsCancelled(t *testing.T) {
	var d dropped
	s := sink.UnicastBuffer[int](d.options())
	cancelled := 0
	values := sink.DirectBestEffort[int]()
	values.Flux().DoOnCancel(func() { cancelled++ }).Subscribe(context.Background(), sink.Subscriber(s))
	p := watching(s, 1)
	fill(values, 1, 1)
	p.sub.Cancel()
	fill(values, 2, 2)
	assert.Equal(t, []int{1}, p.got())
	assert.Equal(t, 1, cancelled)
	assert.Equal(t, []any{2}, d.discarded)
}

func TestAReplayReportsAPanicOfItsSubscriber(t *testing.T) {
	var errs []error
	s := sink.ReplayAll[int]()
	s.TryEmit(1)
	s.Subscribe(hooked(&errs), &greeter{})
	s.Subscribe(hooked(&errs), &probe{demand: 5, onNext: func(int) { panic("sick") }})
	assert.Len(t, errs, 2)
	assert.Zero(t, s.SubscriberCount())
}

func TestAValueThatFindsItsRoomTakenIsDiscarded(t *testing.T) {
	var d dropped
	s := sink.MulticastBuffer[int](1, d.options())
	values := sink.DirectBestEffort[int]()
	values.Subscribe(context.Background(), sink.Subscriber(s))
	assert.Equal(t, sink.OK, s.TryEmit(1))
	assert.Equal(t, sink.OK, values.TryEmit(2))
	assert.Equal(t, []any{2}, d.discarded)
	p := watching(s, 0)
	p.sub.Request(2)
	assert.Equal(t, sink.OK, values.TryEmit(3), "what has left made room")
	assert.Equal(t, []int{1, 3}, p.got())
}
