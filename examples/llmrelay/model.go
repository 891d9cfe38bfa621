package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// model stands for the API of a language model: plain net/http, and as unhurried.
// The counts are atomic because each request has a goroutine.
type model struct {
	pace                           time.Duration
	sold, calls, finished, dropped atomic.Int64
}

// Sales is what the model has done so far.
type Sales struct {
	Tokens   int64 `json:"tokens"`   // sold, in all answers
	Calls    int64 `json:"calls"`    // under way
	Finished int64 `json:"finished"` // answers that were complete
	Dropped  int64 `json:"dropped"`  // answers that the caller did not wait for
}

func newModel(pace time.Duration) *model { return &model{pace: pace} }

func (m *model) sales() Sales {
	return Sales{Tokens: m.sold.Load(), Calls: m.calls.Load(), Finished: m.finished.Load(), Dropped: m.dropped.Load()}
}

// serve answers at the address that it returns, until ctx is done.
func (m *model) serve(ctx context.Context) (url string, err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: m, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }() // ends with ctx, here:
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return "http://" + listener.Addr().String(), nil
}

// ServeHTTP answers a prompt. A prompt that has "silence" in it is never answered.
func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	prompt, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		return
	}
	m.calls.Add(1)
	defer m.calls.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	words := answer(string(prompt))
	for n, word := range words {
		select {
		case <-time.After(m.pace):
		case <-r.Context().Done(): // the caller has closed the connection
			m.dropped.Add(1)
			return
		}
		if n > 0 && strings.Contains(string(prompt), "silence") {
			<-r.Context().Done()
			m.dropped.Add(1)
			return
		}
		m.sold.Add(1)
		send(w, Chunk{Token: word})
	}
	m.finished.Add(1)
	send(w, Chunk{Usage: &Usage{Prompt: len(strings.Fields(string(prompt))), Answer: len(words)}})
}

func send(w http.ResponseWriter, c Chunk) {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // a Chunk can always be marshalled
	}
	_, _ = fmt.Fprintf(w, "data: %s\n\n", b) // that the caller has left is seen by the context
	_ = http.NewResponseController(w).Flush()
}

var phrases = []string{
	"It depends on who is asking, and on the weather.",
	"Water takes the shortest way it can find, and so should a stream.",
	"A slow reader is not a problem; a slow reader that nobody notices is.",
	"Some say it was always like this, others kept the receipts.",
	"In short: yes, with a footnote.",
	"The first draft was longer, the second one was right.",
	"Whoever leaves early pays only for what was said until then.",
	"Measure it twice, cancel it once.",
}

// answer makes up what the model says, in tokens of a word each.
func answer(prompt string) []string {
	said := []string{`To "` + prompt + `":`}
	for _, i := range rand.Perm(len(phrases)) {
		said = append(said, phrases[i])
	}
	return strings.SplitAfter(strings.Join(said, " "), " ")
}
