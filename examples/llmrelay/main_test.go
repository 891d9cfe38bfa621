package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/examples/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.VerifyMain(m) }

func paced(pace, patience time.Duration) func(context.Context) (example.Program, error) {
	return func(ctx context.Context) (example.Program, error) { return newProgram(ctx, pace, patience) }
}

func sold(t *testing.T, url string) (s Sales) {
	t.Helper()
	_, answer, _ := exampletest.Do(t, http.MethodGet, url+"sold", "")
	require.NoError(t, json.Unmarshal([]byte(answer), &s))
	return s
}

func TestAnAnswerComesTokenByTokenWithTheBillAtTheEnd(t *testing.T) {
	url, _ := exampletest.Start(t, paced(time.Millisecond, time.Minute))
	for _, s := range []*exampletest.Stream{
		exampletest.Open(t, url+"ask?prompt=why+is+the+sky+blue"),
		exampletest.OpenWith(t, http.MethodPost, url+"ask", "why is the sky blue"),
	} {
		text, tokens := "", 0
		events := s.Rest()
		for _, e := range events[:len(events)-1] {
			require.Equal(t, "token", e.Name)
			text += exampletest.Decode[string](t, e)
			tokens++
		}
		assert.Contains(t, text, `To "why is the sky blue": `)
		last := events[len(events)-1]
		assert.Equal(t, "usage", last.Name)
		assert.Equal(t, Usage{Prompt: 5, Answer: tokens}, exampletest.Decode[Usage](t, last))
	}
	assert.EqualValues(t, 2, sold(t, url).Finished)
}

func TestLeavingCancelsTheCallToTheModelAtOnce(t *testing.T) {
	const pace = 20 * time.Millisecond
	url, _ := exampletest.Start(t, paced(pace, time.Minute))
	s := exampletest.Open(t, url+"ask?prompt=why")
	for range 3 {
		s.Next("token")
	}
	s.Close()
	left := time.Now()
	var after Sales
	require.Eventually(t, func() bool { after = sold(t, url); return after.Calls == 0 }, 5*time.Second, time.Millisecond)
	assert.Less(t, time.Since(left), time.Second)
	assert.EqualValues(t, 1, after.Dropped)
	assert.Zero(t, after.Finished)
	assert.Less(t, after.Tokens, int64(len(answer("why"))), "the rest was not sold, and nobody is left to sell it to")
}

func TestAModelThatFallsSilentIsGivenUp(t *testing.T) {
	url, _ := exampletest.Start(t, paced(time.Millisecond, 100*time.Millisecond))
	events := exampletest.Open(t, url+"ask?prompt=silence").Rest()
	assert.Equal(t, "token", events[0].Name)
	assert.Equal(t, exampletest.Event{Name: "failed", Data: "the model is silent"}, events[len(events)-1])
	require.Eventually(t, func() bool { return sold(t, url).Dropped == 1 }, 5*time.Second, time.Millisecond)
}

func TestAnAnswerThatIsNoneFails(t *testing.T) {
	for body, want := range map[string]string{
		"":                               "ended in the middle",
		"data: {\"token\":\"half\"}\n\n": "ended in the middle",
		"data: what\n\n":                 `data "what"`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = w.Write([]byte(body))
		}))
		_, err := llm{server.URL}.answer("why").Collect(t.Context())
		assert.ErrorContains(t, err, want)
		server.Close()
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := llm{server.URL}.answer("why").Collect(t.Context())
	assert.ErrorContains(t, err, "answered 404")
}

func TestAPromptHasALength(t *testing.T) {
	url, _ := exampletest.Start(t, paced(time.Millisecond, time.Minute))
	status, answer, _ := exampletest.Do(t, http.MethodGet, url+"ask", "")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "the prompt has 0 bytes: must be 1 to 2000", answer)
}

func TestThePageIsServedFromTheBinary(t *testing.T) {
	exampletest.Page(t, paced(time.Millisecond, time.Minute))
}
