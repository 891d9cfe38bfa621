package flux

import (
	"context"
	"sync/atomic"
)

// Using makes a resource with acquire at each subscription, gives what the
// publisher gives that use makes with it, and lets it go with release, exactly
// once: before the terminal goes on down, or after the cancel went on up. An error
// of release goes down in the place of the terminal (it wraps that error), after a
// cancel to the dropped-error hook. An error of acquire is the error of the
// stream; after a panic of use the resource is released first. acquire and use are
// called by whoever subscribes, release by the goroutine that ends it.
//
// Source: Reactor's Flux.using.
func Using[T, R any](acquire func(ctx context.Context) (R, error), use func(r R) Publisher[T], release func(r R) error) Flux[T] {
	return using(acquire, use, release, true)
}

// UsingLazily is [Using] that releases after the terminal went on down; an error
// of release then goes to the dropped-error hook.
//
// Source: Reactor's Flux.using with eager = false.
func UsingLazily[T, R any](acquire func(ctx context.Context) (R, error), use func(r R) Publisher[T], release func(r R) error) Flux[T] {
	return using(acquire, use, release, false)
}

func using[T, R any](acquire func(context.Context) (R, error), use func(R) Publisher[T], release func(R) error, eager bool) Flux[T] {
	if acquire == nil || use == nil || release == nil {
		return nilFunc[T]("Using")
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		var r R
		var err error
		if panicked := try(func() { r, err = acquire(ctx) }); panicked != nil {
			err = panicked
		}
		if err != nil {
			errorSource[T]{err}.subscribe(ctx, s)
			return
		}
		u := &used[T]{ctx: ctx, down: s, push: pusher(s), eager: eager}
		u.release = func() (err error) {
			if panicked := try(func() { err = release(r) }); panicked != nil {
				return panicked
			}
			return err
		}
		var p Publisher[T]
		if err := try(func() { p = use(r) }); err != nil {
			errorSource[T]{replacing(u.release(), err)}.subscribe(ctx, s)
			return
		}
		sourceOf(p).subscribe(ctx, u)
	})}
}

// replacing gives what goes down when an error came while ending with another.
func replacing(err, ending error) error {
	switch {
	case err == nil:
		return ending
	case ending == nil:
		return err
	}
	return &suppressedError{err, ending}
}

// used passes the signals of a publisher that needs a resource.
//
// INVARIANTS: whoever raises over releases.
type used[T any] struct {
	ctx     context.Context
	up      Subscription
	down    Subscriber[T]
	push    func(T) bool
	release func() error
	eager   bool
	over    atomic.Bool // the terminal and a Cancel race for the release
}

func (u *used[T]) OnSubscribe(s Subscription) {
	u.up = s
	u.down.OnSubscribe(u)
}

func (u *used[T]) OnNext(v T) {
	if !u.push(v) {
		u.up.Request(1)
	}
}

func (u *used[T]) TryOnNext(v T) bool { return u.push(v) }
func (u *used[T]) OnComplete()        { u.end(nil) }
func (u *used[T]) OnError(err error)  { u.end(err) }

func (u *used[T]) end(err error) {
	mine := !u.over.Swap(true)
	if mine && u.eager {
		err = replacing(u.release(), err)
	}
	(&ending{err: err}).deliver(u.down)
	if mine && !u.eager {
		u.drop()
	}
}

func (u *used[T]) drop() {
	if err := u.release(); err != nil {
		dropError(u.ctx, err)
	}
}

func (u *used[T]) Request(n int64) { u.up.Request(n) }

func (u *used[T]) Cancel() {
	mine := !u.over.Swap(true)
	u.up.Cancel()
	if mine {
		u.drop()
	}
}

func (u *used[T]) TakePanic(p error) bool { return passPanic(u.down, p) }
