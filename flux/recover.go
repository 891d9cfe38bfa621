package flux

import "context"

// OnErrorResume answers an error by going on with the publisher that fallback
// returns for it; Error(err) passes it on. The open demand goes over to it.
// fallback is called by the goroutine that sent the error; its panic is the
// error of the stream. Not caught are an error of the second publisher, and that
// which a Request of the subscriber is answered with because it broke rule 3.9.
//
// Source: Reactor's Flux.onErrorResume.
func (f Flux[T]) OnErrorResume(fallback func(err error) Publisher[T]) Flux[T] {
	if fallback == nil {
		return nilFunc[T]("OnErrorResume")
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &resume[T]{relay: newSwitch(s), ctx: ctx, onError: fallback})
	})}
}

// OnErrorReturn answers an error with the value v and completion.
//
// Source: Reactor's Flux.onErrorReturn.
func (f Flux[T]) OnErrorReturn(v T) Flux[T] {
	return f.OnErrorResume(func(error) Publisher[T] { return Just(v) })
}

// SwitchIfEmpty goes on with other if f completes without a value. The open
// demand goes over to it.
//
// Source: Reactor's Flux.switchIfEmpty.
func (f Flux[T]) SwitchIfEmpty(other Publisher[T]) Flux[T] {
	if other == nil {
		return Error[T](invalid("SwitchIfEmpty(nil): the publisher must not be nil"))
	}
	return orIfEmpty(f, other, newSwitch)
}

// orIfEmpty goes on with other if f is empty, by a relay or a switch.
func orIfEmpty[T any](f Flux[T], other Publisher[T], relayTo func(Subscriber[T]) relay[T]) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &resume[T]{relay: relayTo(s), ctx: ctx, onEmpty: other})
	})}
}

// resume is a subscriber with a second upstream in hand.
type resume[T any] struct {
	relay[T]
	ctx     context.Context
	onError func(error) Publisher[T]
	onEmpty Publisher[T]
	second  bool // the second upstream is, or was, subscribed to
	some    bool // a value came
}

func (r *resume[T]) OnSubscribe(s Subscription) {
	if !r.second {
		r.down.OnSubscribe(r)
	}
	r.set(s)
}

func (r *resume[T]) OnNext(v T) {
	r.some = true
	r.relay.OnNext(v)
}

func (r *resume[T]) TryOnNext(v T) bool {
	r.some = true
	return r.relay.TryOnNext(v)
}

func (r *resume[T]) OnError(err error) {
	if r.second || r.onError == nil || r.broken() {
		r.down.OnError(err)
		return
	}
	var p Publisher[T]
	if panicked := try(func() { p = r.onError(err) }); panicked != nil {
		r.down.OnError(panicked)
		return
	}
	r.goOn(p)
}

func (r *resume[T]) OnComplete() {
	if r.second || r.some || r.onEmpty == nil {
		r.down.OnComplete()
		return
	}
	r.goOn(r.onEmpty)
}

func (r *resume[T]) goOn(p Publisher[T]) {
	r.second = true
	sourceOf(p).subscribe(r.ctx, r)
}

// Retry subscribes again, up to times times in all, when f ends with an error;
// flux.Unbounded means for ever. The error after the last try passes. Values
// already sent are not taken back. A negative count ends with ErrInvalid. A
// source that fails while being subscribed to is retried by a loop, without
// recursion, on the goroutine of the failure.
//
// Source: Reactor's Flux.retry.
func (f Flux[T]) Retry(times int64) Flux[T] {
	if times < 0 {
		return Error[T](invalid("Retry(%d): the count must not be negative", times))
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		r := &retry[T]{relay: newSwitch(s), ctx: ctx, src: src, left: times}
		s.OnSubscribe(r)
		r.turns.run(r.again)
	})}
}

type retry[T any] struct {
	relay[T]
	ctx  context.Context
	src  source[T]
	left int64
}

func (r *retry[T]) again() {
	if !r.isCancelled() {
		r.src.subscribe(r.ctx, r)
	}
}

func (r *retry[T]) OnError(err error) {
	if r.left == 0 || r.broken() {
		r.down.OnError(err)
		return
	}
	if r.left != Unbounded {
		r.left--
	}
	r.turns.run(r.again)
}
