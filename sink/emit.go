package sink

// Emit is TryEmit that deals with the failure. It asks h whether to repeat the
// attempt; once h says no, the result decides:
//
//   - FailOverflow: the value goes to Hooks.Discarded, and the sink is terminated
//     with an error matching [ErrOverflow] and [flux.ErrOverflow]. An emitter
//     that would rather go on calls TryEmit.
//   - FailZeroSubscriber: nothing; a hot source without an audience loses values.
//   - FailCancelled: the value goes to Hooks.Discarded.
//   - FailTerminated: the value goes to Hooks.NextDropped.
//   - FailNonSerialized: nothing was done, and the caller still has the value.
//     Reactor throws here.
//
// It returns the last result. Source: Reactor's Sinks.Many.emitNext.
func (m *many[T]) Emit(v T, h Handler) Result {
	r := persist(SignalNext, h, func() Result { return m.TryEmit(v) })
	switch r {
	case FailOverflow:
		discard(&m.hooks, v)
		m.EmitError(ErrOverflow, FailFast)
	case FailCancelled:
		discard(&m.hooks, v)
	case FailTerminated:
		dropNext(&m.hooks, v)
	}
	return r
}

// EmitComplete is TryComplete that asks h whether to repeat a failed attempt. It
// returns the last result; only after FailNonSerialized is the sink still open.
//
// Source: Reactor's Sinks.Many.emitComplete.
func (m *many[T]) EmitComplete(h Handler) Result {
	return persist(SignalComplete, h, m.TryComplete)
}

// EmitError is TryError that asks h whether to repeat a failed attempt. An error
// that comes after the terminal goes to Hooks.ErrorDropped. It returns the last
// result; only after FailNonSerialized is the sink still open.
//
// Source: Reactor's Sinks.Many.emitError.
func (m *many[T]) EmitError(err error, h Handler) Result {
	r := persist(SignalError, h, func() Result { return m.TryError(err) })
	if r == FailTerminated {
		dropError(&m.hooks, orInvalid(err))
	}
	return r
}

// persist tries until the attempt is accepted or h gives up.
func persist(s Signal, h Handler, try func() Result) Result {
	for {
		r := try()
		if r.Accepted() || h == nil || !h(s, r) {
			return r
		}
	}
}
