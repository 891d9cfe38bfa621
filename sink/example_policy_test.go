package sink_test

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
)

func ExampleDrop() {
	s := sink.DirectBestEffort[int]()
	var missed atomic.Int64
	request := slow("phone", s.Flux(sink.Drop().Count(&missed)))
	s.TryEmit(1)
	request(1)
	s.TryEmit(2)
	fmt.Println("missed", missed.Load())
	// Output:
	// phone 2
	// missed 1
}

func ExampleLatest() {
	s := sink.DirectBestEffort[int]()
	request := slow("phone", s.Flux(sink.Latest()))
	for v := range 4 {
		s.TryEmit(v)
	}
	request(1)
	// Output: phone 3
}

func ExampleKick() {
	s := sink.DirectBestEffort[int]()
	slow("phone", s.Flux(sink.Kick()))
	s.TryEmit(1)
	fmt.Println(s.SubscriberCount(), s.Stats().Kicked)
	// Output:
	// phone end: sink: no demand for the value
	// 0 1
}

func ExampleConflate() {
	type tick struct {
		symbol string
		price  int
	}
	s := sink.DirectBestEffort[tick]()
	request := slow("phone", s.Flux(sink.Conflate(func(t tick) string { return t.symbol })))
	s.TryEmit(tick{"A", 10})
	s.TryEmit(tick{"B", 20})
	s.TryEmit(tick{"A", 11})
	request(9)
	// Output:
	// phone {A 11}
	// phone {B 20}
}

func ExampleGap() {
	s := sink.DirectBestEffort[string]()
	notice := func(missed int64) string { return fmt.Sprintf("(%d missed: reload)", missed) }
	request := slow("phone", s.Flux(sink.Gap(notice)))
	for _, v := range []string{"a", "b", "c"} {
		s.TryEmit(v)
	}
	request(2)
	s.TryEmit("d")
	// Output:
	// phone (3 missed: reload)
	// phone d
}

func ExamplePolicy_Count() {
	s := sink.DirectBestEffort[int]()
	var missed atomic.Int64
	slow("phone", s.Flux(sink.Latest().Count(&missed)))
	for v := range 5 {
		s.TryEmit(v)
	}
	fmt.Println("missed by the phone:", missed.Load(), "by all:", s.Stats().Dropped)
	// Output: missed by the phone: 4 by all: 4
}

func ExampleNewKeyed() {
	notes := sink.NewKeyed[string, string](sink.KeyedOptions[string]{
		MaxKeys: 10_000,
		FirstIn: func(user string) { fmt.Println(user, "is here") },
		LastOut: func(user string) { fmt.Println(user, "has left") },
	})
	tab := watchingStrings("ann's tab", notes.Flux("ann"))
	phone := watchingStrings("ann's phone", notes.Flux("ann"))
	fmt.Println(notes.TryEmit("ann", "you have mail"), notes.TryEmit("bob", "lunch?"))
	fmt.Println(notes.Broadcast("maintenance at noon"), notes.Keys())
	tab.up.Cancel()
	phone.up.Cancel()
	// Output:
	// ann is here
	// ann's tab you have mail
	// ann's phone you have mail
	// OK FAIL_ZERO_SUBSCRIBER
	// ann's tab maintenance at noon
	// ann's phone maintenance at noon
	// 1 [ann]
	// ann has left
}

func ExampleKeyed_Flux() {
	notes := sink.NewKeyed[string, string](sink.KeyedOptions[string]{MaxKeys: 1})
	show("ann", notes.Flux("ann", sink.Latest())) // any policy, as on a direct sink
	show("bob", notes.Flux("bob"))
	// Output: bob end: sink: too many keys: MaxKeys is 1
}

func ExampleKeyed_TryComplete() {
	notes := sink.NewKeyed[string, string]()
	show("ann", notes.Flux("ann"))
	fmt.Println(notes.TryComplete("ann"), notes.KeyCount())
	// Output:
	// ann end: <nil>
	// OK 0
}

func watchingStrings(name string, p flux.Publisher[string]) *slowly[string] {
	s := &slowly[string]{name: name}
	p.Subscribe(context.Background(), s)
	s.up.Request(flux.Unbounded)
	return s
}
