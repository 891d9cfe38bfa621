package flux

import "context"

// DoFirst calls do at each subscription before f is subscribed to. Of several,
// the one furthest downstream is called first. It is called by whoever
// subscribes; its panic is the error of the stream, and f is then not subscribed
// to. Signals pass untouched, at no cost.
//
// Source: Reactor's Flux.doFirst.
func (f Flux[T]) DoFirst(do func()) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoFirst")
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		if err := try(do); err != nil {
			errorSource[T]{err}.subscribe(ctx, s)
			return
		}
		src.subscribe(ctx, s)
	})}
}

// DoOnTerminate calls do before completion or an error goes on. A panic of do
// goes on in the place of completion, and together with an error. do is called by
// the goroutine that sends the end.
//
// Source: Reactor's Flux.doOnTerminate.
func (f Flux[T]) DoOnTerminate(do func()) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnTerminate")
	}
	return peeking(f, peek[T]{onComplete: do, onError: func(error) { do() }})
}

// DoAfterTerminate calls do after completion or an error went on down. do is
// called by the goroutine that sends the end; its panic goes to the dropped-error
// hook.
//
// Source: Reactor's Flux.doAfterTerminate.
func (f Flux[T]) DoAfterTerminate(do func()) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoAfterTerminate")
	}
	return peeking(f, peek[T]{after: do})
}

// DoOnEach calls do with every value, error and completion before it goes on. A
// panic of do at a value cancels the source and is the error of the stream, which
// do gets too; one at the end is treated as that of [Flux.DoOnError] or
// [Flux.DoOnComplete]. do is called by the goroutine that sends the signal.
//
// Source: Reactor's Flux.doOnEach.
func (f Flux[T]) DoOnEach(do func(Signal[T])) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnEach")
	}
	return peeking(f.DoOnNext(func(v T) { do(NextSignal(v)) }), peek[T]{
		onError:    func(err error) { do(ErrorSignal[T](err)) },
		onComplete: func() { do(CompleteSignal[T]()) },
	})
}

// DoOnDiscard calls do with each value that an operator of f, upstream of here,
// lets go: one that was filtered out, or that waited when the stream ended or was
// cancelled. The hook of [Hooks] that the context carries gets it first. do is
// called by any goroutine, also concurrently; its panic goes to the log.
//
// Source: Reactor's Flux.doOnDiscard.
func (f Flux[T]) DoOnDiscard(do func(v any)) Flux[T] {
	if do == nil {
		return nilFunc[T]("DoOnDiscard")
	}
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		both := do
		if h := hooksOf(ctx); h != nil && h.Discarded != nil {
			both = func(v any) {
				h.Discarded(v)
				do(v)
			}
		}
		src.subscribe(WithHooks(ctx, Hooks{Discarded: both}), s)
	})}
}

// Listener is told of the signals of one subscription; a nil function is not
// called. What each is told, when, and what its panic does, is that of the DoOn
// operator of its name.
type Listener[T any] struct {
	OnSubscribe func()
	OnRequest   func(n int64)
	OnNext      func(v T)
	OnComplete  func()
	OnError     func(err error)
	OnCancel    func()
	Finally     func(end SignalType)
}

// Tap makes a listener for each subscription, which is told of its signals: a
// place for what must keep state over one run, such as metrics or a trace span.
// ctx is the subscription's context. A panic of listen is the error of the stream.
//
// Source: Reactor's Flux.tap.
func (f Flux[T]) Tap(listen func(ctx context.Context) Listener[T]) Flux[T] {
	if listen == nil {
		return nilFunc[T]("Tap")
	}
	return Defer(func(ctx context.Context) Flux[T] {
		l := listen(ctx)
		heard := f
		if l.OnNext != nil {
			heard = heard.DoOnNext(l.OnNext)
		}
		return peeking(heard, peek[T]{
			onSubscribe: l.OnSubscribe, onRequest: l.OnRequest, onComplete: l.OnComplete,
			onError: l.OnError, onCancel: l.OnCancel, finally: l.Finally,
		})
	})
}

// Hide gives f as something that no other operator knows anything of: nothing is
// fused with it, and no shortcut taken for a single known value.
//
// Source: Reactor's Flux.hide.
func (f Flux[T]) Hide() Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &hidden[T]{down: s})
	})}
}

// hidden passes everything on, and nothing else.
type hidden[T any] struct {
	up   Subscription
	down Subscriber[T]
}

func (h *hidden[T]) OnSubscribe(s Subscription) {
	h.up = s
	h.down.OnSubscribe(h)
}

func (h *hidden[T]) OnNext(v T)             { h.down.OnNext(v) }
func (h *hidden[T]) OnError(err error)      { h.down.OnError(err) }
func (h *hidden[T]) OnComplete()            { h.down.OnComplete() }
func (h *hidden[T]) Request(n int64)        { h.up.Request(n) }
func (h *hidden[T]) Cancel()                { h.up.Cancel() }
func (h *hidden[T]) TakePanic(p error) bool { return passPanic(h.down, p) }

// ErrorWhenRequested ends with err at the first request. A nil err ends with
// ErrInvalid.
//
// Source: Reactor's Flux.error(Throwable, true).
func ErrorWhenRequested[T any](err error) Flux[T] {
	if err == nil {
		return Error[T](invalid("ErrorWhenRequested(nil): the error must not be nil"))
	}
	return Generate(func(context.Context) struct{} { return struct{}{} },
		func(s struct{}, out *Step[T]) struct{} {
			out.Error(err)
			return s
		}, nil)
}
