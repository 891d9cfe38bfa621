package sink_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hooked gives a context whose dropped errors are noted.
func hooked(errs *[]error) context.Context {
	return flux.WithHooks(context.Background(), flux.Hooks{ErrorDropped: func(err error) { *errs = append(*errs, err) }})
}

func TestAPanicOfAnOperatorIsItsErrorAndTheEmissionGoesOn(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		a := watching(s, flux.Unbounded)
		sick := watching(flux.Map(s, func(v int) int {
			if v == 2 {
				panic(errBoom)
			}
			return v
		}), flux.Unbounded)
		b := watching(s, flux.Unbounded)
		for v := 1; v <= 3; v++ {
			assert.Equal(t, sink.OK, s.TryEmit(v))
		}
		var p *flux.PanicError
		require.ErrorAs(t, sick.failure(), &p)
		require.ErrorIs(t, sick.failure(), errBoom)
		assert.Contains(t, string(p.Stack), "panic_test.go")
		assert.Equal(t, []int{1}, sick.got())
		assert.Equal(t, []int{1, 2, 3}, a.got())
		assert.Equal(t, []int{1, 2, 3}, b.got())
		assert.Equal(t, 2, s.SubscriberCount())
	})
}

func TestAForeignSubscriberThatPanicsLosesItsSubscriptionAndIsReported(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var errs []error
		sick := []*probe{}
		for range 3 {
			p := &probe{demand: 5, onNext: func(int) { panic("sick") }}
			s.Subscribe(hooked(&errs), p)
			sick = append(sick, p)
		}
		well := watching(s, flux.Unbounded)
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.Equal(t, sink.OK, s.TryEmit(2))
		assert.Len(t, errs, 3)
		for i, p := range sick {
			var pe *flux.PanicError
			require.ErrorAs(t, errs[i], &pe)
			assert.Equal(t, "sick", pe.Value)
			assert.Equal(t, []int{1}, p.got())
			assert.Equal(t, 0, p.terminal)
		}
		assert.Equal(t, []int{1, 2}, well.got())
		assert.Equal(t, 1, s.SubscriberCount())
	})
}

func TestAPanicInATerminalSignalDoesNotKeepItFromTheOthers(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var errs []error
		s.Subscribe(hooked(&errs), &probe{onEnd: func() { panic("at the end") }})
		well := watching(s, 0)
		assert.Equal(t, sink.OK, s.TryComplete())
		assert.True(t, well.completed())
		assert.Len(t, errs, 1)
		s.Subscribe(hooked(&errs), &probe{onEnd: func() { panic("too late") }})
		assert.Len(t, errs, 2)
	})
}

// greeter panics in OnSubscribe.
type greeter struct{ probe }

func (*greeter) OnSubscribe(flux.Subscription) { panic("hello") }

func TestAPanicInOnSubscribeIsReportedAndSubscribesNothing(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var errs []error
		s.Subscribe(hooked(&errs), &greeter{})
		assert.Len(t, errs, 1)
		assert.Equal(t, 0, s.SubscriberCount())
	})
}

func TestASubscriberThatEndsItsGoroutineDoesNotStopTheSink(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		exit := func(v int) {
			if v < 10 {
				runtime.Goexit() // what t.FailNow does
			}
		}
		first := watching(s, flux.Unbounded, func(v int) {
			if v == 1 {
				s.TryEmit(2)
				s.TryEmit(3)
			}
			exit(v)
		})
		last := watching(s, flux.Unbounded)
		last.onNext = exit
		last.onEnd = func() { runtime.Goexit() }
		after := watching(s, flux.Unbounded)
		returned := false
		var all sync.WaitGroup
		all.Go(func() { s.TryEmit(1); returned = true })
		all.Wait()
		assert.False(t, returned)
		assert.Equal(t, sink.OK, s.TryEmit(10), "the sink is free again")
		all.Go(func() { s.TryComplete() })
		all.Wait()
		for _, p := range []*probe{first, last, after} {
			assert.Equal(t, []int{1, 2, 3, 10}, p.got())
			assert.True(t, p.completed())
		}
	})
}

func TestAHookThatPanicsHarmsNobody(t *testing.T) {
	o := sink.Options{Hooks: flux.Hooks{NextDropped: func(any) { panic("hook") }}}
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		s.TryComplete()
		assert.Equal(t, sink.FailTerminated, s.Emit(1, nil))
	}, o)
}

// twice panics, and again when it is offered the panic.
type twice struct{ probe }

func (*twice) OnNext(int)           { panic("once") }
func (*twice) TakePanic(error) bool { panic("twice") }

func TestAPanicInTheHandlingOfAPanicIsReportedBesideIt(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		var errs []error
		p := &twice{probe{demand: 5}}
		s.Subscribe(hooked(&errs), p)
		well := watching(s, flux.Unbounded)
		assert.Equal(t, sink.OK, s.TryEmit(1))
		assert.Len(t, errs, 2)
		assert.Equal(t, []int{1}, well.got())
		assert.Equal(t, 1, s.SubscriberCount())
	})
}
