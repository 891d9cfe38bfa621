package flux

import (
	"context"
	"errors"
	"sync/atomic"
)

// Kernel: the peek
//
// A peek watches the signals that a linear stage does not see: the subscription,
// demand, cancel and the ends. It passes every signal on and adds none.
//
// INVARIANTS: the hooks of signals run on the goroutine that owns them, those of
// Request and Cancel on the caller's, guarded; over is raised once, by the
// terminal or by the first Cancel, and whoever raises it runs the last hooks.
type peek[T any] struct {
	onSubscribe func()
	onError     func(error)
	onComplete  func()
	onRequest   func(int64)
	onCancel    func()
	after       func() // once a terminal went on down
	finally     func(SignalType)
}

func peeking[T any](f Flux[T], hooks peek[T]) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &peeker[T]{peek: &hooks, ctx: ctx, down: s, push: pusher(s)})
	})}
}

type peeker[T any] struct {
	*peek[T]
	ctx  context.Context
	up   Subscription
	down Subscriber[T]
	push func(T) bool
	over atomic.Bool // the terminal and a Cancel race for the last hooks
	dead bool        // onSubscribe panicked, and its error was the end
}

func (p *peeker[T]) OnSubscribe(s Subscription) {
	p.up = s
	if p.onSubscribe != nil {
		if err := try(p.onSubscribe); err != nil {
			p.over.Store(true)
			p.dead = true
			p.push = func(v T) bool { dropNext(p.ctx, v); return true }
			s.Cancel()
			p.down.OnSubscribe(nothing{})
			p.down.OnError(err)
			return
		}
	}
	p.down.OnSubscribe(p)
}

func (p *peeker[T]) OnNext(v T) {
	if !p.push(v) {
		p.up.Request(1)
	}
}

func (p *peeker[T]) pushes() func(T) bool { return p.push }

func (p *peeker[T]) TryOnNext(v T) bool { return p.push(v) }

func (p *peeker[T]) OnError(err error) {
	if p.dead {
		dropError(p.ctx, err)
		return
	}
	first := !p.over.Swap(true)
	if p.onError != nil {
		if panicked := try(func() { p.onError(err) }); panicked != nil {
			err = errors.Join(panicked, err)
		}
	}
	p.down.OnError(err)
	p.afterwards()
	if first {
		p.last(SignalError)
	}
}

func (p *peeker[T]) OnComplete() {
	if p.dead {
		return
	}
	if p.onComplete != nil {
		if err := try(p.onComplete); err != nil {
			p.OnError(err)
			return
		}
	}
	first := !p.over.Swap(true)
	p.down.OnComplete()
	p.afterwards()
	if first {
		p.last(SignalComplete)
	}
}

func (p *peeker[T]) Request(n int64) {
	if p.onRequest != nil {
		p.hook(func() { p.onRequest(n) })
	}
	p.up.Request(n)
}

func (p *peeker[T]) Cancel() {
	first := !p.over.Swap(true)
	if first && p.onCancel != nil {
		p.hook(p.onCancel)
	}
	p.up.Cancel()
	if first {
		p.last(SignalCancel)
	}
}

func (p *peeker[T]) TakePanic(err error) bool { return handPanic(p.down, err, p) }

func (p *peeker[T]) last(end SignalType) {
	if p.finally != nil {
		p.hook(func() { p.finally(end) })
	}
}

func (p *peeker[T]) afterwards() {
	if p.after != nil {
		p.hook(p.after)
	}
}

func (p *peeker[T]) hook(f func()) {
	if err := try(f); err != nil {
		dropError(p.ctx, err)
	}
}
