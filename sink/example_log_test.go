package sink_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
)

func printEntry(e sink.Entry[string]) { fmt.Println(e.ID, e.Value) }

func printEnd(err error) {
	if err != nil {
		fmt.Println(err)
	}
}

func ExampleNewLog() {
	orders := sink.NewLog[string]()
	first, _ := orders.Append("tea")
	_, _ = orders.Append("milk")
	orders.After(first).SubscribeFunc(context.Background(), func(e sink.Entry[string]) { fmt.Println(e.Value) }, nil)
	_, _ = orders.Append("sugar")
	// Output:
	// milk
	// sugar
}

func ExampleLog_After() {
	prices := sink.NewLog(sink.LogOptions[string]{Count: 2})
	for i, v := range []string{"9.50", "9.70", "9.60", "9.90"} {
		_ = prices.AppendID(fmt.Sprint(i+1), v)
	}
	_ = prices.Close()

	for _, id := range []string{"3", "1"} {
		prices.After(id).SubscribeFunc(context.Background(), printEntry, printEnd)
	}
	prices.After("1", sink.OrOldest()).SubscribeFunc(context.Background(), func(e sink.Entry[string]) {
		fmt.Println(e.ID, e.Value, e.Missed)
	}, printEnd)
	// Output:
	// 4 9.90
	// sink: the log does not have the id "1" (any more); kept are "3" to "4"
	// 3 9.60 -1
	// 4 9.90 0
}

func ExampleLog_AppendID() {
	events := sink.NewLog[string]()
	for range 2 { // a broker that delivers twice
		if err := events.AppendID("offset-17", "paid"); errors.Is(err, sink.ErrDuplicateID) {
			fmt.Println("had that")
		}
	}
	fmt.Println(events.AppendID("offset 18", "sent"))
	// Output:
	// had that
	// flux: invalid argument: sink: id "offset 18" has the byte 0x20 at 6; it must be visible ASCII without blanks
}

func ExampleFromNow() {
	chat := sink.NewLog[string]()
	_, _ = chat.Append("before")
	chat.After("", sink.FromNow()).SubscribeFunc(context.Background(), func(e sink.Entry[string]) { fmt.Println(e.Value) }, nil)
	_, _ = chat.Append("after")
	// Output: after
}

func ExampleOrOldest() {
	l := sink.NewLog(sink.LogOptions[int]{Count: 3})
	var slow flux.Subscription
	l.After("", sink.OrOldest()).Subscribe(context.Background(), &byHand{subscribed: func(s flux.Subscription) { slow = s }})
	for v := range 10 {
		_, _ = l.Append(v)
	}
	slow.Request(2)
	// Output:
	// 7 after 7 missed
	// 8 after 0 missed
}

// byHand asks for nothing by itself.
type byHand struct{ subscribed func(flux.Subscription) }

func (b *byHand) OnSubscribe(s flux.Subscription) { b.subscribed(s) }
func (b *byHand) OnNext(e sink.Entry[int])        { fmt.Println(e.Value, "after", e.Missed, "missed") }
func (b *byHand) OnError(err error)               { fmt.Println(err) }
func (b *byHand) OnComplete()                     {}

func ExampleOrNow() {
	l := sink.NewLog[string]()
	l.After("of-last-year", sink.OrNow()).SubscribeFunc(context.Background(), func(e sink.Entry[string]) {
		fmt.Println(e.Value, e.Missed)
	}, nil)
	_, _ = l.Append("now")
	// Output: now -1
}

func ExampleOpenLog() {
	dir, err := os.MkdirTemp("", "orders")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	options := sink.LogOptions[string]{Age: 24 * time.Hour, File: sink.LogFile[string]{Sync: 50 * time.Millisecond}}

	orders, err := sink.OpenLog(dir, options)
	if err != nil {
		panic(err)
	}
	_ = orders.AppendID("1", "tea")
	_ = orders.AppendID("2", "milk")
	_ = orders.Close()

	orders, err = sink.OpenLog(dir, options) // after a restart
	if err != nil {
		panic(err)
	}
	orders.After("1").SubscribeFunc(context.Background(), printEntry, printEnd)
	_ = orders.AppendID("3", "sugar")
	_ = orders.Close()
	// Output:
	// 2 milk
	// 3 sugar
}
