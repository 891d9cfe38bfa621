package ops

import (
	"sync/atomic"
	"testing"
)

// BenchmarkFloor is what Go itself takes for the allocations and atomic operations of two
// rows, without anything else that they do.
func BenchmarkFloor(b *testing.B) {
	// An element becomes a publisher, which a function of the user's returns as an
	// interface, and its value is sent by whoever may: one who enters and leaves.
	b.Run("flatMapJust", func(b *testing.B) {
		const n = 10_000
		var sending atomic.Int32
		sum := 0
		measure(b, n, "elem", func() {
			for i := range n {
				p := publisherOf(i)
				if sending.CompareAndSwap(0, 1) {
					sum += p.value()
					sending.Add(-1)
				}
			}
		})
	})
	// The objects of a subscription, by their sizes, and as much memory in one object
	// beside the subscriber.
	b.Run("subscribe", func(b *testing.B) {
		measure(b, 1, "subscription", func() {
			subscription = objects{new([3]*int), new([10]*int), new([12]*int), [2]*[6]*int{new([6]*int), new([6]*int)}}
		})
	})
	b.Run("subscribe-one-object", func(b *testing.B) {
		measure(b, 1, "subscription", func() { together = pair{new([3]*int), new([34]*int)} })
	})
}

var (
	subscription objects
	together     pair
)

type pair struct {
	subscriber *[3]*int
	rest       *[34]*int
}

type objects struct {
	subscriber *[3]*int
	run        *[10]*int
	loop       *[12]*int
	functions  [2]*[6]*int
}

var publisherOf = func(v int) publisher { return &just{v} }

type publisher interface{ value() int }

type just struct{ v int }

func (j *just) value() int { return j.v }
