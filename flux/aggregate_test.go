package flux_test

import (
	"cmp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// aggregates are the operators over the fold kernel, with what they give for 1, 2,
// 3; touch is called in the user function of those that have one.
func aggregates(touch func(v int)) map[string]struct {
	build func(s ints) flux.Flux[any]
	want  []any
	eager bool // it does not wait for demand to ask its source
	plain bool // it calls no user function
} {
	type aggregate = struct {
		build func(s ints) flux.Flux[any]
		want  []any
		eager bool
		plain bool
	}
	add := func(a, b int) int { touch(b); return a + b }
	id := func(v int) int { touch(v); return v }
	return map[string]aggregate{
		"Count":      {build: func(s ints) flux.Flux[any] { return boxed(flux.Count(s)) }, want: []any{int64(3)}, plain: true},
		"Reduce":     {build: func(s ints) flux.Flux[any] { return boxed(s.StartWith(0).Reduce(add)) }, want: []any{6}},
		"ReduceWith": {build: func(s ints) flux.Flux[any] { return boxed(flux.ReduceWith(s, 1, add)) }, want: []any{7}},
		"AllMatch": {build: func(s ints) flux.Flux[any] {
			return boxed(flux.AllMatch(s, func(v int) bool { touch(v); return v < 9 }))
		}, want: []any{true}},
		"AnyMatch": {build: func(s ints) flux.Flux[any] {
			return boxed(flux.AnyMatch(s, func(v int) bool { touch(v); return v > 9 }))
		}, want: []any{false}},
		"HasElement":  {build: func(s ints) flux.Flux[any] { return boxed(flux.HasElement(s, 9)) }, want: []any{false}, plain: true},
		"CollectList": {build: func(s ints) flux.Flux[any] { return boxed(flux.CollectList(s)) }, want: []any{[]int{1, 2, 3}}, plain: true},
		"CollectMap": {build: func(s ints) flux.Flux[any] { return boxed(flux.CollectMap(s, id)) },
			want: []any{map[int]int{1: 1, 2: 2, 3: 3}}},
		"CollectMultimap": {build: func(s ints) flux.Flux[any] { return boxed(flux.CollectMultimap(s, id)) },
			want: []any{map[int][]int{1: {1}, 2: {2}, 3: {3}}}},
		"LastValue": {build: func(s ints) flux.Flux[any] { return boxed(s.LastValue()) }, want: []any{3}, plain: true},
		"ElementAt": {build: func(s ints) flux.Flux[any] { return boxed(s.ElementAtOr(9, 4)) }, want: []any{4}, plain: true},
		"TakeLast of one": {build: func(s ints) flux.Flux[any] {
			return flux.Map(s.TakeLast(1), func(v int) any { return v })
		}, want: []any{3}, plain: true},
		"TakeLast": {build: func(s ints) flux.Flux[any] {
			return flux.Map(s.TakeLast(2), func(v int) any { return v })
		}, want: []any{2, 3}, eager: true, plain: true},
		"SortFunc": {build: func(s ints) flux.Flux[any] {
			return flux.Map(s.SortFunc(func(a, b int) int { return cmp.Compare(b, a) }), func(v int) any { return v })
		}, want: []any{3, 2, 1}, eager: true, plain: true},
	}
}

func boxed[T any](m flux.Mono[T]) flux.Flux[any] { return flux.Map(m, func(v T) any { return v }) }

func untouched(int) {}

func TestAnAggregateAsksForEverythingOnceAndItsResultWaitsForDemand(t *testing.T) {
	for name, op := range aggregates(untouched) {
		t.Run(name, func(t *testing.T) {
			var asked []int64
			src := flux.From[int](fluxtest.NewProbe(flux.Just(1, 2, 3))).DoOnRequest(func(n int64) { asked = append(asked, n) })
			rec := fluxtest.NewRecorder[any](0)
			op.build(src).Subscribe(t.Context(), rec)
			require.Equal(t, op.eager, len(asked) == 1)
			require.Empty(t, rec.Values())
			rec.Request(1)
			require.Equal(t, op.want[:1], rec.Values())
			rec.Request(5)
			rec.AssertValues(t, op.want...)
			require.Equal(t, []int64{flux.Unbounded}, asked)
			rec.AssertNoViolations(t)
			require.Len(t, rec.Of(fluxtest.Complete), 1)
		})
	}
}

func TestAnAggregatePassesAnErrorWithoutDemandAndDiscardsWhatItHolds(t *testing.T) {
	for name, op := range aggregates(untouched) {
		t.Run(name, func(t *testing.T) {
			l := &lost{}
			src := flux.Just(1, 2, 3).ConcatWith(flux.Error[int](errBoom))
			rec := fluxtest.NewRecorder[any](1)
			op.build(src).Subscribe(l.context(t.Context()), rec)
			rec.AssertErrorIs(t, errBoom)
			require.Empty(t, rec.Values())
			if name == "CollectList" || name == "SortFunc" {
				_, discarded := l.values()
				require.Equal(t, []any{1, 2, 3}, discarded)
			}
		})
	}
}

func TestAnAggregateOfABadRequestEndsWithErrBadRequest(t *testing.T) {
	for name, op := range aggregates(untouched) {
		t.Run(name, func(t *testing.T) {
			for _, src := range []ints{live(1, 2), flux.Just(1, 2)} {
				rec := fluxtest.NewRecorder[any](0)
				op.build(src).Subscribe(t.Context(), rec)
				rec.Request(0)
				rec.AssertErrorIs(t, flux.ErrBadRequest)
			}
		})
	}
}

func TestAPanicInsideAnAggregateCancelsItsSourceOnce(t *testing.T) {
	for name := range aggregates(untouched) {
		t.Run(name, func(t *testing.T) {
			up := &ends{}
			op := aggregates(func(v int) {
				if v == 2 {
					panic(errBoom)
				}
			})[name]
			if op.plain {
				t.Skip("it calls no user function")
			}
			l := &lost{}
			rec := fluxtest.NewRecorder[any](flux.Unbounded)
			op.build(up.watch(live(1, 2, 3))).Subscribe(l.context(t.Context()), rec)
			rec.AssertErrorIs(t, errBoom)
			require.Equal(t, cancelled, up.all())
			require.Empty(t, l.errors())
		})
	}
}

// Cancel and values race; whoever wins, every value that was taken in is
// discarded exactly once, unless the list went down.
func TestACancelThatRacesACollectListDiscardsEachValueOnce(t *testing.T) {
	for range 300 {
		l := &lost{}
		var source *flux.Emitter[int]
		src := flux.Create(func(_ ctx, e *flux.Emitter[int]) { source = e }, flux.OverflowIgnore)
		rec := fluxtest.NewRecorder[[]int](1)
		flux.CollectList(src).Subscribe(l.context(t.Context()), rec)
		var both sync.WaitGroup
		both.Go(func() {
			for v := range 20 {
				source.Next(v)
			}
			source.Complete()
		})
		both.Go(func() { rec.Cancel() })
		both.Wait()
		_, discarded := l.values()
		seen := map[any]int{}
		for _, v := range discarded {
			if seen[v]++; seen[v] > 1 {
				t.Fatalf("%v was discarded twice", v)
			}
		}
		if len(rec.Values()) == 1 {
			require.Empty(t, discarded)
		}
	}
}

func TestSequenceEqualOfUnequalLengthsIsFalseWhicheverIsShorter(t *testing.T) {
	for _, c := range []struct {
		a, b []int
		want bool
	}{
		{[]int{}, []int{}, true},
		{upTo(100), upTo(100), true},
		{upTo(100), upTo(99), false},
		{upTo(3), upTo(99), false},
		{[]int{1, 2}, []int{1, 3}, false},
	} {
		got, err := flux.SequenceEqual(flux.FromSlice(c.a), flux.FromSlice(c.b)).Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%v %v", c.a, c.b)
	}
	_, err := flux.SequenceEqual(flux.Never[int](), flux.Error[int](errBoom)).Get(t.Context())
	require.ErrorIs(t, err, errBoom)
}

func TestMaterializeOfABadRequestIsAnErrorAndNoSignal(t *testing.T) {
	rec := fluxtest.NewRecorder[flux.Signal[int]](0)
	flux.Materialize(flux.Just(1, 2)).Subscribe(t.Context(), rec)
	rec.Request(-1)
	rec.AssertErrorIs(t, flux.ErrBadRequest)
}

// As Reactor's reduce, and none of the others.
func TestReduceAsksForEverythingWithEachRequest(t *testing.T) {
	var asked []int64
	src := flux.Never[int]().DoOnRequest(func(n int64) { asked = append(asked, n) })
	rec := fluxtest.NewRecorder[int](0)
	src.Reduce(func(a, _ int) int { return a }).Subscribe(t.Context(), rec)
	rec.Request(1)
	rec.Request(2)
	require.Equal(t, []int64{flux.Unbounded, flux.Unbounded}, asked)
	rec.Cancel()
}
