package flux

// SignalType tells how a subscription ended.
type SignalType int

// The ways in which a subscription ends.
const (
	SignalComplete SignalType = iota + 1
	SignalError
	SignalCancel
)

func (s SignalType) String() string {
	switch s {
	case SignalComplete:
		return "complete"
	case SignalError:
		return "error"
	case SignalCancel:
		return "cancel"
	case SignalNext:
		return "next"
	}
	return "unknown"
}

// DoOnNext calls do with each value before it goes on. A panic of do cancels the
// source and is the error of the stream. do is called by the goroutine that
// sends the value.
//
// Source: Reactor's Flux.doOnNext.
func (f Flux[T]) DoOnNext(do func(v T)) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnNext")
	}
	return linearResuming(f, func(_ *stage, next func(T) bool) func(T) bool {
		return func(v T) bool {
			do(v)
			return next(v)
		}
	})
}

// DoOnError calls do with the stream's error before it goes on. If do panics,
// both errors go on, joined. do is called by the goroutine that sends the error.
//
// Source: Reactor's Flux.doOnError.
func (f Flux[T]) DoOnError(do func(err error)) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnError")
	}
	return peeking(f, peek[T]{onError: do})
}

// DoOnComplete calls do before completion goes on; if do panics, that error goes
// on instead. do is called by the goroutine that sends the completion.
//
// Source: Reactor's Flux.doOnComplete.
func (f Flux[T]) DoOnComplete(do func()) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnComplete")
	}
	return peeking(f, peek[T]{onComplete: do})
}

// DoOnSubscribe calls do when the source has accepted the subscription, before
// the subscriber learns of it. A panic of do ends the stream with it.
//
// Source: Reactor's Flux.doOnSubscribe.
func (f Flux[T]) DoOnSubscribe(do func()) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnSubscribe")
	}
	return peeking(f, peek[T]{onSubscribe: do})
}

// DoOnRequest calls do with each demand on its way up. It is called by whoever
// requests, also concurrently; its panic goes to the dropped-error hook.
//
// Source: Reactor's Flux.doOnRequest.
func (f Flux[T]) DoOnRequest(do func(n int64)) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnRequest")
	}
	return peeking(f, peek[T]{onRequest: do})
}

// DoOnCancel calls do when the subscription is cancelled from below, before the
// cancel goes on up: at most once, and not after the stream has ended by itself.
// It is called by whoever cancels; its panic goes to the dropped-error hook.
//
// Source: Reactor's Flux.doOnCancel.
func (f Flux[T]) DoOnCancel(do func()) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnCancel")
	}
	return peeking(f, peek[T]{onCancel: do})
}

// DoFinally calls do exactly once when the subscription has ended, whichever way:
// after the terminal went on down, or after the cancel went on up. It is called
// by whoever ended it; its panic goes to the dropped-error hook.
//
// Source: Reactor's Flux.doFinally.
func (f Flux[T]) DoFinally(do func(end SignalType)) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoFinally")
	}
	return peeking(f, peek[T]{finally: do})
}
