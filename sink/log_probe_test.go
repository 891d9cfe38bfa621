package sink_test

import (
	"context"
	"sync"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// follower is a reader of a log that notes what it gets.
type follower struct {
	demand int64
	onNext func(e sink.Entry[int])
	onEnd  func()

	mu       sync.Mutex
	sub      flux.Subscription
	entries  []sink.Entry[int]
	err      error
	terminal int
}

// following subscribes a new follower; demand 0 requests nothing.
func following(p flux.Publisher[sink.Entry[int]], demand int64, onNext ...func(e sink.Entry[int])) *follower {
	f := &follower{demand: demand}
	if len(onNext) > 0 {
		f.onNext = onNext[0]
	}
	p.Subscribe(context.Background(), f)
	return f
}

func (f *follower) OnSubscribe(s flux.Subscription) {
	f.sub = s
	if f.demand != 0 {
		s.Request(f.demand)
	}
}

func (f *follower) OnNext(e sink.Entry[int]) {
	f.mu.Lock()
	f.entries = append(f.entries, e)
	f.mu.Unlock()
	if f.onNext != nil {
		f.onNext(e)
	}
}

func (f *follower) OnError(err error) {
	f.mu.Lock()
	f.err = err
	f.mu.Unlock()
	f.OnComplete()
}

func (f *follower) OnComplete() {
	f.mu.Lock()
	f.terminal++
	f.mu.Unlock()
	if f.onEnd != nil {
		f.onEnd()
	}
}

func (f *follower) got() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	values := []int{}
	for _, e := range f.entries {
		values = append(values, e.Value)
	}
	return values
}

func (f *follower) missed() []int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	missed := []int64{}
	for _, e := range f.entries {
		missed = append(missed, e.Missed)
	}
	return missed
}

func (f *follower) completed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.terminal == 1 && f.err == nil
}

func (f *follower) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// filled appends the values from 1 to n and gives their ids, the empty one in
// front: ids[i] is that of the value i.
func filled(t testing.TB, l *sink.Log[int], n int) (ids []string) {
	t.Helper()
	ids = []string{""}
	for v := 1; v <= n; v++ {
		id, err := l.Append(v)
		require.NoError(t, err)
		ids = append(ids, id)
	}
	return ids
}

// inMemoryAndInFiles runs a test on both kinds of log.
func inMemoryAndInFiles(t *testing.T, test func(t *testing.T, open func(sink.LogOptions[int]) *sink.Log[int])) {
	t.Helper()
	t.Run("in memory", func(t *testing.T) {
		test(t, func(o sink.LogOptions[int]) *sink.Log[int] { return sink.NewLog(o) })
	})
	t.Run("in files", func(t *testing.T) {
		test(t, func(o sink.LogOptions[int]) *sink.Log[int] {
			o.File.Sync = sink.SyncNever
			l, err := sink.OpenLog(t.TempDir(), o)
			require.NoError(t, err)
			t.Cleanup(func() {
				if err := l.Close(); err != nil {
					assert.ErrorIs(t, err, sink.ErrTerminated)
				}
			})
			return l
		})
	})
}

func rangeOf(from, to int) []int {
	values := []int{}
	for v := from; v <= to; v++ {
		values = append(values, v)
	}
	return values
}
