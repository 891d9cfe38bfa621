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
	"time"

	"github.com/nats-io/nats.go"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
)

// upstreams are the services and the broker, each in the way it is asked: as a
// flux.
type upstreams struct {
	url  string
	conn *nats.Conn
}

// Quote is what the service that streams sends.
type Quote struct {
	Symbol string  `json:"symbol"`
	Price  float64 `json:"price"`
}

// Weather is what the service that is polled answers.
type Weather struct {
	City    string  `json:"city"`
	Celsius float64 `json:"celsius"`
}

// quotes reads an event stream, until it is cancelled. That it ends is an error.
func (u upstreams) quotes() flux.Flux[Quote] {
	return flux.Produce(func(ctx context.Context, emit func(Quote) error) error {
		resp, err := get(ctx, u.url+"/quotes")
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }() // nothing is lost that was wanted
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var q Quote
			if err := json.Unmarshal([]byte(data), &q); err != nil {
				return fmt.Errorf("the service sent %q: %w", data, err)
			}
			if err := emit(q); err != nil {
				return err
			}
		}
		return cmp.Or(lines.Err(), errors.New("the service ended the stream"))
	})
}

// weather asks at once and then every so often, one question at a time.
func (u upstreams) weather(every, patience time.Duration) flux.Flux[Weather] {
	ask := mono.FromFunc(func(ctx context.Context) (w Weather, err error) {
		resp, err := get(ctx, u.url+"/weather")
		if err != nil {
			return w, err
		}
		defer func() { _ = resp.Body.Close() }() // nothing is lost that was wanted
		return w, json.NewDecoder(resp.Body).Decode(&w)
	}).SubscribeOn().Timeout(patience)
	return flux.ConcatMap(flux.IntervalAfter(0, every).OnBackpressureDrop(nil), func(int64) flux.Mono[Weather] { return ask })
}

// messages subscribes to a subject of the broker. It cannot be asked to wait, so
// a page that does not read misses messages.
func (u upstreams) messages(subject string) flux.Flux[*nats.Msg] {
	return flux.Create(func(_ context.Context, e *flux.Emitter[*nats.Msg]) {
		subscription, err := u.conn.Subscribe(subject, e.Next)
		if err != nil {
			e.Error(err)
			return
		}
		e.OnDispose(func() { _ = subscription.Unsubscribe() }) // fails only if the connection is closed
	}, flux.OverflowDrop)
}

func get(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Close = true // a stream that is left in the middle cannot be used again
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.Join(errors.New("the service answered "+resp.Status), resp.Body.Close())
	}
	return resp, nil
}
