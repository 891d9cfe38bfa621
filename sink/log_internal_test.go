package sink

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAWriteThatFailsFailsItsAppendAndLeavesNothing(t *testing.T) {
	l, err := OpenLog[string](t.TempDir())
	require.NoError(t, err)
	require.NoError(t, l.AppendID("1", "a"))
	writable := l.file.active
	name := writable.Name()
	l.file.active, err = os.Open(name) // can be neither written nor cut
	require.NoError(t, err)
	err = l.AppendID("2", "b")
	var failed *os.PathError
	require.ErrorAs(t, err, &failed)
	assert.ErrorContains(t, err, l.file.dir)
	require.NoError(t, l.file.active.Close())
	l.file.active = writable
	require.Error(t, l.AppendID("3", "c"), "nobody knows what is on disk")
	assert.Equal(t, 1, l.Stats().Entries)
	require.NoError(t, l.Close())

	l, err = OpenLog[string](l.file.dir)
	require.NoError(t, err)
	assert.Equal(t, "1", l.Stats().Newest)
	require.NoError(t, l.AppendID("2", "b"))
	require.NoError(t, l.Close())
}

func TestAFileThatCannotBeBegunFailsTheAppendAndTheNextOneTriesAgain(t *testing.T) {
	o := LogOptions[string]{File: LogFile[string]{SegmentBytes: 1 << 10}}
	l, err := OpenLog(t.TempDir(), o)
	require.NoError(t, err)
	value := strings.Repeat("x", 800)
	require.NoError(t, l.AppendID("1", value))
	inTheWay := segmentName(l.file.dir, 1)
	require.NoError(t, os.Mkdir(inTheWay, 0o700))
	var failed *os.PathError
	require.ErrorAs(t, l.AppendID("2", value), &failed)
	require.NoError(t, os.Remove(inTheWay))
	require.NoError(t, l.AppendID("2", value))
	assert.Equal(t, 2, l.Stats().Segments)
	require.NoError(t, l.Close())

	l, err = OpenLog(l.file.dir, o)
	require.NoError(t, err)
	assert.Equal(t, 2, l.Stats().Entries)
	require.NoError(t, l.Close())
}

func TestIDsThatAFunctionGivesInOrderStandInOrderThoughManyAppend(t *testing.T) {
	var given atomic.Int64
	l := NewLog(LogOptions[int]{NextID: func(uint64) string { return strconv.FormatInt(given.Add(1), 10) }})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				_, err := l.Append(1)
				assert.NoError(t, err)
			}
		})
	}
	all.Wait()
	assert.Equal(t, 4000, l.Stats().Entries)
	assert.Nil(t, l.kept.index, "no id came out of order")
}

func TestAnFsyncThatFailsFailsEveryLaterAppend(t *testing.T) {
	l, err := OpenLog[string](t.TempDir())
	require.NoError(t, err)
	require.NoError(t, l.AppendID("1", "a"))
	writable := l.file.active
	r, w, err := os.Pipe() // takes no fsync
	require.NoError(t, err)
	l.file.active = w
	require.Error(t, l.file.fsync())
	l.file.active = writable
	require.NoError(t, r.Close())
	require.NoError(t, w.Close())
	err = l.AppendID("2", "b")
	require.Error(t, err)
	assert.ErrorContains(t, err, "fsync has failed")
	assert.Equal(t, 1, l.Stats().Entries)
	require.NoError(t, l.Close())
}

func FuzzOpenLog(f *testing.F) {
	whole := appendHeader(nil, 0, "before")
	f.Add(whole)
	for n := range uint64(3) {
		whole = appendRecord(whole, record{number: n, at: int64(n), id: string(rune('a' + n)), payload: []byte(`"value"`)})
		f.Add(whole)
	}
	f.Add(appendHeader(nil, 1, ""))
	f.Fuzz(func(t *testing.T, file []byte) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(segmentName(dir, 0), file, 0o600))
		o := LogOptions[string]{File: LogFile[string]{Sync: SyncNever}}
		l, err := OpenLog(dir, o)
		if err != nil {
			after, err := os.ReadFile(segmentName(dir, 0))
			require.NoError(t, err)
			require.Equal(t, file, after, "what cannot be opened is not changed")
			return
		}
		before := l.Stats()
		require.NoError(t, l.AppendID("one-that-is-longer-than-the-others", "more"))
		require.NoError(t, l.Close())
		l, err = OpenLog(dir, o)
		require.NoError(t, err, "what was opened can be opened again")
		assert.Equal(t, before.Entries+1, l.Stats().Entries)
		require.NoError(t, l.Close())
	})
}

func TestAnEmptiedLogLetsGoOfEveryValue(t *testing.T) {
	var e entries[*int]
	for n := range 1000 {
		e.push(slot[*int]{id: string(rune('a' + n)), value: new(int), size: 1})
		if n > 100 {
			e.evict()
		}
	}
	held := func() (n int) {
		for _, b := range append(e.blocks, e.spare) {
			for _, s := range b {
				if s.value != nil || s.id != "" {
					n++
				}
			}
		}
		return n
	}
	assert.Equal(t, e.len(), held())
	for e.len() > 0 {
		e.evict()
	}
	e.push(slot[*int]{id: "z", value: new(int)})
	assert.Equal(t, 1, held())
	assert.LessOrEqual(t, len(e.blocks), 1)
}
