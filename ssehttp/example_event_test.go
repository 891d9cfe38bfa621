package ssehttp_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

type Quote struct {
	Symbol string `json:"symbol"`
	Cents  int    `json:"cents"`
}

func (q Quote) Key() string { return fmt.Sprint(q.Symbol, "-", q.Cents) }

func ExampleJSON() {
	quotes := flux.Just(Quote{"ABC", 1050}, Quote{"ABC", 1060})
	events := flux.TryMap(quotes, ssehttp.JSON("price", ssehttp.Encoding[Quote]{ID: Quote.Key, Retry: 3 * time.Second}))

	_ = events.ForEach(context.Background(), func(e ssehttp.Event) error {
		wire, err := ssehttp.Standard.Append(nil, e)
		fmt.Print(string(wire))
		return err
	})
	// Output:
	// id: ABC-1050
	// event: price
	// retry: 3000
	// data: {"symbol":"ABC","cents":1050}
	//
	// id: ABC-1060
	// event: price
	// retry: 3000
	// data: {"symbol":"ABC","cents":1060}
}

func ExampleEvent_Encoded() {
	events := flux.Just(ssehttp.Event{Name: "log", Data: "first\nsecond"}, ssehttp.Event{ID: "a\nb"})

	// Here, and not in every connection, the bytes are made and a wrong id is found.
	encoded := flux.TryMap(events, ssehttp.Event.Encoded)

	err := encoded.ForEach(context.Background(), func(e ssehttp.Event) error {
		wire, err := ssehttp.Standard.Append(nil, e)
		fmt.Print(string(wire))
		return err
	})
	fmt.Println(err)
	// Output:
	// event: log
	// data: first
	// data: second
	//
	// ssehttp: invalid event: id "a\nb": CR and LF end a line and would start another field
}

func ExampleMode_Append() {
	open := ssehttp.Event{Name: "open"}
	for _, mode := range []ssehttp.Mode{ssehttp.Standard, ssehttp.Spring} {
		wire, _ := mode.Append(nil, open)
		fmt.Printf("%v %q\n", mode, wire)
	}
	wire, _ := ssehttp.Spring.Append(nil, open.WithEmpty(ssehttp.FieldData))
	fmt.Printf("Spring, with data %q\n", wire)
	// Output:
	// Standard "event: open\ndata: \n\n"
	// Spring "event:open\n\n"
	// Spring, with data "event:open\ndata:\n\n"
}
