package flux

import (
	"context"
	"fmt"
	"sync/atomic"
)

// SignalNext is the type of a [Signal] that carries a value.
const SignalNext SignalType = SignalCancel + 1

// Signal is a signal of a stream as a value: SignalNext with Value, SignalError
// with Err, or SignalComplete. The zero Signal is none of them.
//
// Source: Reactor's Signal.
type Signal[T any] struct {
	Type  SignalType
	Value T
	Err   error
}

// NextSignal gives the signal of the value v.
func NextSignal[T any](v T) Signal[T] { return Signal[T]{Type: SignalNext, Value: v} }

// ErrorSignal gives the signal of the error err.
func ErrorSignal[T any](err error) Signal[T] { return Signal[T]{Type: SignalError, Err: err} }

// CompleteSignal gives the signal of completion.
func CompleteSignal[T any]() Signal[T] { return Signal[T]{Type: SignalComplete} }

// String gives "next(v)", "error(err)" or "complete".
func (s Signal[T]) String() string {
	switch s.Type {
	case SignalNext:
		return fmt.Sprintf("next(%v)", s.Value)
	case SignalError:
		return fmt.Sprintf("error(%v)", s.Err)
	}
	return s.Type.String()
}

// Materialize gives every signal of src as a value: its values, and then its end,
// which needs demand like any other value and is followed by completion. So an
// error of src is no error of the result. Demand passes through; the signals stay
// on the goroutine that sent them, and the last one may be sent by whoever
// requests it.
//
// Source: Reactor's Flux.materialize.
func Materialize[T any](src Publisher[T]) Flux[Signal[T]] {
	return materialized(src, true)
}

// withEnd is Materialize, but an error remains an error.
func withEnd[T any](src Publisher[T]) Flux[Signal[T]] { return materialized(src, false) }

func materialized[T any](src Publisher[T], errors bool) Flux[Signal[T]] {
	up := sourceOf(src)
	return Flux[Signal[T]]{sourceFunc[Signal[T]](func(ctx context.Context, s Subscriber[Signal[T]]) {
		up.subscribe(ctx, &materialize[T]{relay: newRelay(s), ctx: ctx, errors: errors})
	})}
}

// materialize is fed by its source, and then by a source of one signal.
type materialize[T any] struct {
	relay[Signal[T]]
	ctx    context.Context
	errors bool        // an error becomes a value too
	broke  atomic.Bool // a Request broke rule 3.9: its error remains an error
}

func (m *materialize[T]) OnSubscribe(s Subscription) {
	m.set(s)
	m.down.OnSubscribe(m)
}

func (m *materialize[T]) OnNext(v T) {
	if !m.TryOnNext(v) {
		m.replace()
	}
}

func (m *materialize[T]) TryOnNext(v T) bool { return m.relay.TryOnNext(NextSignal(v)) }
func (m *materialize[T]) OnComplete()        { m.last(CompleteSignal[T]()) }

func (m *materialize[T]) OnError(err error) {
	if !m.errors || m.broke.Load() {
		m.down.OnError(err)
		return
	}
	m.last(ErrorSignal[T](err))
}

func (m *materialize[T]) Request(n int64) {
	if n <= 0 {
		m.broke.Store(true)
	}
	m.relay.Request(n)
}

func (m *materialize[T]) last(end Signal[T]) {
	Just(end).source().subscribe(m.ctx, &m.relay)
}

// Dematerialize turns signals back into what they are: a value is sent, an error
// or completion cancels src and ends the stream. It ends with src if that ends
// first. A Signal that is none of the three, or an error signal without an error,
// ends with ErrInvalid. Demand passes through. No allocation a value.
//
// Source: Reactor's Flux.dematerialize.
func Dematerialize[T any](src Publisher[Signal[T]]) Flux[T] {
	return linear(src, func(st *stage, next func(T) bool) func(Signal[T]) bool {
		return func(s Signal[T]) bool {
			switch {
			case s.Type == SignalNext:
				return next(s.Value)
			case s.Type == SignalComplete:
				st.complete()
			case s.Type == SignalError && s.Err != nil:
				st.fail(s.Err)
			default:
				st.fail(invalid("Dematerialize: the signal %v has no meaning", s))
			}
			return true
		}
	})
}
