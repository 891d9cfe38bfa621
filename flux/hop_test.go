package flux_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// later is an executor that keeps its tasks until it is told to run them.
type later struct{ tasks []func() }

func (l *later) Execute(task func()) { l.tasks = append(l.tasks, task) }

func (l *later) run() {
	for len(l.tasks) > 0 {
		task := l.tasks[0]
		l.tasks = l.tasks[1:]
		task()
	}
}

// hopped subscribes rec to src through exec; lost gets what falls by the way.
func hopped(t *testing.T, src ints, exec flux.Executor, rec *fluxtest.Recorder[int], o ...flux.HopOption) *lost {
	l := &lost{}
	src.PublishOnExecutor(exec, o...).Subscribe(l.context(t.Context()), rec)
	return l
}

func TestAHopStopsInsideABatch(t *testing.T) {
	const ready = 8
	for name, c := range map[string]struct {
		then func(rec *fluxtest.Recorder[int], src *fluxtest.TestPublisher[int])
		err  error
		opts []flux.HopOption
	}{
		"at a cancel":            {then: func(rec *fluxtest.Recorder[int], _ *fluxtest.TestPublisher[int]) { rec.Cancel() }},
		"at a bad request":       {then: func(rec *fluxtest.Recorder[int], _ *fluxtest.TestPublisher[int]) { rec.Request(0) }, err: flux.ErrBadRequest},
		"at an error that cuts":  {then: func(_ *fluxtest.Recorder[int], src *fluxtest.TestPublisher[int]) { src.Error(errBoom) }, err: errBoom, opts: []flux.HopOption{flux.CutErrors()}},
		"at a value that panics": {then: func(*fluxtest.Recorder[int], *fluxtest.TestPublisher[int]) { panic(errBoom) }},
	} {
		t.Run(name, func(t *testing.T) {
			exec, src := &later{}, fluxtest.Hot[int]()
			rec := fluxtest.NewRecorder[int](flux.Unbounded)
			rec.Each(func(v int) {
				if v == 3 {
					c.then(rec, src)
				}
			})
			l := hopped(t, flux.From[int](src), exec, rec, c.opts...)
			src.Next(upTo(ready)...)
			exec.run()
			require.Equal(t, upTo(3), rec.Values())
			require.Equal(t, []any{4, 5, 6, 7, 8}, l.discarded)
			if c.err != nil {
				rec.AssertErrorIs(t, c.err)
			}
		})
	}
}

func TestAHopTakesFromASourceThatSendsTooMuchWhatThereIsRoomFor(t *testing.T) {
	for prefetch, bound := range map[int]int{1: 1, 2: 8, 8: 8, 9: 16, 256: 256} {
		exec, src := &later{}, fluxtest.Hot[int](fluxtest.IgnoreDemand, fluxtest.AfterCancel)
		rec := fluxtest.NewRecorder[int](0)
		l := hopped(t, flux.From[int](src), exec, rec, flux.Prefetch(prefetch))
		src.Next(upTo(bound + 2)...)
		exec.run()
		require.Empty(t, rec.Values())
		rec.Request(flux.Unbounded)
		exec.run()
		require.Equal(t, upTo(bound), rec.Values())
		rec.AssertErrorIs(t, flux.ErrOverflow)
		require.Contains(t, l.discarded, bound+1, "the value there was no room for")
	}
}

func TestAHopKeepsTheOrderHoweverManyValuesWait(t *testing.T) {
	for _, prefetch := range []int{1, 5, 256, 5000, 1<<63 - 1} {
		for seed := range uint64(20) {
			random := rand.New(rand.NewPCG(seed, 0))
			exec, src := &later{}, fluxtest.Hot[int]()
			rec := fluxtest.NewRecorder[int](0)
			l := hopped(t, flux.From[int](src), exec, rec, flux.Prefetch(prefetch))
			const n = 4000
			for sent := 0; sent < n; {
				for range random.IntN(700) {
					sent++
					src.Next(sent)
				}
				rec.Request(1 + random.Int64N(600))
				exec.run()
			}
			got := rec.Values()
			require.Equal(t, upTo(len(got)), got, "prefetch %d, seed %d", prefetch, seed)
			rec.Cancel()
			exec.run()
			for i, v := range l.discarded {
				require.Equal(t, len(got)+1+i, v)
			}
		}
	}
}

func TestAValueThroughAHopCostsNoAllocation(t *testing.T) {
	for name, build := range map[string]func(ints) ints{
		"PublishOn":                      func(s ints) ints { return s.PublishOnExecutor(inline{}) },
		"PublishOn with a prefetch of 3": func(s ints) ints { return s.PublishOnExecutor(inline{}, flux.Prefetch(3)) },
		"LimitRate":                      func(s ints) ints { return s.LimitRate(64) },
		"PublishOn to another that waits": func(s ints) ints {
			return s.PublishOnExecutor(inline{}).PublishOnExecutor(inline{}, flux.Prefetch(700))
		},
		"PublishOn in front of a rejecter": func(s ints) ints { return s.PublishOnExecutor(inline{}).Filter(func(v int) bool { return v%2 == 0 }) },
	} {
		for demand, n := range map[string]int64{"unbounded": flux.Unbounded, "one by one": 1} {
			t.Run(name+", "+demand, func(t *testing.T) {
				cost := func(values int) float64 {
					src := build(flux.Range(0, values))
					return testing.AllocsPerRun(5, func() { src.Subscribe(context.Background(), &sink{demand: n}) })
				}
				require.InDelta(t, cost(3000), cost(13_000), 10, "for 10,000 values more")
			})
		}
	}
}
