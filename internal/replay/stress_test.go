package replay

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Values 0, 1, 2, ... are appended one after the other while readers come, ask
// and go on other goroutines. Whoever looks at a listener does so when all is
// over, or inside its signals.
func TestEveryReaderSeesARunWithoutGapsWhateverTheOthersDo(t *testing.T) {
	const values, clients, rounds = 3000, 4, 60
	for _, batch := range []int64{0, 7} {
		var outstanding atomic.Int64
		outstanding.Store(8)
		r := rules(&reports{})
		if batch > 0 {
			r.Batch, r.More = batch, func() { outstanding.Add(batch) }
		}
		b := New[int](Bounds{Count: 10, Age: Forever}, r)
		var wg sync.WaitGroup
		all := make([][]*listener, clients)
		for c := range clients {
			wg.Go(func() {
				rnd := rand.New(rand.NewPCG(uint64(c), 1))
				for range rounds {
					all[c] = append(all[c], visit(b, rnd))
				}
			})
		}
		for v := range values {
			if batch > 0 && outstanding.Add(-1) < 0 {
				// Nobody is slow for ever, but the one who is may be about to leave.
				outstanding.Add(1)
				wg.Wait()
				outstanding.Add(-1)
			}
			require.True(t, b.Append(v))
		}
		b.Close(errBoom)
		wg.Wait()
		for _, l := range flat(all) {
			l.sub.Request(Unbounded)
			check(t, l, values)
		}
		assert.Zero(t, b.Stats().Subscribers)
	}
}

// visit joins, asks some of the time inside OnNext, and leaves half of the time.
func visit(b *Buffer[int], rnd *rand.Rand) *listener {
	l := &listener{}
	l.sub = b.Prepare(context.Background(), nil)
	leaveAt, inside := rnd.IntN(60), rnd.IntN(2) == 0
	l.onNext = func(int) {
		if inside {
			l.sub.Request(1)
		}
		if len(l.got) == leaveAt {
			l.sub.Cancel()
		}
	}
	l.sub.Request(1 + rnd.Int64N(3))
	b.Join(l.sub, l)
	for range rnd.IntN(20) {
		l.sub.Request(1 + rnd.Int64N(5))
	}
	if rnd.IntN(2) == 0 {
		l.sub.Cancel()
	}
	return l
}

func check(t *testing.T, l *listener, values int) {
	for i := range l.got[:max(0, len(l.got)-1)] {
		require.Equal(t, l.got[i]+1, l.got[i+1])
	}
	require.LessOrEqual(t, len(l.ends), 1)
	if len(l.ends) == 1 {
		require.Equal(t, errBoom, l.ends[0])
		if len(l.got) > 0 {
			require.Equal(t, values-1, l.got[len(l.got)-1])
		}
	}
}

func flat(all [][]*listener) (l []*listener) {
	for _, some := range all {
		l = append(l, some...)
	}
	return l
}
