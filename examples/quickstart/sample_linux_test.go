package main

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	statText = `cpu  300 0 100 1600 50 0 30 8 0 0
cpu0 200 0 60 700 30 0 10 0 40 0
cpu1 100 0 40 900 20 0 20 8 0 0
intr 227185 0 0
ctxt 400371
`
	memoryText = `MemTotal:       1000 kB
MemFree:         200 kB
MemAvailable:    600 kB
Buffers:          50 kB
Cached:          300 kB
SwapTotal:       100 kB
SwapFree:         75 kB
HugePages_Total:       0
`
	netText = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0:102823466    5954    0    0    0     0          0         0   460439    4254    0    0    0     0       0          0
docker0:      77       1    0    0    0     0          0         0       88       1    0    0    0     0       0          0
`
)

func proc(change map[string]string) fstest.MapFS {
	files := map[string]string{
		"stat": statText, "loadavg": "0.14 1.07 12.03 2/99 7392\n", "meminfo": memoryText,
		"self/statm": "765 443 414 5 0 90 0\n", "net/dev": netText,
	}
	root := fstest.MapFS{}
	for name, text := range files {
		if other, ok := change[name]; ok {
			text = other
		}
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

func TestProcfsIsRead(t *testing.T) {
	got, err := readMachine(proc(nil))
	require.NoError(t, err)
	assert.Equal(t, []coreTicks{{"cpu0", 270, 1000}, {"cpu1", 168, 1088}}, got.cores,
		"idle and iowait are not busy; guest time is part of user and not counted twice")
	assert.Equal(t, []float64{0.14, 1.07, 12.03}, got.load)
	assert.Equal(t, Memory{Total: 1000 << 10, Used: 400 << 10, SwapUsed: 25 << 10, RSS: 443 * uint64(os.Getpagesize())}, got.memory)
	assert.Equal(t, map[string]traffic{"lo": {3193, 3193}, "eth0": {102823466, 460439}}, got.net,
		"a bridge hands on what another interface counts")
}

func TestOldKernelsAreRead(t *testing.T) {
	got, err := readMachine(proc(map[string]string{
		"stat":    "cpu 1 2 3 4\ncpu0 1 2 3 4\n",
		"meminfo": "MemTotal: 1000 kB\nMemFree: 200 kB\nBuffers: 50 kB\nCached: 300 kB\n",
	}))
	require.NoError(t, err)
	assert.Equal(t, []coreTicks{{"cpu0", 6, 10}}, got.cores)
	assert.Equal(t, uint64(450<<10), got.memory.Used, "what is neither free nor cached")
}

func TestWhatCannotBeUnderstoodIsNamedAndTheRestIsRead(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"no core":                 {"stat", "cpu 1 2 3 4\n", "/proc/stat: no line for any core"},
		"a core with a word":      {"stat", "cpu0 1 2 x 4\n", `"x"`},
		"a core cut short":        {"stat", "cpu0 1 2 3\n", `"cpu0 1 2 3" has 3 numbers, want at least 4`},
		"a short load":            {"loadavg", "0.1 0.2", "/proc/loadavg"},
		"a load in words":         {"loadavg", "a b c", `"a"`},
		"no total":                {"meminfo", "MemFree: 1 kB\n", "/proc/meminfo: no line MemTotal"},
		"a negative size":         {"meminfo", "MemTotal: -1 kB\n", `"-1"`},
		"pages cut short":         {"self/statm", "765", "/proc/self/statm"},
		"pages in words":          {"self/statm", "765 many", `"many"`},
		"an interface cut short":  {"net/dev", "eth0: 1 2 3\n", `interface "eth0" has 3 numbers`},
		"an interface with words": {"net/dev", "eth0: x 0 0 0 0 0 0 0 1\n", `"x"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readMachine(proc(map[string]string{c.file: c.text}))
			require.ErrorContains(t, err, c.want)
			whole := 0
			for _, ok := range []bool{got.cores != nil, got.load != nil, got.memory.Total != 0, got.memory.RSS != 0, got.net != nil} {
				if ok {
					whole++
				}
			}
			assert.Equal(t, 4, whole, "one of five is missing")
		})
	}
}

func TestTheRealProcfsIsUnderstood(t *testing.T) {
	s, err := newSampler(os.DirFS("/proc"), time.Now)
	require.NoError(t, err)
	got := s.sample(0)
	assert.NotEmpty(t, got.CPU.Cores)
	assert.Len(t, got.CPU.Load, 3)
	assert.NotZero(t, got.Memory.Total)
	assert.Greater(t, got.Memory.Total, got.Memory.RSS)
	assert.True(t, got.Net.Known)
}

func FuzzProcfsNeverPanics(f *testing.F) {
	f.Add(statText)
	f.Add(memoryText)
	f.Add(netText)
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"stat", "loadavg", "meminfo", "self/statm", "net/dev"} {
			if _, err := readMachine(proc(map[string]string{name: text})); err != nil {
				assert.True(t, strings.Contains(err.Error(), "/proc/"+name), err)
			}
		}
	})
}
