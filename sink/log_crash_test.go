package sink_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// written is what the crash tests append: the n-th value of a writer.
type written struct {
	Writer, N int
	Pad       string
}

func padded(writer, n int) written {
	return written{writer, n, strings.Repeat(string(rune('a'+n%26)), (n*7919+writer*31)%300)}
}

const (
	crashWriters = 3
	crashCount   = 200
	crashDir     = "FRESHET_CRASH_DIR"
	crashSync    = "FRESHET_CRASH_SYNC"
)

func crashOptions(sync time.Duration) sink.LogOptions[written] {
	return sink.LogOptions[written]{Count: crashCount, File: sink.LogFile[written]{SegmentBytes: 4 << 10, Sync: sync}}
}

// all gives what a log keeps.
func all[T any](t testing.TB, l *sink.Log[T]) (kept []sink.Entry[T]) {
	t.Helper()
	l.Flux().SubscribeFunc(t.Context(), func(e sink.Entry[T]) { kept = append(kept, e) }, nil).Cancel()
	return kept
}

// ends gives the number of the last value of each writer, and checks that the
// values of each are whole and follow each other.
func ends(t *testing.T, kept []sink.Entry[written]) []int {
	t.Helper()
	last := make([]int, crashWriters)
	for _, e := range kept {
		w := e.Value.Writer
		require.Equal(t, padded(w, e.Value.N), e.Value)
		if last[w] != 0 {
			require.Equal(t, last[w]+1, e.Value.N, "writer %d", w)
		}
		last[w] = e.Value.N
	}
	return last
}

// TestAppendsUntilItIsKilled is the process that the next test kills. Each append
// that has returned is a line on the output.
func TestAppendsUntilItIsKilled(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("runs as the child of the test that kills it")
	}
	policy, err := time.ParseDuration(os.Getenv(crashSync))
	require.NoError(t, err)
	l, err := sink.OpenLog(dir, crashOptions(policy))
	require.NoError(t, err)
	last := ends(t, all(t, l))
	var writing sync.WaitGroup
	for w := range crashWriters {
		writing.Go(func() {
			for n := last[w] + 1; ; n++ {
				id, err := l.Append(padded(w, n))
				if err != nil {
					panic(err)
				}
				_, _ = fmt.Fprintln(os.Stdout, "appended", w, n, id)
			}
		})
	}
	writing.Wait()
}

func TestAKilledProgramLosesNothingThatWasAppended(t *testing.T) {
	kills := 20
	if full() {
		kills = 200
	}
	dir := t.TempDir()
	policies := []time.Duration{0, sink.SyncNever, time.Millisecond}
	self, err := os.Executable()
	require.NoError(t, err)
	var before []sink.Entry[written]
	for kill := range kills {
		child := exec.CommandContext(t.Context(), self, "-test.run=^TestAppendsUntilItIsKilled$")
		child.Env = append(os.Environ(), crashDir+"="+dir, crashSync+"="+policies[kill%3].String())
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		acknowledged := make([]int, crashWriters)
		ids := map[[2]int]string{}
		lines := bufio.NewScanner(out)
		note := func() {
			var w, n int
			var id string
			if got, _ := fmt.Sscanf(lines.Text(), "appended %d %d %s", &w, &n, &id); got == 3 {
				acknowledged[w] = n
				ids[[2]int{w, n}] = id
			}
		}
		for range rand.IntN(100) {
			if !lines.Scan() {
				break
			}
			note()
		}
		require.NoError(t, child.Process.Kill())
		for lines.Scan() { // what it said before it died
			note()
		}
		_ = child.Wait()

		l, err := sink.OpenLog(dir, crashOptions(policies[kill%3]))
		require.NoError(t, err, "kill %d", kill)
		kept := all(t, l)
		for w, n := range ends(t, kept) {
			if n == 0 && len(kept) >= crashCount {
				continue // a writer that got no turn: the others' entries took the place of all of its
			}
			require.GreaterOrEqual(t, n, acknowledged[w], "what was acknowledged is there")
			require.LessOrEqual(t, n, max(acknowledged[w], last(before, w))+1, "and at most the one under way")
		}
		require.True(t, continues(before, kept), "what was there before is there still, under the same ids")
		for _, e := range kept {
			if id := ids[[2]int{e.Value.Writer, e.Value.N}]; id != "" {
				require.Equal(t, id, e.ID)
			}
		}
		before = kept
		require.NoError(t, l.Close())
	}
	require.NotEmpty(t, before)
	newest := before[len(before)-1]
	t.Logf("%d kills; the last entry is %s, number %d of writer %d", kills, newest.ID, newest.Value.N, newest.Value.Writer)
}

// last gives the number of the last value of a writer, 0 for none.
func last(kept []sink.Entry[written], writer int) (n int) {
	for _, e := range kept {
		if e.Value.Writer == writer {
			n = e.Value.N
		}
	}
	return n
}

// continues tells whether the newer list is the older one, less some of its
// oldest entries, and then more.
func continues(older, newer []sink.Entry[written]) bool {
	if len(older) == 0 || len(newer) == 0 {
		return len(older) == 0
	}
	for len(older) > 0 && older[0] != newer[0] {
		older = older[1:]
	}
	return len(newer) >= len(older) && slices.Equal(older, newer[:len(older)])
}

// disk is a log on disk that a test harms.
type disk struct {
	t        *testing.T
	dir      string
	options  sink.LogOptions[string]
	entries  []sink.Entry[string]
	segments []string // the names of the files
	content  [][]byte
	harmed   int // the file that was changed last
}

// written makes a log of n entries in several files.
func writeDisk(t *testing.T, n int) *disk {
	t.Helper()
	d := &disk{t: t, dir: t.TempDir(), options: sink.LogOptions[string]{File: sink.LogFile[string]{SegmentBytes: 1 << 10, Sync: sink.SyncNever}}}
	l := d.open()
	for i := range n {
		_, err := l.Append(strings.Repeat(string(rune('a'+i%26)), i%40))
		require.NoError(t, err)
	}
	d.entries = all(t, l)
	require.NoError(t, l.Close())
	names, err := filepath.Glob(filepath.Join(d.dir, "*.log"))
	require.NoError(t, err)
	d.segments = names
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		d.content = append(d.content, b)
	}
	require.Greater(t, len(names), 2)
	return d
}

func (d *disk) open() *sink.Log[string] {
	d.t.Helper()
	l, err := sink.OpenLog(d.dir, d.options)
	require.NoError(d.t, err)
	return l
}

// put writes the files anew, with one of them changed.
func (d *disk) put(file int, b []byte) {
	d.t.Helper()
	names, err := filepath.Glob(filepath.Join(d.dir, "*.log"))
	require.NoError(d.t, err)
	for _, name := range names {
		if !slices.Contains(d.segments, name) {
			require.NoError(d.t, os.Remove(name))
		}
	}
	for _, i := range []int{d.harmed, len(d.segments) - 2, len(d.segments) - 1} { // the others are as they were
		require.NoError(d.t, os.WriteFile(d.segments[i], d.content[i], 0o600))
	}
	require.NoError(d.t, os.WriteFile(d.segments[file], b, 0o600))
	d.harmed = file
}

// records gives where the records of a segment end; the first is the end of its
// head.
func records(b []byte) (stops []int) {
	at := 8 + 8 + 1 + int(b[16]) + 4
	for stops = append(stops, at); at < len(b); stops = append(stops, at) {
		at += 8 + int(binary.LittleEndian.Uint32(b[at:]))
	}
	return stops
}

func TestALogThatWasCutAtAnyByteHasEveryWholeRecordAndGoesOn(t *testing.T) {
	d := writeDisk(t, 40)
	file := len(d.segments) - 1
	whole := d.content[file]
	stops := records(whole)
	older := len(d.entries) - (len(stops) - 1)
	tails := map[string]func(cut int) []byte{
		"nothing": func(int) []byte { return nil },
		"zeros":   func(cut int) []byte { return make([]byte, 1+cut%100) },
		"noise": func(cut int) []byte {
			b := make([]byte, 1+cut%100)
			for i := range b {
				b[i] = byte(rand.Uint32())
			}
			b[0] = ^whole[cut] // or it might happen to be what was cut off
			return b
		},
	}
	for name, tail := range tails {
		for cut := range whole {
			if name != "nothing" && (cut < stops[0] || !full() && cut%7 != 0) {
				continue // a file without a head has nothing behind it
			}
			d.put(file, append(whole[:cut:cut], tail(cut)...))
			want := older
			for _, stop := range stops[1:] {
				if stop <= cut {
					want++
				}
			}
			l := d.open()
			require.Equal(t, d.entries[:want], all(t, l), "cut at %d, then %s", cut, name)
			id, err := l.Append("more")
			require.NoError(t, err)
			require.NoError(t, l.Close())
			l = d.open()
			require.Equal(t, append(d.entries[:want:want], sink.Entry[string]{ID: id, Value: "more"}), all(t, l), "cut at %d, then %s", cut, name)
			require.NoError(t, l.Close())
		}
	}
}

func TestDamageThatIsNotAtTheEndIsFoundWhereverItIs(t *testing.T) {
	d := writeDisk(t, 40)
	newest := len(d.segments) - 1
	for file, b := range d.content {
		stops := records(b)
		for at := range b {
			if !full() && (testing.Short() || file != newest) && at%7 != 0 {
				continue
			}
			harmed := slices.Clone(b)
			harmed[at] ^= byte(1 << rand.IntN(8))
			d.put(file, harmed)
			l, err := sink.OpenLog(d.dir, d.options)
			if file == newest && at >= stops[len(stops)-2] {
				require.NoError(t, err, "the last record may have been torn")
				require.Equal(t, d.entries[:len(d.entries)-1], all(t, l))
				require.NoError(t, l.Close())
				continue
			}
			var damage *sink.CorruptError
			require.ErrorAs(t, err, &damage, "file %d, byte %d", file, at)
			require.ErrorIs(t, err, sink.ErrCorrupt)
			assert.Equal(t, d.segments[file], damage.File)
			assert.LessOrEqual(t, damage.Offset, int64(at))
			if at >= stops[0] {
				assert.Contains(t, stops, int(damage.Offset))
			}
			now, err := os.ReadFile(d.segments[file])
			require.NoError(t, err)
			require.Equal(t, harmed, now, "and nothing is changed")
		}
	}
}

func TestAMissingFileIsFound(t *testing.T) {
	d := writeDisk(t, 40)
	require.NoError(t, os.Remove(d.segments[1]))
	_, err := sink.OpenLog(d.dir, d.options)
	require.ErrorIs(t, err, sink.ErrCorrupt)
	assert.ErrorContains(t, err, "are missing")
	require.NoError(t, os.Rename(d.segments[0], d.segments[1]))
	_, err = sink.OpenLog(d.dir, d.options)
	require.ErrorIs(t, err, sink.ErrCorrupt)
	assert.ErrorContains(t, err, "its first entry is the number 0")
}

func TestDamageInTheNewestFileIsCutOffIfThatIsWanted(t *testing.T) {
	d := writeDisk(t, 45)
	newest := len(d.segments) - 1
	stops := records(d.content[newest])
	require.Greater(t, len(stops), 4)
	harmed := slices.Clone(d.content[newest])
	harmed[stops[2]+9]++
	d.put(newest, harmed)
	_, err := sink.OpenLog(d.dir, d.options)
	require.ErrorIs(t, err, sink.ErrCorrupt)
	d.options.File.CutDamage = true
	l := d.open()
	assert.Equal(t, d.entries[:len(d.entries)-(len(stops)-1)+2], all(t, l))
	require.NoError(t, l.Close())
}
