package ops

import (
	"context"
	"strconv"
	"testing"

	"github.com/samber/ro"
	"github.com/stretchr/testify/assert"

	"github.com/freshet-go/freshet/sink"
)

// fanOut is one way to give a value to many; it returns how to emit and how to
// count what all of them got.
type fanOut struct {
	name string
	make func(subscribers int) (emit func(int), received func() int)
}

var fanOuts = []fanOut{
	{"funcs", func(n int) (func(int), func() int) {
		counts := make([]counting, n)
		fns := make([]func(int), n)
		for i := range fns {
			c := &counts[i]
			fns[i] = func(v int) { c.OnNext(v) }
		}
		return func(v int) {
			for _, f := range fns {
				f(v)
			}
		}, total(counts)
	}},
	{"directBestEffort", func(n int) (func(int), func() int) {
		s := sink.DirectBestEffort[int]()
		counts := make([]counting, n)
		for i := range counts {
			s.Subscribe(context.Background(), &counts[i])
		}
		return func(v int) { s.TryEmit(v) }, total(counts)
	}},
	{"directAllOrNothing", func(n int) (func(int), func() int) {
		s := sink.DirectAllOrNothing[int]()
		counts := make([]counting, n)
		for i := range counts {
			s.Subscribe(context.Background(), &counts[i])
		}
		return func(v int) { s.TryEmit(v) }, total(counts)
	}},
	{"ro-subject", func(n int) (func(int), func() int) {
		s := ro.NewPublishSubject[int]()
		counts := make([]counting, n)
		for i := range counts {
			c := &counts[i]
			s.Subscribe(ro.OnNext(func(v int) { c.OnNext(v) }))
		}
		return s.Next, total(counts)
	}},
}

func total(counts []counting) func() int {
	return func() (sum int) {
		for i := range counts {
			sum += counts[i].n
		}
		return sum
	}
}

func TestEveryFanOutReachesEverySubscriber(t *testing.T) {
	for _, f := range fanOuts {
		emit, received := f.make(100)
		for v := range 5 {
			emit(v)
		}
		assert.Equal(t, 500, received(), f.name)
	}
}

func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{1, 1000} {
		for _, f := range fanOuts {
			b.Run(f.name+"/"+strconv.Itoa(n), func(b *testing.B) {
				emit, _ := f.make(n)
				measure(b, n, "subscriber", func() { emit(1) })
			})
		}
	}
}
