package flux

import "context"

// IgnoreElements lets all values go and gives only the end of f. It asks for
// everything at the subscription; no demand is needed.
//
// Source: Reactor's Flux.ignoreElements.
func (f Flux[T]) IgnoreElements() Mono[T] { return Mono[T]{ignoring[T, T](f)} }

// Completion lets all values go and gives only the end of src, as
// [Flux.IgnoreElements] does, whatever the type of the values.
//
// Source: Reactor's Flux.then().
func Completion[T any](src Publisher[T]) Mono[struct{}] {
	return Mono[struct{}]{ignoring[T, struct{}](src)}
}

// Then lets the values of src go and, when it has completed, gives the first
// value of next, and cancels that. Both are asked for everything when they are
// subscribed to; the value waits for demand. An error of src passes, and next is
// then not subscribed to. next is subscribed to by the goroutine that completed
// src.
//
// Source: Reactor's Flux.then(Mono).
func Then[T, R any](src Publisher[T], next Publisher[R]) Mono[R] {
	return Mono[R]{thenSource[R]{ignoring[T, R](src), foldEagerly(firstOf(next), lasting[R](emptySource[R]{}))}}
}

// ThenMany lets the values of src go and, when it has completed, gives those of
// next. src is asked for everything at the subscription; next for the demand
// there is. An error of src passes, and next is then not subscribed to. next is
// subscribed to by the goroutine that completed src.
//
// Source: Reactor's Flux.thenMany.
func ThenMany[T, R any](src Publisher[T], next Publisher[R]) Flux[R] {
	return oneAfterAnother(ignoring[T, R](src), sourceOf(next))
}

// ThenEmpty lets the values of src go, and when it has completed those of next,
// and gives only the end. Both are asked for everything. An error passes, and if
// it is one of src, next is not subscribed to.
//
// Source: Reactor's Flux.thenEmpty.
func ThenEmpty[T, R any](src Publisher[T], next Publisher[R]) Mono[struct{}] {
	return Mono[struct{}]{thenSource[struct{}]{ignoring[T, struct{}](src), ignoring[R, struct{}](next)}}
}

// thenSource is two sources, of which the first has no values. Unlike those of Concat
// the first is subscribed to when the subscriber has its subscription, and the second
// from inside the completion of the first, as in Reactor's MonoIgnoreThen.
type thenSource[T any] struct{ first, next source[T] }

func (src thenSource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	t := &then[T]{relay: newRelay(s), ctx: ctx, next: src.next}
	s.OnSubscribe(t)
	src.first.subscribe(ctx, t)
}

type then[T any] struct {
	relay[T]
	ctx  context.Context
	next source[T] // nil once it is its turn
}

func (t *then[T]) OnComplete() {
	switch next := t.next; {
	case next == nil:
		t.down.OnComplete()
	case !t.isCancelled():
		t.next = nil
		next.subscribe(t.ctx, t)
	}
}

// firstOf gives p itself if it has at most one value by its type, and otherwise
// its first value.
func firstOf[T any](p Publisher[T]) Publisher[T] {
	if m, ok := p.(Mono[T]); ok {
		return m
	}
	return From(p).Next()
}

// ignoring gives the end of src as that of a stream of any type.
func ignoring[T, R any](src Publisher[T]) source[R] {
	up := sourceOf(src)
	return sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		up.subscribe(ctx, &ignored[T, R]{ctx: ctx, down: s})
	})
}

// ignored asks for everything and passes nothing but the end.
type ignored[T, R any] struct {
	ctx  context.Context
	up   Subscription
	down Subscriber[R]
}

func (i *ignored[T, R]) OnSubscribe(s Subscription) {
	i.up = s
	i.down.OnSubscribe(i)
	s.Request(Unbounded)
}

// Request lets the source answer a demand that breaks rule 3.9; any other is
// already met.
func (i *ignored[T, R]) Request(n int64) {
	if n <= 0 {
		i.up.Request(n)
	}
}

func (i *ignored[T, R]) Cancel()                { i.up.Cancel() }
func (i *ignored[T, R]) OnNext(v T)             { discard(i.ctx, v) }
func (i *ignored[T, R]) OnError(err error)      { i.down.OnError(err) }
func (i *ignored[T, R]) OnComplete()            { i.down.OnComplete() }
func (i *ignored[T, R]) TakePanic(p error) bool { return handPanic(i.down, p, i) }
