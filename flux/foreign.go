package flux

import (
	"context"
	"sync/atomic"
)

// foreign is a publisher that this module did not write.
type foreign[T any] struct{ p Publisher[T] }

func (f foreign[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	g := &guard[T]{ctx: ctx, down: s}
	err := try(func() { f.p.Subscribe(ctx, g) })
	switch {
	case err != nil:
		g.OnError(err)
	case g.up == nil:
		g.OnError(invalid("%T did not call OnSubscribe (rule 1.9)", f.p))
	}
}

// guard stands between a foreign publisher and our subscriber. It does not
// serialize concurrent signals and does not count demand: a publisher that
// overruns its subscriber is answered by the operator below it.
//
// INVARIANTS: up is set by the first OnSubscribe; after done nothing passes
// down, and nothing up (rule 2.3: operators that cancel all their sources when one
// of them fails need not leave that one out); a panic from below never reaches the
// publisher.
type guard[T any] struct {
	ctx  context.Context
	up   Subscription
	down Subscriber[T]
	// done is atomic because Request and Cancel, which any goroutine may call, look
	// at it.
	done atomic.Bool
}

func (g *guard[T]) OnSubscribe(s Subscription) {
	switch {
	case g.up != nil || g.done.Load():
		if s != nil {
			shield(s.Cancel)
		}
	case s == nil:
		g.OnError(invalid("OnSubscribe(nil): the subscription must not be nil (rule 2.13)"))
	default:
		g.up = s
		defer g.recover()
		g.down.OnSubscribe(g)
	}
}

func (g *guard[T]) OnNext(v T) {
	if g.done.Load() || g.up == nil {
		dropNext(g.ctx, v)
		return
	}
	defer g.recover()
	g.down.OnNext(v)
}

func (g *guard[T]) OnError(err error) {
	if g.done.Load() {
		dropError(g.ctx, err)
		return
	}
	if err == nil {
		err = invalid("OnError(nil): the error must not be nil (rule 2.13)")
	}
	g.end()
	defer g.recover()
	g.down.OnError(err)
}

func (g *guard[T]) OnComplete() {
	if g.done.Load() {
		return
	}
	g.end()
	defer g.recover()
	g.down.OnComplete()
}

// end closes the guard; a publisher that failed before OnSubscribe gets one for
// its subscriber, who must see one first.
func (g *guard[T]) end() {
	g.done.Store(true)
	if g.up == nil {
		g.up = nothing{}
		g.down.OnSubscribe(nothing{})
	}
}

func (g *guard[T]) Request(n int64) { g.call(func() { g.up.Request(n) }) }
func (g *guard[T]) Cancel()         { g.call(g.up.Cancel) }

// call runs a method of the foreign subscription. A panic of it cannot become a
// signal, since another goroutine may own the signals.
func (g *guard[T]) call(f func()) {
	if g.done.Load() {
		return
	}
	if err := try(f); err != nil {
		dropError(g.ctx, err)
	}
}

func (g *guard[T]) recover() {
	p := caught(recover())
	if p == nil || passPanic(g.down, p) {
		return
	}
	if !g.done.Swap(true) {
		if err := try(g.up.Cancel); err != nil {
			dropError(g.ctx, err)
		}
	}
	dropError(g.ctx, p)
}
