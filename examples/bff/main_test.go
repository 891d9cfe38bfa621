package main

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/examples/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.VerifyMain(m) }

func begin(ctx context.Context) (example.Program, error) {
	return newProgram(ctx, pace{
		services: 10 * time.Millisecond,
		poll:     10 * time.Millisecond,
		patience: 5 * time.Second,
		retry:    5 * time.Millisecond,
		pause:    50 * time.Millisecond,
		pulse:    20 * time.Millisecond,
	})
}

func outage(t *testing.T, url, of string) {
	t.Helper()
	status, answer, _ := exampletest.Do(t, http.MethodPost, url+"outage?of="+of, "")
	require.Equal(t, http.StatusOK, status, answer)
}

func TestOneStreamHasWhatAllUpstreamsSend(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	s := exampletest.Open(t, url+"events")
	assert.Equal(t, "FRSH", exampletest.Decode[Quote](t, s.Next("quote")).Symbol)
	assert.Equal(t, "Bern", exampletest.Decode[Weather](t, s.Next("weather")).City)
	assert.Contains(t, s.Next("order").Data, `"item":`)
	assert.NotEmpty(t, s.Next("heartbeat").Data)
}

func TestAnUpstreamThatFailsIsReportedAndTheRestGoesOn(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	s := exampletest.Open(t, url+"events")
	s.Next("quote")
	outage(t, url, "quotes")
	assert.Equal(t, "quotes", s.Next("down").Data)
	s.Next("weather")
	s.Next("order")
	s.Next("heartbeat")
	outage(t, url, "weather")
	for s.Next("down").Data != "weather" {
		continue
	}
	s.Next("order")

	outage(t, url, "quotes")
	outage(t, url, "weather")
	s.Next("quote")
	s.Next("weather")
}

func TestAPageThatLeavesLeavesItsUpstreams(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	seen := func() (r report) {
		_, answer, _ := exampletest.Do(t, http.MethodGet, url+"upstreams", "")
		require.NoError(t, json.Unmarshal([]byte(answer), &r))
		return r
	}
	for range 2 {
		s := exampletest.Open(t, url+"events")
		s.Next("quote")
		s.Next("order")
		assert.EqualValues(t, 1, seen().Quotes)
		assert.Equal(t, 1, seen().Orders)
		s.Close()
		require.Eventually(t, func() bool { r := seen(); return r.Quotes == 0 && r.Orders == 0 }, 5*time.Second, time.Millisecond)
	}
}

func TestAnOutageIsOfSomethingThatIsThere(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	status, answer, _ := exampletest.Do(t, http.MethodPost, url+"outage?of=x", "")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, `outage of "x": must be of quotes or weather`, answer)
}

func TestThePageIsServedFromTheBinary(t *testing.T) { exampletest.Page(t, begin) }
