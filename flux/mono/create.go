package mono

import (
	"context"

	"github.com/freshet-go/freshet/flux"
)

// Create adapts something that calls back: register is called at each
// subscription, on the subscribing goroutine and after the subscriber was told,
// and hands the Emitter to whatever will answer. It must return without waiting. A
// panic of register is the error of the stream; a nil register ends with
// ErrInvalid.
//
// Source: Reactor's Mono.create.
func Create[T any](register func(ctx context.Context, e *Emitter[T])) Mono[T] {
	if register == nil {
		return nilFunc[T]("Create")
	}
	return Mono[T](flux.Create(func(ctx context.Context, e *flux.Emitter[T]) { register(ctx, &Emitter[T]{e}) }))
}

// Emitter is the sending side of [Create], for one subscription. All methods may
// be called by any goroutine, also concurrently; the first that ends the Mono
// counts, and what comes later goes to the hooks of the context.
//
// Source: Reactor's MonoSink.
type Emitter[T any] struct{ out *flux.Emitter[T] }

// Success gives v, which waits until it is requested, and completes.
func (e *Emitter[T]) Success(v T) { e.out.Last(v) }

// Empty completes without a value.
func (e *Emitter[T]) Empty() { e.out.Complete() }

// Error ends the Mono with err. A nil err ends it with ErrInvalid.
func (e *Emitter[T]) Error(err error) { e.out.Error(err) }

// Cancelled tells whether the subscriber cancelled or the Mono has ended.
func (e *Emitter[T]) Cancelled() bool { return e.out.Cancelled() }

// OnRequest calls f with each demand, at once with what was requested before. Only
// one function can be set; see flux.Emitter.
func (e *Emitter[T]) OnRequest(f func(n int64)) { e.out.OnRequest(f) }

// OnCancel calls f once if the subscriber cancels, at once if it has.
func (e *Emitter[T]) OnCancel(f func()) { e.out.OnCancel(f) }

// OnDispose calls f once when the subscription is over, by a cancel or after the
// end went down; at once if it is.
func (e *Emitter[T]) OnDispose(f func()) { e.out.OnDispose(f) }
