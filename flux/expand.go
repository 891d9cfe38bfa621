package flux

import "context"

// Expand gives the values of src, then those of the publishers that f makes of
// them, then those of the publishers made of these, and so on: breadth first.
// Each publisher is subscribed to when the one before has completed, and asked
// for the demand that is open. An error of any of them ends it at once. f is
// called by the goroutine that sent the value, after the value went down; its
// panic cancels the publisher at work and is the error of the stream. Publishers
// that wait are kept without bound.
//
// Source: Reactor's Flux.expand.
func Expand[T any, P Publisher[T]](src Publisher[T], f func(T) P) Flux[T] {
	if f == nil {
		return nilFunc[T]("Expand")
	}
	root := sourceOf(src)
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		e := &expand[T]{relay: newSwitch(s), ctx: ctx, f: func(v T) Publisher[T] { return f(v) }}
		e.waiting.push(root)
		s.OnSubscribe(e)
		e.turns.run(e.next)
	})}
}

// expand walks the publishers in the order in which they were made.
//
// INVARIANTS: waiting and done belong to the goroutine that owns the signals,
// which is also the one that goes on to the next publisher.
type expand[T any] struct {
	relay[T]
	ctx     context.Context
	f       func(T) Publisher[T]
	waiting ring[source[T]]
	running bool // f is executing
	done    bool
}

func (e *expand[T]) next() {
	switch {
	case e.done || e.isCancelled():
		e.waiting = ring[source[T]]{}
	case e.waiting.len() == 0:
		e.done = true
		sendEnd(e.ctx, e.down, nil)
	default:
		e.waiting.pop().subscribe(e.ctx, e)
	}
}

func (e *expand[T]) OnNext(v T) {
	if !e.TryOnNext(v) {
		e.replace()
	}
}

func (e *expand[T]) TryOnNext(v T) bool {
	if e.done {
		dropNext(e.ctx, v)
		return true
	}
	took := e.relay.TryOnNext(v)
	e.running = true
	p := e.f(v)
	e.running = false
	e.waiting.push(sourceOf(p))
	return took
}

func (e *expand[T]) OnError(err error) {
	if e.done {
		dropError(e.ctx, err)
		return
	}
	e.done = true
	e.down.OnError(err)
}

func (e *expand[T]) OnComplete() { e.turns.run(e.next) }

func (e *expand[T]) TakePanic(p error) bool {
	if !e.running {
		return handPanic(e.down, p, e)
	}
	e.running = false
	e.Cancel()
	e.OnError(p)
	return true
}
