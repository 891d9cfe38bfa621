package ssehttp

import (
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAnEventIsSmallEnoughToCopy(t *testing.T) {
	assert.LessOrEqual(t, unsafe.Sizeof(Event{}), uintptr(96))
}

func TestCopiesOfAnEncodedEventShareTheirBytes(t *testing.T) {
	e, err := Event{ID: "1", Name: "price", Data: "x"}.Encoded()
	require.NoError(t, err)
	copied := e
	for _, m := range []Mode{Standard, Spring} {
		a, b := e.shared(m), copied.shared(m)
		require.NotEmpty(t, a)
		assert.Same(t, &a[0], &b[0], "%v", m)
	}
	again, err := copied.Encoded()
	require.NoError(t, err)
	assert.Same(t, e.frame, again.frame)
}

func TestALiteralHasNoSharedBytes(t *testing.T) {
	e := Event{Data: "x"}
	assert.Nil(t, e.shared(Standard))
	assert.Nil(t, e.shared(Spring))
}

func TestAChangeToAnEncodedEventCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, err := Event{ID: "1", Name: "n", Data: "d", Comment: "c", Retry: time.Second}.Encoded()
		require.NoError(t, err)
		before := string(e.shared(Standard))

		changed := e
		rapid.SampledFrom([]func(){
			func() { changed.ID = "2" }, func() { changed.Name = "" }, func() { changed.Data = "e" },
			func() { changed.Comment = "cc" }, func() { changed.Retry = 0 },
			func() { changed = changed.WithEmpty(FieldID) },
		}).Draw(t, "change")()

		plain := changed
		plain.frame = nil
		for _, m := range []Mode{Standard, Spring} {
			got, err := m.Append(nil, changed)
			require.NoError(t, err)
			want, err := m.Append(nil, plain)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got), "%v", m)
		}
		anew, err := changed.Encoded()
		require.NoError(t, err)
		assert.NotSame(t, e.frame, anew.frame)
		assert.Equal(t, before, string(e.shared(Standard)), "the original is untouched")
	})
}

func TestAnEncodedEventEqualsItsOriginalInEveryField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		frozen, err := e.Encoded()
		frozen.frame = nil
		assert.Equal(t, e, frozen, "error or not: %v", err)
	})
}

func TestDataInOnePieceLivesInTheSharedBytes(t *testing.T) {
	e, err := Event{ID: "1", Data: strings.Repeat("x", 100)}.Encoded()
	require.NoError(t, err)
	wire := e.shared(Standard)
	assert.Same(t, &wire[len(wire)-102], unsafe.StringData(e.Data))
}

func TestTheSpringFormIsMadeOnceForAllConnections(t *testing.T) {
	e, err := Event{Data: "x"}.Encoded()
	require.NoError(t, err)
	forms := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range forms {
		all.Go(func() { forms[i] = e.shared(Spring) })
	}
	all.Wait()
	for _, form := range forms {
		assert.Equal(t, "data:x\n\n", string(form))
		assert.Same(t, &forms[0][0], &form[0])
	}
}
