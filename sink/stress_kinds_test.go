package sink_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// emitters lets eight goroutines emit n values each, over and over where there is
// no room, and waits for them.
func emitters(t *testing.T, s sink.Many[int], n int) {
	var all sync.WaitGroup
	for e := range 8 {
		all.Go(func() {
			for i := range n {
				for {
					r := s.TryEmit(e*perEmitter + i)
					if r.Accepted() {
						break
					}
					if r != sink.FailNonSerialized && r != sink.FailOverflow {
						t.Errorf("emit: %v", r)
						return
					}
					runtime.Gosched()
				}
			}
		})
	}
	all.Wait()
}

func emissions() int {
	if testing.Short() {
		return 500
	}
	return 3000
}

// guests subscribe, request as they like, and leave.
func guests(t *testing.T, s sink.Many[int]) (wait func() []*witness) {
	var mu sync.Mutex
	var all []*witness
	var living sync.WaitGroup
	for g := range 6 {
		living.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 11))
			for range 40 {
				w := &witness{t: t, first: []int64{0, 1, 10, flux.Unbounded}[r.IntN(4)]}
				mu.Lock()
				all = append(all, w)
				mu.Unlock()
				s.Subscribe(context.Background(), w)
				for range r.IntN(20) {
					for range r.IntN(200) {
						runtime.Gosched()
					}
					w.ask(1 + r.Int64N(50))
				}
				w.sub.Cancel()
				w.cancelled.Store(true)
			}
		})
	}
	return func() []*witness {
		living.Wait()
		return all
	}
}

// consecutive checks that a subscriber saw a run of what the reference saw.
func consecutive(t *testing.T, order map[int]int, got []int) {
	t.Helper()
	for i := 1; i < len(got); i++ {
		if order[got[i]] != order[got[i-1]]+1 {
			t.Fatalf("%d came after %d, which are not neighbours", got[i], got[i-1])
		}
	}
}

func places(t *testing.T, got []int) map[int]int {
	order := map[int]int{}
	for i, v := range got {
		order[v] = i
	}
	assert.Len(t, order, len(got), "nothing twice")
	inOrder(t, got)
	return order
}

func TestEightEmittersIntoABufferReachAllOrMakeThemWait(t *testing.T) {
	n := emissions()
	for name, s := range map[string]sink.Many[int]{
		"multicast of 1":  sink.MulticastBuffer[int](1, sink.Options{KeepOpen: true}),
		"multicast of 64": sink.MulticastBuffer[int](64, sink.Options{KeepOpen: true}),
		"replay all":      sink.ReplayAll[int](),
		"replay limit":    sink.ReplayLimit[int](8),
	} {
		t.Run(name, func(t *testing.T) {
			reference := &witness{t: t, first: flux.Unbounded}
			s.Subscribe(context.Background(), reference)
			wait := guests(t, s)
			emitters(t, s, n)
			all := wait()
			assert.Equal(t, sink.OK, s.TryComplete())
			require.Len(t, reference.got, 8*n)
			order := places(t, reference.got)
			delivered := len(reference.got)
			for _, w := range all {
				consecutive(t, order, w.got)
				delivered += len(w.got)
				assert.LessOrEqual(t, w.after, 1)
				assert.Zero(t, w.terminals)
			}
			assert.Equal(t, 1, reference.terminals)
			st := s.Stats()
			assert.EqualValues(t, 8*n, st.Emitted)
			assert.EqualValues(t, delivered, st.Delivered)
			assert.Zero(t, st.Lost)
			assert.Zero(t, s.SubscriberCount())
		})
	}
}

func TestEightEmittersIntoAUnicastSinkLoseNothing(t *testing.T) {
	n := emissions()
	for name, s := range map[string]sink.Many[int]{"unbounded": sink.UnicastBuffer[int](), "bounded": sink.UnicastBounded[int](16), "error": sink.UnicastError[int]()} {
		t.Run(name, func(t *testing.T) {
			w := &witness{t: t, first: 0}
			s.Subscribe(context.Background(), w)
			var asking sync.WaitGroup
			var stop atomic.Bool
			asking.Go(func() {
				for !stop.Load() {
					w.ask(7)
					runtime.Gosched()
				}
				w.ask(flux.Unbounded)
			})
			emitters(t, s, n)
			stop.Store(true)
			asking.Wait()
			assert.Equal(t, sink.OK, s.TryComplete())
			st := s.Stats()
			assert.EqualValues(t, 8*n, int64(len(w.got))+st.Lost, "a unicast sink without a buffer may lose what it handed off, and counts it")
			if name != "error" {
				assert.Zero(t, st.Lost)
			}
			places(t, w.got)
			assert.Equal(t, 1, w.terminals)
		})
	}
}

func TestAnEmissionWithReliefReturnsWhileOthersGoOn(t *testing.T) {
	s := sink.DirectBestEffort[int](sink.Options{Relief: 100})
	ended := make(chan struct{})
	p := &probe{demand: flux.Unbounded, onEnd: func() { close(ended) }}
	p.onNext = func(v int) {
		if v < 10_000 {
			s.TryEmit(v + 1) // somebody who never leaves it alone
		} else {
			s.TryComplete()
		}
	}
	s.Subscribe(context.Background(), p)
	assert.Equal(t, sink.OK, s.TryEmit(0))
	<-ended
	assert.Len(t, p.got(), 10_001)
	assert.Zero(t, s.SubscriberCount())
}

func TestWhatEachPolicyMissesIsCounted(t *testing.T) {
	n := emissions()
	s := sink.DirectBestEffort[int](sink.Options{HandOff: 64})
	reference := &witness{t: t, first: flux.Unbounded}
	s.Subscribe(context.Background(), reference)
	var missed [4]atomic.Int64
	slow := map[string]*witness{}
	for i, p := range []struct {
		name   string
		policy sink.Policy
	}{
		{"drop", sink.Drop()},
		{"latest", sink.Latest()},
		{"conflate", sink.Conflate(func(v int) int { return v / perEmitter })},
		{"gap", sink.Gap(func(missed int64) int { return -int(missed) })},
	} {
		slow[p.name] = &witness{t: t}
		s.Flux(p.policy.Count(&missed[i])).Subscribe(context.Background(), slow[p.name])
	}
	kicked := &witness{t: t, first: 100}
	s.Flux(sink.Kick()).Subscribe(context.Background(), kicked)
	var stop atomic.Bool
	var asking sync.WaitGroup
	for _, w := range slow {
		asking.Go(func() {
			for !stop.Load() {
				w.ask(2)
				for range 50 {
					runtime.Gosched()
				}
			}
			w.ask(flux.Unbounded)
		})
	}
	emitters(t, s, n)
	stop.Store(true)
	asking.Wait()
	assert.Equal(t, sink.OK, s.TryComplete())

	order := places(t, reference.got)
	total := int64(8 * n)
	require.EqualValues(t, total, len(reference.got))
	for i, name := range []string{"drop", "latest", "conflate", "gap"} {
		w, values, noticed, last := slow[name], int64(0), int64(0), -1
		for _, v := range w.got {
			if v < 0 {
				noticed -= int64(v)
				continue
			}
			values++
			if name != "conflate" && order[v] <= last {
				t.Fatalf("%s: out of order", name)
			}
			last = order[v]
		}
		assert.Equal(t, total, values+missed[i].Load(), name)
		if name == "gap" {
			assert.Equal(t, missed[i].Load(), noticed)
		}
		if name == "latest" && missed[i].Load() > 0 {
			assert.Equal(t, len(order)-1, last, "the newest value arrives")
		}
		assert.Equal(t, 1, w.terminals, name)
	}
	assert.Len(t, kicked.got, 100)
	assert.Equal(t, 1, kicked.terminals)
	st := s.Stats()
	dropped := missed[0].Load() + missed[1].Load() + missed[2].Load() + missed[3].Load() + 1
	assert.Equal(t, dropped, st.Dropped)
	assert.Equal(t, total*5+101-dropped, st.Delivered)
	assert.EqualValues(t, 1, st.Kicked)
	assert.Zero(t, st.Pending)
}
