package ops

import (
	"context"
	"iter"
	"syscall"
	"testing"
	"time"

	"github.com/reactivex/rxgo/v2"
	"github.com/samber/ro"
	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/flux"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// variant is one way to do a workload; run gives the sum of what came out.
type variant struct {
	name string
	run  func(n int) int
}

type workload struct {
	name     string
	n        int
	variants []variant
}

// The user functions of all variants: variables, so that none is inlined.
var (
	inc    = func(v int) int { return v + 1 }
	even   = func(v int) bool { return v%2 == 0 }
	triple = func(v int) int { return v * 3 }
	half   = func(v int) int { return v / 2 }
	add    = func(a, b int) int { return a + b }
	tenth  = func(v int) int { return v % inner }
	size   = func(buf []int) int { return len(buf) }
)

var workloads = []workload{chain, scan, distinct, merge, flatMap, flatMapJust, concatMap, zip, publishOn, publishOnFused, bufferTimeout, groupBy}

func TestAllVariantsOfAWorkloadGiveTheSame(t *testing.T) {
	for _, w := range workloads {
		for _, n := range []int{0, 1, 10, 1000} {
			want := w.variants[0].run(n)
			for _, v := range w.variants[1:] {
				assert.Equal(t, want, v.run(n), "%s of %d by %s", w.name, n, v.name)
			}
		}
	}
}

func BenchmarkOperators(b *testing.B) {
	for _, w := range workloads {
		for _, v := range w.variants {
			b.Run(w.name+"/"+v.name, func(b *testing.B) { measure(b, w.n, "elem", func() { v.run(w.n) }) })
		}
	}
}

// measure reports what each of the n things took that f does, by the clock and of the
// processors: the second figure counts the collector, and what other goroutines did, and
// does not change with what else the machine does.
func measure(b *testing.B, n int, thing string, f func()) {
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		f()
	}
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(b.N) / float64(n) }
	b.ReportMetric(each(cpuTime()-before), "cpu-ns/"+thing)
	b.ReportMetric(each(b.Elapsed()), "ns/"+thing)
}

// cpuTime is what this process has used so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it has no reason to fail
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// summing adds what it receives. step is its demand: Unbounded at once, or one
// element after the other.
type summing struct {
	step int64
	sum  int
	up   flux.Subscription
	done chan struct{} // closed at the terminal, for sources on another goroutine
}

func (s *summing) OnSubscribe(up flux.Subscription) { s.up = up; up.Request(s.step) }

func (s *summing) OnNext(v int) {
	s.sum += v
	if s.step != flux.Unbounded {
		s.up.Request(s.step)
	}
}

func (s *summing) OnError(err error) { panic(err) }
func (s *summing) OnComplete()       { close(s.done) }

func sumBy(step int64, f flux.Flux[int]) int {
	s := &summing{step: step, done: make(chan struct{})}
	f.Subscribe(context.Background(), s)
	<-s.done
	return s.sum
}

func sumFlux(f flux.Flux[int]) int { return sumBy(flux.Unbounded, f) }

func sumSeq(seq iter.Seq[int]) int {
	sum := 0
	for v := range seq {
		sum += v
	}
	return sum
}

func sumRo(o ro.Observable[int]) int {
	sum := 0
	o.Subscribe(ro.NewObserver(func(v int) { sum += v }, func(err error) { panic(err) }, func() {})).Wait()
	return sum
}

func sumRx(o rxgo.Observable) int {
	sum := 0
	for i := range o.Observe() {
		sum += i.V.(int)
	}
	return sum
}

// roRange is ro.Range with ints.
func roRange(start, n int) ro.Observable[int] {
	return ro.NewUnsafeObservable(func(to ro.Observer[int]) ro.Teardown {
		for v := start; v < start+n; v++ {
			to.Next(v)
		}
		to.Complete()
		return nil
	})
}

func rxMap(f func(int) int) rxgo.Func {
	return func(_ context.Context, v any) (any, error) { return f(v.(int)), nil }
}

func seqRange(start, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for v := start; v < start+n; v++ {
			if !yield(v) {
				return
			}
		}
	}
}

// seqMap and seqFilter are written as one writes them, with range.
func seqMap[T, R any](seq iter.Seq[T], f func(T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		for v := range seq {
			if !yield(f(v)) {
				return
			}
		}
	}
}

func seqFilter[T any](seq iter.Seq[T], keep func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range seq {
			if keep(v) && !yield(v) {
				return
			}
		}
	}
}
