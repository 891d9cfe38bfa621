package flux_test

import (
	"context"
	"errors"
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

// tick is the time that paced sources sleep and that timers under pressure are
// set to, so that they meet.
const tick = time.Microsecond

// paced gives what sender does, and sleeps for a tick now and then: timers fire
// in a bubble only while everybody sleeps, so they race those who wake with them.
func paced(source, n int) ints {
	return flux.Produce(func(_ ctx, emit func(int) error) error {
		for i := range n {
			if i%3 == 0 {
				time.Sleep(tick)
			}
			if err := emit(source*lane + i); err != nil {
				return err
			}
		}
		return nil
	})
}

// moment speaks once, from a goroutine of its own, after having stepped back up
// to most times.
func moment(most int) ints {
	return flux.Produce(func(_ ctx, emit func(int) error) error {
		for range rand.IntN(most) {
			runtime.Gosched()
		}
		return emit(0)
	})
}

// runs gives n values at each subscription, the first as source 0, the next as
// source 1 and so on, and then what end gives. Only one subscription at a time may
// begin: the count is bare, so that a race is seen.
func runs(n int, end func() ints) ints {
	run := -1
	return flux.Defer(func(ctx) ints {
		run++
		return flux.Concat[int](sender(run, n), end())
	})
}

// steeredPressures are the kernels whose stream is steered by something beside it:
// a companion, a timer, a publisher that speaks, another goroutine.
func steeredPressures() []pressure {
	four := func(n int) int { return 4 * n }
	half := func(n int) int { return 2 * n }
	even := func(v int) bool { return v%2 == 0 }
	all := func(n int) ints { return flux.Merge[int](sender(0, n), sender(1, n), sender(2, n), sender(3, n)) }
	slow := func(n int) ints { return flux.Merge[int](paced(0, n), paced(1, n), paced(2, n), paced(3, n)) }
	failing := func(n int) ints { return runs(n, func() ints { return flux.Error[int](errBoom) }) }
	ending := func(n int) ints { return runs(n, flux.Empty[int]) }
	return []pressure{
		{name: "retryWhen by a timer", build: func(n int) ints {
			return failing(n).RetryWhen(flux.RetryFixedDelay(flux.Unbounded, tick)).Take(int64(4 * n))
		}, count: four},
		{name: "retryWhen with rejections", build: func(n int) ints {
			return failing(n).RetryWhen(flux.RetryIndefinitely()).Filter(even).Take(int64(2 * n))
		}, count: half},
		{name: "retryWhen by a companion elsewhere", build: func(n int) ints {
			failed := func(fs flux.Flux[flux.RetrySignal]) flux.Flux[flux.RetrySignal] {
				return fs.PublishOn().TakeWhile(func(s flux.RetrySignal) bool { return s.TotalRetries < 3 })
			}
			return flux.RetryWhenCompanion(failing(n), failed)
		}, count: four},
		{name: "retryWhen by a companion that ends at any time", build: func(n int) ints {
			return flux.RetryWhenCompanion(failing(n), func(fs flux.Flux[flux.RetrySignal]) flux.Flux[flux.RetrySignal] {
				return flux.TakeUntilOther(fs.PublishOn(), moment(500))
			})
		}},
		{name: "repeatWhen by a companion elsewhere", build: func(n int) ints {
			return flux.RepeatWhen(ending(n), func(counts flux.Flux[int64]) flux.Flux[flux.Indexed[int]] {
				return flux.Index(flux.Map(counts, toInt).PublishOn()).TakeWhile(func(c flux.Indexed[int]) bool {
					return c.Index < 3 && c.Value == n
				})
			})
		}, count: four},
		{name: "repeatWhen by a companion that ends at any time", build: func(n int) ints {
			return flux.RepeatWhen(ending(n), func(counts flux.Flux[int64]) flux.Flux[int64] {
				return flux.TakeUntilOther(counts, moment(500))
			})
		}},
		{name: "delaySequence", build: func(n int) ints { return slow(n).DelaySequence(2 * tick) }, count: four},
		{name: "delaySequence to one who is slow", build: func(n int) ints { // so that a timer may fire while a value is sent
			pause := func(v int) { time.Sleep(time.Duration(v%15/14) * 5 * tick) }
			return paced(0, 4*n).DelaySequence(tick / 2).DoOnNext(pause).LimitRate(64)
		}, count: four},
		{name: "delaySequence with rejections", build: func(n int) ints { return all(n).DelaySequence(tick).Filter(even) }, count: half},
		{name: "delayElements", build: func(n int) ints { return slow(n).DelayElements(tick) }, count: four},
		{name: "delaySubscription", build: func(n int) ints { return all(n).DelaySubscription(tick) }, count: four},
		{name: "delaySubscriptionUntil", build: func(n int) ints { return flux.DelaySubscriptionUntil(all(n), moment(50)) }, count: four},
		{name: "subscribeOn", build: func(n int) ints { return all(n).SubscribeOn() }, count: four},
		{name: "subscribeOn with rejections", build: func(n int) ints {
			return flux.Range(0, 4*n).SubscribeOn().PublishOn(flux.Prefetch(3)).Filter(even)
		}, count: half},
		{name: "cancelOn", build: func(n int) ints { return all(n).CancelOn() }, count: four},
		{name: "timeout that may fire", build: func(n int) ints { return slow(n).TimeoutOr(tick, sender(4, n)) }},
		{name: "timeoutEach", build: func(n int) ints {
			return flux.TimeoutEach(all(n), flux.Never[int](), func(int) pub { return moment(2).IgnoreElements().ConcatWith(flux.Never[int]()) })
		}, count: four},
		{name: "timeoutEach that may fire", build: func(n int) ints {
			return flux.TimeoutEachOr(all(n), moment(50), func(int) pub { return moment(500) }, sender(4, n))
		}},
		{name: "usingWhen", build: func(n int) ints {
			return flux.UsingWhen(moment(50), func(int) pub { return all(n) }, func(int, flux.SignalType, error) pub { return moment(50) })
		}, count: four},
		{name: "buffer with a long time", build: func(n int) ints {
			return slow(n).OnBackpressureBuffer(flux.BufferSpec[int]{TTL: time.Hour})
		}, count: four},
		{name: "buffer with a short time", build: func(n int) ints {
			return slow(n).OnBackpressureBuffer(flux.BufferSpec[int]{TTL: tick, Size: 5})
		}},
	}
}

func TestAStreamCanBeCancelledBeforeItHasBegun(t *testing.T) {
	for _, p := range allPressures() {
		t.Run(p.name, func(t *testing.T) {
			for range rounds() {
				fluxtest.Run(t, func(t *testing.T) { // fails where a goroutine is left
					j := newJudge(t)
					ctx, cancel := context.WithCancel(t.Context())
					go func() {
						for range rand.IntN(40) {
							runtime.Gosched()
						}
						cancel()
					}()
					p.build(50).Subscribe(ctx, j)
					j.drive()
					fluxtest.Advance(time.Second)
					require.NoError(t, j.err)
				})
			}
		})
	}
}

func TestAResourceIsCleanedUpOnceWhateverEndsItsUse(t *testing.T) {
	for range 5 * rounds() {
		fluxtest.Run(t, func(t *testing.T) {
			var used, cleaned atomic.Int32
			l := &lost{}
			ctx, cancel := context.WithCancel(l.context(t.Context()))
			use := func(int) pub {
				used.Add(1)
				if rand.IntN(3) == 0 {
					return flux.Concat[int](sender(0, 20), flux.Error[int](errBoom))
				}
				return sender(0, 20)
			}
			clean := func(_ int, end flux.SignalType, err error) pub {
				if (end == flux.SignalError) != errors.Is(err, errBoom) {
					t.Errorf("cleaned up after signal %v with the error %v", end, err)
				}
				cleaned.Add(1)
				return moment(20)
			}
			go func() {
				for range rand.IntN(200) {
					runtime.Gosched()
				}
				cancel()
			}()
			rec := fluxtest.NewRecorder[int](flux.Unbounded)
			flux.UsingWhen(moment(50), use, clean).Subscribe(ctx, rec)
			synctest.Wait()
			rec.AssertNoViolations(t)
			require.Equal(t, used.Load(), cleaned.Load())
		})
	}
}

func TestABufferWithATimeLosesNoValueUnseen(t *testing.T) {
	for range 5 * rounds() {
		fluxtest.Run(t, func(t *testing.T) {
			const n = 60
			var mu sync.Mutex
			seen := map[int]int{}
			count := func(v int) {
				mu.Lock()
				defer mu.Unlock()
				seen[v]++
			}
			src := flux.Merge[int](paced(0, n), paced(1, n)).OnBackpressureBuffer(flux.BufferSpec[int]{TTL: 3 * tick, Size: 9, Dropped: count})
			rec := fluxtest.NewRecorder[int](0)
			src.DoOnNext(count).Subscribe(t.Context(), rec)
			for range 2 * n { // slower than the sources, so that values get old
				time.Sleep(time.Duration(rand.IntN(4)) * tick)
				rec.Request(1)
			}
			fluxtest.Advance(time.Second)
			rec.AssertCompleted(t)
			rec.AssertNoViolations(t)
			require.Less(t, len(rec.Values()), 2*n, "some got too old")
			require.Len(t, seen, 2*n)
			for v, times := range seen {
				require.Equal(t, 1, times, "value %d", v)
			}
		})
	}
}
