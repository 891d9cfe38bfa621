package load

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// replay sends the ids after Last-Event-ID, one every 5 ms, and ends the connection
// after limit of them.
func replay(opened *atomic.Int64, limit int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		opened.Add(1)
		w.Header().Set("Content-Type", "text/event-stream")
		flush := http.NewResponseController(w).Flush
		_ = flush()
		last, _ := strconv.Atoi(r.Header.Get("Last-Event-Id"))
		each := time.NewTicker(5 * time.Millisecond)
		defer each.Stop()
		for id := last + 1; id <= last+limit; id++ {
			_, _ = fmt.Fprintf(w, "id: %d\ndata: {\"t\":%d}\n\n", id, time.Now().UnixNano())
			_ = flush()
			select {
			case <-r.Context().Done():
				return
			case <-each.C:
			}
		}
	}
}

func TestChurnClosesConnectionsAndOpensThemAgain(t *testing.T) {
	var opened atomic.Int64
	got, err := Run(t.Context(), Options{URLs: []string{serve(t, replay(&opened, 1<<20))}, Conns: 10, Workers: 2, Churn: 40, Duration: time.Second, Resume: true})
	require.NoError(t, err)
	assert.InDelta(t, 40, got.Reopened, 8)
	assert.Equal(t, int64(10), got.Heads, "who comes back is not counted again")
	assert.InDelta(t, float64(got.Reopened), float64(got.Back.Count), 2)
	assert.Zero(t, got.Gaps+got.Duplicates, "who comes back says its last id and goes on behind it")
	assert.Empty(t, got.Errors)
	assert.GreaterOrEqual(t, opened.Load(), int64(10+30))
}

func TestAStormComesBackAtOnce(t *testing.T) {
	var opened atomic.Int64
	got, err := Run(t.Context(), Options{URLs: []string{serve(t, replay(&opened, 1<<20))}, Conns: 20, Kill: 20, KillAfter: 100 * time.Millisecond, Storm: true, Reset: true, Duration: time.Second})
	require.NoError(t, err)
	assert.Equal(t, int64(20), got.Open)
	assert.Equal(t, int64(20), got.Reopened)
	assert.Equal(t, int64(20), got.Back.Count)
	assert.Equal(t, int64(40), opened.Load())
}

func TestThoseThatNeverReadLeaveAfterTheirStay(t *testing.T) {
	var opened atomic.Int64
	got, err := Run(t.Context(), Options{URLs: []string{serve(t, replay(&opened, 1<<20))}, Conns: 1, Slow: 4, SlowStay: 200 * time.Millisecond, Duration: time.Second})
	require.NoError(t, err)
	assert.InDelta(t, 20, got.Reopened, 6)
	assert.InDelta(t, float64(5+got.Reopened), float64(opened.Load()), 4)
}

func TestAConnectionThatTheServerClosesComesBackAfterAWhile(t *testing.T) {
	var opened atomic.Int64
	got, err := Run(t.Context(), Options{URLs: []string{serve(t, replay(&opened, 3))}, Conns: 2, Reconnect: 50 * time.Millisecond, Duration: time.Second})
	require.NoError(t, err)
	assert.Greater(t, got.Reopened, int64(6))
	assert.Less(t, got.Reopened, int64(40), "not before the while is over")
	assert.Equal(t, opened.Load(), got.Errors["ended by server"]+got.Open)
}

func TestEachConnectionAsksForItsOwnNumber(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	h := stream(0, 0)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.RequestURI()]++
		mu.Unlock()
		h(w, r)
	})
	_, err := Run(t.Context(), Options{URLs: []string{url + "/u{n}?user={n}"}, Conns: 7, Workers: 2, Duration: 20 * time.Millisecond})
	require.NoError(t, err)
	assert.Len(t, asked, 7)
	assert.Equal(t, 1, asked["/events/u6?user=6"])
}

func TestTheWindowBeginsWhenItIsToldTo(t *testing.T) {
	var opened atomic.Int64
	told := make(chan int64, 1)
	got, err := Run(t.Context(), Options{URLs: []string{serve(t, replay(&opened, 1<<20))}, Conns: 3, Duration: 100 * time.Millisecond, ByEvent: true,
		Begin: func(_ context.Context, heads int64) { time.Sleep(200 * time.Millisecond); told <- heads }})
	require.NoError(t, err)
	assert.Equal(t, int64(3), <-told)
	require.NotEmpty(t, got.ByEvent)
	assert.Greater(t, got.ByEvent[0].ID, int64(10), "what came before is not counted")
}
