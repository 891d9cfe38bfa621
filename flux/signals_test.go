package flux_test

import (
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// eachOperator runs a test over every operator, in a bubble of its own.
func eachOperator(t *testing.T, f func(t *testing.T, op operator)) {
	for _, op := range operators() {
		t.Run(op.name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) { f(t, op) })
		})
	}
}

func TestEveryOperatorPassesValuesAndCompletion(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		rec := fluxtest.NewRecorder[int](flux.Unbounded)
		op.build(flux.FromSlice(upTo(100))).Subscribe(t.Context(), rec)
		fluxtest.Advance(0)
		rec.AssertValues(t, upTo(100)...)
		rec.AssertCompleted(t)
		rec.AssertNoViolations(t)
	})
}

func TestEveryOperatorPassesAnErrorAsItIs(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		rec := fluxtest.NewRecorder[int](flux.Unbounded)
		op.build(flux.FromSlice(upTo(3)).ConcatWith(flux.Error[int](errBoom))).Subscribe(t.Context(), rec)
		fluxtest.Advance(0)
		if !op.cuts {
			rec.AssertValues(t, 1, 2, 3)
		}
		rec.AssertErrorIs(t, errBoom)
		rec.AssertNoViolations(t)
	})
}

func TestEveryOperatorEndsWithoutDemand(t *testing.T) {
	for name, end := range map[string]ints{"completion": flux.Empty[int](), "error": flux.Error[int](errBoom)} {
		t.Run(name, func(t *testing.T) {
			eachOperator(t, func(t *testing.T, op operator) {
				if op.fills || op.lazy {
					t.Skip("it has values of its own, which take demand, or waits for the first request")
				}
				rec := fluxtest.NewRecorder[int](0)
				op.build(end).Subscribe(t.Context(), rec)
				fluxtest.Advance(0)
				_, ok := rec.Terminal()
				require.True(t, ok, "the terminal signal needs no demand:\n%s", rec.String())
				rec.AssertNoViolations(t)
			})
		})
	}
}

func TestDemandIsNeverExceeded(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		rec := fluxtest.NewRecorder[int](1)
		op.build(flux.FromSlice(upTo(40))).Subscribe(t.Context(), rec)
		asked := int64(1)
		for _, n := range []int64{1, 2, 3, 10, 100} {
			fluxtest.Advance(0)
			if !op.sheds {
				require.Len(t, rec.Values(), int(asked), rec.String())
			}
			rec.Request(n)
			asked += n
		}
		fluxtest.Advance(0)
		if !op.sheds {
			require.ElementsMatch(t, upTo(40), rec.Values())
			require.True(t, op.unordered || slices.IsSorted(rec.Values()))
			rec.AssertCompleted(t)
		}
		rec.AssertNoViolations(t)
	})
}

func TestDemandSaturates(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		rec := fluxtest.NewRecorder[int](flux.Unbounded - 1)
		src := fluxtest.Hot[int](fluxtest.IgnoreDemand)
		op.build(flux.From[int](src)).Subscribe(t.Context(), rec)
		fluxtest.Advance(0) // a hop may subscribe to its source later
		for range 3 {
			rec.Request(flux.Unbounded - 1)
			rec.Request(2)
		}
		for _, v := range upTo(20) {
			src.Next(v)
			fluxtest.Advance(0)
		}
		rec.Request(flux.Unbounded)
		src.Complete()
		fluxtest.Advance(0)
		if !op.fills {
			rec.AssertValues(t, upTo(20)...)
		}
		rec.AssertCompleted(t)
		rec.AssertNoViolations(t)
	})
}

// depth is the number of frames on the stack, at most 1000.
func depth() int { return runtime.Callers(0, make([]uintptr, 1000)) }

func TestRequestInsideOnNextDoesNotRecurse(t *testing.T) {
	n := 5000
	eachOperator(t, func(t *testing.T, op operator) {
		got, deepest := 0, 0
		s := &counting{each: func(up flux.Subscription) {
			got++
			if got%100 == 0 {
				deepest = max(deepest, depth())
			}
			up.Request(1)
		}}
		op.build(flux.Range(1, n)).Subscribe(t.Context(), s)
		fluxtest.Advance(0)
		if !op.sheds {
			require.Equal(t, n, got)
		}
		require.Less(t, deepest, 100, "the stack must not grow with the values")
	})
}

func TestAMillionValuesOneByOne(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 100_000
	}
	got, deepest := 0, 0
	s := &counting{each: func(up flux.Subscription) {
		got++
		if got%(n/10) == 0 {
			deepest = max(deepest, depth())
		}
		up.Request(1)
	}}
	flux.Map(flux.Range(0, n), same).Filter(func(v int) bool { return v%2 == 0 }).Subscribe(t.Context(), s)
	require.Equal(t, n/2, got)
	require.Less(t, deepest, 100)
	require.True(t, s.completed)
}

func TestConcatOfManySynchronousSourcesDoesNotRecurse(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 10_000
	}
	for name, src := range map[string]ints{
		"empty": flux.Empty[int](), "single": flux.Just(1), "several": flux.Just(1, 2),
	} {
		for _, demand := range []int64{1, flux.Unbounded} {
			srcs := make([]pub, n)
			for i := range srcs {
				srcs[i] = src
			}
			s := &counting{demand: demand, each: func(up flux.Subscription) { up.Request(1) }}
			deepest := 0
			last := flux.Defer(func(ctx ctx) ints { deepest = depth(); return flux.Just(7) })
			flux.Concat(append(srcs, last)...).Subscribe(t.Context(), s)
			require.True(t, s.completed, name)
			require.Less(t, deepest, 100, name)
		}
	}
}

func TestConcatMapAndFlatMapOfManyPublishersDoNotRecurse(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 10_000
	}
	for name, src := range map[string]ints{
		"concatMap of single values": flux.ConcatMap(flux.Range(0, n), one),
		"concatMap of publishers":    flux.ConcatMap(flux.Range(0, n), two),
		"flatMap of single values":   flux.FlatMap(flux.Range(0, n), one),
		"flatMap of publishers":      flux.FlatMap(flux.Range(0, n), two),
		"switchMap":                  flux.SwitchMap(flux.Range(0, n), two),
	} {
		for _, demand := range []int64{1, flux.Unbounded} {
			got, deepest := 0, 0
			s := &counting{demand: demand, each: func(up flux.Subscription) {
				if got++; got%1000 == 0 {
					deepest = max(deepest, depth())
				}
				up.Request(1)
			}}
			src.Subscribe(t.Context(), s)
			require.True(t, s.completed, name)
			require.Equal(t, n, got, name)
			require.Less(t, deepest, 100, name)
		}
	}
}

func TestRetryOfAFailingSourceDoesNotRecurse(t *testing.T) {
	n := int64(100_000)
	if testing.Short() {
		n = 10_000
	}
	for name, failing := range map[string]ints{
		"at once":       flux.Error[int](errBoom),
		"after a value": flux.Just(1, 2).ConcatWith(flux.Error[int](errBoom)),
		"in Map":        flux.TryMap(flux.Just(1, 2), func(int) (int, error) { return 0, errBoom }),
	} {
		for _, demand := range []int64{1, flux.Unbounded} {
			tries, deepest := int64(0), 0
			src := flux.Defer(func(ctx) ints {
				if tries++; tries%1000 == 0 {
					deepest = max(deepest, depth())
				}
				return failing
			})
			s := &counting{demand: demand, each: func(up flux.Subscription) { up.Request(1) }}
			src.Retry(n).Subscribe(t.Context(), s)
			require.ErrorIs(t, s.err, errBoom, name)
			require.Equal(t, n+1, tries, name)
			require.Less(t, deepest, 100, name)
		}
	}
}

// counting is a subscriber that keeps nothing, for many values.
type counting struct {
	demand    int64 // the first request; 1 if it is 0
	each      func(up flux.Subscription)
	up        flux.Subscription
	completed bool
	err       error
}

func (c *counting) OnSubscribe(s flux.Subscription) {
	c.up = s
	s.Request(max(c.demand, 1))
}
func (c *counting) OnNext(int)        { c.each(c.up) }
func (c *counting) OnError(err error) { c.err = err }
func (c *counting) OnComplete()       { c.completed = true }
