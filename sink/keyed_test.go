package sink_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

type rooms = sink.KeyedOptions[string]

// comings notes what the presence hooks are told.
type comings struct {
	mu  sync.Mutex
	log []string
}

func (c *comings) options() rooms {
	note := func(what string) func(string) {
		return func(key string) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.log = append(c.log, what+key)
		}
	}
	return rooms{FirstIn: note("+"), LastOut: note("-")}
}

func (c *comings) told() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

func TestAKeyBeginsWithItsFirstSubscriberAndEndsWithItsLast(t *testing.T) {
	var c comings
	k := sink.NewKeyed[string, int](c.options())
	assert.Equal(t, sink.FailZeroSubscriber, k.TryEmit("ann", 1))
	a := watching(k.Flux("ann"), flux.Unbounded)
	tab := watching(k.Flux("ann"), flux.Unbounded)
	b := watching(k.Flux("bob"), flux.Unbounded)
	assert.Equal(t, sink.OK, k.TryEmit("ann", 2))
	assert.Equal(t, sink.OK, k.TryEmit("bob", 3))
	assert.Equal(t, 2, k.Broadcast(4))
	assert.ElementsMatch(t, []string{"ann", "bob"}, k.Keys())
	assert.Equal(t, 2, k.SubscriberCount("ann"))
	a.sub.Cancel()
	assert.Equal(t, sink.OK, k.TryEmit("ann", 5))
	tab.sub.Cancel()
	assert.Equal(t, sink.FailZeroSubscriber, k.TryEmit("ann", 6))
	assert.Equal(t, 1, k.KeyCount())
	assert.Zero(t, k.SubscriberCount("ann"))
	assert.Equal(t, []int{2, 4}, a.got())
	assert.Equal(t, []int{2, 4, 5}, tab.got())
	assert.Equal(t, []int{3, 4}, b.got())
	assert.Equal(t, []string{"+ann", "+bob", "-ann"}, c.told())
	assert.Equal(t, sink.Stats{Subscribers: 1, Emitted: 5, Delivered: 7}, k.Stats())
}

func TestAKeyIsKeptForItsGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c comings
		o := c.options()
		o.Grace = time.Second
		k := sink.NewKeyed[string, int](o)
		a := watching(k.Flux("ann"), flux.Unbounded)
		a.sub.Cancel()
		time.Sleep(900 * time.Millisecond)
		assert.Equal(t, 1, k.KeyCount())
		assert.Equal(t, sink.FailZeroSubscriber, k.TryEmit("ann", 1))
		again := watching(k.Flux("ann"), flux.Unbounded)
		time.Sleep(900 * time.Millisecond)
		assert.Equal(t, sink.OK, k.TryEmit("ann", 2))
		again.sub.Cancel()
		time.Sleep(999 * time.Millisecond)
		assert.Equal(t, []string{"+ann"}, c.told())
		time.Sleep(time.Millisecond)
		synctest.Wait()
		assert.Equal(t, []string{"+ann", "-ann"}, c.told())
		assert.Zero(t, k.KeyCount())
		assert.Equal(t, []int{2}, again.got())
	})
}

func TestASubscriberForAKeyTooManyGetsAnErrorThatSaysSo(t *testing.T) {
	k := sink.NewKeyed[string, int](rooms{MaxKeys: 1})
	a := watching(k.Flux("ann"), 1)
	refused := watching(k.Flux("bob"), 1)
	require.ErrorIs(t, refused.failure(), sink.ErrTooManyKeys)
	assert.ErrorContains(t, refused.failure(), "MaxKeys is 1")
	second := watching(k.Flux("ann"), 1)
	require.NoError(t, second.failure())
	a.sub.Cancel()
	second.sub.Cancel()
	assert.NoError(t, watching(k.Flux("bob"), 1).failure())
}

func TestEndingAKeyEndsItsSubscriptionsAndTheNextBeginsAnew(t *testing.T) {
	var c comings
	k := sink.NewKeyed[string, int](c.options())
	a := watching(k.Flux("ann"), flux.Unbounded)
	assert.Equal(t, sink.OK, k.TryError("ann", errBoom))
	assert.Equal(t, errBoom, a.failure())
	assert.Equal(t, sink.FailZeroSubscriber, k.TryComplete("ann"))
	b := watching(k.Flux("ann"), flux.Unbounded)
	assert.Equal(t, sink.OK, k.TryEmit("ann", 1))
	assert.Equal(t, sink.OK, k.TryComplete("ann"))
	assert.Equal(t, []int{1}, b.got())
	assert.True(t, b.completed())
	assert.Equal(t, []string{"+ann", "-ann", "+ann", "-ann"}, c.told())
}

func TestEndingAKeyedSinkEndsEverything(t *testing.T) {
	var d dropped
	k := sink.NewKeyed[string, int](rooms{Options: d.options()})
	a, b := watching(k.Flux("ann"), 1), watching(k.Flux("bob"), 1)
	assert.Equal(t, sink.OK, k.Complete())
	assert.Equal(t, sink.FailTerminated, k.Fail(errBoom))
	assert.True(t, a.completed())
	assert.True(t, b.completed())
	assert.True(t, watching(k.Flux("cy"), 1).completed())
	assert.Equal(t, sink.FailTerminated, k.TryEmit("ann", 1))
	assert.Equal(t, sink.FailTerminated, k.Emit("ann", 2, sink.FailFast))
	assert.Equal(t, []any{2}, d.next)
	assert.Zero(t, k.KeyCount())
	failed := sink.NewKeyed[string, int]()
	failed.Fail(errBoom)
	assert.Equal(t, errBoom, watching(failed.Flux("ann"), 1).failure())
}

func TestAKeyedSinkWithBadOptionsHasFailed(t *testing.T) {
	for _, o := range []rooms{{Grace: -1}, {MaxKeys: -1}, {Options: sink.Options{HandOff: -1}}} {
		k := sink.NewKeyed[string, int](o)
		assert.ErrorIs(t, watching(k.Flux("ann"), 1).failure(), flux.ErrInvalid)
	}
}

func TestSubscribersOfAKeyMayHaveAPolicy(t *testing.T) {
	k := sink.NewKeyed[string, int]()
	p := watching(k.Flux("ann", sink.Latest()), 1)
	for v := 1; v <= 3; v++ {
		k.TryEmit("ann", v)
	}
	p.sub.Request(1)
	assert.Equal(t, []int{1, 3}, p.got())
	p.sub.Cancel()
	assert.Zero(t, k.KeyCount())
	assert.ErrorIs(t, watching(k.Flux("ann", sink.Latest(), sink.Kick()), 1).failure(), flux.ErrInvalid)
	assert.Equal(t, sink.Stats{Emitted: 3, Delivered: 2, Dropped: 1}, k.Stats())
}

// leaver cancels in OnSubscribe.
type leaver struct{ probe }

func (*leaver) OnSubscribe(s flux.Subscription) { s.Cancel() }

func TestASubscriberThatCancelsInsideOnSubscribeLeavesNoKey(t *testing.T) {
	var c comings
	k := sink.NewKeyed[string, int](c.options())
	k.Flux("ann").Subscribe(context.Background(), &leaver{})
	assert.Zero(t, k.KeyCount())
	assert.Empty(t, c.told())
}

func TestHooksMayUseTheSink(t *testing.T) {
	var k *sink.Keyed[string, int]
	var p *probe
	k = sink.NewKeyed[string, int](rooms{
		FirstIn: func(key string) { k.TryEmit(key, 1) },
		LastOut: func(key string) {
			if p == nil {
				p = watching(k.Flux(key), 1)
			}
		},
	})
	first := watching(k.Flux("ann"), 1)
	assert.Equal(t, []int{1}, first.got(), "the first in sees what its coming caused")
	first.sub.Cancel()
	assert.Equal(t, []int{1}, p.got())
	p.sub.Cancel()
	assert.Zero(t, k.KeyCount())
}

// Each round one subscriber leaves as the last, another comes, and a third party
// emits: who was there before the emission began must get it.
func TestNoValueIsLostToWhoIsSubscribedWhileOthersLeave(t *testing.T) {
	k := sink.NewKeyed[string, int]()
	rounds := 20_000
	if testing.Short() {
		rounds = 2000
	}
	for round := range rounds {
		leaves := watching(k.Flux("ann"), flux.Unbounded)
		stays := &probe{demand: flux.Unbounded}
		var all sync.WaitGroup
		all.Go(leaves.sub.Cancel)
		all.Go(func() {
			k.Flux("ann").Subscribe(context.Background(), stays)
			if r := k.TryEmit("ann", round); r != sink.OK {
				t.Errorf("round %d: %v", round, r)
			}
		})
		all.Wait()
		if got := stays.got(); len(got) != 1 {
			t.Fatalf("round %d: got %v", round, got)
		}
		stays.sub.Cancel()
	}
	assert.Zero(t, k.KeyCount())
	assert.EqualValues(t, rounds, k.Stats().Emitted)
}

func TestEightEmittersAndKeysThatComeAndGo(t *testing.T) {
	for _, grace := range []time.Duration{0, 50 * time.Microsecond} {
		t.Run(fmt.Sprint(grace), func(t *testing.T) {
			var c comings
			o := c.options()
			o.Grace = grace
			k := sink.NewKeyed[string, int](o)
			keys := []string{"a", "b", "c"}
			var emitting, living sync.WaitGroup
			var stop atomic.Bool
			for e := range 8 {
				emitting.Go(func() {
					for i := 0; !stop.Load(); i++ {
						if i%50 == 0 {
							k.Broadcast(e*perEmitter + i%perEmitter)
						} else {
							k.TryEmit(keys[i%3], e*perEmitter+i%perEmitter)
						}
						runtime.Gosched()
					}
				})
			}
			for range 6 {
				living.Go(func() {
					for i := range 200 {
						w := &witness{t: t, first: flux.Unbounded}
						k.Flux(keys[i%3]).Subscribe(context.Background(), w)
						for range i % 7 {
							runtime.Gosched()
						}
						w.sub.Cancel()
						w.cancelled.Store(true)
					}
				})
			}
			living.Wait()
			stop.Store(true)
			emitting.Wait()
			assert.Eventually(t, func() bool { return k.KeyCount() == 0 }, 10*time.Second, time.Millisecond)
			k.Complete()
			last := map[string]string{}
			for _, what := range c.told() {
				key := what[1:]
				assert.NotEqual(t, last[key], what[:1], "comings and goings of a key alternate")
				last[key] = what[:1]
			}
			for key, what := range last {
				assert.Equal(t, "-", what, key)
			}
			st := k.Stats()
			assert.Zero(t, st.Subscribers)
			assert.Zero(t, st.Pending)
			assert.Zero(t, st.Dropped)
		})
	}
}

func TestAKeyedSinkBehavesLikeAMapOfLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 3).Draw(t, "keys at most")
		var c comings
		o := c.options()
		o.MaxKeys = limit
		k := sink.NewKeyed[string, int](o)
		type member struct {
			p    *probe
			key  string
			want []int
		}
		in := map[string][]*member{}
		var all []*member
		var told []string
		key := rapid.SampledFrom([]string{"a", "b", "c", "d"})
		leave := func(m *member) {
			in[m.key] = slices.DeleteFunc(in[m.key], func(o *member) bool { return o == m })
			if len(in[m.key]) == 0 {
				delete(in, m.key)
				told = append(told, "-"+m.key)
			}
		}
		for v := range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch x := key.Draw(t, "key"); rapid.IntRange(0, 5).Draw(t, "do") {
			case 0, 1:
				m := &member{p: watching(k.Flux(x), flux.Unbounded), key: x}
				if in[x] == nil && limit > 0 && len(in) == limit {
					require.ErrorIs(t, m.p.failure(), sink.ErrTooManyKeys)
					continue
				}
				if in[x] == nil {
					told = append(told, "+"+x)
				}
				in[x] = append(in[x], m)
				all = append(all, m)
			case 2:
				if len(all) > 0 {
					m := rapid.SampledFrom(all).Draw(t, "who")
					if slices.Contains(in[m.key], m) {
						leave(m)
					}
					m.p.sub.Cancel()
				}
			case 3:
				require.Equal(t, in[x] != nil, k.TryEmit(x, v) == sink.OK)
				for _, m := range in[x] {
					m.want = append(m.want, v)
				}
			case 4:
				require.Equal(t, len(in), k.Broadcast(v))
				for _, ms := range in {
					for _, m := range ms {
						m.want = append(m.want, v)
					}
				}
			case 5:
				require.Equal(t, in[x] != nil, k.TryComplete(x) == sink.OK)
				if in[x] != nil {
					delete(in, x)
					told = append(told, "-"+x)
				}
			}
			require.Len(t, k.Keys(), len(in))
			require.Equal(t, told, c.log)
			for _, m := range all {
				require.ElementsMatch(t, m.want, m.p.got())
			}
		}
	})
}
