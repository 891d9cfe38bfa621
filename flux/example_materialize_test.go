package flux_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/freshet-go/freshet/flux"
)

func ExampleMaterialize() {
	readings := flux.Concat(flux.Just(20, 21), flux.Error[int](errors.New("sensor lost")))
	for s, err := range flux.Materialize(readings).All(context.Background()) {
		fmt.Println(s, err)
	}
	// Output:
	// next(20) <nil>
	// next(21) <nil>
	// error(sensor lost) <nil>
}

func ExampleDematerialize() {
	signals := flux.Just(flux.NextSignal(1), flux.NextSignal(2), flux.CompleteSignal[int](), flux.NextSignal(3))
	fmt.Println(flux.Dematerialize(signals).Collect(context.Background()))
	// Output: [1 2] <nil>
}
