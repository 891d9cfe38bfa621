package flux

// OnErrorMap puts the error that change makes of it in the place of an error;
// change may return it as it is, or wrap it. change is called by the goroutine
// that sent the error; its panic is the error of the stream, and a nil result
// ends with ErrInvalid. Demand passes through.
//
// Source: Reactor's Flux.onErrorMap.
func (f Flux[T]) OnErrorMap(change func(err error) error) Flux[T] {
	if change == nil {
		return nilFunc[T]("OnErrorMap")
	}
	return f.OnErrorResume(func(err error) Publisher[T] { return Error[T](change(err)) })
}

// OnErrorComplete completes in the place of an error.
//
// Source: Reactor's Flux.onErrorComplete.
func (f Flux[T]) OnErrorComplete() Flux[T] {
	return f.OnErrorResume(func(error) Publisher[T] { return Empty[T]() })
}

// OnErrorCompleteIf completes in the place of an error for which when is true;
// any other passes. when is called by the goroutine that sent the error; its
// panic is the error of the stream.
//
// Source: Reactor's Flux.onErrorComplete(Predicate).
func (f Flux[T]) OnErrorCompleteIf(when func(err error) bool) Flux[T] {
	if when == nil {
		return nilFunc[T]("OnErrorCompleteIf")
	}
	return f.OnErrorResume(func(err error) Publisher[T] {
		if when(err) {
			return Empty[T]()
		}
		return Error[T](err)
	})
}
