package flux_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestWhatAMisbehavingPublisherSendsAfterTheEndGoesToTheHooks(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		l := &lost{}
		src := fluxtest.Hot[int](fluxtest.AfterTerminal, fluxtest.IgnoreDemand)
		rec := fluxtest.NewRecorder[int](flux.Unbounded)
		op.build(flux.From[int](src)).Subscribe(l.context(t.Context()), rec)
		src.Next(1).Complete()
		src.Next(2).Error(errBoom).Complete()
		fluxtest.Advance(0)
		rec.AssertValues(t, 1)
		rec.AssertCompleted(t)
		rec.AssertNoViolations(t)
		if strings.HasPrefix(op.name, "SwitchMap") || op.name == "Zip2" {
			return // they cancel what has ended, and then nothing comes
		}
		dropped, discarded := l.values()
		require.Contains(t, append(dropped, discarded...), 2)
		require.Equal(t, []error{errBoom}, l.errors())
	})
}

func TestValueThatASubscriberPanickedAtIsNotDiscardedToo(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		l, s := &lost{}, &panicsAtValues{counting: counting{demand: flux.Unbounded}}
		op.build(live(1001, 1002, 1003)).Subscribe(l.context(t.Context()), s) // no value of a companion
		fluxtest.Advance(time.Hour)
		s.up.Request(1) // whoever is still there looks at what it has
		s.up.Cancel()
		fluxtest.Advance(time.Hour)
		_, discarded := l.values()
		require.Len(t, s.got, 1, "a subscriber that panicked gets nothing more (rule 2.13)")
		require.NotContains(t, discarded, s.got[0])
	})
}

type panicsAtValues struct {
	counting
	got []int
}

func (p *panicsAtValues) OnNext(v int) { p.got = append(p.got, v); panic(errBoom) }

func TestErrorAfterACancelGoesToTheHook(t *testing.T) {
	eachOperator(t, func(t *testing.T, op operator) {
		l := &lost{}
		src := fluxtest.Hot[int](fluxtest.AfterCancel)
		rec := fluxtest.NewRecorder[int](flux.Unbounded)
		op.build(flux.From[int](src)).Subscribe(l.context(t.Context()), rec)
		rec.Cancel()
		before := len(rec.Events())
		src.Error(errBoom)
		fluxtest.Advance(0)
		// A late signal may still come (rule 2.8), but an error is never lost.
		if len(rec.Of(fluxtest.Error)) == 0 {
			require.Equal(t, []error{errBoom}, l.errors(), rec.String())
			require.Len(t, rec.Events(), before)
		}
	})
}

func TestValuesThatAreLetGoReachTheDiscardHook(t *testing.T) {
	stop := func(rec *fluxtest.Recorder[int]) { rec.Cancel() }
	for name, c := range map[string]struct {
		src    ints
		demand int64
		then   func(rec *fluxtest.Recorder[int])
		want   []any
	}{
		"Filter":                      {flux.Just(1, 2, 3).Filter(func(v int) bool { return v == 2 }), 9, nil, []any{1, 3}},
		"Skip":                        {flux.Just(1, 2, 3).Skip(2), 9, nil, []any{1, 2}},
		"DistinctUntilChanged":        {flux.DistinctUntilChanged(flux.Just(1, 1, 2)), 9, nil, []any{1}},
		"OnBackpressureDrop":          {flux.Just(1, 2, 3).OnBackpressureDrop(nil), 0, nil, []any{1, 2, 3}},
		"OnBackpressureError":         {flux.Just(1, 2, 3).OnBackpressureError(), 0, nil, []any{1}},
		"OnBackpressureLatest":        {flux.Just(1, 2, 3).OnBackpressureLatest(), 0, stop, []any{1, 2, 3}},
		"OnBackpressureBuffer":        {flux.Just(1, 2).OnBackpressureBuffer(flux.BufferSpec[int]{}), 0, stop, []any{1, 2}},
		"OnBackpressureBuffer's size": {flux.Just(1, 2).OnBackpressureBuffer(flux.BufferSpec[int]{Size: 1, Overflow: flux.BufferDropLatest}), 0, nil, []any{2}},
		"LimitRate":                   {live(1, 2, 3).LimitRate(2), 0, stop, []any{1, 2, 3}},
		"PublishOn":                   {flux.Just(1, 2).PublishOn(), 0, stop, []any{1, 2}},
		"Merge":                       {flux.Merge[int](flux.Just(1, 2), flux.Just(3, 4)), 0, stop, []any{1, 2, 3, 4}},
		"FlatMap of single values":    {flux.FlatMap(flux.Just(1, 2), one), 0, stop, []any{1, 2}},
		"ConcatMap":                   {flux.ConcatMap(flux.Just(1, 2, 3), two, flux.Prefetch(8)), 1, stop, []any{3}},
		"Zip2":                        {flux.Zip2(flux.Just(1, 2), live(3), func(a, b int) int { return a }), 1, stop, []any{2}},
		"Share":                       {live(1, 2).Share(), 0, stop, []any{1, 2}},
		"Create":                      {live(1, 2), 1, stop, []any{2}},
		"Create with OverflowDrop":    {flux.Create(func(_ ctx, e *flux.Emitter[int]) { e.Next(1) }, flux.OverflowDrop), 0, nil, []any{1}},
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				l := &lost{}
				rec := fluxtest.NewRecorder[int](c.demand)
				c.src.Subscribe(l.context(t.Context()), rec)
				fluxtest.Advance(0)
				if c.then != nil {
					c.then(rec)
				}
				fluxtest.Advance(0)
				_, discarded := l.values()
				require.ElementsMatch(t, c.want, discarded, rec.String())
			})
		})
	}
}

func TestHooksOfAnOuterContextFillTheGaps(t *testing.T) {
	outer, inner := &lost{}, &lost{}
	ctx := flux.WithHooks(outer.context(t.Context()), flux.Hooks{
		NextDropped: func(v any) { inner.dropped = append(inner.dropped, v) },
	})
	src := fluxtest.Hot[int](fluxtest.AfterTerminal)
	rec := fluxtest.NewRecorder[int](9)
	flux.From[int](src).Filter(func(v int) bool { return v > 1 }).Subscribe(ctx, rec)
	src.Next(1).Complete().Next(2).Error(errBoom)
	require.Equal(t, []any{1}, outer.discarded)
	require.Equal(t, []any{2}, inner.dropped)
	require.Equal(t, []error{errBoom}, outer.errs)
	require.Empty(t, outer.dropped)
}

func TestWithoutHooksAnErrorGoesToTheDefaultLogger(t *testing.T) {
	var log bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(old)
	flux.Error[int](errBoom).SubscribeFunc(context.Background(), nil, nil)
	require.Contains(t, log.String(), "level=ERROR")
	require.Contains(t, log.String(), "error=boom")
}

func TestHookThatPanicsIsLogged(t *testing.T) {
	var log bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(old)
	ctx := flux.WithHooks(t.Context(), flux.Hooks{
		ErrorDropped: func(error) { panic(errors.New("hook")) },
		Discarded:    func(any) { panic(errors.New("discard")) },
	})
	flux.Error[int](errBoom).SubscribeFunc(ctx, nil, nil)
	require.NoError(t, flux.Just(1).Filter(func(int) bool { return false }).Drain(ctx))
	require.Contains(t, log.String(), "a hook panicked")
	require.Contains(t, log.String(), "hook")
	require.Contains(t, log.String(), "discard")
}

func TestErrorsKeepTheirIdentity(t *testing.T) {
	require.ErrorIs(t, flux.ErrTimeout, context.DeadlineExceeded)
	timeouts := flux.Never[int]().Timeout(time.Millisecond).Drain(t.Context())
	require.ErrorIs(t, timeouts, flux.ErrTimeout)
	var net interface{ Timeout() bool }
	require.ErrorAs(t, timeouts, &net)
	require.True(t, net.Timeout())

	other := errors.New("other")
	both := flux.FlatMap(flux.Range(0, 2), func(i int) ints { return flux.Error[int]([]error{errBoom, other}[i]) }, flux.DelayErrors())
	err := both.Drain(t.Context())
	require.ErrorIs(t, err, errBoom)
	require.ErrorIs(t, err, other)
}
