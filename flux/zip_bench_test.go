package flux_test

import (
	"context"
	"testing"

	"github.com/freshet-go/freshet/flux"
)

// What a tuple costs with synchronous sides.
func BenchmarkZip2OfRanges(b *testing.B) {
	b.ReportAllocs()
	add := func(a, b int) int { return a + b }
	sum := 0
	_ = flux.Zip2(flux.Range(0, b.N), flux.Range(1, b.N), add).
		ForEach(context.Background(), func(v int) error { sum += v; return nil })
}

// What a value costs that is mapped to a publisher of a single value.
func BenchmarkFlatMapOfJust(b *testing.B) {
	b.ReportAllocs()
	sum := 0
	_ = flux.FlatMap(flux.Range(0, b.N), func(v int) flux.Flux[int] { return flux.Just(v) }).
		ForEach(context.Background(), func(v int) error { sum += v; return nil })
}
