package sink_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/sink"
)

func ExampleBusyLooping() {
	orders := sink.DirectBestEffort[int](sink.Options{HandOff: 16})
	show("screen", orders)
	// Waits for room if sixteen other emissions are queued; gives up after a second.
	fmt.Println(orders.Emit(1, sink.BusyLooping(time.Second)))
	// Output:
	// screen 1
	// OK
}

func ExampleFailFast() {
	orders := sink.UnicastBounded[int](1)
	orders.Emit(1, sink.FailFast)
	fmt.Println(orders.Emit(2, sink.FailFast), "because nobody has come for the first")
	// Output: FAIL_ZERO_SUBSCRIBER because nobody has come for the first
}

func ExampleHandler() {
	orders := sink.MulticastBuffer[int](1)
	request := slow("kitchen", orders)
	orders.TryEmit(1)
	// A handler may do something about it, and say that it is worth another try.
	makeRoom := func(_ sink.Signal, r sink.Result) bool {
		fmt.Println(r)
		request(1)
		return r == sink.FailOverflow
	}
	fmt.Println(orders.Emit(2, makeRoom))
	// Output:
	// FAIL_OVERFLOW
	// kitchen 1
	// OK
}

func ExampleResult_OrErr() {
	done := sink.NewOne[int]()
	done.TryEmit(1)
	err := done.TryEmit(2).OrErr(errors.New("worker 7 was too late"))
	fmt.Println(err)
	fmt.Println(errors.Is(err, sink.ErrTerminated))
	// Output:
	// sink: the sink has terminated: worker 7 was too late
	// true
}
