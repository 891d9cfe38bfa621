package ops

import (
	"time"

	"github.com/reactivex/rxgo/v2"
	"github.com/samber/ro"

	"github.com/freshet-go/freshet/flux"
)

// batch is how many elements a buffer takes; a second never passes before it is full.
const batch = 100

// bufferTimeout collects the elements into slices and adds up their lengths.
var bufferTimeout = workload{"bufferTimeout", 10_000, []variant{
	{"loop", func(n int) int {
		sum := 0
		var buf []int
		for v := range n {
			if buf = append(buf, v); len(buf) == batch {
				sum, buf = sum+size(buf), nil
			}
		}
		return sum + size(buf)
	}},
	{"channel", bufferOfChannel},
	{"flux", func(n int) int {
		return sumFlux(flux.Map(flux.BufferTimeout(flux.Range(0, n), batch, time.Second), size))
	}},
	{"ro", func(n int) int {
		return sumRo(ro.Pipe2(roRange(0, n), ro.BufferWithTimeOrCount[int](batch, time.Second), ro.Map(size)))
	}},
	{"rxgo", func(n int) int {
		sum := 0
		for i := range rxgo.Range(0, n).BufferWithTimeOrCount(rxgo.WithDuration(time.Second), batch).Observe() {
			sum += len(i.V.([]any))
		}
		return sum
	}},
}}

// bufferOfChannel is what one writes by hand: a timer beside the channel.
func bufferOfChannel(n int) int {
	c := make(chan int, 256) // as long as the queues of publishOn
	go func() {
		defer close(c)
		for v := range n {
			c <- v
		}
	}()
	sum := 0
	var buf []int
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	for {
		select {
		case v, ok := <-c:
			if !ok {
				return sum + size(buf)
			}
			if buf = append(buf, v); len(buf) < batch {
				continue
			}
		case <-timer.C:
		}
		sum, buf = sum+size(buf), nil
		timer.Reset(time.Second)
	}
}

// groupBy deals the elements out to ten groups and merges these again.
var groupBy = workload{"groupBy", 10_000, []variant{
	{"loop", func(n int) int {
		sums := map[int]int{}
		for v := range n {
			sums[tenth(v)] += v
		}
		sum := 0
		for _, s := range sums {
			sum += s
		}
		return sum
	}},
	{"flux", func(n int) int {
		groups := flux.GroupBy(flux.Range(0, n), tenth)
		return sumFlux(flux.FlatMap(groups, func(g flux.Grouped[int, int]) flux.Flux[int] { return g.Flux }))
	}},
	{"ro", func(n int) int { return sumRo(ro.Pipe2(roRange(0, n), ro.GroupBy(tenth), ro.MergeAll[int]())) }},
	{"rxgo", func(n int) int {
		room := rxgo.WithBufferedChannel(n/inner + 1) // for a whole group: FlatMap reads one after the other
		groups := rxgo.Range(0, n).GroupBy(inner, func(i rxgo.Item) int { return tenth(i.V.(int)) }, room)
		return sumRx(groups.FlatMap(func(i rxgo.Item) rxgo.Observable { return i.V.(rxgo.Observable) }))
	}},
}}
