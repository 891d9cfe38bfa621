package sink_test

import (
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// full tells whether the long form of a test was asked for: FRESHET_FULL=1.
func full() bool { return os.Getenv("FRESHET_FULL") != "" }

// suffix checks that a reader gets one entry after the other. The values of the
// test are not the places in the log, so it compares with the log itself, at the end.
type suffix struct {
	t      *testing.T
	sub    flux.Subscription
	window int64 // asked for at a time; 0 means everything at once
	left   int64
	first  string
	last   string
	sum    uint64 // of all ids, in order
	n      int
	inside atomic.Int32
	ended  chan struct{}
}

func (s *suffix) OnSubscribe(sub flux.Subscription) {
	s.sub = sub
	if s.window == 0 {
		sub.Request(flux.Unbounded)
		return
	}
	s.left = s.window
	sub.Request(s.window)
}

func (s *suffix) OnNext(e sink.Entry[int]) {
	if s.inside.Add(1) != 1 {
		s.t.Error("two signals at once")
	}
	defer s.inside.Add(-1)
	if s.n == 0 {
		s.first = e.ID
	}
	s.n++
	s.last = e.ID
	s.sum = chain(s.sum, e.Value)
	if s.left--; s.window > 0 && s.left == 0 {
		s.left = s.window
		s.sub.Request(s.window)
	}
}

func (s *suffix) OnError(err error) { s.t.Errorf("reader: %v", err); close(s.ended) }
func (s *suffix) OnComplete()       { close(s.ended) }

// chain makes a number that depends on all values and their order.
func chain(sum uint64, v int) uint64 { return sum*0x100000001b3 + uint64(v) + 1 }

func TestReadersAtRandomPlacesGetAGaplessSuffixWhileFourWritersAppend(t *testing.T) {
	writers, readers, each := 4, 100, 2500
	switch {
	case full():
		readers, each = 1000, 25_000
	case testing.Short():
		readers, each = 50, 500
	}
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		total := writers * each
		l := open(sink.LogOptions[int]{Count: total + 1000})
		ids := filled(t, l, 1000)
		all := make([]*suffix, readers)
		from := make([]int, readers)
		var writing, reading sync.WaitGroup
		started := time.Now()
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					if _, err := l.Append(w*each + i); err != nil {
						t.Errorf("append: %v", err)
					}
				}
			})
		}
		windows := []int64{0, 1, 7, 128, 1000}
		const groups = 2
		for g := range groups {
			reading.Go(func() {
				for i := g; i < readers; i += groups {
					s := &suffix{t: t, window: windows[i%len(windows)], ended: make(chan struct{})}
					from[i] = rand.IntN(len(ids))
					all[i] = s
					l.After(ids[from[i]]).Subscribe(context.Background(), s)
				}
			})
		}
		writing.Wait()
		reading.Wait()
		require.NoError(t, l.Close())
		for _, s := range all {
			<-s.ended
		}
		took := time.Since(started)

		truth, err := l.Flux().Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, truth, total+1000)
		for i, s := range all {
			want := uint64(0)
			for _, e := range truth[from[i]:] {
				want = chain(want, e.Value)
			}
			require.Equal(t, total+1000-from[i], s.n)
			require.Equal(t, want, s.sum)
		}
		next := make([]int, writers)
		for _, e := range truth[1000:] {
			w := e.Value / each
			require.Equal(t, next[w], e.Value%each, "the values of a writer stand in the order of its appends")
			next[w]++
		}
		st := l.Stats()
		assert.Zero(t, st.Subscribers)
		assert.Zero(t, st.Gaps)
		t.Logf("%d readers, %d entries, %d deliveries in %v: %.0f ns a delivery", readers, total, st.Delivered, took.Round(time.Millisecond),
			float64(took.Nanoseconds())/float64(st.Delivered))
	})
}

func TestReadersThatComeGoAndLagNeverSeeAnEntryTwiceOrOutOfOrder(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{Count: 300})
		n := 4000
		if testing.Short() {
			n = 800
		}
		var clock atomic.Int64 // a value is a time: appends take turns, so values grow by one
		var turn sync.Mutex
		var writing, living sync.WaitGroup
		stop := make(chan struct{})
		for range 4 {
			writing.Go(func() {
				for range n {
					turn.Lock()
					_, err := l.Append(int(clock.Add(1)))
					turn.Unlock()
					if err != nil {
						t.Errorf("append: %v", err)
					}
				}
			})
		}
		options := [][]sink.AfterOption{{}, {sink.FromNow()}, {sink.OrOldest()}, {sink.OrNow(), sink.FromNow()}}
		for g := range 6 {
			living.Go(func() {
				r := rand.New(rand.NewPCG(uint64(g), 3))
				last := ""
				for {
					select {
					case <-stop:
						return
					default:
					}
					at := last
					if r.IntN(3) == 0 {
						at = ""
					}
					f := &follower{demand: []int64{0, 1, 100, flux.Unbounded}[r.IntN(4)]}
					l.After(at, options[r.IntN(len(options))]...).Subscribe(context.Background(), f)
					for range r.IntN(30) {
						runtime.Gosched()
						if r.IntN(4) == 0 {
							f.sub.Request(1 + r.Int64N(50))
						}
					}
					f.sub.Cancel()
					f.mu.Lock()
					for i, e := range f.entries {
						if i > 0 && int64(f.entries[i-1].Value)+1+e.Missed != int64(e.Value) {
							t.Errorf("%d came behind %d with %d missed", e.Value, f.entries[i-1].Value, e.Missed)
						}
						last = e.ID
					}
					if f.err != nil && !assert.ErrorIs(t, f.err, sink.ErrGap) {
						t.Errorf("reader: %v", f.err)
					}
					f.mu.Unlock()
				}
			})
		}
		writing.Wait()
		close(stop)
		living.Wait()
		assert.Zero(t, l.Stats().Subscribers)
		assert.Zero(t, l.Stats().Behind)
	})
}

// heap is what is allocated once the garbage is gone.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestReadersThatLagDoNotKeepWhatWasEvicted(t *testing.T) {
	const readers, kept, size = 1000, 1 << 20, 4096
	l := sink.NewLog(sink.LogOptions[[]byte]{Bytes: kept})
	before := heap()
	for i := range readers {
		demand := int64(i % 7)
		l.Subscribe(context.Background(), &drowsy{demand: demand})
	}
	grown := int64(0)
	for range 20 {
		for range 500 {
			_, err := l.Append(make([]byte, size))
			require.NoError(t, err)
		}
		grown = max(grown, heap()-before)
	}
	t.Logf("%d KiB for %d KiB of entries and %d readers, after 40 MB of appends", grown>>10, kept>>10, readers)
	const slack = 64 << 10 // slots and ids of some 260 entries, and what the runtime has besides
	assert.LessOrEqual(t, grown, int64(kept+readers*(112+48+64)+slack))
	assert.Equal(t, readers, l.Stats().Subscribers)
}

// drowsy asks for some values and then for nothing.
type drowsy struct{ demand int64 }

func (d *drowsy) OnSubscribe(s flux.Subscription) {
	if d.demand > 0 {
		s.Request(d.demand)
	}
}
func (d *drowsy) OnNext(sink.Entry[[]byte]) {}
func (d *drowsy) OnError(error)             {}
func (d *drowsy) OnComplete()               {}

func TestAReaderCostsNoMoreThanItsSubscription(t *testing.T) {
	const n = 20_000
	l := sink.NewLog[int]()
	ids := filled(t, l, 5000)
	behind := make([]counting, n)
	places := make([]flux.Flux[sink.Entry[int]], len(ids))
	for i, id := range ids {
		places[i] = l.After(id)
	}
	before := heap()
	for i := range behind {
		places[i%len(places)].Subscribe(context.Background(), &behind[i])
	}
	idle := float64(heap()-before) / n
	for i := range behind {
		behind[i].sub.Request(3)
	}
	served := float64(heap()-before) / n
	t.Logf("%.0f bytes a reader that lags, %.0f when it was sent something", idle, served)
	assert.LessOrEqual(t, idle, 130.0, "the subscription object is 112 bytes")
	assert.LessOrEqual(t, served, 130.0+64)
	assert.Equal(t, n, l.Stats().Subscribers)
	runtime.KeepAlive(behind)
}

// counting is the smallest reader.
type counting struct {
	n   int
	sub flux.Subscription
}

func (c *counting) OnSubscribe(s flux.Subscription) { c.sub = s }
func (c *counting) OnNext(sink.Entry[int])          { c.n++ }
func (c *counting) OnError(error)                   {}
func (c *counting) OnComplete()                     {}
