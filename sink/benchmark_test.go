package sink_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
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
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := sink.DirectBestEffort[int]()
		for i := range subs {
			s.Subscribe(context.Background(), &subs[i])
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/subscription")
		runtime.KeepAlive(s)
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
