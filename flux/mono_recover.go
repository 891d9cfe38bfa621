package flux

// OnErrorResume answers an error by going on with the first value of the publisher
// that fallback returns for it; Error(err) passes it on. The open demand goes over
// to it. fallback is called by the goroutine that sent the error; its panic is the
// error of the stream. An error of the second publisher is not caught.
//
// Source: Reactor's Mono.onErrorResume.
func (m Mono[T]) OnErrorResume(fallback func(err error) Publisher[T]) Mono[T] {
	if fallback == nil {
		return Mono[T](nilFunc[T]("OnErrorResume"))
	}
	return Mono[T](m.Flux().OnErrorResume(func(err error) Publisher[T] { return only(fallback(err)) }))
}

// OnErrorReturn answers an error with the value v.
//
// Source: Reactor's Mono.onErrorReturn.
func (m Mono[T]) OnErrorReturn(v T) Mono[T] { return Mono[T](m.Flux().OnErrorReturn(v)) }

// OnErrorMap puts the error that change makes of it in the place of an error; see
// [Flux.OnErrorMap].
//
// Source: Reactor's Mono.onErrorMap.
func (m Mono[T]) OnErrorMap(change func(err error) error) Mono[T] {
	return Mono[T](m.Flux().OnErrorMap(change))
}

// OnErrorComplete is empty in the place of an error.
//
// Source: Reactor's Mono.onErrorComplete.
func (m Mono[T]) OnErrorComplete() Mono[T] { return Mono[T](m.Flux().OnErrorComplete()) }

// OnErrorCompleteIf is empty in the place of an error for which when is true; see
// [Flux.OnErrorCompleteIf].
//
// Source: Reactor's Mono.onErrorComplete(Predicate).
func (m Mono[T]) OnErrorCompleteIf(when func(err error) bool) Mono[T] {
	return Mono[T](m.Flux().OnErrorCompleteIf(when))
}

// OnErrorContinue lets the operators upstream that support it go on after an
// error, which leaves a Mono empty; see [Flux.OnErrorContinue].
//
// Source: Reactor's Mono.onErrorContinue.
func (m Mono[T]) OnErrorContinue(handle func(err error, v any)) Mono[T] {
	return Mono[T](m.Flux().OnErrorContinue(handle))
}

// OnErrorContinueIf is [Mono.OnErrorContinue] for the errors for which when is
// true; any other ends the stream.
//
// Source: Reactor's Mono.onErrorContinue(Predicate, BiConsumer).
func (m Mono[T]) OnErrorContinueIf(when func(err error) bool, handle func(err error, v any)) Mono[T] {
	return Mono[T](m.Flux().OnErrorContinueIf(when, handle))
}

// OnErrorStop keeps an OnErrorContinue that stands downstream from the operators
// of m: their errors end the stream.
//
// Source: Reactor's Mono.onErrorStop.
func (m Mono[T]) OnErrorStop() Mono[T] { return Mono[T](m.Flux().OnErrorStop()) }

// Retry subscribes to m again, up to times times in all, when it ends with an
// error; see [Flux.Retry].
//
// Source: Reactor's Mono.retry.
func (m Mono[T]) Retry(times int64) Mono[T] { return Mono[T](m.Flux().Retry(times)) }

// RetryWhen subscribes to m again as spec says; see [Flux.RetryWhen].
//
// Source: Reactor's Mono.retryWhen.
func (m Mono[T]) RetryWhen(spec RetrySpec) Mono[T] { return Mono[T](m.Flux().RetryWhen(spec)) }
