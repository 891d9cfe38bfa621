package main

import (
	"io/fs"
	"math"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// fasthttp leaves two goroutines: a stopped worker pool sleeps out its last ten
// seconds, and the clock of its Date header never ends.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// noProc is a procfs with nothing in it.
type noProc struct{}

func (noProc) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func TestRatesAreWhatChangedSinceTheReadingBefore(t *testing.T) {
	before := reading{
		cores:        []coreTicks{{"cpu0", 100, 1000}, {"cpu1", 50, 1000}},
		net:          map[string]traffic{"lo": {10, 10}, "eth0": {1000, 500}, "wlan0": {7, 7}},
		loopbackName: "lo",
	}
	after := reading{
		cores:        []coreTicks{{"cpu0", 175, 1100}, {"cpu1", 50, 1100}},
		load:         []float64{1, 2, 3},
		memory:       Memory{Total: 100, Used: 40},
		net:          map[string]traffic{"lo": {110, 110}, "eth0": {3000, 900}, "wlan0": {9, 7}},
		loopbackName: "lo",
	}
	got := rates(before, after, 2*time.Second)
	assert.Equal(t, CPU{Total: 37.5, Cores: []float64{75, 0}, Load: []float64{1, 2, 3}}, got.CPU)
	assert.Equal(t, Net{Known: true, In: 1001, Out: 200, Loopback: 50}, got.Net)
	assert.Equal(t, Memory{Total: 100, Used: 40}, got.Memory)
}

func TestACoreOrAnInterfaceThatJustAppearedCountsAsIdle(t *testing.T) {
	before := reading{cores: []coreTicks{{"cpu0", 0, 0}}, net: map[string]traffic{}}
	after := reading{
		cores: []coreTicks{{"cpu0", 10, 10}, {"cpu7", 9000, 10000}},
		net:   map[string]traffic{"tun0": {1 << 40, 1 << 40}},
	}
	got := rates(before, after, time.Second)
	assert.Equal(t, []float64{100, 0}, got.CPU.Cores)
	assert.Equal(t, Net{Known: true}, got.Net)
}

func TestNoTimeBetweenTwoReadingsGivesNoRate(t *testing.T) {
	r := reading{net: map[string]traffic{"eth0": {5, 5}}}
	got := rates(reading{net: map[string]traffic{"eth0": {0, 0}}}, r, 0)
	assert.Equal(t, Net{Known: true}, got.Net)
}

func TestProcessorTicksThatWentBackCountAsNone(t *testing.T) {
	assert.Equal(t, uint64(0), tickDelta(10, 9))
	assert.Equal(t, uint64(1), tickDelta(9, 10))
	got := rates(reading{cores: []coreTicks{{"cpu0", 50, 100}}}, reading{cores: []coreTicks{{"cpu0", 60, 99}}}, time.Second)
	assert.Equal(t, []float64{0}, got.CPU.Cores, "nothing of nothing is no load")
}

func TestByteCountersMayWrapOrStartAgain(t *testing.T) {
	for name, c := range map[string]struct{ was, now, want uint64 }{
		"growth":                       {100, 150, 50},
		"none":                         {100, 100, 0},
		"a 32-bit counter wraps":       {math.MaxUint32 - 9, 40, 50},
		"a 32-bit counter wraps to 0":  {math.MaxUint32, 0, 1},
		"a 64-bit counter wraps":       {math.MaxUint64 - 9, 40, 50},
		"a small counter starts again": {1000, 30, 30},
		"a large counter starts again": {1 << 40, 30, 30},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, byteDelta(c.was, c.now)) })
	}
}

func TestPercentStaysBetweenZeroAndAHundred(t *testing.T) {
	assert.Equal(t, 0.0, percent(3, 0))
	assert.Equal(t, 33.3, percent(1, 3))
	assert.Equal(t, 100.0, percent(5, 4))
}

func TestPausesAreThoseThatTheHistogramGained(t *testing.T) {
	h := &metrics.Float64Histogram{Counts: []uint64{5, 2, 1}, Buckets: []float64{0, 1e-6, 1e-3, math.Inf(1)}}
	for name, c := range map[string]struct {
		before  []uint64
		count   uint64
		longest float64
	}{
		"nothing before":                   {nil, 0, 0},
		"nothing new":                      {[]uint64{5, 2, 1}, 0, 0},
		"short ones":                       {[]uint64{3, 2, 1}, 2, 1e-6},
		"a longer one among them":          {[]uint64{3, 1, 1}, 3, 1e-3},
		"one in the bucket without an end": {[]uint64{5, 2, 0}, 1, 1e-3},
	} {
		t.Run(name, func(t *testing.T) {
			count, longest := newPauses(c.before, h)
			assert.Equal(t, c.count, count)
			assert.Equal(t, c.longest, longest)
		})
	}
}

func TestASamplerTellsOfItsOwnProcessEverywhere(t *testing.T) {
	s, err := newSampler(noProc{}, time.Now)
	if runtime.GOOS == "linux" {
		require.Error(t, err, "what is missing is named")
	}
	runtime.GC()
	got := s.sample(0)
	assert.GreaterOrEqual(t, got.Go.Goroutines, uint64(1))
	assert.NotZero(t, got.Go.Heap)
	assert.NotZero(t, got.Go.GCPauses)
	assert.NotZero(t, got.Go.GCPauseMax)
	assert.NotZero(t, got.Memory.RSS, "the runtime stands in for procfs")
	assert.Nil(t, got.CPU.Cores)
	assert.False(t, got.Net.Known)
	assert.Zero(t, s.sample(1).Go.GCPauses, "a pause is told once")
}
