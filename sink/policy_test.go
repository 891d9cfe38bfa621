package sink_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func fill(s sink.Many[int], from, to int) {
	for v := from; v <= to; v++ {
		s.TryEmit(v)
	}
}

func TestEachPolicyAnswersMissingDemandInItsWay(t *testing.T) {
	var missed [4]atomic.Int64
	s := sink.DirectBestEffort[int]()
	fast := watching(s, flux.Unbounded)
	drop := watching(s.Flux(sink.Drop().Count(&missed[0])), 1)
	latest := watching(s.Flux(sink.Latest().Count(&missed[1])), 1)
	conflate := watching(s.Flux(sink.Conflate(func(v int) bool { return v%2 == 0 }).Count(&missed[2])), 1)
	gap := watching(s.Flux(sink.Gap(func(n int64) int { return -int(n) }).Count(&missed[3])), 1)
	kick := watching(s.Flux(sink.Kick()), 1)
	fill(s, 1, 6)
	assert.Equal(t, 3, s.Stats().Pending)
	for _, p := range []*probe{drop, latest, conflate, gap} {
		p.sub.Request(3)
	}
	assert.Equal(t, 5, s.SubscriberCount())
	fill(s, 7, 7)
	assert.Equal(t, []int{1, 2, 3, 4, 5, 6, 7}, fast.got())
	assert.Equal(t, []int{1, 7}, drop.got())
	assert.Equal(t, []int{1, 6, 7}, latest.got())
	assert.Equal(t, []int{1, 6, 5, 7}, conflate.got())
	assert.Equal(t, []int{1, -5, 7}, gap.got())
	assert.Equal(t, []int{1}, kick.got())
	require.ErrorIs(t, kick.failure(), sink.ErrOverflow)
	require.ErrorIs(t, kick.failure(), flux.ErrOverflow)
	assert.Equal(t, []int64{5, 4, 3, 5}, []int64{missed[0].Load(), missed[1].Load(), missed[2].Load(), missed[3].Load()})
	assert.Equal(t, sink.Stats{Subscribers: 5, Emitted: 7, Delivered: 7 + 2 + 3 + 4 + 2 + 1, Dropped: 5 + 4 + 3 + 5 + 1, Kicked: 1}, s.Stats())
}

func TestAnEmissionThatEveryPolicyMissesOverflows(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	watching(s.Flux(sink.Gap(func(n int64) int { return -int(n) })), 0)
	assert.Equal(t, sink.FailOverflow, s.TryEmit(1))
	watching(s.Flux(sink.Latest()), 0)
	assert.Equal(t, sink.OK, s.TryEmit(2), "one keeps it")
}

func TestCompletionWaitsForWhatIsKeptAndAnErrorDoesNot(t *testing.T) {
	for _, err := range []error{nil, errBoom} {
		s := sink.DirectBestEffort[int]()
		p := watching(s.Flux(sink.Latest()), 0)
		gap := watching(s.Flux(sink.Gap(func(n int64) int { return -int(n) })), 0)
		fill(s, 1, 2)
		if err != nil {
			s.TryError(err)
			assert.Equal(t, err, p.failure())
			assert.Equal(t, err, gap.failure())
			assert.Zero(t, s.Stats().Pending)
			continue
		}
		s.TryComplete()
		assert.Zero(t, s.SubscriberCount())
		assert.Zero(t, p.terminal)
		p.sub.Request(1)
		gap.sub.Request(1)
		assert.Equal(t, []int{2}, p.got())
		assert.True(t, p.completed())
		assert.Equal(t, []int{-2}, gap.got())
		assert.True(t, gap.completed())
	}
}

func TestPoliciesThatCannotBeAreErrorsForTheSubscriber(t *testing.T) {
	best, all := sink.DirectBestEffort[int](), sink.DirectAllOrNothing[int]()
	for text, f := range map[string]flux.Flux[int]{
		"Flux(Latest, Kick)":          best.Flux(sink.Latest(), sink.Kick()),
		"only a best-effort sink":     all.Flux(sink.Latest()),
		"Conflate(nil)":               best.Flux(sink.Conflate[int, int](nil)),
		"Gap(nil)":                    best.Flux(sink.Gap[int](nil)),
		"Gap): the policy is not for": best.Flux(sink.Gap(func(int64) string { return "" })),
		"not for values of type int":  best.Flux(sink.Conflate(func(string) int { return 0 })),
	} {
		p := watching(f, 1)
		require.ErrorIs(t, p.failure(), flux.ErrInvalid, text)
		assert.ErrorContains(t, p.failure(), text)
	}
	p := watching(best.Flux(sink.Policy{}), 1)
	fill(best, 1, 2)
	assert.Equal(t, []int{1}, p.got(), "the zero policy drops")
}

func TestAPanicOfAPolicysFunctionIsTheErrorOfItsSubscription(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	well := watching(s, flux.Unbounded)
	key := watching(s.Flux(sink.Conflate(func(int) int { panic(errBoom) })), 0)
	gap := watching(s.Flux(sink.Gap(func(int64) int { panic(errBoom) })), 0)
	fill(s, 1, 2)
	require.ErrorIs(t, key.failure(), errBoom)
	gap.sub.Request(1)
	var p *flux.PanicError
	require.ErrorAs(t, gap.failure(), &p)
	assert.Contains(t, string(p.Stack), "policy_test.go")
	assert.Equal(t, []int{1, 2}, well.got())
	assert.Equal(t, 1, s.SubscriberCount())
}

func TestAPanicUnderAPolicyIsThatOfItsOperatorOrCostsTheSubscription(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	var errs []error
	sick := watching(flux.Map(s.Flux(sink.Latest()), func(v int) int {
		if v == 2 {
			panic(errBoom)
		}
		return v
	}), flux.Unbounded)
	late := watching(flux.Map(s.Flux(sink.Latest()), func(int) int { panic(errBoom) }), 0)
	foreign := &probe{demand: 5, onNext: func(int) { panic("sick") }}
	s.Flux(sink.Latest()).Subscribe(hooked(&errs), foreign)
	well := watching(s, flux.Unbounded)
	fill(s, 1, 3)
	assert.Equal(t, []int{1}, sick.got())
	require.ErrorIs(t, sick.failure(), errBoom)
	assert.Equal(t, []int{1}, foreign.got())
	assert.Len(t, errs, 1)
	late.sub.Request(1)
	require.ErrorIs(t, late.failure(), errBoom)
	assert.Equal(t, []int{1, 2, 3}, well.got())
	assert.Equal(t, 1, s.SubscriberCount())
	s.Flux(sink.Latest()).Subscribe(hooked(&errs), &greeter{})
	assert.Len(t, errs, 2)
	s.Flux(sink.Kick()).Subscribe(hooked(&errs), &probe{onEnd: func() { panic("at the end") }})
	s.TryEmit(4)
	assert.Len(t, errs, 3)
	assert.Equal(t, 1, s.SubscriberCount())
}

func TestASubscriberUnderAPolicyMayEndItsGoroutine(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	exits := func(v int) {
		if v < 5 {
			runtime.Goexit()
		}
	}
	direct := watching(s.Flux(sink.Latest()), flux.Unbounded, exits)
	kept := watching(s.Flux(sink.Latest()), 0, exits)
	var all sync.WaitGroup
	all.Go(func() { s.TryEmit(1) })
	all.Wait()
	all.Go(func() { kept.sub.Request(2) })
	all.Wait()
	s.TryEmit(5)
	s.TryComplete()
	for _, p := range []*probe{direct, kept} {
		assert.Equal(t, []int{1, 5}, p.got())
		assert.True(t, p.completed())
	}
}

func TestABadRequestUnderAPolicyEndsThatSubscription(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	atOnce := watching(s.Flux(sink.Latest()), -1)
	require.ErrorIs(t, atOnce.failure(), flux.ErrBadRequest)
	later := watching(s.Flux(sink.Latest()), 0)
	s.TryEmit(1)
	later.sub.Request(0)
	later.sub.Request(1)
	require.ErrorIs(t, later.failure(), flux.ErrBadRequest)
	assert.Empty(t, later.got())
	assert.Zero(t, s.SubscriberCount())
	assert.Equal(t, int64(1), s.Stats().Dropped)
}

func TestADoneContextCancelsUnderAPolicyToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sink.DirectBestEffort[int]()
		ctx, cancel := context.WithCancel(context.Background())
		p := &probe{}
		s.Flux(sink.Latest()).Subscribe(ctx, p)
		s.TryEmit(1)
		cancel()
		synctest.Wait()
		assert.Zero(t, s.SubscriberCount())
		assert.Zero(t, p.terminal)
		assert.Zero(t, s.Stats().Pending)
	})
}

// A value that comes while the subscriber requests must not be taken for one that
// it had no demand for.
func TestASubscriberWithDemandIsNeverKicked(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	w := &witness{t: t, first: 1 << 40}
	s.Flux(sink.Kick()).Subscribe(context.Background(), w)
	var all sync.WaitGroup
	all.Go(func() {
		for range 20_000 {
			w.ask(1)
		}
	})
	all.Go(func() { fill(s, 1, 20_000) })
	all.Wait()
	assert.Len(t, w.got, 20_000)
	assert.Zero(t, w.terminals)
}

func TestAValueThatAFilterRejectsCostsNoDemandUnderAPolicy(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	even := func(v int) bool { return v%2 == 0 }
	conflate := sink.Conflate(func(v int) int { return v })
	p := watching(s.Flux(conflate).Filter(even), 1)
	fill(s, 1, 2)
	assert.Equal(t, []int{2}, p.got(), "on its way past the shelf")
	fill(s, 3, 6)
	p.sub.Request(2)
	assert.Equal(t, []int{2, 4, 6}, p.got(), "and from the shelf")
}

func TestAValueThatPanicsIsCountedAsDelivered(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	var errs []error
	s.Flux(sink.Latest()).Subscribe(hooked(&errs), &probe{demand: 1, onNext: func(int) { panic("sick") }})
	assert.Equal(t, sink.OK, s.TryEmit(1))
	assert.Equal(t, sink.Stats{Emitted: 1, Delivered: 1}, s.Stats())
}
