package flux

import "context"

// Repeat subscribes to f again, up to times times, when it has completed;
// flux.Unbounded means for ever. Repeat(0) is f. An error passes at once. The
// open demand goes over from one run to the next. A negative count ends with
// ErrInvalid. A source that completes while being subscribed to is repeated by a
// loop, without recursion, on the goroutine of the completion.
//
// Source: Reactor's Flux.repeat(), Flux.repeat(long).
func (f Flux[T]) Repeat(times int64) Flux[T] {
	switch {
	case times < 0:
		return Error[T](invalid("Repeat(%d): the count must not be negative", times))
	case times == 0:
		return f
	case times == Unbounded:
		return f.repeating(func() func() bool { return func() bool { return true } })
	}
	return f.repeating(func() func() bool {
		left := times
		return func() bool {
			left--
			return left >= 0
		}
	})
}

// RepeatIf subscribes to f again whenever it has completed and again is true,
// and otherwise completes. again is called by the goroutine that completed f; its
// panic is the error of the stream. Otherwise it is [Flux.Repeat].
//
// Source: Reactor's Flux.repeat(BooleanSupplier).
func (f Flux[T]) RepeatIf(again func() bool) Flux[T] {
	if again == nil {
		return nilFunc[T]("RepeatIf")
	}
	return f.repeating(func() func() bool { return again })
}

// repeating is repeat with a rule that is made for each subscription.
func (f Flux[T]) repeating(rule func() (again func() bool)) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		r := &repeat[T]{relay: newSwitch(s), ctx: ctx, src: src, more: rule()}
		s.OnSubscribe(r)
		r.turns.run(r.again)
	})}
}

type repeat[T any] struct {
	relay[T]
	ctx  context.Context
	src  source[T]
	more func() bool
}

func (r *repeat[T]) again() {
	if !r.isCancelled() {
		r.src.subscribe(r.ctx, r)
	}
}

func (r *repeat[T]) OnComplete() {
	more := false
	if err := try(func() { more = r.more() }); err != nil {
		r.down.OnError(err)
		return
	}
	if !more {
		r.down.OnComplete()
		return
	}
	r.turns.run(r.again)
}
