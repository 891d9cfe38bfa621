package sink_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
)

// show subscribes with unbounded demand and prints what comes.
func show[T any](name string, p flux.Publisher[T]) {
	flux.From(p).SubscribeFunc(context.Background(),
		func(v T) { fmt.Println(name, v) },
		func(err error) { fmt.Println(name, "end:", err) })
}

// slow subscribes without demand; calling what it gives requests n values.
func slow[T any](name string, p flux.Publisher[T]) (request func(n int64)) {
	s := &slowly[T]{name: name}
	p.Subscribe(context.Background(), s)
	return func(n int64) { s.up.Request(n) }
}

type slowly[T any] struct {
	name string
	up   flux.Subscription
}

func (s *slowly[T]) OnSubscribe(up flux.Subscription) { s.up = up }
func (s *slowly[T]) OnNext(v T)                       { fmt.Println(s.name, v) }
func (s *slowly[T]) OnError(err error)                { fmt.Println(s.name, "end:", err) }
func (s *slowly[T]) OnComplete()                      { fmt.Println(s.name, "end: <nil>") }

func ExampleDirectAllOrNothing() {
	moves := sink.DirectAllOrNothing[string]()
	show("board", moves)
	request := slow("replay", moves)
	fmt.Println(moves.TryEmit("e4"), "and nobody saw it")
	request(1)
	fmt.Println(moves.TryEmit("e4"))
	// Output:
	// FAIL_OVERFLOW and nobody saw it
	// board e4
	// replay e4
	// OK
}

func ExampleUnicastBuffer() {
	tokens := sink.UnicastBuffer[string]()
	tokens.TryEmit("Hello,")
	tokens.TryEmit("world")
	tokens.TryComplete()
	show("client", tokens)
	show("second", tokens)
	// Output:
	// client Hello,
	// client world
	// client end: <nil>
	// second end: flux: invalid argument: sink: a unicast sink has one subscriber in its life, and this one has had its own
}

func ExampleUnicastBounded() {
	jobs := sink.UnicastBounded[int](2)
	fmt.Println(jobs.TryEmit(1), jobs.TryEmit(2), jobs.TryEmit(3))
	request := slow("worker", jobs)
	fmt.Println(jobs.TryEmit(3))
	request(2)
	fmt.Println(jobs.TryEmit(3))
	// Output:
	// OK OK FAIL_ZERO_SUBSCRIBER
	// FAIL_OVERFLOW
	// worker 1
	// worker 2
	// OK
}

func ExampleUnicastError() {
	ticks := sink.UnicastError[int]()
	fmt.Println(ticks.TryEmit(1))
	request := slow("clock", ticks)
	fmt.Println(ticks.TryEmit(2))
	request(1)
	fmt.Println(ticks.TryEmit(3))
	// Output:
	// FAIL_ZERO_SUBSCRIBER
	// FAIL_OVERFLOW
	// clock 3
	// OK
}

func ExampleMulticastBuffer() {
	orders := sink.MulticastBuffer[int](2)
	orders.TryEmit(1) // kept for the first to come
	show("kitchen", orders)
	request := slow("bar", orders)
	fmt.Println(orders.TryEmit(2), orders.TryEmit(3), orders.TryEmit(4))
	request(2)
	// Output:
	// kitchen 1
	// OK OK FAIL_OVERFLOW
	// kitchen 2
	// bar 2
	// kitchen 3
	// bar 3
}

func ExampleReplayAll() {
	log := sink.ReplayAll[string]()
	log.TryEmit("started")
	log.TryEmit("ready")
	show("late", log)
	log.TryComplete()
	// Output:
	// late started
	// late ready
	// late end: <nil>
}

func ExampleReplayLatest() {
	state := sink.ReplayLatest[string]()
	state.TryEmit("starting")
	state.TryEmit("running")
	show("page", state)
	state.TryEmit("stopped")
	// Output:
	// page running
	// page stopped
}

func ExampleReplayLatestOrDefault() {
	state := sink.ReplayLatestOrDefault("unknown")
	show("page", state)
	state.TryEmit("running")
	// Output:
	// page unknown
	// page running
}

func ExampleReplayLimit() {
	chat := sink.ReplayLimit[string](2)
	for _, line := range []string{"hi", "how are you?", "fine"} {
		chat.TryEmit(line)
	}
	show("bob", chat)
	// Output:
	// bob how are you?
	// bob fine
}

func ExampleReplayFor() {
	alarms := sink.ReplayFor[string](15 * time.Minute)
	alarms.TryEmit("smoke")
	alarms.TryEmit("door")
	show("guard", alarms) // not what is older than a quarter of an hour
	// Output:
	// guard smoke
	// guard door
}

func ExampleReplayLimitFor() {
	alarms := sink.ReplayLimitFor[string](1, time.Hour)
	alarms.TryEmit("smoke")
	alarms.TryEmit("door")
	show("guard", alarms)
	// Output: guard door
}

func ExampleNewOne() {
	answer := sink.NewOne[int]()
	show("early", answer)
	fmt.Println(answer.TryEmit(42), answer.TryEmit(43))
	v, err := answer.Mono().Get(context.Background())
	fmt.Println("late", v, err)
	// Output:
	// early 42
	// early end: <nil>
	// OK FAIL_TERMINATED
	// late 42 <nil>
}

func ExampleNewEmpty() {
	stopped := sink.NewEmpty[struct{}]()
	show("shutdown", stopped)
	fmt.Println(stopped.TryEmpty())
	// Output:
	// shutdown end: <nil>
	// OK
}

func ExampleMany() {
	announce := func(s sink.Many[string]) { fmt.Println(s.TryEmit("hello"), s.SubscriberCount()) }
	announce(sink.DirectBestEffort[string]())
	announce(sink.ReplayLatest[string]())
	// Output:
	// FAIL_ZERO_SUBSCRIBER 0
	// OK 0
}

func ExampleSubscriber() {
	shared := sink.MulticastBuffer[int](4)
	numbers := flux.Range(1, 1000).DoOnRequest(func(n int64) { fmt.Println("asked for", n) })
	numbers.Subscribe(context.Background(), sink.Subscriber(shared))
	request := slow("all", shared)
	request(2)
	fmt.Println(shared.Stats().Pending, "are waiting")
	// Output:
	// asked for 4
	// all 1
	// asked for 1
	// all 2
	// asked for 1
	// 4 are waiting
}

func ExampleDirect_Emit() {
	s := sink.DirectBestEffort[int]()
	r := s.Emit(1, sink.BusyLooping(time.Second)) // repeats only what waiting can help
	fmt.Println(r, r.Err())
	show("it", s)
	s.EmitError(fmt.Errorf("out of paper"), sink.FailFast)
	// Output:
	// FAIL_ZERO_SUBSCRIBER sink: nobody is subscribed
	// it end: out of paper
}

func ExampleOptions() {
	strict := sink.DirectBestEffort[int](sink.Options{Strict: true})
	strict.Flux().SubscribeFunc(context.Background(), func(v int) {
		if v == 1 {
			fmt.Println("inside:", strict.TryEmit(2)) // without Strict: handed off
		}
	}, nil)
	fmt.Println(strict.TryEmit(1))
	// Output:
	// inside: FAIL_NON_SERIALIZED
	// OK
}

func ExampleDirect_Stats() {
	s := sink.DirectBestEffort[int]()
	show("fast", s)
	slow("slow", s)
	s.TryEmit(1)
	fmt.Printf("%+v\n", s.Stats())
	// Output:
	// fast 1
	// {Subscribers:2 Pending:0 Emitted:1 Delivered:1 Dropped:1 Overflowed:0 Lost:0 Kicked:0}
}
