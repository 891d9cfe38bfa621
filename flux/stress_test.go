package flux_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// A value of a stress test is source*lane + number, numbers from 0 on.
const lane = 1_000_000

// sender gives n values of one source, from a goroutine of its own.
func sender(source, n int) ints {
	return flux.Produce(func(_ ctx, emit func(int) error) error {
		for i := range n {
			if i%7 == source%7 {
				runtime.Gosched()
			}
			if err := emit(source*lane + i); err != nil {
				return err
			}
		}
		return nil
	})
}

// list gives the same values as sender, without a goroutine.
func list(source, n int) ints {
	values := make([]int, n)
	for i := range values {
		values[i] = source*lane + i
	}
	return flux.FromSlice(values)
}

// emitters gives n values of each source, from as many goroutines.
func emitters(sources, n int, overflow flux.Overflow) ints {
	return flux.Create(func(_ ctx, e *flux.Emitter[int]) {
		var all sync.WaitGroup
		for s := range sources {
			all.Go(func() {
				for i := range n {
					e.Next(s*lane + i)
				}
			})
		}
		go func() { all.Wait(); e.Complete() }()
	}, overflow)
}

// pressure is one concurrent kernel under load: n values from each of 4 sources.
type pressure struct {
	name  string
	build func(n int) ints
	count func(n int) int // values that must come; nil if some may be lost
}

func pressures() []pressure {
	four := func(n int) int { return 4 * n }
	all := func(n int) []pub { return []pub{sender(0, n), sender(1, n), sender(2, n), sender(3, n)} }
	inner := func(n int) func(int) ints { return func(s int) ints { return sender(s, n) } }
	return []pressure{
		{name: "drain", build: func(n int) ints { return emitters(4, n, flux.OverflowBuffer) }, count: four},
		{name: "drain, latest", build: func(n int) ints { return emitters(4, n, flux.OverflowLatest) }},
		{name: "drain, drop", build: func(n int) ints { return emitters(4, n, flux.OverflowDrop) }},
		{name: "buffer", build: func(n int) ints {
			return flux.Merge(all(n)...).OnBackpressureBuffer(flux.BufferSpec[int]{})
		}, count: four},
		{name: "latest", build: func(n int) ints { return flux.Merge(all(n)...).OnBackpressureLatest() }},
		{name: "shed", build: func(n int) ints { return flux.Merge(all(n)...).OnBackpressureDrop(nil) }},
		{name: "merge", build: func(n int) ints { return flux.Merge(all(n)...) }, count: four},
		{name: "merge with rejections", build: func(n int) ints {
			return flux.Merge(all(n)...).Filter(func(v int) bool { return v%2 == 0 })
		}, count: func(n int) int { return 2 * n }},
		{name: "flatMap", build: func(n int) ints {
			return flux.FlatMap(flux.Range(0, 4), inner(n), flux.Concurrency(2), flux.Prefetch(3))
		}, count: four},
		{name: "flatMap of single values", build: func(n int) ints {
			return flux.FlatMap(emitters(4, n, flux.OverflowBuffer), one, flux.Concurrency(2))
		}, count: four},
		{name: "merge of lists and senders", build: func(n int) ints {
			return flux.Merge[int](sender(0, n), list(1, n), sender(2, n), list(3, n))
		}, count: four},
		{name: "flatMap to lists and senders", build: func(n int) ints {
			lists := flux.FlatMap(flux.Range(2, 2).PublishOn(), func(s int) ints { return list(s, n) })
			return flux.Merge[int](sender(0, n), lists, sender(1, n)).Filter(func(v int) bool { return v%2 == 0 })
		}, count: func(n int) int { return 2 * n }},
		{name: "flatMap to lists", build: func(n int) ints {
			return flux.FlatMap(sender(0, 4).PublishOn(), func(s int) ints { return list(s, n) }, flux.Prefetch(3))
		}, count: four},
		{name: "concatMap to lists", build: func(n int) ints {
			return flux.ConcatMap(sender(0, 4), func(s int) ints { return list(s, n) })
		}, count: four},
		{name: "concatMap to lists with rejections", build: func(n int) ints {
			many := flux.ConcatMap(sender(0, 4).PublishOn(), func(s int) ints { return list(s, n) }, flux.Prefetch(2))
			return many.Filter(func(v int) bool { return v%2 == 0 })
		}, count: func(n int) int { return 2 * n }},
		{name: "concatMap", build: func(n int) ints { return flux.ConcatMap(flux.Range(0, 4).PublishOn(), inner(n)) }, count: four},
		{name: "concatMap that prefetches", build: func(n int) ints {
			return flux.ConcatMap(emitters(4, n, flux.OverflowBuffer), two, flux.Prefetch(2))
		}, count: four},
		{name: "concatMap with rejections", build: func(n int) ints {
			return flux.ConcatMap(flux.Range(0, 4).PublishOn(), inner(n)).Filter(func(v int) bool { return v%2 == 0 })
		}, count: func(n int) int { return 2 * n }},
		{name: "concat", build: func(n int) ints { return flux.Concat(all(n)...) }, count: four},
		{name: "concat with rejections", build: func(n int) ints {
			return flux.Concat(all(n)...).Filter(func(v int) bool { return v%2 == 0 })
		}, count: func(n int) int { return 2 * n }},
		{name: "switchMap", build: func(n int) ints { return flux.SwitchMap(flux.Range(0, 4).PublishOn(flux.Prefetch(1)), inner(n)) }},
		{name: "switchMap with rejections", build: func(n int) ints {
			many := flux.SwitchMap(sender(0, n), func(v int) ints { return sender(v, 5) })
			return many.Filter(func(v int) bool { return v%2 == 0 })
		}},
		{name: "zip", build: func(n int) ints {
			return flux.Zip2(sender(0, n), sender(1, n), func(a, b int) int {
				if b != a+lane {
					panic("mismatched pair")
				}
				return a
			})
		}, count: func(n int) int { return n }},
		{name: "zip of a list and a sender", build: func(n int) ints {
			return flux.Zip3(list(0, n), sender(1, n+1), list(2, n+2), func(a, b, c int) int {
				if b != a+lane || c != b+lane {
					panic("mismatched values")
				}
				return a
			})
		}, count: func(n int) int { return n }},
		{name: "publishOn", build: func(n int) ints {
			return emitters(4, n, flux.OverflowBuffer).PublishOn(flux.Prefetch(2)).PublishOn(flux.Prefetch(5))
		}, count: four},
		{name: "publishOn, far ahead", build: func(n int) ints {
			return flux.Merge(all(n)...).PublishOn().Hide().PublishOn(flux.Prefetch(2000)).LimitRate(100)
		}, count: four},
		{name: "limitRate", build: func(n int) ints { return emitters(4, n, flux.OverflowBuffer).LimitRate(4) }, count: four},
		{name: "timeout", build: func(n int) ints { return flux.Merge(all(n)...).Timeout(time.Hour) }, count: four},
		{name: "retry", build: func(n int) ints {
			failed := false
			return flux.Defer(func(ctx) ints {
				if !failed {
					failed = true
					return flux.Error[int](errBoom)
				}
				return flux.Merge(all(n)...)
			}).Retry(1)
		}, count: four},
		{name: "share", build: func(n int) ints { return flux.Merge(all(n)...).Share() }, count: four},
		{name: "take", build: func(n int) ints { return flux.Merge(all(n)...).Take(int64(2 * n)) }, count: func(n int) int { return 2 * n }},
	}
}

func rounds() int {
	if testing.Short() {
		return 5
	}
	return 40
}

func TestKernelsUnderPressureLoseNothingAndKeepOrder(t *testing.T) {
	for _, p := range allPressures() {
		t.Run(p.name, func(t *testing.T) {
			for range rounds() {
				fluxtest.Run(t, func(t *testing.T) {
					j := newJudge(t)
					p.build(50).Subscribe(t.Context(), j)
					j.drive()
					fluxtest.Advance(time.Second) // for sources that sleep
					require.True(t, j.ended, "no terminal signal after %d values", j.got)
					require.NoError(t, j.err)
					if p.count != nil {
						require.Equal(t, int64(p.count(50)), j.got)
					}
				})
			}
		})
	}
}

func TestKernelsUnderPressureCanBeCancelledAtAnyTime(t *testing.T) {
	for _, p := range allPressures() {
		t.Run(p.name, func(t *testing.T) {
			for range rounds() {
				fluxtest.Run(t, func(t *testing.T) { // fails where a goroutine is left
					j := newJudge(t)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					switch at := rand.Int64N(60); rand.IntN(3) {
					case 0: // inside OnNext
						j.cancelAt = at + 1
					case 1: // by the ctx
						j.at, j.then = at, func() { go cancel() }
					default: // from another goroutine
						j.at, j.then = at, func() { go j.up.Cancel() }
					}
					p.build(50).Subscribe(ctx, j)
					j.drive()
					fluxtest.Advance(time.Second) // for sources that sleep
					require.NoError(t, j.err)
				})
			}
		})
	}
}

func TestSharedSourceGivesEverySubscriberTheSame(t *testing.T) {
	for range rounds() {
		fluxtest.Run(t, func(t *testing.T) {
			src := emitters(4, 50, flux.OverflowBuffer).Share()
			var judges []*judge
			for i := range 5 {
				j := newJudge(t)
				if i%2 == 1 {
					j.cancelAt = rand.Int64N(100) + 1
				}
				judges = append(judges, j)
				src.Subscribe(t.Context(), j)
			}
			for _, j := range judges {
				go j.drive()
			}
			synctest.Wait()
			for i, j := range judges {
				require.NoError(t, j.err)
				if i%2 == 0 {
					require.True(t, j.ended)
				}
				if i == 0 {
					require.Equal(t, int64(200), j.got, "it was there from the start")
				}
			}
		})
	}
}

func TestTimeoutRacesItsValues(t *testing.T) {
	for range rounds() {
		j := newJudge(t)
		done := make(chan struct{})
		src := flux.Merge[int](sender(0, 200), sender(1, 200)).DoOnNext(func(v int) {
			if v%50 == 0 {
				for start := time.Now(); time.Since(start) < 60*time.Microsecond; {
					runtime.Gosched()
				}
			}
		})
		src.TimeoutOr(50*time.Microsecond, flux.Range(2*lane, 20)).DoFinally(func(flux.SignalType) { close(done) }).Subscribe(t.Context(), j)
		go j.drive()
		<-done
		j.stop()
		require.NoError(t, j.err)
	}
}

// judge is a subscriber with a small, random demand, made from inside OnNext and
// from another goroutine in turns, that checks the rules.
//
// INVARIANTS: requested is raised before the Request; got and what is below it
// belong to the goroutine that owns the signals.
type judge struct {
	t         *testing.T
	up        flux.Subscription
	need      chan int64 // has room, so that OnNext never waits
	quit      chan struct{}
	quitOnce  sync.Once
	inside    atomic.Int32
	requested atomic.Int64

	got      int64
	last     map[int]int
	ended    bool
	err      error
	cancelAt int64 // cancel inside this OnNext
	at       int64 // call then at this value
	then     func()
	off      bool
}

func newJudge(t *testing.T) *judge {
	return &judge{t: t, need: make(chan int64, 1), quit: make(chan struct{}), last: map[int]int{}}
}

func (j *judge) stop() { j.quitOnce.Do(func() { close(j.quit) }) }

// drive requests, on its own goroutine, what OnNext leaves to it.
func (j *judge) drive() {
	j.request(1 + rand.Int64N(3))
	for {
		select {
		case n := <-j.need:
			j.up.Request(n)
		case <-j.quit:
			return
		case <-j.t.Context().Done():
			return
		case <-time.After(time.Minute): // nothing comes any more, after a cancel
			return
		}
	}
}

func (j *judge) request(n int64) {
	j.requested.Add(n)
	j.up.Request(n)
}

func (j *judge) enter(what string) func() {
	if j.inside.Add(1) != 1 {
		j.t.Errorf("%s beside another signal", what)
	}
	if j.ended || j.off {
		j.t.Errorf("%s after the end", what)
	}
	return func() { j.inside.Add(-1) }
}

func (j *judge) OnSubscribe(s flux.Subscription) { j.up = s }

func (j *judge) OnNext(v int) {
	defer j.enter("OnNext")()
	j.got++
	asked := j.requested.Load()
	if j.got > asked {
		j.t.Errorf("value %d with a demand of %d", j.got, asked)
	}
	source, number := v/lane, v%lane
	if before, ok := j.last[source]; ok && number <= before {
		j.t.Errorf("source %d: %d after %d", source, number, before)
	}
	j.last[source] = number
	switch {
	case j.got == j.cancelAt:
		j.up.Cancel()
		j.off = true
		return
	case j.got == j.at && j.then != nil:
		j.then()
	}
	if j.got < asked {
		return
	}
	if n := 1 + rand.Int64N(4); rand.IntN(2) == 0 {
		j.request(n)
	} else {
		j.requested.Add(n)
		j.need <- n
	}
}

func (j *judge) OnError(err error) {
	defer j.enter("OnError")()
	j.ended, j.err = true, err
	j.stop()
}

func (j *judge) OnComplete() {
	defer j.enter("OnComplete")()
	j.ended = true
	j.stop()
}
