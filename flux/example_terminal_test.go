package flux_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/freshet-go/freshet/flux"
)

func ExampleFlux_SubscribeFunc() {
	flux.Just("a", "b").SubscribeFunc(context.Background(),
		func(v string) { fmt.Println(v) },
		func(err error) { fmt.Println("done:", err) })
	// Output:
	// a
	// b
	// done: <nil>
}

func ExampleFlux_ForEach() {
	err := flux.Range(1, 100).ForEach(context.Background(), func(v int) error {
		if v == 3 {
			return errors.New("seen enough")
		}
		fmt.Println(v)
		return nil
	})
	fmt.Println(err)
	// Output:
	// 1
	// 2
	// seen enough
}

func ExampleFlux_Collect() {
	values, err := flux.Just(1, 2, 3).Collect(context.Background())
	fmt.Println(values, err)
	// Output: [1 2 3] <nil>
}

func ExampleFlux_First() {
	fmt.Println(flux.Just(1, 2, 3).First(context.Background()))
	fmt.Println(flux.Empty[int]().First(context.Background()))
	// Output:
	// 1 <nil>
	// 0 flux: no value: the stream was empty
}

func ExampleFlux_Last() {
	fmt.Println(flux.Just(1, 2, 3).Last(context.Background()))
	// Output: 3 <nil>
}

func ExampleFlux_Drain() {
	sum := 0
	err := flux.Range(1, 4).DoOnNext(func(v int) { sum += v }).Drain(context.Background())
	fmt.Println(sum, err)
	// Output: 10 <nil>
}

func ExampleFlux_All() {
	for v, err := range flux.Range(1, 1_000_000).All(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if v > 2 {
			break // cancels the source
		}
		fmt.Println(v)
	}
	// Output:
	// 1
	// 2
}

func ExampleFlux_Chan() {
	values, why := flux.Just(1, 2).ConcatWith(flux.Error[int](errors.New("torn"))).Chan(context.Background(), 0)
	for v := range values {
		fmt.Println(v)
	}
	fmt.Println(why())
	// Output:
	// 1
	// 2
	// torn
}

func ExampleFlux_Flux() {
	// Anything with a method Flux can stand where a publisher of methods is wanted.
	type source interface{ Flux() flux.Flux[int] }
	var s source = flux.Just(1, 2)
	fmt.Println(s.Flux().Skip(1).Collect(context.Background()))
	// Output: [2] <nil>
}
