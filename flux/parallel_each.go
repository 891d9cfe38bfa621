package flux

import (
	"context"
	"sync/atomic"
)

// ForEach calls fn for each value, on the rail that it came to, and waits for the
// end of all: nil for completion, else the first error of the stream or of fn, a
// *PanicError if fn panicked, or context.Cause(ctx) if ctx was done first; any but
// the first ends the other rails. fn is called for each rail by the goroutine that
// runs it, so by several at a time where there is [ParallelFlux.RunOn], and never
// after ForEach has returned, which waits for calls that are under way.
//
// Source: Reactor's ParallelFlux.subscribe(Consumer), and then's block.
func (p ParallelFlux[T]) ForEach(ctx context.Context, fn func(T) error) error {
	if fn == nil {
		return invalid("ParallelFlux.ForEach(nil): the function must not be nil")
	}
	var turns []*railTurn // of this run, which is opened by this goroutine
	served := p.each(func(rail Flux[T]) Flux[T] {
		turn := &railTurn{idle: make(chan struct{}, 1)}
		turns = append(turns, turn)
		return Handle(rail, func(v T, out *Step[T]) {
			if !turn.begin() {
				return
			}
			defer turn.end() // also after a panic
			if err := fn(v); err != nil {
				out.Error(err)
			}
		})
	})
	err := served.Sequential().Drain(ctx)
	for _, turn := range turns {
		turn.close()
	}
	return err
}

// railTurn keeps a rail from calling a function once it is closed.
//
// INVARIANTS: state is idle, busy during a call, or left once closed. Who closes
// it while it is busy waits on idle, which has room, so that the call's end does
// not.
type railTurn struct {
	state atomic.Int32 // the rail's goroutine and the one that closes race for it
	idle  chan struct{}
}

func (t *railTurn) begin() bool { return t.state.CompareAndSwap(turnIdle, turnBusy) }

func (t *railTurn) end() {
	if !t.state.CompareAndSwap(turnBusy, turnIdle) {
		t.idle <- struct{}{}
	}
}

func (t *railTurn) close() {
	if t.state.Swap(turnLeft) == turnBusy {
		<-t.idle
	}
}
