package main

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/examples/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.VerifyMain(m) }

func TestEverySecondHasAnEventWithIDNameAndRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		events, err := memories(0).Take(3).Collect(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 3*time.Second, time.Since(began))
		for i, id := range []string{"1", "2", "3"} {
			assert.Equal(t, id, events[i].ID)
			assert.Equal(t, "memory", events[i].Name)
			assert.Equal(t, 3*time.Second, events[i].Retry)
		}
	})
}

func TestTheIDsGoOnWhereTheClientWas(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	e := exampletest.Open(t, url+"memory", "Last-Event-ID", "41").Next()
	assert.Equal(t, exampletest.Event{ID: "42", Name: "memory", Retry: "3000", Data: e.Data}, e)
	m := exampletest.Decode[Memory](t, e)
	assert.Positive(t, m.Heap)
	assert.Greater(t, m.Total, m.Heap)
	assert.Positive(t, m.Goal)
}

func TestWhatIsTakenIsSeenAndWhatIsLetGoToo(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	s := exampletest.Open(t, url+"memory")
	for range 3 {
		exampletest.Do(t, http.MethodPost, url+"fill", "")
	}
	assert.Greater(t, exampletest.Decode[Memory](t, s.Next()).Heap, uint64(24<<20))
	exampletest.Do(t, http.MethodPost, url+"free", "")
	after := exampletest.Decode[Memory](t, s.Next())
	assert.Less(t, after.Heap, uint64(24<<20))
	assert.Positive(t, after.GCs)
}

func TestAnIDThatIsNoneOfOursIsA400(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	for _, id := range []string{"x", "-1", "9007199254740993"} {
		status, answer, _ := exampletest.Do(t, http.MethodGet, url+"memory", "", "Last-Event-ID", id)
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Contains(t, answer, `"`+id+`": must be a number from 0 to 9007199254740992`)
	}
}

func TestThePageIsServedFromTheBinary(t *testing.T) { exampletest.Page(t, begin) }
