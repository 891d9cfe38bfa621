package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp/client"
)

// Chunk is one event of the model's answer: a token, or at the end the usage.
type Chunk struct {
	Token string `json:"token,omitempty"`
	Usage *Usage `json:"usage,omitempty"`
}

// Usage is the bill for an answer.
type Usage struct {
	Prompt int `json:"prompt"` // tokens in
	Answer int `json:"answer"` // tokens out
}

var errCutShort = errors.New("the model's answer ended in the middle")

// llm speaks the model's API: a POST, answered with an event stream.
type llm struct{ url string }

// answer gives the chunks of the answer to a prompt, the usage last. The call is made by
// the subscription and ends with it.
func (m llm) answer(prompt string) flux.Flux[Chunk] {
	events := client.Response(func(ctx context.Context) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodPost, m.url, strings.NewReader(prompt))
	}, client.Options{})
	return flux.TryMap(events, client.JSON[Chunk]).
		ConcatWith(flux.Error[Chunk](errCutShort)).
		TakeUntil(func(c Chunk) bool { return c.Usage != nil })
}
