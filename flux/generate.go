package flux

import (
	"context"
	"sync/atomic"
)

// Generate calls step once for each requested value, on the goroutine that
// requests. At each subscription init makes the state; step gets it, answers
// through out with one value, the end, or both, and returns the state for the
// next call; cleanup, if not nil, gets the last state once the subscription is
// over. A step that says nothing, or says two values, ends the stream with an
// error that matches ErrInvalid. A panic of init or step is the error of the
// stream; one of cleanup goes to the dropped-error hook.
//
// Source: Reactor's Flux.generate.
func Generate[T, S any](init func(ctx context.Context) S, step func(state S, out *Step[T]) S, cleanup func(S)) Flux[T] {
	if init == nil || step == nil {
		return Error[T](invalid("Generate: init and step must not be nil"))
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		g := generator[T, S]{ctx: ctx, step: step, cleanup: cleanup}
		if err := try(func() { g.state = init(ctx) }); err != nil {
			errorSource[T]{err}.subscribe(ctx, s)
			return
		}
		runLoop(ctx, s, g)
	})}
}

type generator[T, S any] struct {
	ctx     context.Context
	state   S
	step    func(S, *Step[T]) S
	cleanup func(S)
	out     Step[T]
	busy    bool
}

func (g *generator[T, S]) running() bool { return g.busy }

func (g *generator[T, S]) close() {
	if g.cleanup == nil {
		return
	}
	if err := try(func() { g.cleanup(g.state) }); err != nil {
		dropError(g.ctx, err)
	}
}

func (g *generator[T, S]) advance(push func(T) bool, n int64, stop *atomic.Bool) (used int64, end bool, err error) {
	for used < n && !stop.Load() {
		g.busy = true
		g.state = g.step(g.state, &g.out)
		g.busy = false
		out := g.out
		g.out = Step[T]{}
		if !out.has && !out.over {
			return used, true, invalid("Generate: the step gave neither a value nor the end")
		}
		if out.has && push(out.v) {
			used++
		}
		if out.over {
			return used, true, out.err
		}
	}
	return used, false, nil
}
