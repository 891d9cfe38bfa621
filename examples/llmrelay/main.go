// Command llmrelay passes the answer of a language model on, token by token, and
// stops paying the moment its reader leaves: closing the tab cancels the call to
// the model. The model is a server inside the program that makes words up, and
// counts the tokens it sold.
//
//	go run ./examples/llmrelay [-addr 127.0.0.1:8085]
//	curl -N '127.0.0.1:8085/ask?prompt=why+is+the+sky+blue'    # ctrl-C in the middle
//	curl '127.0.0.1:8085/sold'
package main

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/ssehttp"
)

//go:embed page
var page embed.FS

// pace is what the model takes for a token, patience what the relay gives it.
const (
	pace     = 60 * time.Millisecond
	patience = 10 * time.Second
)

func main() {
	example.Main(func(ctx context.Context) (example.Program, error) { return newProgram(ctx, pace, patience) })
}

func newProgram(ctx context.Context, pace, patience time.Duration) (example.Program, error) {
	model := newModel(pace)
	url, err := model.serve(ctx)
	if err != nil {
		return example.Program{}, err
	}
	relay := relay{llm{url}, patience}
	streams := ssehttp.New(ssehttp.Options{ErrorEvent: apology, Limits: ssehttp.Limits{Streams: 1000, PerAddress: 20}})
	ask := streams.HTTP(relay.ask)
	return example.Program{
		Name: "llmrelay", Addr: "127.0.0.1:8085", Page: page, Streams: streams,
		Try: "curl -N 'URL/ask?prompt=why+is+the+sky+blue'",
		Routes: map[string]fasthttp.RequestHandler{
			"GET /ask":  ask,
			"POST /ask": ask,
			"GET /sold": func(ctx *fasthttp.RequestCtx) {
				ctx.SetContentType("application/json")
				_ = json.NewEncoder(ctx).Encode(model.sales())
			},
		},
	}, nil
}
