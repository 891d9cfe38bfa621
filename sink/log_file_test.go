package sink_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func openLog[T any](t *testing.T, dir string, o ...sink.LogOptions[T]) *sink.Log[T] {
	t.Helper()
	l, err := sink.OpenLog(dir, o...)
	require.NoError(t, err)
	return l
}

func TestAnOpenedLogIsAsItWasClosedAndReadersResume(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "as", "needed")
	l := openLog[int](t, dir)
	ids := filled(t, l, 10)
	require.NoError(t, l.AppendID("zz-my-own-id-that-is-longer-than-others", 11))
	before := all(t, l)
	require.NoError(t, l.Close())

	l = openLog[int](t, dir)
	assert.Equal(t, before, all(t, l))
	r := following(l.After(ids[8]), flux.Unbounded)
	_, err := l.Append(12)
	require.NoError(t, err)
	assert.Equal(t, []int{9, 10, 11, 12}, r.got())
	require.NoError(t, l.Check("zz-my-own-id-that-is-longer-than-others"))
	assert.Equal(t, int64(1), l.Stats().Emitted, "by this log")
	require.NoError(t, l.Close())
	require.ErrorIs(t, l.Close(), sink.ErrTerminated)
	_, err = l.Append(1)
	require.ErrorIs(t, err, sink.ErrTerminated)
	assert.True(t, r.completed())
}

func TestIDsGrowFromRunToRunThoughTheClockGoesBack(t *testing.T) {
	dir := t.TempDir()
	l := openLog[int](t, dir)
	ids := filled(t, l, 3)
	require.NoError(t, l.Close())
	synctest.Test(t, func(t *testing.T) { // in a bubble it is the year 2000
		require.Less(t, time.Now().Year(), 2020)
		l := openLog[int](t, dir, sink.LogOptions[int]{Age: time.Hour})
		id, err := l.Append(4)
		require.NoError(t, err)
		assert.Greater(t, id, ids[3])
		assert.NotEqual(t, id[22:], ids[3][22:], "each run has a part of its own")
		assert.Equal(t, 4, l.Stats().Entries)
		require.NoError(t, l.Close())
	})
}

func TestFilesWithoutAnEntryThatIsKeptAreDeleted(t *testing.T) {
	dir := t.TempDir()
	o := sink.LogOptions[string]{Count: 20, File: sink.LogFile[string]{SegmentBytes: 1 << 10, Sync: sink.SyncNever}}
	l := openLog(t, dir, o)
	var ids []string
	for range 500 {
		id, err := l.Append(strings.Repeat("x", 80))
		require.NoError(t, err)
		ids = append(ids, id)
		s := l.Stats()
		require.LessOrEqual(t, s.Segments, 20/7+2)
		require.LessOrEqual(t, s.FileBytes, int64(s.Segments)<<10)
		files, err := filepath.Glob(filepath.Join(dir, "*.log"))
		require.NoError(t, err)
		require.Len(t, files, s.Segments)
	}
	kept := all(t, l)
	require.NoError(t, l.Close())
	l = openLog(t, dir, o)
	assert.Equal(t, kept, all(t, l))
	require.NoError(t, l.Check(ids[479]), "the one that was evicted last is known after a restart too")
	require.ErrorIs(t, l.Check(ids[478]), sink.ErrGap)
	require.NoError(t, l.Close())

	o.Count = 3
	l = openLog(t, dir, o)
	assert.Equal(t, kept[17:], all(t, l), "a smaller bound holds at once")
	require.NoError(t, l.Close())
}

func TestTheIDBeforeTheOldestFileIsKnownAfterARestart(t *testing.T) {
	dir := t.TempDir()
	o := sink.LogOptions[string]{Count: 1, File: sink.LogFile[string]{SegmentBytes: 1 << 10, Sync: sink.SyncNever}}
	l := openLog(t, dir, o)
	for i := range 50 {
		require.NoError(t, l.AppendID(fmt.Sprint(i), strings.Repeat("x", 990)))
	}
	require.Equal(t, 1, l.Stats().Segments)
	require.NoError(t, l.Close())
	l = openLog(t, dir, o)
	require.NoError(t, l.Check("48"))
	require.ErrorIs(t, l.Check("47"), sink.ErrGap)
	require.NoError(t, l.Close())
}

func TestADirectoryBelongsToOneLog(t *testing.T) {
	dir := t.TempDir()
	l := openLog[int](t, dir)
	_, err := sink.OpenLog[int](dir)
	require.Error(t, err)
	assert.ErrorContains(t, err, "another log may have it open")
	require.NoError(t, l.Close())
	require.NoError(t, openLog[int](t, dir).Close())
}

func TestOpenLogNamesWhatIsWrongWithItsOptions(t *testing.T) {
	encode := func(int) ([]byte, error) { return nil, nil }
	for says, o := range map[string]sink.LogOptions[int]{
		"Count is -1":                     {Count: -1},
		"SegmentBytes is 1023":            {File: sink.LogFile[int]{SegmentBytes: 1023}},
		"SegmentBytes is 1073741825":      {File: sink.LogFile[int]{SegmentBytes: 1<<30 + 1}},
		"Sync is -1s":                     {File: sink.LogFile[int]{Sync: -time.Second}},
		"must be given together":          {File: sink.LogFile[int]{Encode: encode}},
		"Encode and Decode must be given": {File: sink.LogFile[int]{Decode: func([]byte) (int, error) { return 0, nil }}},
	} {
		_, err := sink.OpenLog(t.TempDir(), o)
		require.ErrorIs(t, err, flux.ErrInvalid)
		assert.ErrorContains(t, err, says)
	}
	_, err := sink.OpenLog[int]("")
	require.ErrorIs(t, err, flux.ErrInvalid)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = sink.OpenLog[int](file)
	require.Error(t, err)
}

func TestBytesCountTheEncodedValueIfThereIsNoSize(t *testing.T) {
	l := openLog(t, t.TempDir(), sink.LogOptions[int]{Bytes: 10, File: sink.LogFile[int]{Sync: sink.SyncNever}})
	for i, id := range []string{"a", "b", "c"} {
		require.NoError(t, l.AppendID(id, 1000+i))
	}
	assert.Equal(t, int64(10), l.Stats().Bytes)
	assert.Equal(t, 2, l.Stats().Entries)
	require.NoError(t, l.Close())
}

func TestValuesMayHaveAnEncodingOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	file := sink.LogFile[string]{
		Encode: func(s string) ([]byte, error) {
			switch s {
			case "bad":
				return nil, errBoom
			case "worse":
				panic(errBoom)
			}
			return []byte(s), nil
		},
		Decode: func(b []byte) (string, error) { return string(b), nil },
	}
	l := openLog(t, dir, sink.LogOptions[string]{File: file})
	for _, s := range []string{"bad", "worse"} {
		_, err := l.Append(s)
		require.ErrorIs(t, err, errBoom)
	}
	require.NoError(t, l.AppendID("1", "line\nbreak \x00"))
	require.NoError(t, l.AppendID("2", ""))
	require.NoError(t, l.Close())
	l = openLog(t, dir, sink.LogOptions[string]{File: file})
	assert.Equal(t, []sink.Entry[string]{{ID: "1", Value: "line\nbreak \x00"}, {ID: "2"}}, all(t, l))
	require.NoError(t, l.Close())

	for _, decode := range []func([]byte) (string, error){
		func([]byte) (string, error) { return "", errBoom },
		func([]byte) (string, error) { panic(errBoom) },
	} {
		file.Decode = decode
		_, err := sink.OpenLog(dir, sink.LogOptions[string]{File: file})
		require.ErrorIs(t, err, errBoom)
		assert.ErrorContains(t, err, `the entry "1" at byte `)
		assert.ErrorContains(t, err, dir)
	}
	_, err := sink.OpenLog[int](dir)
	var syntax *json.SyntaxError
	require.ErrorAs(t, err, &syntax, "a log of something else")
}

func TestConcurrentAppendsShareTheirWritesAndKeepTheirOrder(t *testing.T) {
	dir := t.TempDir()
	l := openLog[int](t, dir, sink.LogOptions[int]{Count: 100_000})
	const writers, each = 8, 50
	var all8 sync.WaitGroup
	live := following(l, flux.Unbounded)
	for w := range writers {
		all8.Go(func() {
			for i := range each {
				if i%2 == 0 {
					_, err := l.Append(w*each + i)
					assert.NoError(t, err)
				} else {
					assert.NoError(t, l.AppendID(fmt.Sprintf("own-%d-%d", w, i), w*each+i))
				}
				err := l.AppendID("the-same-for-all", -1)
				if err != nil {
					assert.ErrorIs(t, err, sink.ErrDuplicateID)
				}
			}
		})
	}
	all8.Wait()
	require.NoError(t, l.Close())
	again := openLog[int](t, dir)
	assert.Equal(t, live.entries, all(t, again))
	assert.Len(t, live.entries, writers*each+1)
	require.NoError(t, again.Close())
}

func TestReadersSeeAnEntryOnceItIsWritten(t *testing.T) {
	dir := t.TempDir()
	l := openLog[int](t, dir)
	size := func() (n int64) {
		files, err := filepath.Glob(filepath.Join(dir, "*.log"))
		require.NoError(t, err)
		for _, f := range files {
			i, err := os.Stat(f)
			require.NoError(t, err)
			n += i.Size()
		}
		return n
	}
	before := size()
	r := following(l, flux.Unbounded, func(sink.Entry[int]) {
		now := size()
		assert.Greater(t, now, before)
		before = now
	})
	filled(t, l, 10)
	assert.Len(t, r.got(), 10)
	assert.Equal(t, size(), l.Stats().FileBytes)
	require.NoError(t, l.Close())
}

func TestALateFsyncRunsOnceForManyAppendsAndNotAfterClose(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l := openLog(t, dir, sink.LogOptions[int]{File: sink.LogFile[int]{Sync: time.Second}})
		filled(t, l, 10)
		time.Sleep(5 * time.Second)
		filled(t, l, 10)
		require.NoError(t, l.Close())
		time.Sleep(5 * time.Second)
	})
}

func TestAnIDFunctionThatEndsItsGoroutineLeavesTheLogUsable(t *testing.T) {
	l := openLog(t, t.TempDir(), sink.LogOptions[int]{NextID: func(n uint64) string {
		if n == 1 {
			runtime.Goexit()
		}
		return fmt.Sprint(n)
	}})
	filled(t, l, 1)
	var other sync.WaitGroup
	other.Go(func() { _, _ = l.Append(2) })
	other.Wait()
	require.NoError(t, l.AppendID("x", 3))
	filled(t, l, 1)
	require.NoError(t, l.Close())
	assert.Equal(t, []int{1, 3, 1}, following(l, flux.Unbounded).got())
}

func TestAFailedOpenLetsGoOfTheDirectory(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, fmt.Sprintf("%020d.log", 0))
	require.NoError(t, os.WriteFile(name, []byte(strings.Repeat("not a segment ", 10)), 0o600))
	for range 2 {
		_, err := sink.OpenLog[int](dir)
		require.ErrorIs(t, err, sink.ErrCorrupt)
	}
	require.NoError(t, os.Remove(name))
	require.NoError(t, openLog[int](t, dir).Close())
}

func TestOtherFilesInTheDirectoryAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "notes.log")
	require.NoError(t, os.WriteFile(other, []byte("mine"), 0o600))
	require.NoError(t, openLog[int](t, dir).Close())
	b, err := os.ReadFile(other)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(b))
}
