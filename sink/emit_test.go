package sink_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dropped notes what a sink's hooks get.
type dropped struct {
	next, discarded []any
	errs            []error
}

func (d *dropped) options() sink.Options {
	return sink.Options{Hooks: flux.Hooks{
		NextDropped:  func(v any) { d.next = append(d.next, v) },
		Discarded:    func(v any) { d.discarded = append(d.discarded, v) },
		ErrorDropped: func(err error) { d.errs = append(d.errs, err) },
	}}
}

func TestEmitOnAnOverflowDiscardsTheValueAndTerminatesTheSink(t *testing.T) {
	var d dropped
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		d = dropped{}
		p := watching(s, 1)
		assert.Equal(t, sink.OK, s.Emit(1, sink.FailFast))
		assert.Equal(t, sink.FailOverflow, s.Emit(2, sink.FailFast))
		assert.Equal(t, sink.FailTerminated, s.Emit(3, nil))
		require.ErrorIs(t, p.failure(), flux.ErrOverflow)
		require.ErrorIs(t, p.failure(), sink.ErrOverflow)
		assert.Equal(t, []any{2}, d.discarded)
		assert.Equal(t, []any{3}, d.next)
		assert.Equal(t, []int{1}, p.got())
	}, d.options())
}

func TestEmitWithoutASubscriberLeavesTheSinkOpen(t *testing.T) {
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		assert.Equal(t, sink.FailZeroSubscriber, s.Emit(1, sink.FailFast))
		p := watching(s, 1)
		assert.Equal(t, sink.OK, s.Emit(2, sink.FailFast))
		assert.Equal(t, sink.OK, s.EmitComplete(sink.FailFast))
		assert.Equal(t, sink.FailTerminated, s.EmitComplete(nil))
		assert.True(t, p.completed())
	})
}

func TestAnErrorAfterTheTerminalGoesToTheHook(t *testing.T) {
	var d dropped
	kinds(t, func(t *testing.T, s *sink.Direct[int]) {
		d = dropped{}
		assert.Equal(t, sink.OK, s.EmitError(errBoom, nil))
		late := errors.New("late")
		assert.Equal(t, sink.FailTerminated, s.EmitError(late, nil))
		assert.Equal(t, []error{late}, d.errs)
	}, d.options())
}

func TestAHandlerIsAskedForEachFailedAttempt(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	var p *probe
	asked := 0
	r := s.Emit(7, func(sig sink.Signal, r sink.Result) bool {
		assert.Equal(t, sink.SignalNext, sig)
		switch asked++; asked {
		case 1:
			assert.Equal(t, sink.FailZeroSubscriber, r)
			p = watching(s, 0)
		case 2:
			assert.Equal(t, sink.FailOverflow, r)
			p.sub.Request(1)
		}
		return true
	})
	assert.Equal(t, sink.OK, r)
	assert.Equal(t, 2, asked)
	assert.Equal(t, []int{7}, p.got())
}

func TestBusyLoopingWaitsForTheOtherEmitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sink.DirectBestEffort[int](sink.Options{Strict: true})
		p := watching(s, flux.Unbounded, func(v int) {
			if v == 1 {
				time.Sleep(time.Second) // a subscriber that blocks its emitter
			}
		})
		var all sync.WaitGroup
		all.Go(func() { assert.Equal(t, sink.OK, s.TryEmit(1)) })
		synctest.Wait()
		assert.Equal(t, sink.FailNonSerialized, s.Emit(2, sink.FailFast))
		assert.Equal(t, sink.FailNonSerialized, s.Emit(3, sink.BusyLooping(100*time.Millisecond)))
		assert.Equal(t, sink.OK, s.Emit(4, sink.BusyLooping(10*time.Second)))
		all.Wait()
		assert.Equal(t, []int{1, 4}, p.got())
	})
}

func TestBusyLoopingGivesUpOnWhatWaitingCannotHelp(t *testing.T) {
	s := sink.DirectBestEffort[int]()
	assert.Equal(t, sink.FailZeroSubscriber, s.Emit(1, sink.BusyLooping(time.Hour)))
}

func TestResultsHaveReactorsNamesAndMatchTheirErrors(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		r         sink.Result
		name, go_ string
		err       error
	}{
		{sink.OK, "OK", "sink.OK", nil},
		{sink.Handed, "OK", "sink.Handed", nil},
		{sink.FailTerminated, "FAIL_TERMINATED", "sink.FailTerminated", sink.ErrTerminated},
		{sink.FailOverflow, "FAIL_OVERFLOW", "sink.FailOverflow", sink.ErrOverflow},
		{sink.FailCancelled, "FAIL_CANCELLED", "sink.FailCancelled", sink.ErrCancelled},
		{sink.FailNonSerialized, "FAIL_NON_SERIALIZED", "sink.FailNonSerialized", sink.ErrNonSerialized},
		{sink.FailZeroSubscriber, "FAIL_ZERO_SUBSCRIBER", "sink.FailZeroSubscriber", sink.ErrZeroSubscriber},
	} {
		assert.Equal(t, c.name, c.r.String())
		assert.Equal(t, c.go_, c.r.GoString())
		assert.Equal(t, c.err == nil, c.r.Accepted())
		if c.err == nil {
			require.NoError(t, c.r.Err())
			require.NoError(t, c.r.OrErr(cause))
			continue
		}
		require.ErrorIs(t, c.r.Err(), c.err)
		require.ErrorIs(t, c.r.OrErr(nil), c.err)
		require.ErrorIs(t, c.r.OrErr(cause), c.err)
		require.ErrorIs(t, c.r.OrErr(cause), cause)
		assert.Contains(t, c.r.Err().Error(), "sink: ")
		assert.Equal(t, c.r == sink.FailOverflow, errors.Is(c.r.Err(), flux.ErrOverflow))
	}
	assert.Equal(t, "Result(99)", sink.Result(99).String())
}

func TestSignalsHaveNames(t *testing.T) {
	assert.Equal(t, "next error complete", sink.SignalNext.String()+" "+sink.SignalError.String()+" "+sink.SignalComplete.String())
}
