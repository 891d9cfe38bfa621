package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

// relay asks the model for whoever asks it.
type relay struct {
	llm      llm
	patience time.Duration // how long the model may be silent
}

const longest = 2000 // bytes of a prompt

// ask answers a prompt, ?prompt= or the body of a POST, with the model's tokens
// and the bill.
//
// When the reader leaves, the call is cancelled. A reader that is slow has the call wait,
// but not for longer than the model may be silent.
func (s relay) ask(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	prompt := promptOf(r)
	if len(prompt) == 0 || len(prompt) > longest {
		return nil, ssehttp.Status(http.StatusBadRequest, fmt.Sprintf("the prompt has %d bytes: must be 1 to %d", len(prompt), longest))
	}
	return flux.TryMap(s.llm.answer(prompt).Timeout(s.patience), event), nil
}

func promptOf(r *ssehttp.Request) string {
	if r.Method() == http.MethodPost {
		return string(r.RequestCtx().PostBody())
	}
	return r.Query("prompt")
}

var (
	token = ssehttp.JSON[string]("token")
	usage = ssehttp.JSON[Usage]("usage")
)

// event makes an event of what the model sends: a token, or last the usage.
func event(c Chunk) (ssehttp.Event, error) {
	if c.Usage != nil {
		return usage(*c.Usage)
	}
	return token(c.Token)
}

// apology is the last event of an answer that failed. An EventSource would ask
// again, and pay again: the page closes it.
func apology(err error) ssehttp.Event {
	if errors.Is(err, flux.ErrTimeout) {
		return ssehttp.Event{Name: "failed", Data: "the model is silent"}
	}
	return ssehttp.Event{Name: "failed", Data: "the model cannot be reached"}
}
