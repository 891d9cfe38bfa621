package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Chunk is one line of the model's answer: a token, or at the end the usage.
type Chunk struct {
	Token string `json:"token,omitempty"`
	Usage *Usage `json:"usage,omitempty"`
}

// Usage is the bill for an answer.
type Usage struct {
	Prompt int `json:"prompt"` // tokens in
	Answer int `json:"answer"` // tokens out
}

// client speaks the model's API: a POST, answered with a stream of data lines.
type client struct{ url string }

// stream calls emit for each chunk of the answer. It returns when the answer is
// complete, when emit fails, or when ctx is done; the connection is closed then.
func (c client) stream(ctx context.Context, prompt string, emit func(Chunk) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(prompt))
	if err != nil {
		return err
	}
	req.Close = true // a connection that is left in the middle cannot be used again
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // nothing is lost that was wanted
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the model answered %s", resp.Status)
	}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var chunk Chunk
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			return fmt.Errorf("the model sent %q: %w", data, err)
		}
		if err := emit(chunk); err != nil {
			return err
		}
		if chunk.Usage != nil {
			return nil
		}
	}
	return cmp.Or(lines.Err(), errors.New("the model's answer ended in the middle"))
}
