package main

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/examples/internal/exampletest"
	"github.com/freshet-go/freshet/ssehttp"
)

func TestMain(m *testing.M) { exampletest.VerifyMain(m) }

// arrive opens a tab of a member and waits until it is in the list.
func arrive(t *testing.T, url, member string) *exampletest.Stream {
	t.Helper()
	tab := exampletest.Open(t, url+"events?member="+member)
	require.Contains(t, exampletest.Decode[[]string](t, tab.Next("presence")), member)
	return tab
}

func TestAllTabsOfAMemberGetTheNoteAndNobodyElse(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	ann1, ann2, bob := arrive(t, url, "ann"), arrive(t, url, "ann"), arrive(t, url, "bob")

	status, answer, _ := exampletest.Do(t, http.MethodPost, url+"notify?to=ann", "tea is ready")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "sent to 2 tabs of ann", answer)
	_, answer, _ = exampletest.Do(t, http.MethodPost, url+"notify", "closing time")
	assert.Equal(t, "sent to 2 members", answer)

	for _, tab := range []*exampletest.Stream{ann1, ann2} {
		assert.Equal(t, "tea is ready", exampletest.Decode[Note](t, tab.Next("note")).Text)
		assert.Equal(t, "closing time", exampletest.Decode[Note](t, tab.Next("note")).Text)
	}
	assert.Equal(t, "closing time", exampletest.Decode[Note](t, bob.Next("note")).Text)
}

func TestTheListKnowsWhoCameAndWhoLeft(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	ann := arrive(t, url, "ann")
	bob1, bob2 := arrive(t, url, "bob"), arrive(t, url, "bob")
	assert.Equal(t, `["ann","bob"]`, ann.Next("presence").Data)

	bob1.Close()
	bob2.Close()
	assert.Equal(t, `["ann"]`, ann.Next("presence").Data)
	status, answer, _ := exampletest.Do(t, http.MethodPost, url+"notify?to=bob", "hello")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Equal(t, `"bob" is not here`, answer)
}

func TestTheSinkOfAMemberLivesFromTheFirstTabToTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(away)
		open := func() func() {
			return s.notes.Flux("ann").SubscribeFunc(t.Context(), func(ssehttp.Event) {}, nil).Cancel
		}
		close1, close2 := open(), open()
		assert.Equal(t, 2, s.notes.SubscriberCount("ann"))
		close1()
		time.Sleep(2 * away)
		assert.Equal(t, []string{"ann"}, s.notes.Keys(), "one tab is left")

		close2()
		time.Sleep(away / 2)
		close3 := open()
		time.Sleep(2 * away)
		assert.Equal(t, []string{"ann"}, s.notes.Keys(), "loading the page anew is not leaving")

		close3()
		time.Sleep(2 * away)
		assert.Empty(t, s.notes.Keys(), "the sink is gone with the last tab")
	})
}

func TestBadRequestsAreNamed(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	status, answer, _ := exampletest.Do(t, http.MethodGet, url+"events?member=a+b", "")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, `member "a b": must be 1 to 20 letters from a to z`, answer)
	status, answer, _ = exampletest.Do(t, http.MethodPost, url+"notify", "")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "the note has 0 bytes: must be 1 to 500", answer)
}

func TestThePageIsServedFromTheBinary(t *testing.T) { exampletest.Page(t, begin) }
