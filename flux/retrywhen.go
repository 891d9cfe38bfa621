package flux

import (
	"context"
	"sync"
)

// RetrySignal tells a retry rule of a failure.
type RetrySignal struct {
	TotalRetries       int64 // failures of this subscription before this one
	TotalRetriesInARow int64 // those since the last value
	Failure            error
}

// RetryWhen subscribes to f again when it ends with an error, as spec says; the
// open demand goes over from one run to the next, and values already sent are not
// taken back. See [RetrySpec] for when, how often, and what error ends it.
//
// Source: Reactor's Flux.retryWhen(Retry).
func (f Flux[T]) RetryWhen(spec RetrySpec) Flux[T] {
	if err := spec.invalid(); err != nil {
		return Error[T](err)
	}
	return retryingWhen(f.source(), spec.companion)
}

// RetryWhenCompanion lets a publisher decide about each error of src: companion
// gets the failures as a Flux, once for each subscription, and returns the
// publisher whose every value subscribes to src again. Its completion completes
// the stream and its error is the error of the stream, at any time; both cancel
// src. It is asked for one value for each failure. The failures wait for their
// subscriber without bound. src is subscribed to by the goroutine that sent the
// value; a source that fails while being subscribed to is retried by a loop. A
// panic of companion is the error of the stream.
//
// Source: Reactor's Flux.retryWhen(Retry.from(Function)).
func RetryWhenCompanion[T, U any, P Publisher[U]](src Publisher[T], companion func(failures Flux[RetrySignal]) P) Flux[T] {
	if companion == nil {
		return nilFunc[T]("RetryWhenCompanion")
	}
	return retryingWhen(sourceOf(src), func(fs source[RetrySignal]) source[U] { return sourceFrom[U](companion(Flux[RetrySignal]{fs})) })
}

func retryingWhen[T, U any](src source[T], companion func(source[RetrySignal]) source[U]) Flux[T] {
	return rerunning(src, companion, func(r *rerun[T, RetrySignal, U]) {
		r.onError = func(err error) {
			s := RetrySignal{TotalRetries: r.ends, TotalRetriesInARow: r.inARow, Failure: err}
			r.ends++
			r.inARow++
			r.ask(s)
		}
	})
}

// RepeatWhen lets a publisher decide about each completion of src: companion gets
// the number of values of each run, once for each subscription, and returns the
// publisher whose every value subscribes to src again. Otherwise it is
// [RetryWhenCompanion]; an error of src passes.
//
// Source: Reactor's Flux.repeatWhen.
func RepeatWhen[T, U any, P Publisher[U]](src Publisher[T], companion func(counts Flux[int64]) P) Flux[T] {
	if companion == nil {
		return nilFunc[T]("RepeatWhen")
	}
	return rerunning(sourceOf(src), func(ns source[int64]) source[U] { return sourceFrom[U](companion(Flux[int64]{ns})) }, func(r *rerun[T, int64, U]) {
		r.onComplete = func() { r.ask(r.came) }
	})
}

func rerunning[T, S, U any](up source[T], companion func(source[S]) source[U], rule func(*rerun[T, S, U])) Flux[T] {
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		r := &rerun[T, S, U]{relay: newSwitch(s), ctx: ctx, src: up}
		r.signals = publishing[S]{tether: tether{ctx: ctx}, prefetch: unlimited, holds: true, up: nothing{}}
		r.answer.r = r
		rule(r)
		s.OnSubscribe(r)
		var decides source[U]
		err := try(func() {
			decides = companion(sourceFunc[S](func(ctx context.Context, s Subscriber[S]) { r.signals.add(ctx, s, nil) }))
		})
		if err != nil {
			r.end(err)
			return
		}
		decides.subscribe(ctx, &r.answer)
		r.again()
	})}
}

// Kernel: the rerun
//
// A source is run again for as long as a companion answers each of its ends with
// a value:
//
//	source ──▶ rerun ──▶ subscriber
//	  ▲          │ end
//	  │          ▼
//	answer ◀── companion ◀── signals
//
// INVARIANTS
//   - The companion is asked for one value at each end, so that an answer comes
//     only while no run of the source is under way.
//   - The first run is not one of turns: the companion's next signal, which may be
//     its end, must find the run that its value has started.
//   - gate lets nothing pass once the companion has ended, whose end may come from
//     another goroutine than the values.
//   - ends, inARow, came and sent belong to the goroutine that owns the signals.
type rerun[T, S, U any] struct {
	relay[T]
	gate    gate
	ctx     context.Context
	src     source[T]
	signals publishing[S]
	answer  answer[T, S, U]

	onError      func(error) // nil: passes
	onComplete   func()      // nil: passes
	ends, inARow int64
	came         int64 // values of this run
}

// again starts the next run.
func (r *rerun[T, S, U]) again() {
	if !r.gate.closed() && !r.isCancelled() {
		r.came = 0
		r.src.subscribe(r.ctx, r)
	}
}

// ask lets the companion decide about an end.
func (r *rerun[T, S, U]) ask(s S) {
	r.signals.OnNext(s)
	r.answer.request()
}

func (r *rerun[T, S, U]) OnNext(v T) {
	if !r.TryOnNext(v) {
		r.replace()
	}
}

func (r *rerun[T, S, U]) TryOnNext(v T) bool {
	if !r.gate.enter() {
		dropNext(r.ctx, v)
		return true
	}
	r.inARow = 0
	r.came++
	took := r.relay.TryOnNext(v)
	r.gate.leave().deliver(r.down)
	return took
}

func (r *rerun[T, S, U]) OnError(err error) {
	switch {
	case r.gate.closed():
		dropError(r.ctx, err)
	case r.onError != nil && !r.broken():
		r.onError(err)
	default:
		r.answer.cancel()
		r.end(err)
	}
}

func (r *rerun[T, S, U]) OnComplete() {
	switch {
	case r.gate.closed():
	case r.onComplete != nil:
		r.onComplete()
	default:
		r.answer.cancel()
		r.end(nil)
	}
}

// end ends everything, and lets the source go.
func (r *rerun[T, S, U]) end(err error) {
	end, late := r.gate.cut(err)
	if late {
		if err != nil {
			dropError(r.ctx, err)
		}
		return
	}
	r.relay.Cancel()
	end.deliver(r.down)
}

func (r *rerun[T, S, U]) Cancel() {
	r.gate.mute().drop(r.ctx)
	r.answer.cancel()
	r.relay.Cancel()
}

// TakePanic hands on a panic from below, which left the gate as it was.
func (r *rerun[T, S, U]) TakePanic(p error) bool {
	r.gate.leave()
	return r.relay.TakePanic(p)
}

// answer receives what the companion sends.
//
// INVARIANTS: mu guards up, asked and over, and is never held while calling out.
type answer[T, S, U any] struct {
	r     *rerun[T, S, U]
	mu    sync.Mutex
	up    Subscription
	asked int64 // before there was an up
	over  bool
}

func (a *answer[T, S, U]) OnSubscribe(s Subscription) {
	a.mu.Lock()
	a.up = s
	over, n := a.over, a.asked
	a.mu.Unlock()
	switch {
	case over:
		s.Cancel()
	case n > 0:
		s.Request(n)
	}
}

func (a *answer[T, S, U]) request() {
	a.mu.Lock()
	up := a.up
	if up == nil {
		a.asked++
	}
	a.mu.Unlock()
	if up != nil {
		up.Request(1)
	}
}

func (a *answer[T, S, U]) cancel() {
	a.mu.Lock()
	up, first := a.up, !a.over
	a.over = true
	a.mu.Unlock()
	if first && up != nil {
		up.Cancel()
	}
}

func (a *answer[T, S, U]) isOver() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.over
}

func (a *answer[T, S, U]) OnNext(U) {
	if !a.isOver() {
		a.r.turns.run(a.r.again)
	}
}

func (a *answer[T, S, U]) OnError(err error) {
	if a.isOver() {
		dropError(a.r.ctx, err)
		return
	}
	a.r.end(err)
}

func (a *answer[T, S, U]) OnComplete() {
	if !a.isOver() {
		a.r.end(nil)
	}
}

func (a *answer[T, S, U]) TakePanic(p error) bool { return a.r.TakePanic(p) }
