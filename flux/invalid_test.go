package flux_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestInvalidArgumentIsTheErrorOfTheStreamAndNamesTheValue(t *testing.T) {
	src := flux.Just(1, 2)
	var none pub
	for want, assemble := range map[string]func() ints{
		"Error(nil)":          func() ints { return flux.Error[int](nil) },
		"Range(3, -1)":        func() ints { return flux.Range(3, -1) },
		"math.MaxInt":         func() ints { return flux.Range(math.MaxInt, 2) },
		"Defer(nil)":          func() ints { return flux.Defer[int, ints](nil) },
		"Create(nil)":         func() ints { return flux.Create[int](nil) },
		"overflow strategy 9": func() ints { return flux.Create(func(ctx, *flux.Emitter[int]) {}, flux.Overflow(9)) },
		"Produce(nil)":        func() ints { return flux.Produce[int](nil) },
		"FromChan(nil)":       func() ints { return flux.FromChan[int](nil) },
		"FromSeq(nil)":        func() ints { return flux.FromSeq[int](nil) },
		"FromSeq2(nil)":       func() ints { return flux.FromSeq2[int](nil) },
		"Generate: init and step": func() ints {
			return flux.Generate[int, int](nil, nil, nil)
		},
		"nil publisher": func() ints { return flux.From(none) },
		"Interval(0s)":  func() ints { return flux.Map(flux.Interval(0), func(int64) int { return 0 }) },
		"Interval(-1s)": func() ints { return flux.Map(flux.IntervalAfter(0, -time.Second), func(int64) int { return 0 }) },
		"IntervalAfter(-1s, 1s)": func() ints {
			return flux.Map(flux.IntervalAfter(-time.Second, time.Second), func(int64) int { return 0 })
		},
		"Map(nil)":                      func() ints { return flux.Map[int, int](src, nil) },
		"TryMap(nil)":                   func() ints { return flux.TryMap[int, int](src, nil) },
		"Handle(nil)":                   func() ints { return flux.Handle[int, int](src, nil) },
		"Scan(nil)":                     func() ints { return src.Scan(nil) },
		"Filter(nil)":                   func() ints { return src.Filter(nil) },
		"TakeWhile(nil)":                func() ints { return src.TakeWhile(nil) },
		"DistinctUntilChangedBy(nil)":   func() ints { return flux.DistinctUntilChangedBy[int, int](src, nil) },
		"MapNotNull(nil)":               func() ints { return flux.MapNotNull[int, int](src, nil) },
		"ScanWith(nil)":                 func() ints { return flux.ScanWith[int](src, 0, nil) },
		"Cast: a int is no string":      func() ints { return flux.Map(flux.Cast[string](src), func(string) int { return 0 }) },
		"Transform(nil)":                func() ints { return flux.Transform[int, int, ints](src, nil) },
		"TransformDeferred(nil)":        func() ints { return flux.TransformDeferred[int, int, ints](src, nil) },
		"FlatMapIterable(nil)":          func() ints { return flux.FlatMapIterable[int, int](src, nil) },
		"FlatMapSeq(nil)":               func() ints { return flux.FlatMapSeq[int, int](src, nil) },
		"TakeUntil(nil)":                func() ints { return src.TakeUntil(nil) },
		"TakeFor(-1s)":                  func() ints { return src.TakeFor(-time.Second) },
		"TakeUnbounded(-1)":             func() ints { return src.TakeUnbounded(-1) },
		"TakeLast(-1)":                  func() ints { return src.TakeLast(-1) },
		"SkipWhile(nil)":                func() ints { return src.SkipWhile(nil) },
		"SkipUntil(nil)":                func() ints { return src.SkipUntil(nil) },
		"SkipFor(-1s)":                  func() ints { return src.SkipFor(-time.Second) },
		"SkipLast(-1)":                  func() ints { return src.SkipLast(-1) },
		"DistinctBy(nil)":               func() ints { return flux.DistinctBy[int, int](src, nil) },
		"Remember(0)":                   func() ints { return flux.Distinct(src, flux.Remember(0)) },
		"DistinctUntilChangedFunc(nil)": func() ints { return src.DistinctUntilChangedFunc(nil) },
		"Sample(0s)":                    func() ints { return src.Sample(0) },
		"SampleFirst(0s)":               func() ints { return src.SampleFirst(0) },
		"SampleFirstBy(nil)":            func() ints { return flux.SampleFirstBy[int, int, ints](src, nil) },
		"SampleTimeout(-1s)":            func() ints { return src.SampleTimeout(-time.Second) },
		"SampleTimeoutBy(nil)":          func() ints { return flux.SampleTimeoutBy[int, int, ints](src, nil) },
		"Reduce(nil)":                   func() ints { return src.Reduce(nil).Flux() },
		"ReduceWith(nil)":               func() ints { return flux.ReduceWith[int](src, 0, nil).Flux() },
		"SortFunc(nil)":                 func() ints { return src.SortFunc(nil) },
		"the signal unknown":            func() ints { return flux.Dematerialize(flux.Just(flux.Signal[int]{})) },
		"Take(-1)":                      func() ints { return src.Take(-1) },
		"Skip(-2)":                      func() ints { return src.Skip(-2) },
		"DoOnNext(nil)":                 func() ints { return src.DoOnNext(nil) },
		"DoOnError(nil)":                func() ints { return src.DoOnError(nil) },
		"DoOnComplete(nil)":             func() ints { return src.DoOnComplete(nil) },
		"DoOnSubscribe(nil)":            func() ints { return src.DoOnSubscribe(nil) },
		"DoOnRequest(nil)":              func() ints { return src.DoOnRequest(nil) },
		"DoOnCancel(nil)":               func() ints { return src.DoOnCancel(nil) },
		"DoFinally(nil)":                func() ints { return src.DoFinally(nil) },
		"FlatMap(nil)":                  func() ints { return flux.FlatMap[int, int, ints](src, nil) },
		"ConcatMap(nil)":                func() ints { return flux.ConcatMap[int, int, ints](src, nil) },
		"SwitchMap(nil)":                func() ints { return flux.SwitchMap[int, int, ints](src, nil) },
		"Zip2(nil)":                     func() ints { return flux.Zip2[int, int, int](src, src, nil) },
		"OnErrorResume(nil)":            func() ints { return src.OnErrorResume(nil) },
		"SwitchIfEmpty(nil)":            func() ints { return src.SwitchIfEmpty(nil) },
		"Retry(-1)":                     func() ints { return src.Retry(-1) },
		"Timeout(0s)":                   func() ints { return src.Timeout(0) },
		"Timeout(-1ns)":                 func() ints { return src.TimeoutOr(-1, src) },
		"TimeoutOr(1s, nil)":            func() ints { return src.TimeoutOr(time.Second, nil) },
		"BufferSpec.Size -1":            func() ints { return src.OnBackpressureBuffer(flux.BufferSpec[int]{Size: -1}) },
		"unknown strategy 7":            func() ints { return src.OnBackpressureBuffer(flux.BufferSpec[int]{Overflow: 7}) },
		"LimitRate(0)":                  func() ints { return src.LimitRate(0) },
		"LimitRateLow(4, -1)":           func() ints { return src.LimitRateLow(4, -1) },
		"PublishOnExecutor(nil)":        func() ints { return src.PublishOnExecutor(nil) },
		"Prefetch(0)":                   func() ints { return src.PublishOn(flux.Prefetch(0)) },
		"Concurrency(0)":                func() ints { return flux.FlatMap(src, one, flux.Concurrency(0)) },
		"Parallel(0)":                   func() ints { return flux.Parallel(src, 0).Sequential() },
		"Parallel: nil option":          func() ints { return flux.Parallel(src, 2, nil).Filter(yes).Sequential() },
		"OnRails(nil)":                  func() ints { return flux.OnRails[int, int, ints](flux.Parallel(src, 2), nil).Sequential() },
		"ParallelReduceWith(nil":        func() ints { return flux.ParallelReduceWith[int, int](flux.Parallel(src, 2), nil, nil).Sequential() },
		"ParallelFlux.SortFunc(nil)":    func() ints { return flux.Parallel(src, 2).SortFunc(nil) },
		"ParallelFlux.Reduce(nil)":      func() ints { return flux.Parallel(src, 2).Reduce(nil).Flux() },
		"AutoConnect(0)":                func() ints { return src.Publish().AutoConnect(0) },
		"RefCount(0)":                   func() ints { return src.Replay().RefCount(0) },
		"RefCountGrace(-2)":             func() ints { return src.Publish().RefCountGrace(-2, 0) },
		"RefCountGrace(1, -1s)":         func() ints { return src.Publish().RefCountGrace(1, -time.Second) },
		"Publish: nil option":           func() ints { return src.Publish(nil).AutoConnect(1) },
		"Prefetch(-4)":                  func() ints { return src.Publish(flux.Prefetch(-4)).RefCount(1) },
		"PublishSelect(nil)":            func() ints { return flux.PublishSelect[int, int, ints](src, nil) },
		"Prefetch(-5)":                  func() ints { return flux.PublishSelect(src, func(all ints) ints { return all }, flux.Prefetch(-5)) },
		"ReplayLast(-1)":                func() ints { return src.ReplayLast(-1).Flux() },
		"ReplayFor(-1s)":                func() ints { return src.ReplayFor(-time.Second).RefCount(1) },
		"ReplayLastFor(-1)":             func() ints { return src.ReplayLastFor(-1, time.Second).AutoConnect(1) },
		"ReplayLastFor(-2s)":            func() ints { return src.CacheLastFor(0, -2*time.Second) },
		"Prefetch(-3)":                  func() ints { return flux.ConcatMap(src, one, flux.Prefetch(-3)) },
		"more than one value":           func() ints { return flux.Handle(src, func(_ int, out *flux.Step[int]) { out.Next(1); out.Next(2) }) },
		"Step.Error(nil)":               func() ints { return flux.Handle(src, func(_ int, out *flux.Step[int]) { out.Error(nil) }) },
		"neither a value": func() ints {
			return flux.Generate(func(ctx) int { return 0 }, func(int, *flux.Step[int]) int { return 0 }, nil)
		},
		"Emitter.Error(nil)": func() ints { return flux.Create(func(_ ctx, e *flux.Emitter[int]) { e.Error(nil) }) },
		"Emitter.OnRequest": func() ints {
			return flux.Create(func(_ ctx, e *flux.Emitter[int]) { e.OnRequest(func(int64) {}); e.OnRequest(func(int64) {}) })
		},
	} {
		t.Run(want, func(t *testing.T) {
			var f ints
			require.NotPanics(t, func() { f = assemble() }, "assembling must not panic")
			fluxtest.Run(t, func(t *testing.T) {
				rec := fluxtest.NewRecorder[int](flux.Unbounded)
				f.Subscribe(t.Context(), rec)
				fluxtest.Advance(0)
				rec.AssertErrorIs(t, flux.ErrInvalid)
				rec.AssertNoViolations(t)
				e, _ := rec.Terminal()
				require.ErrorContains(t, e.Err, want)
			})
		})
	}
}

func TestNilPublisherIsAnErrorWhereverItStands(t *testing.T) {
	src := flux.Just(1)
	for name, f := range map[string]ints{
		"Map":             flux.Map[int, int](nil, same),
		"Concat":          flux.Concat[int](src, nil),
		"ConcatWith":      src.ConcatWith(nil),
		"Merge":           flux.Merge[int](src, nil),
		"Merge of one":    flux.Merge[int](nil),
		"FlatMap":         flux.FlatMap(src, func(int) pub { return nil }),
		"ConcatMap":       flux.ConcatMap(src, func(int) pub { return nil }),
		"SwitchMap":       flux.SwitchMap(src, func(int) pub { return nil }),
		"Zip2":            flux.Zip2(src, pub(nil), func(a, b int) int { return a }),
		"Defer":           flux.Defer(func(context.Context) pub { return nil }),
		"OnErrorResume":   flux.Error[int](errBoom).OnErrorResume(func(error) pub { return nil }),
		"a nil option":    flux.FlatMap(src, one, nil),
		"a nil hop":       src.PublishOn(nil),
		"nil of its type": flux.Concat[int]((*fluxtest.Probe[int])(nil)),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Collect(t.Context())
			if name == "nil of its type" {
				require.ErrorAs(t, err, new(*flux.PanicError))
				return
			}
			require.ErrorIs(t, err, flux.ErrInvalid)
		})
	}
}

func TestNilContextIsAnErrorOfTheTerminal(t *testing.T) {
	src, none := flux.Just(1), context.Context(nil)
	var all error
	for _, err := range src.All(none) {
		all = err
	}
	ch, why := src.Chan(none, 1)
	for range ch { //nolint:revive // until it is closed
	}
	_, collect := src.Collect(none)
	_, first := src.First(none)
	_, last := src.Last(none)
	var done error
	src.SubscribeFunc(none, nil, func(err error) { done = err })
	rec := fluxtest.NewRecorder[int](1)
	src.Subscribe(none, rec)
	rec.AssertErrorIs(t, flux.ErrInvalid)
	for name, err := range map[string]error{
		"All": all, "Chan": why(), "Collect": collect, "First": first, "Last": last, "SubscribeFunc": done,
		"Drain":   src.Drain(none),
		"ForEach": src.ForEach(none, func(int) error { return nil }),
	} {
		require.ErrorIs(t, err, flux.ErrInvalid, name)
	}
	require.NotPanics(t, func() { src.SubscribeFunc(none, nil, nil) }, "the error goes to the log")
}

func TestOtherInvalidArgumentsOfTerminals(t *testing.T) {
	err := flux.Just(1).ForEach(t.Context(), nil)
	require.ErrorIs(t, err, flux.ErrInvalid)
	require.ErrorContains(t, err, "ForEach(nil)")

	ch, why := flux.Just(1).Chan(t.Context(), -2)
	_, open := <-ch
	require.False(t, open)
	require.ErrorIs(t, why(), flux.ErrInvalid)
	require.ErrorContains(t, why(), "-2")

	l := &lost{}
	flux.Just(1).Subscribe(l.context(t.Context()), nil)
	require.Len(t, l.errors(), 1)
	require.ErrorIs(t, l.errors()[0], flux.ErrInvalid)
}
