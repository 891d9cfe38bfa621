package sink_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type opener = func(sink.LogOptions[int]) *sink.Log[int]

func TestAReaderGetsWhatIsKeptBehindItsIDAndThenWhatComes(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{})
		ids := filled(t, l, 100)
		for _, at := range []int{0, 1, 42, 99, 100} {
			r := following(l.After(ids[at]), flux.Unbounded)
			assert.Equal(t, rangeOf(at+1, 100), r.got())
			defer func() {
				assert.Equal(t, rangeOf(at+1, 102), r.got())
				assert.True(t, r.completed())
				assert.NotContains(t, r.missed(), int64(-1))
			}()
		}
		_, err := l.Append(101)
		require.NoError(t, err)
		_, err = l.Append(102)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	})
}

func TestAReaderIsSentNoMoreThanItAskedFor(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{})
		filled(t, l, 50)
		r := following(l, 3)
		assert.Equal(t, rangeOf(1, 3), r.got())
		r.sub.Request(40)
		assert.Equal(t, rangeOf(1, 43), r.got())
		r.sub.Request(10)
		assert.Equal(t, rangeOf(1, 50), r.got())
		filled(t, l, 5)
		assert.Equal(t, append(rangeOf(1, 50), 1, 2, 3), r.got())
		r.sub.Request(1)
		r.sub.Request(flux.Unbounded)
		assert.Equal(t, append(rangeOf(1, 50), rangeOf(1, 5)...), r.got())
		assert.Equal(t, 1, l.Stats().Subscribers)
		r.sub.Cancel()
		assert.Zero(t, l.Stats().Subscribers)
	})
}

func TestARequestInsideOnNextDoesNotRecurse(t *testing.T) {
	l := sink.NewLog[int]()
	filled(t, l, 1000)
	depth := 0
	var r *follower
	r = &follower{demand: 1, onNext: func(sink.Entry[int]) {
		depth++
		assert.Equal(t, 1, depth)
		r.sub.Request(1)
		depth--
	}}
	l.Subscribe(context.Background(), r)
	filled(t, l, 10)
	assert.Len(t, r.got(), 1010)
}

func TestTheEndComesAfterWhatIsKept(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{})
		ids := filled(t, l, 3)
		current, behind := following(l.After(ids[3]), 0), following(l, 2)
		require.NoError(t, l.Fail(errBoom))
		require.Same(t, errBoom, current.failure(), "the end needs no demand")
		require.NoError(t, behind.failure())
		behind.sub.Request(1)
		assert.Equal(t, rangeOf(1, 3), behind.got())
		require.Same(t, errBoom, behind.failure(), "and comes with the last entry")
		late := following(l.After(ids[1]), flux.Unbounded)
		assert.Equal(t, rangeOf(2, 3), late.got())
		require.Same(t, errBoom, late.failure())

		_, err := l.Append(4)
		require.ErrorIs(t, err, sink.ErrTerminated)
		require.ErrorIs(t, l.AppendID("x", 4), sink.ErrTerminated)
		require.ErrorIs(t, l.Close(), sink.ErrTerminated)
		require.ErrorIs(t, l.Fail(nil), sink.ErrTerminated)
		assert.Zero(t, l.Stats().Subscribers)
	})
}

func TestALogFailedWithNilSaysSo(t *testing.T) {
	l := sink.NewLog[int]()
	require.NoError(t, l.Fail(nil))
	require.ErrorIs(t, following(l, 1).failure(), flux.ErrInvalid)
}

func TestRetentionByCountIsExact(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{Count: 7})
		for n := 1; n <= 500; n++ {
			_, err := l.Append(n)
			require.NoError(t, err)
			s := l.Stats()
			require.Equal(t, min(n, 7), s.Entries)
			require.Equal(t, int64(max(0, n-7)), s.Evicted)
		}
		assert.Equal(t, rangeOf(494, 500), following(l, flux.Unbounded).got())
	})
}

func TestRetentionByBytesCountsIDsAndWhatSizeGives(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{Bytes: 100, Size: func(v int) int { return v }})
		for i := range 9 {
			require.NoError(t, l.AppendID(strconv.Itoa(i), 24))
		}
		assert.Equal(t, 4, l.Stats().Entries)
		assert.Equal(t, int64(100), l.Stats().Bytes)
		require.NoError(t, l.AppendID("9", 99))
		assert.Equal(t, []int{99}, following(l, flux.Unbounded).got())
		err := l.AppendID("10", 99)
		require.ErrorIs(t, err, sink.ErrOverflow)
		require.ErrorIs(t, err, flux.ErrOverflow)
		assert.ErrorContains(t, err, `the entry "10" of 101 bytes is larger than the 100`)
		assert.Equal(t, []int{99}, following(l, flux.Unbounded).got())
	})
}

func TestRetentionByAgeHoldsForReadersAndStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := sink.NewLog(sink.LogOptions[int]{Age: time.Minute})
		var ids []string
		for v := range 5 {
			id, err := l.Append(v)
			require.NoError(t, err)
			ids = append(ids, id)
			time.Sleep(20 * time.Second)
		}
		slow := following(l, 1)
		assert.Equal(t, []int{2}, slow.got(), "0 and 1 are 100 and 80 seconds old, 2 is 60")
		time.Sleep(30 * time.Second)
		slow.sub.Request(5)
		require.ErrorIs(t, slow.failure(), sink.ErrGap, "3 was let go while the reader had no demand")
		require.ErrorIs(t, l.Check(ids[2]), sink.ErrGap)
		require.NoError(t, l.Check(ids[3]), "nothing is missing behind what was let go last")
		time.Sleep(time.Hour)
		assert.Zero(t, l.Stats().Entries)
		assert.Equal(t, ids[4], l.Stats().Newest)
		assert.Empty(t, l.Stats().Oldest)
		back := following(l.After(ids[4]), flux.Unbounded)
		_, err := l.Append(9)
		require.NoError(t, err)
		assert.Equal(t, []int{9}, back.got(), "a client that saw everything missed nothing")
	})
}

func TestTheDefaultsBoundTheMemory(t *testing.T) {
	l := sink.NewLog[int]()
	filled(t, l, sink.DefaultCount+1)
	assert.Equal(t, sink.DefaultCount, l.Stats().Entries)
	byBytes := sink.NewLog(sink.LogOptions[string]{Bytes: 1 << 30})
	unbounded := sink.NewLog(sink.LogOptions[string]{Count: math.MaxInt})
	for range sink.DefaultCount + 1 {
		_, err := byBytes.Append("abc")
		require.NoError(t, err)
		_, err = unbounded.Append("abc")
		require.NoError(t, err)
	}
	assert.Equal(t, sink.DefaultCount+1, byBytes.Stats().Entries)
	assert.Equal(t, sink.DefaultCount+1, unbounded.Stats().Entries)
	assert.Equal(t, int64((3+30)*(sink.DefaultCount+1)), byBytes.Stats().Bytes)
}

func TestAnIDThatIsNotInTheLogIsAGapThatNamesWhatThereIs(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{Count: 10})
		ids := filled(t, l, 30)
		for _, id := range []string{ids[1], ids[19], "nobody-knows-me", "~", strings.Repeat("z", 128)} {
			r := following(l.After(id), 0)
			var gap *sink.GapError
			require.ErrorAs(t, r.failure(), &gap)
			require.ErrorIs(t, r.failure(), sink.ErrGap)
			assert.Equal(t, &sink.GapError{ID: id, Oldest: ids[21], Newest: ids[30], Missed: -1}, gap)
			assert.Equal(t, r.failure(), l.Check(id))
			assert.ErrorContains(t, gap, id)

			oldest, now := following(l.After(id, sink.OrOldest()), flux.Unbounded), following(l.After(id, sink.OrNow()), flux.Unbounded)
			assert.Equal(t, rangeOf(21, 30), oldest.got())
			assert.Equal(t, []int64{-1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, oldest.missed())
			assert.Empty(t, now.got())
			defer func() {
				assert.Equal(t, []int{31, 32}, now.got())
				assert.Equal(t, []int64{-1, 0}, now.missed())
			}()
		}
		assert.Equal(t, rangeOf(21, 30), following(l.After(ids[20]), flux.Unbounded).got(), "nothing is missing behind the one that was evicted last")
		assert.Equal(t, int64(15), l.Stats().Gaps)
		for v := 31; v <= 32; v++ {
			_, err := l.Append(v)
			require.NoError(t, err)
		}
	})
}

func TestAnEmptyLogKnowsNoID(t *testing.T) {
	l := sink.NewLog[int]()
	require.NoError(t, l.Check(""))
	err := l.Check("17")
	require.ErrorIs(t, err, sink.ErrGap)
	assert.ErrorContains(t, err, "nothing is kept")
}

func TestAnIDThatNoEntryCanHaveIsRefusedByNameAndRule(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{})
		for id, rule := range map[string]string{
			"a b":                    `id "a b" has the byte 0x20 at 1; it must be visible ASCII without blanks`,
			"a\nb":                   `id "a\nb" has the byte 0x0a`,
			"é":                      `id "\u00e9" has the byte 0xc3 at 0`,
			strings.Repeat("x", 129): `has 129 bytes; it must have 1 to 128`,
		} {
			for _, err := range []error{l.AppendID(id, 1), l.Check(id), following(l.After(id), 1).failure(), following(l.After(id, sink.OrOldest()), 1).failure()} {
				require.ErrorIs(t, err, flux.ErrInvalid)
				require.NotErrorIs(t, err, sink.ErrGap)
				assert.ErrorContains(t, err, rule)
			}
		}
		require.ErrorIs(t, l.AppendID("", 1), flux.ErrInvalid)
		require.NoError(t, l.AppendID(strings.Repeat("x", 128), 1))
		assert.Equal(t, 1, l.Stats().Entries)
		assert.Zero(t, l.Stats().Subscribers)
	})
}

func TestWithoutAnIDAReaderStartsWithTheOldestUnlessToldOtherwise(t *testing.T) {
	l := sink.NewLog[int]()
	filled(t, l, 3)
	assert.Equal(t, rangeOf(1, 3), following(l.After(""), flux.Unbounded).got())
	assert.Equal(t, rangeOf(1, 3), following(l.After("", sink.FromNow(), sink.FromOldest()), flux.Unbounded).got())
	now := following(l.After("", sink.FromNow()), flux.Unbounded)
	assert.Empty(t, now.got())
	_, err := l.Append(4)
	require.NoError(t, err)
	assert.Equal(t, []int{4}, now.got())
	assert.Equal(t, []int64{0}, now.missed())
}

func TestAReaderThatFallsBehindRetentionMeetsAGap(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{Count: 10})
		fails, oldest, now := following(l, 2), following(l.After("", sink.OrOldest()), 2), following(l.After("", sink.OrNow()), 2)
		ids := filled(t, l, 30)
		for _, r := range []*follower{fails, oldest, now} {
			assert.Equal(t, []int{1, 2}, r.got())
			r.sub.Request(100)
		}
		var gap *sink.GapError
		require.ErrorAs(t, fails.failure(), &gap)
		assert.Equal(t, &sink.GapError{ID: ids[2], Oldest: ids[21], Newest: ids[30], Missed: 18}, gap)
		assert.ErrorContains(t, gap, "18 entries behind the id")
		assert.Equal(t, append([]int{1, 2}, rangeOf(21, 30)...), oldest.got())
		assert.Equal(t, []int64{0, 0, 18, 0}, oldest.missed()[:4])
		assert.Equal(t, []int{1, 2}, now.got())
		_, err := l.Append(31)
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2, 31}, now.got())
		assert.Equal(t, []int64{0, 0, 28}, now.missed())
		assert.Equal(t, int64(18+18+28), l.Stats().Missed)
		assert.Equal(t, int64(3), l.Stats().Gaps)
	})
}

func TestAGapThatNoEntryCanTellOfIsTheErrorOfTheEnd(t *testing.T) {
	l := sink.NewLog(sink.LogOptions[int]{Count: 10})
	r := following(l.After("", sink.OrNow()), 1)
	filled(t, l, 30)
	r.sub.Request(1)
	require.NoError(t, l.Close())
	require.ErrorIs(t, r.failure(), sink.ErrGap)
}

func TestDefaultIDsAreUniqueSortableAndSafeInAHeader(t *testing.T) {
	a, b := sink.NewLog[int](), sink.NewLog[int]()
	seen := map[string]bool{}
	for _, l := range []*sink.Log[int]{a, b} {
		ids := filled(t, l, 5000)[1:]
		assert.True(t, slices.IsSorted(ids))
		for _, id := range ids {
			require.Regexp(t, regexp.MustCompile(`^[0-9a-z]{10}-[0-9a-z]{10}-[0-9a-z]{8}$`), id)
			require.False(t, seen[id])
			seen[id] = true
		}
	}
	synctest.Test(t, func(t *testing.T) {
		before, err := sink.NewLog[int]().Append(1)
		require.NoError(t, err)
		time.Sleep(time.Millisecond)
		after, err := sink.NewLog[int]().Append(1)
		require.NoError(t, err)
		assert.Less(t, before, after, "ids of different logs sort by time")
	})
}

func TestIDsThatDoNotGrowAreFoundAllTheSame(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{Count: 5})
		names := []string{"b", "c", "a", "zz", "d", "1", "cc", "e", "x"}
		for i, id := range names {
			require.NoError(t, l.AppendID(id, i))
			if i >= 5 {
				require.ErrorIs(t, l.Check(names[i-5]), error(nil), "the one that was evicted last")
			}
			if i >= 6 {
				require.ErrorIs(t, l.Check(names[i-6]), sink.ErrGap)
			}
			for j := max(0, i-4); j <= i; j++ {
				assert.Equal(t, rangeOf(j+1, i), following(l.After(names[j]), flux.Unbounded).got())
			}
		}
		_, err := l.Append(9)
		require.NoError(t, err)
	})
}

func TestAnIDIsInTheLogOnce(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{})
		for _, id := range []string{"1", "2", "10"} {
			require.NoError(t, l.AppendID(id, 1))
		}
		for _, again := range []string{"1", "2", "10"} {
			err := l.AppendID(again, 2)
			require.ErrorIs(t, err, sink.ErrDuplicateID)
			assert.ErrorContains(t, err, strconv.Quote(again))
		}
		require.NoError(t, l.AppendID("3", 1), "out of order is not twice")
		require.ErrorIs(t, l.AppendID("3", 2), sink.ErrDuplicateID)
		assert.Equal(t, 4, l.Stats().Entries)
	})
}

func TestIDsMayComeFromAFunction(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{NextID: func(n uint64) string {
			switch n {
			case 2:
				return "bad id"
			case 3:
				panic(errBoom)
			}
			return fmt.Sprint("order-", n)
		}})
		ids := filled(t, l, 2)
		assert.Equal(t, []string{"", "order-0", "order-1"}, ids)
		_, err := l.Append(3)
		require.ErrorIs(t, err, flux.ErrInvalid)
		require.NoError(t, l.AppendID("mine", 3))
		_, err = l.Append(4)
		var p *flux.PanicError
		require.ErrorAs(t, err, &p)
		require.ErrorIs(t, err, errBoom)
		require.NoError(t, l.AppendID("mine-4", 4))
		filled(t, l, 1)
		assert.Equal(t, []int{1, 2, 3, 4, 1}, following(l, flux.Unbounded).got())
		require.NoError(t, l.AppendID("order-5", 5))
		require.NoError(t, l.Check("order-5"))
	})
}

func TestWhatASizeDoesWrongIsTheErrorOfTheAppend(t *testing.T) {
	l := sink.NewLog(sink.LogOptions[int]{Bytes: 1000, Size: func(v int) int {
		if v == 2 {
			panic("size")
		}
		return v
	}})
	_, err := l.Append(-1)
	require.ErrorIs(t, err, flux.ErrInvalid)
	_, err = l.Append(2)
	var p *flux.PanicError
	require.ErrorAs(t, err, &p)
	assert.Zero(t, l.Stats().Entries)
}

func TestALogWithBadOptionsHasFailed(t *testing.T) {
	for says, o := range map[string]sink.LogOptions[int]{
		"Count is -1":                  {Count: -1},
		"Bytes is -2":                  {Bytes: -2},
		"Age is -1s":                   {Age: -time.Second},
		"needs a Size for values of t": {Bytes: 5},
	} {
		l := sink.NewLog(o)
		_, err := l.Append(1)
		require.ErrorIs(t, err, sink.ErrTerminated)
		r := following(l, 0)
		require.ErrorIs(t, r.failure(), flux.ErrInvalid)
		assert.ErrorContains(t, r.failure(), says)
	}
}

func TestABadRequestEndsThatReaderAlone(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{})
		waiting, atOnce := following(l, flux.Unbounded), following(l, -7)
		inside := following(l, 5)
		inside.onNext = func(sink.Entry[int]) { inside.sub.Request(0) }
		good := following(l, flux.Unbounded)
		waiting.sub.Request(0)
		require.ErrorIs(t, waiting.failure(), flux.ErrBadRequest)
		assert.ErrorContains(t, atOnce.failure(), "Request(-7)")
		filled(t, l, 3)
		require.ErrorIs(t, inside.failure(), flux.ErrBadRequest)
		assert.Equal(t, []int{1}, inside.got())
		behind := following(l, 1)
		behind.sub.Request(math.MinInt64)
		require.ErrorIs(t, behind.failure(), flux.ErrBadRequest)
		for _, r := range []*follower{waiting, atOnce, inside, behind} {
			r.sub.Request(0)
			r.sub.Cancel()
			r.sub.Request(5)
			assert.Equal(t, 1, r.terminal)
		}
		assert.Equal(t, rangeOf(1, 3), good.got())
		assert.Equal(t, 1, l.Stats().Subscribers)
	})
}

func TestADoneContextEndsAReaderInSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := sink.NewLog[int]()
		ctx, cancel := context.WithCancel(t.Context())
		r := &follower{demand: flux.Unbounded}
		l.Subscribe(ctx, r)
		filled(t, l, 1)
		cancel()
		synctest.Wait()
		assert.Zero(t, l.Stats().Subscribers)
		filled(t, l, 1)
		assert.Equal(t, []int{1}, r.got())
		assert.Zero(t, r.terminal)
	})
}

func TestOperatorsStandOnALog(t *testing.T) {
	l := sink.NewLog[int]()
	ids := filled(t, l, 10)
	even := flux.Map(l.After(ids[2]).Filter(func(e sink.Entry[int]) bool { return e.Value%2 == 0 }), func(e sink.Entry[int]) string { return e.ID })
	got, err := even.Take(3).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{ids[4], ids[6], ids[8]}, got)
	assert.Zero(t, l.Stats().Subscribers)
	r := following(l.After("").Filter(func(e sink.Entry[int]) bool { return e.Value > 8 }), 2)
	assert.Equal(t, []int{9, 10}, r.got(), "what a filter rejects uses up no demand")
	filled(t, l, 9)
	assert.Equal(t, []int{9, 10}, r.got())
	r.sub.Request(1)
	assert.Equal(t, []int{9, 10, 9}, r.got())
}

func TestTheJSONOfAnEntryIsThatOfItsValue(t *testing.T) {
	b, err := json.Marshal(sink.Entry[map[string]string]{ID: "1", Value: map[string]string{"a": "b"}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"a":"b"}`, string(b))
	_, err = json.Marshal(sink.Entry[float64]{Value: math.NaN()})
	var unsupported *json.UnsupportedValueError
	require.ErrorAs(t, err, &unsupported)
	assert.Equal(t, "7", sink.Entry[int]{ID: "7"}.EventID())
}

func TestStatsAddUp(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{Count: 5})
		current, behind := following(l, flux.Unbounded), following(l, 1)
		ids := filled(t, l, 8)
		s := l.Stats()
		s.Bytes, s.FileBytes, s.Segments = 0, 0, 0
		assert.Equal(t, sink.LogStats{
			Subscribers: 2, Behind: 1, Entries: 5, Oldest: ids[4], Newest: ids[8],
			Emitted: 8, Evicted: 3, Delivered: 9,
		}, s)
		behind.sub.Request(1)
		current.sub.Cancel()
		s = l.Stats()
		assert.Zero(t, s.Subscribers)
		assert.Equal(t, int64(2), s.Missed)
		assert.Equal(t, int64(1), s.Gaps)
	})
}

func TestWhatAppendsInsideOnNextComesNext(t *testing.T) {
	inMemoryAndInFiles(t, func(t *testing.T, open opener) {
		l := open(sink.LogOptions[int]{})
		first := following(l, flux.Unbounded, func(e sink.Entry[int]) {
			if e.Value < 5 {
				_, err := l.Append(e.Value + 1)
				assert.NoError(t, err)
			} else {
				assert.NoError(t, l.Close())
			}
		})
		second := following(l, flux.Unbounded)
		_, err := l.Append(1)
		require.NoError(t, err)
		for _, r := range []*follower{first, second, following(l, flux.Unbounded)} {
			assert.Equal(t, rangeOf(1, 5), r.got())
			assert.True(t, r.completed())
		}
	})
}

func TestASubscriberMayCancelAndSubscribeInsideItsSignals(t *testing.T) {
	l := sink.NewLog[int]()
	var inner *follower
	var outer *follower
	outer = following(l, flux.Unbounded, func(e sink.Entry[int]) {
		inner = following(l.After(e.ID), flux.Unbounded)
		outer.sub.Cancel()
	})
	filled(t, l, 3)
	assert.Equal(t, []int{1}, outer.got())
	assert.Equal(t, []int{2, 3}, inner.got())
	assert.Equal(t, 1, l.Stats().Subscribers)
	require.NoError(t, l.Close())
	assert.Zero(t, outer.terminal)
	assert.True(t, inner.completed())
}

func TestABlockedReaderHoldsUpOneAppenderAndNoOtherReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := sink.NewLog[int]()
		blocked := following(l, flux.Unbounded, func(e sink.Entry[int]) {
			if e.Value == 1 {
				time.Sleep(time.Hour)
			}
		})
		free := following(l, flux.Unbounded)
		start := time.Now()
		done := make(chan struct{})
		go func() { filled(t, l, 1); close(done) }()
		synctest.Wait()
		require.NoError(t, l.AppendID("2", 2))
		require.NoError(t, l.AppendID("3", 3))
		assert.Equal(t, []int{1, 2, 3}, free.got())
		late := following(l, flux.Unbounded)
		assert.Equal(t, []int{1, 2, 3}, late.got())
		assert.Zero(t, time.Since(start))
		assert.Equal(t, []int{1}, blocked.got())
		<-done
		assert.Equal(t, []int{1, 2, 3}, blocked.got())
		require.NoError(t, l.Close())
	})
}

func TestErrorsOfALogAreTold(t *testing.T) {
	assert.Equal(t, `sink: the log does not have the id "7" (any more); kept are "8" to "9"`, (&sink.GapError{ID: "7", Oldest: "8", Newest: "9", Missed: -1}).Error())
	assert.True(t, errors.Is(&sink.CorruptError{}, sink.ErrCorrupt))
}
