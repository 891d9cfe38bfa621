package sink_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/require"
)

// taker is the cheapest reader there is.
type taker struct{ n int }

func (c *taker) OnSubscribe(s flux.Subscription) { s.Request(flux.Unbounded) }
func (c *taker) OnNext(e sink.Entry[int])        { c.n += e.Value }
func (c *taker) OnError(error)                   {}
func (c *taker) OnComplete()                     {}

func BenchmarkLogAppendToWaitingReaders(b *testing.B) {
	for _, n := range []int{0, 1, 10, 1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := sink.NewLog[int]()
			for range n {
				l.Subscribe(context.Background(), new(taker))
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Append(1); err != nil {
					b.Fatal(err)
				}
			}
			perSubscriber(b, max(n, 1))
		})
	}
}

func BenchmarkLogAppendFromEightGoroutines(b *testing.B) {
	for _, n := range []int{0, 10} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := sink.NewLog[int]()
			for range n {
				l.Subscribe(context.Background(), new(taker))
			}
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					for range b.N / 8 {
						_, _ = l.Append(1)
					}
				})
			}
			all.Wait()
		})
	}
}

func BenchmarkLogHistoryOf10000(b *testing.B) {
	l := sink.NewLog[int]()
	filled(b, l, 10_000)
	for b.Loop() {
		r := new(taker)
		ctx, cancel := context.WithCancel(context.Background())
		l.Subscribe(ctx, r)
		cancel()
		if r.n == 0 {
			b.Fatal("nothing")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/entry")
}

func BenchmarkLogResume(b *testing.B) {
	for _, n := range []int{100, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := sink.NewLog(sink.LogOptions[int]{Count: n})
			ids := filled(b, l, n)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := l.Check(ids[1+i*7919%n]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

func BenchmarkLogInFiles(b *testing.B) {
	for name, policy := range map[string]time.Duration{"fsync never": sink.SyncNever, "fsync within 10ms": 10 * time.Millisecond, "fsync each": 0} {
		for _, writers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d writers", name, writers), func(b *testing.B) {
				l, err := sink.OpenLog(b.TempDir(), sink.LogOptions[string]{File: sink.LogFile[string]{Sync: policy}})
				require.NoError(b, err)
				var all sync.WaitGroup
				for range writers {
					all.Go(func() {
						for range b.N / writers {
							if _, err := l.Append("a value of some length, as an event has it, a hundred bytes or so in all, and then a little more"); err != nil {
								b.Error(err)
							}
						}
					})
				}
				all.Wait()
				require.NoError(b, l.Close())
			})
		}
	}
}

func BenchmarkLogMemoryOfAnEntry(b *testing.B) {
	const n = 200_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		l := sink.NewLog(sink.LogOptions[int]{Count: n})
		filledWithoutIDs(b, l, n)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/entry")
		runtime.KeepAlive(l)
	}
}

func filledWithoutIDs(b *testing.B, l *sink.Log[int], n int) {
	b.Helper()
	for v := range n {
		_, err := l.Append(v)
		require.NoError(b, err)
	}
}
