package load

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// part is the result of one process whose latencies are the given milliseconds.
func part(started time.Time, pid int, ms ...int64) Result {
	r := Result{URLs: []string{"http://127.0.0.1:1/"}, Started: started, Conns: 10, Heads: 10, Open: 9, WindowSeconds: 2, Events: int64(len(ms)),
		Errors: map[string]int64{"closed by server": 1}, Server: &ServerUse{PID: pid, CPUSeconds: 1, RSSBefore: 100, RSSEnd: 300},
		ByEvent: []EventTally{{ID: 1, Count: 4, First: 3, Last: 9}},
		Samples: []Sample{{AtMS: 0, Open: 1, RSSKiB: 5}, {AtMS: 250, Open: 10, RSSKiB: 7}}}
	latency, none := newHistogram(), newHistogram()
	for _, v := range ms {
		record(latency, v*1e6)
	}
	r.summarize(none, none, none, none, latency)
	return r
}

func TestJoinedResultsAreAsOneProcessWouldHaveThem(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	got, err := Join(part(start, 7, 1, 2, 3), part(start.Add(250*time.Millisecond), 7, 100))
	require.NoError(t, err)
	assert.Equal(t, 20, got.Conns)
	assert.Equal(t, int64(18), got.Open)
	assert.Equal(t, int64(4), got.Events)
	assert.Equal(t, 2.0, got.EventsPerS)
	assert.Equal(t, int64(4), got.Latency.Count)
	assert.InDelta(t, 2000, got.Latency.P50, 2)
	assert.InDelta(t, 100_000, got.Latency.P99, 100, "no mean of percentiles")
	assert.Equal(t, map[string]int64{"closed by server": 2}, got.Errors)
	assert.Equal(t, []EventTally{{ID: 1, Count: 8, First: 3, Last: 9}}, got.ByEvent)
	assert.Equal(t, 1.0, got.Server.CPUSeconds, "the same process counts once")
	assert.Len(t, got.URLs, 1)
	require.Len(t, got.Samples, 3)
	assert.Equal(t, []int64{1, 11, 20}, []int64{got.Samples[0].Open, got.Samples[1].Open, got.Samples[2].Open})
	assert.Equal(t, int64(7), got.Samples[2].RSSKiB)

	again, err := Join(got, part(start, 8, 5))
	require.NoError(t, err)
	assert.Equal(t, int64(5), again.Latency.Count, "what is joined can be joined")
	assert.Equal(t, 2.0, again.Server.CPUSeconds)
}

func TestOnlyWholeResultsCanBeJoined(t *testing.T) {
	_, err := Join()
	assert.ErrorContains(t, err, "0 results")
	_, err = Join(part(time.Now(), 1, 1), Result{})
	assert.ErrorContains(t, err, "result 2 of 2: it has no histograms")
	_, err = Join(Result{Histograms: &Histograms{Latency: "x"}})
	assert.ErrorContains(t, err, "histogram")
}

func TestTalliesOfTwoWorkersAreAddedUpById(t *testing.T) {
	a, b := newTallies(true), newTallies(true)
	a.add(1, 1000, 6000)
	a.add(1, 1000, 9000)
	a.add(3, 2000, 3000)
	b.add(1, 1000, 4000)
	assert.Equal(t, []EventTally{{1, 1000, 3, 3, 8}, {3, 2000, 1, 1, 1}}, mergeTallies(a.list(), b.list()))
	off := newTallies(false)
	off.add(1, 1, 2)
	assert.Empty(t, off.list())
}
