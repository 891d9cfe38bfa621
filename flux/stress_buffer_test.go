package flux_test

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

// hurried gives the integers from 1 to n on a goroutine of its own.
func hurried(n int) ints {
	return flux.Produce(func(_ ctx, emit func(int) error) error {
		for i := 1; i <= n; i++ {
			if i%64 == 0 {
				runtime.Gosched()
			}
			if err := emit(i); err != nil {
				return err
			}
		}
		return nil
	})
}

// pulses gives values on a goroutine of its own until it is cancelled.
func pulses() ints {
	return flux.Produce(func(_ ctx, emit func(int) error) error {
		for i := 0; ; i++ {
			for range 20 {
				runtime.Gosched()
			}
			if err := emit(i); err != nil {
				return err
			}
		}
	})
}

// contended are operators whose signals come from several goroutines, flattened
// so that every value of the source passes once.
func contended() map[string]func(s ints) ints {
	merged := func(w flux.Flux[ints]) ints { return flux.FlatMap(w, func(w ints) ints { return w.PublishOn() }) }
	listed := func(l flux.Flux[[]int]) ints { return flux.ConcatMap(l, flux.FromSlice[int]) }
	third := func(v int) bool { return v%3 == 0 }
	return map[string]func(s ints) ints{
		"BufferOn": func(s ints) ints {
			return listed(flux.BufferOn(s, pulses()).OnBackpressureBuffer(flux.BufferSpec[[]int]{}))
		},
		"BufferTimeout":      func(s ints) ints { return listed(flux.BufferTimeout(s, 7, 20*time.Microsecond).LimitRate(1e6)) },
		"BufferTimeout fair": func(s ints) ints { return listed(flux.BufferTimeout(s, 7, 20*time.Microsecond, flux.Fair())) },
		"BufferUntil":        func(s ints) ints { return listed(flux.BufferUntil(s, third)) },
		"BufferSkip":         func(s ints) ints { return flux.Map(flux.BufferSkip(s, 3, 1), func(l []int) int { return l[0] }) },
		"Window":             func(s ints) ints { return merged(flux.Window(s, 5)) },
		"WindowUntil":        func(s ints) ints { return merged(flux.WindowUntil(s, third, flux.Prefetch(4))) },
		"WindowUntil in turn": func(s ints) ints {
			return inTurn(flux.WindowUntil(s, func(v int) bool { return v%100 == 0 }, flux.Prefetch(8)))
		},
		"WindowOn":           func(s ints) ints { return merged(flux.WindowOn(s, pulses()).LimitRate(1e6)) },
		"WindowTimeout":      func(s ints) ints { return merged(flux.WindowTimeout(s, 7, 20*time.Microsecond).LimitRate(1e6)) },
		"WindowTimeout fair": func(s ints) ints { return merged(flux.WindowTimeout(s, 7, 20*time.Microsecond, flux.Fair())) },
		"GroupBy": func(s ints) ints {
			groups := flux.GroupBy(s, func(v int) int { return v % 5 }, flux.Prefetch(8))
			return flux.FlatMap(groups, func(g flux.Grouped[int, int]) ints { return g.PublishOn() })
		},
		"GroupBy of short groups": func(s ints) ints {
			groups := flux.GroupBy(s, func(v int) int { return v / 10 }, flux.Prefetch(8))
			return flux.FlatMap(groups, func(g flux.Grouped[int, int]) ints { return g.Flux }, flux.Concurrency(1<<20))
		},
	}
}

// gathered counts what it gets, and asks for it bit by bit.
type gathered struct {
	up   flux.Subscription
	mu   sync.Mutex
	got  []int
	err  error
	done chan struct{} // closed at the end, for the test that waits
}

func (g *gathered) OnSubscribe(s flux.Subscription) { g.up = s }

func (g *gathered) OnNext(v int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got = append(g.got, v)
}

func (g *gathered) OnError(err error) { g.err = err; close(g.done) }
func (g *gathered) OnComplete()       { close(g.done) }

func TestNoValueIsLostOrDoubledUnderContention(t *testing.T) {
	const n = 3000
	for name, op := range contended() {
		t.Run(name, func(t *testing.T) {
			sources := []ints{hurried(n), flux.Range(1, n)}
			if strings.HasSuffix(name, "On") {
				sources = sources[:1] // a loop's goroutine would open windows for the pulses, and not come to its values
			}
			for _, src := range sources {
				ctx, cancel := context.WithCancel(t.Context())
				g := &gathered{done: make(chan struct{})}
				op(src).Subscribe(ctx, g)
				requests(t, g)
				require.NoError(t, g.err)
				slices.Sort(g.got)
				require.Equal(t, upTo(n), g.got)
				cancel()
			}
		})
	}
}

func TestListsAndWindowsThatOverlapUnderContentionAreRuns(t *testing.T) {
	opening := pulses().Take(50)
	soon := func(int) flux.Mono[int] { return pulses().Next() }
	list := func(w ints) flux.Mono[[]int] { return flux.CollectList(w) }
	for name, lists := range map[string]flux.Flux[[]int]{
		"BufferWhen": flux.BufferWhen(hurried(math.MaxInt), opening, soon),
		"WindowWhen": flux.FlatMap(flux.WindowWhen(hurried(math.MaxInt), opening, soon), list),
	} {
		t.Run(name, func(t *testing.T) {
			seen := 0
			for range 20 { // in some the source's goroutine does nothing but open and close
				for list, err := range lists.All(t.Context()) {
					require.NoError(t, err)
					for i, v := range list {
						if v != list[0]+i {
							require.Equal(t, list[0]+i, v, "%v", list)
						}
					}
					seen += len(list)
				}
			}
			require.NotZero(t, seen)
		})
	}
}

func TestAListThatIsCutWhileAValueComesLosesNoValue(t *testing.T) {
	const n = 1 << 20
	cuts := flux.Produce(func(_ ctx, emit func(int) error) error {
		for {
			if err := emit(0); err != nil {
				return err
			}
		}
	})
	next := 1
	for list, err := range flux.BufferOn(flux.Range(1, n), cuts).OnBackpressureBuffer(flux.BufferSpec[[]int]{}).All(t.Context()) {
		require.NoError(t, err)
		for _, v := range list {
			if v != next {
				require.Equal(t, next, v)
			}
			next++
		}
	}
	require.Equal(t, n+1, next)
}

// requests asks from two goroutines until the stream has ended.
func requests(t *testing.T, g *gathered) {
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for {
				select {
				case <-g.done:
					return
				default:
					g.up.Request(1 + rand.Int64N(20))
					runtime.Gosched()
				}
			}
		})
	}
	select {
	case <-g.done:
	case <-time.After(20 * time.Second):
		t.Error("the stream hangs")
		close(g.done)
	}
	all.Wait()
}

func TestACancelAtAnyMomentEndsWindowsAndGroups(t *testing.T) {
	for name, op := range contended() {
		t.Run(name, func(t *testing.T) {
			for range 30 {
				ctx, cancel := context.WithCancel(t.Context())
				g := &gathered{done: make(chan struct{})}
				op(hurried(1<<20)).Subscribe(ctx, g)
				g.up.Request(1 + rand.Int64N(200))
				for range rand.IntN(200) {
					runtime.Gosched()
				}
				g.up.Request(flux.Unbounded)
				go g.up.Request(5)
				g.up.Cancel()
				cancel() // what was given out and not subscribed to goes with the context
			}
		})
	}
}
