package flux

import (
	"context"

	"github.com/freshet-go/freshet/internal/inside"
)

// subscribeWatched is the outermost subscription: it ties the subscription to
// ctx, once, whatever stands upstream.
func subscribeWatched[T any](ctx context.Context, src source[T], s Subscriber[T]) {
	switch {
	case s == nil:
		dropError(ctx, invalid("Subscribe(nil): the subscriber must not be nil (rule 1.9)"))
	case ctx == nil:
		errorSource[T]{invalid("Subscribe(nil, ...): the context must not be nil")}.subscribe(ctx, s)
	case watchesItself(s), ctx.Done() == nil:
		src.subscribe(ctx, s)
	case ctx.Err() != nil:
		s.OnSubscribe(nothing{})
	default:
		src.subscribe(ctx, &watch[T]{ctx: ctx, down: s, push: pusher(s)})
	}
}

func watchesItself(s any) bool {
	_, ok := s.(inside.CancelsItself)
	return ok
}

// watch cancels its upstream when ctx is done.
type watch[T any] struct {
	ctx    context.Context
	up     Subscription
	down   Subscriber[T]
	push   func(T) bool
	unhook func() bool // takes the cancellation off ctx
}

func (w *watch[T]) OnSubscribe(s Subscription) {
	w.up = s
	w.unhook = context.AfterFunc(w.ctx, s.Cancel)
	w.down.OnSubscribe(w)
}

// pushes leaves the watch out: it does nothing with a value.
func (w *watch[T]) pushes() func(T) bool { return w.push }

func (w *watch[T]) OnNext(v T)         { w.push(v) }
func (w *watch[T]) TryOnNext(v T) bool { return w.push(v) }
func (w *watch[T]) OnError(err error)  { w.unhook(); w.down.OnError(err) }
func (w *watch[T]) OnComplete()        { w.unhook(); w.down.OnComplete() }
func (w *watch[T]) Request(n int64)    { w.up.Request(n) }
func (w *watch[T]) Cancel()            { w.unhook(); w.up.Cancel() }

func (w *watch[T]) TakePanic(p error) bool {
	return handPanic(w.down, p, w)
}

var _ inside.PanicTaker = (*watch[int])(nil)
