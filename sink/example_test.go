package sink_test

import (
	"context"
	"fmt"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
)

func ExampleDirectBestEffort() {
	readings := sink.DirectBestEffort[int]()
	fmt.Println(readings.TryEmit(1))

	warm := flux.Map(readings.Flux().Filter(func(c int) bool { return c > 20 }), func(c int) string { return fmt.Sprint(c, " °C") })
	warm.SubscribeFunc(context.Background(),
		func(s string) { fmt.Println(s) },
		func(err error) { fmt.Println("end:", err) })

	fmt.Println(readings.TryEmit(19))
	fmt.Println(readings.TryEmit(23))
	readings.TryComplete()
	fmt.Println(readings.TryEmit(24))
	// Output:
	// FAIL_ZERO_SUBSCRIBER
	// OK
	// 23 °C
	// OK
	// end: <nil>
	// FAIL_TERMINATED
}

func ExampleResult_Err() {
	orders := sink.DirectAllOrNothing[string]()
	err := orders.TryEmit("first").Err()
	fmt.Println(err)
	// Output: sink: nobody is subscribed
}
