package flux

// PublishOn passes the signals on to a goroutine of its own that exists only for
// that. One value is requested ahead at the subscription; an error does not
// overtake it. See [Flux.PublishOn].
//
// Source: Reactor's Mono.publishOn.
func (m Mono[T]) PublishOn() Mono[T] { return m.PublishOnExecutor(goroutines{}) }

// PublishOnExecutor is [Mono.PublishOn] with the signals passed on by exec. A nil
// exec ends with ErrInvalid.
//
// Source: Reactor's Mono.publishOn(Scheduler).
func (m Mono[T]) PublishOnExecutor(exec Executor) Mono[T] {
	return Mono[T](m.Flux().PublishOnExecutor(exec, prefetch(1)))
}

// SubscribeOn subscribes to m, and requests from it, on a goroutine of its own
// that exists only for that: it is the way to run a function that blocks. See
// [Flux.SubscribeOn].
//
// Source: Reactor's Mono.subscribeOn.
func (m Mono[T]) SubscribeOn() Mono[T] { return Mono[T](m.Flux().SubscribeOn()) }

// SubscribeOnExecutor is [Mono.SubscribeOn] with the calls made by exec.
//
// Source: Reactor's Mono.subscribeOn(Scheduler).
func (m Mono[T]) SubscribeOnExecutor(exec Executor) Mono[T] {
	return Mono[T](m.Flux().SubscribeOnExecutor(exec))
}

// CancelOn cancels m on a goroutine of its own that exists only for that; see
// [Flux.CancelOn].
//
// Source: Reactor's Mono.cancelOn.
func (m Mono[T]) CancelOn() Mono[T] { return Mono[T](m.Flux().CancelOn()) }

// CancelOnExecutor is [Mono.CancelOn] with the cancel made by exec.
//
// Source: Reactor's Mono.cancelOn(Scheduler).
func (m Mono[T]) CancelOnExecutor(exec Executor) Mono[T] {
	return Mono[T](m.Flux().CancelOnExecutor(exec))
}
