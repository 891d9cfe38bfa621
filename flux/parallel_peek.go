package flux

import "log/slog"

// What watches the signals of a [ParallelFlux] is the operator of Flux on each
// rail: a function is called for each rail by the goroutine that runs it, so by
// several at a time, and what happens once on a Flux happens here once a rail.

// DoOnNext calls f before each value goes on.
//
// Source: Reactor's ParallelFlux.doOnNext.
func (p ParallelFlux[T]) DoOnNext(f func(T)) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoOnNext(f) })
}

// DoOnError calls f before an error of a rail goes on: an error of the source for
// each rail, one of an operator on its own. See [Flux.DoOnError].
//
// Source: Reactor's ParallelFlux.doOnError.
func (p ParallelFlux[T]) DoOnError(f func(err error)) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoOnError(f) })
}

// DoOnComplete calls f before the completion of each rail goes on; see
// [Flux.DoOnComplete].
//
// Source: Reactor's ParallelFlux.doOnComplete.
func (p ParallelFlux[T]) DoOnComplete(f func()) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoOnComplete(f) })
}

// DoOnTerminate calls f before the completion or the error of each rail goes on;
// see [Flux.DoOnTerminate].
//
// Source: Reactor's ParallelFlux.doOnTerminate.
func (p ParallelFlux[T]) DoOnTerminate(f func()) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoOnTerminate(f) })
}

// DoAfterTerminate calls f after the completion or the error of each rail went
// down; see [Flux.DoAfterTerminate].
//
// Source: Reactor's ParallelFlux.doAfterTerminate.
func (p ParallelFlux[T]) DoAfterTerminate(f func()) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoAfterTerminate(f) })
}

// DoOnEach calls f with every value, error and completion of each rail before it
// goes on; see [Flux.DoOnEach].
//
// Source: Reactor's ParallelFlux.doOnEach.
func (p ParallelFlux[T]) DoOnEach(f func(Signal[T])) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoOnEach(f) })
}

// DoOnSubscribe calls f when the subscription of each rail goes down; see
// [Flux.DoOnSubscribe].
//
// Source: Reactor's ParallelFlux.doOnSubscribe.
func (p ParallelFlux[T]) DoOnSubscribe(f func()) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoOnSubscribe(f) })
}

// DoOnRequest calls f with each demand that goes up a rail; see
// [Flux.DoOnRequest].
//
// Source: Reactor's ParallelFlux.doOnRequest.
func (p ParallelFlux[T]) DoOnRequest(f func(n int64)) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoOnRequest(f) })
}

// DoOnCancel calls f when a rail is cancelled from below; see [Flux.DoOnCancel].
//
// Source: Reactor's ParallelFlux.doOnCancel.
func (p ParallelFlux[T]) DoOnCancel(f func()) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.DoOnCancel(f) })
}

// Log writes every signal of each rail to l, with stream=name; see [Flux.Log].
//
// Source: Reactor's ParallelFlux.log.
func (p ParallelFlux[T]) Log(l *slog.Logger, name string) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.Log(l, name) })
}

// Checkpoint puts name to every error that passes on a rail; see
// [Flux.Checkpoint].
//
// Source: Reactor's ParallelFlux.checkpoint(String).
func (p ParallelFlux[T]) Checkpoint(name string) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.Checkpoint(name) })
}

// each is OnRails with an operator that keeps the type.
func (p ParallelFlux[T]) each(on func(rail Flux[T]) Flux[T]) ParallelFlux[T] { return OnRails(p, on) }
