package sink_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
)

// counter is the cheapest subscriber there is.
type counter struct {
	n   int
	sub flux.Subscription
}

func (c *counter) OnSubscribe(s flux.Subscription) { c.sub = s; s.Request(flux.Unbounded) }
func (c *counter) OnNext(v int)                    { c.n += v }
func (c *counter) OnError(error)                   {}
func (c *counter) OnComplete()                     {}

// bounded is a counter that asks for each value by itself.
type bounded struct{ counter }

func (c *bounded) OnSubscribe(s flux.Subscription) { c.sub = s; s.Request(1) }
func (c *bounded) OnNext(v int)                    { c.n += v; c.sub.Request(1) }

func BenchmarkEmitToSliceOfFuncs(b *testing.B) {
	for _, n := range []int{1, 10, 1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			funcs := make([]func(int), n)
			for i := range funcs {
				c := new(counter)
				funcs[i] = c.OnNext
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, f := range funcs {
					f(1)
				}
			}
			perSubscriber(b, n)
		})
	}
}

func BenchmarkEmit(b *testing.B) {
	for _, kind := range []struct {
		name string
		make func() *sink.Direct[int]
		sub  func() flux.Subscriber[int]
	}{
		{"best effort", func() *sink.Direct[int] { return sink.DirectBestEffort[int]() }, func() flux.Subscriber[int] { return new(counter) }},
		{"all or nothing", func() *sink.Direct[int] { return sink.DirectAllOrNothing[int]() }, func() flux.Subscriber[int] { return new(counter) }},
		{"best effort one by one", func() *sink.Direct[int] { return sink.DirectBestEffort[int]() }, func() flux.Subscriber[int] { return new(bounded) }},
	} {
		for _, n := range []int{1, 10, 1000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				s := kind.make()
				for range n {
					s.Subscribe(context.Background(), kind.sub())
				}
				b.ReportAllocs()
				for b.Loop() {
					s.TryEmit(1)
				}
				perSubscriber(b, n)
			})
		}
	}
}

func BenchmarkEmitOfEachKind(b *testing.B) {
	for _, kind := range []struct {
		name string
		make func() sink.Many[int]
	}{
		{"unicast buffer", func() sink.Many[int] { return sink.UnicastBuffer[int]() }},
		{"unicast error", func() sink.Many[int] { return sink.UnicastError[int]() }},
		{"multicast buffer", func() sink.Many[int] { return sink.MulticastBuffer[int](256) }},
		{"replay latest", func() sink.Many[int] { return sink.ReplayLatest[int]() }},
		{"replay limit", func() sink.Many[int] { return sink.ReplayLimit[int](100) }},
	} {
		for _, n := range []int{1, 1000} {
			if n > 1 && kind.name[:7] == "unicast" {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				s := kind.make()
				for range n {
					s.Subscribe(context.Background(), new(counter))
				}
				b.ReportAllocs()
				for b.Loop() {
					s.TryEmit(1)
				}
				perSubscriber(b, n)
			})
		}
	}
}

// A value leaves the buffer when the last of the slow has asked for it: the price
// is a request for each subscriber, and must not be a look at all for each.
func BenchmarkBufferOfTheSlow(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := sink.MulticastBuffer[int](1)
			subs := make([]stalled, n)
			for i := range subs {
				s.Subscribe(context.Background(), &subs[i])
			}
			for b.Loop() {
				s.TryEmit(1)
				for i := range subs {
					subs[n-1-i].sub.Request(1)
				}
			}
			perSubscriber(b, n)
		})
	}
}

// stalled asks for nothing.
type stalled struct{ counter }

func (s *stalled) OnSubscribe(sub flux.Subscription) { s.sub = sub }

func BenchmarkEmitUnderEachPolicy(b *testing.B) {
	for _, p := range []struct {
		name   string
		policy func() sink.Policy
	}{
		{"drop", func() sink.Policy { return sink.Drop().Count(new(atomic.Int64)) }},
		{"latest", sink.Latest},
		{"kick", sink.Kick},
		{"conflate", func() sink.Policy { return sink.Conflate(func(v int) int { return v }) }},
		{"gap", func() sink.Policy { return sink.Gap(func(int64) int { return 0 }) }},
	} {
		for _, pace := range []string{"fast", "stalled"} {
			if p.name == "kick" && pace == "stalled" {
				continue
			}
			b.Run(p.name+"/"+pace, func(b *testing.B) {
				const n = 1000
				s := sink.DirectBestEffort[int]()
				for range n {
					if pace == "fast" {
						s.Flux(p.policy()).Subscribe(context.Background(), new(counter))
					} else {
						s.Flux(p.policy()).Subscribe(context.Background(), new(stalled))
					}
				}
				b.ReportAllocs()
				for b.Loop() {
					s.TryEmit(1)
				}
				perSubscriber(b, n)
			})
		}
	}
}

func BenchmarkKeyedEmit(b *testing.B) {
	for _, keys := range []int{1, 100_000} {
		b.Run(fmt.Sprint(keys), func(b *testing.B) {
			k := sink.NewKeyed[int, int]()
			for key := range keys {
				k.Flux(key).Subscribe(context.Background(), new(counter))
			}
			key := 0
			b.ReportAllocs()
			for b.Loop() {
				k.TryEmit(key, 1)
				if key += 7919; key >= keys {
					key %= keys
				}
			}
		})
	}
}

func BenchmarkKeyedComeAndGo(b *testing.B) {
	k := sink.NewKeyed[int, int]()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := new(counter)
		k.Flux(i).Subscribe(context.Background(), c)
		c.sub.Cancel()
	}
}

func BenchmarkMemoryOfAKey(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		subs := make([]counter, n)
		b.ReportMetric(grown(n, func() any {
			k := sink.NewKeyed[int, int]()
			for i := range subs {
				k.Flux(i).Subscribe(context.Background(), &subs[i])
			}
			return k
		}), "B/key")
		runtime.KeepAlive(subs)
	}
}

func BenchmarkMemoryOfASubscriptionWithAPolicy(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		subs := make([]counter, n)
		b.ReportMetric(grown(n, func() any {
			s := sink.DirectBestEffort[int]()
			latest := s.Flux(sink.Latest())
			for i := range subs {
				latest.Subscribe(context.Background(), &subs[i])
			}
			return s
		}), "B/subscription")
		runtime.KeepAlive(subs)
	}
}

func BenchmarkMemoryOfASubscriptionToAReplay(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		subs := make([]counter, n)
		b.ReportMetric(grown(n, func() any {
			s := sink.ReplayLatest[int]()
			for i := range subs {
				s.Subscribe(context.Background(), &subs[i])
			}
			return s
		}), "B/subscription")
		runtime.KeepAlive(subs)
	}
}

// grown gives the bytes on the heap that build takes for each of n.
func grown(n int, build func() any) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	built := build()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(built)
	return float64(after.HeapAlloc-before.HeapAlloc) / float64(n)
}

func perSubscriber(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/subscriber")
}

func BenchmarkSubscribeAllThenCancelInRandomOrder(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			order := rand.Perm(n)
			subs := make([]counter, n)
			b.ReportAllocs()
			for b.Loop() {
				s := sink.DirectBestEffort[int]()
				for i := range subs {
					s.Subscribe(context.Background(), &subs[i])
				}
				for _, i := range order {
					subs[i].sub.Cancel()
				}
				if s.SubscriberCount() != 0 {
					b.Fatal("left over")
				}
			}
		})
	}
}

func BenchmarkMemoryOfASubscription(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		subs := make([]counter, n)
		b.ReportMetric(grown(n, func() any {
			s := sink.DirectBestEffort[int]()
			for i := range subs {
				s.Subscribe(context.Background(), &subs[i])
			}
			return s
		}), "B/subscription")
		runtime.KeepAlive(subs)
	}
}

func BenchmarkContendedEmit(b *testing.B) {
	for _, subscribers := range []int{1, 10, 100} {
		for _, emitters := range []int{1, 8} {
			b.Run(fmt.Sprintf("%d subscribers/%d emitters", subscribers, emitters), func(b *testing.B) {
				s := sink.DirectBestEffort[int]()
				for range subscribers {
					s.Subscribe(context.Background(), new(counter))
				}
				var all sync.WaitGroup
				for range emitters {
					all.Go(func() {
						for range b.N / emitters {
							if !s.TryEmit(1).Accepted() {
								s.Emit(1, sink.BusyLooping(time.Minute))
							}
						}
					})
				}
				all.Wait()
			})
		}
	}
}
