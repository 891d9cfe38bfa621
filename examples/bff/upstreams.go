package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
	"github.com/freshet-go/freshet/ssehttp/client"
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
	events := client.Response(func(ctx context.Context) (*http.Request, error) { return get(ctx, u.url+"/quotes") }, client.Options{})
	return flux.TryMap(events, client.JSON[Quote]).ConcatWith(flux.Error[Quote](errEnded))
}

var errEnded = errors.New("the service ended the stream")

// weather asks at once and then every so often, one question at a time.
func (u upstreams) weather(every, patience time.Duration) flux.Flux[Weather] {
	ask := mono.FromFunc(func(ctx context.Context) (w Weather, err error) {
		req, err := get(ctx, u.url+"/weather")
		if err != nil {
			return w, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return w, err
		}
		defer func() { _ = resp.Body.Close() }() // nothing is lost that was wanted
		if resp.StatusCode != http.StatusOK {
			return w, errors.New("the service answered " + resp.Status)
		}
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

// get makes a request whose connection is not kept: the services come and go.
func get(ctx context.Context, url string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err == nil {
		req.Close = true
	}
	return req, err
}
