package sink_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
)

// A value of the stress test carries its emitter and its place among that
// emitter's values.
const perEmitter = 100_000

// witness checks the contract while it receives.
type witness struct {
	t         *testing.T
	sub       flux.Subscription
	first     int64
	asked     atomic.Int64
	got       []int
	inside    atomic.Int32
	cancelled atomic.Bool
	after     int // values that began after Cancel had returned
	terminals int
}

func (w *witness) OnSubscribe(s flux.Subscription) {
	w.sub = s
	if w.first > 0 {
		w.ask(w.first)
	}
}

// ask notes the demand before it is raised, so that asked is never too low.
func (w *witness) ask(n int64) {
	if w.asked.Load() != flux.Unbounded {
		if n == flux.Unbounded {
			w.asked.Store(n)
		} else {
			w.asked.Add(n)
		}
	}
	w.sub.Request(n)
}

func (w *witness) enter() func() {
	if w.inside.Add(1) != 1 {
		w.t.Error("two signals at once")
	}
	return func() { w.inside.Add(-1) }
}

func (w *witness) OnNext(v int) {
	late := w.cancelled.Load()
	defer w.enter()()
	if late {
		w.after++
	}
	if w.terminals > 0 {
		w.t.Error("a value after the terminal")
	}
	w.got = append(w.got, v)
	if int64(len(w.got)) > w.asked.Load() {
		w.t.Error("more values than requested")
	}
}

func (w *witness) OnError(error) { defer w.enter()(); w.terminals++ }
func (w *witness) OnComplete()   { defer w.enter()(); w.terminals++ }

// live does what a subscriber may do, until it is done with it.
func (w *witness) live(r *rand.Rand) {
	for range r.IntN(20) {
		for range r.IntN(2000) {
			runtime.Gosched()
		}
		if r.IntN(3) == 0 {
			w.ask(1 + r.Int64N(50))
		}
	}
	switch r.IntN(4) {
	case 0: // stays
	case 1:
		w.sub.Request(-r.Int64N(3))
	default:
		w.sub.Cancel()
		w.cancelled.Store(true)
	}
}

func TestEightEmittersAndSubscribersThatComeAndGo(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		const emitters, lives, each = 8, 6, 4
		n := 3000
		if testing.Short() {
			n = 500
		}
		demands := []int64{0, 1, 10, 1000, flux.Unbounded}
		if strings.Contains(t.Name(), "all") { // one without demand would stop the rest
			demands = []int64{1000, 100_000, flux.Unbounded}
		}
		reference := &witness{t: t, first: flux.Unbounded}
		s.Subscribe(context.Background(), reference)

		var emitting, living sync.WaitGroup
		var delivered atomic.Int64
		for e := range emitters {
			emitting.Go(func() {
				for i := range n {
					for {
						r := s.TryEmit(e*perEmitter + i)
						if r.Accepted() {
							break
						}
						if r == sink.FailNonSerialized {
							runtime.Gosched()
							continue
						}
						if r != sink.FailOverflow {
							t.Errorf("emit: %v", r)
						}
						break
					}
				}
			})
		}
		all := make([][]*witness, lives)
		for l := range lives {
			living.Go(func() {
				r := rand.New(rand.NewPCG(uint64(l), 7))
				for range each * 10 {
					w := &witness{t: t, first: demands[r.IntN(len(demands))]}
					all[l] = append(all[l], w)
					s.Subscribe(context.Background(), w)
					w.live(r)
				}
			})
		}
		living.Wait()
		emitting.Wait()
		assert.Equal(t, sink.OK, s.TryComplete())

		order := map[int]int{}
		for i, v := range reference.got {
			_, twice := order[v]
			assert.False(t, twice)
			order[v] = i
		}
		inOrder(t, reference.got)
		delivered.Add(int64(len(reference.got)))
		for _, ws := range all {
			for _, w := range ws {
				delivered.Add(int64(len(w.got)))
				for i := 1; i < len(w.got); i++ {
					if order[w.got[i-1]] >= order[w.got[i]] {
						t.Fatal("a subscriber saw values in another order than the others")
					}
				}
				assert.LessOrEqual(t, w.after, 1, "only the value in flight may arrive after Cancel")
				if w.cancelled.Load() {
					assert.Zero(t, w.terminals)
				} else {
					assert.Equal(t, 1, w.terminals)
				}
			}
		}
		st := s.Stats()
		assert.Equal(t, int64(len(reference.got)), st.Emitted)
		assert.Equal(t, delivered.Load(), st.Delivered)
		assert.Equal(t, int64(emitters*n), st.Emitted+st.Overflowed)
		assert.Zero(t, st.Pending)
		assert.Zero(t, s.SubscriberCount())
	})
}

// inOrder checks that the values of each emitter stand in the order in which it
// emitted them.
func inOrder(t *testing.T, got []int) {
	t.Helper()
	last := map[int]int{}
	for _, v := range got {
		if before, ok := last[v/perEmitter]; ok && before >= v {
			t.Fatalf("%d came after %d of the same emitter", v, before)
		}
		last[v/perEmitter] = v
	}
}
