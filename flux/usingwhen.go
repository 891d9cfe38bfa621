package flux

import (
	"context"
	"fmt"
	"sync/atomic"
)

// CleanupError is the error of a stream whose asynchronous cleanup failed. It
// unwraps to what the cleanup failed with; errors.Is finds Ending too.
//
// Source: the wrapper of Reactor's Flux.usingWhen.
type CleanupError struct {
	Err    error // of the cleanup
	Ending error // with which the stream was ending, nil if it was completing
}

func (e *CleanupError) Error() string {
	if e.Ending == nil {
		return fmt.Sprintf("the cleanup failed: %v", e.Err)
	}
	return fmt.Sprintf("the cleanup failed: %v (while ending with: %v)", e.Err, e.Ending)
}

// Unwrap gives the error of the cleanup, as one that is also Ending.
func (e *CleanupError) Unwrap() error { return replacing(e.Err, e.Ending) }

// UsingWhen takes the first value of resource, gives what the publisher gives that
// use makes with it, and subscribes to the publisher that cleanup makes once that
// has ended: by completion, by an error, or by a cancel from below (end says
// which; err is the error). Completion and an error go on down when the cleanup
// has completed; a failure of the cleanup goes down in their place as a
// *[CleanupError], and after a cancel to the dropped-error hook. The values of the
// cleanup are let go. A panic of use is an error of the publisher; one of cleanup
// is the error of the stream, in the place of its end. Without a resource it
// completes, and an error of resource passes. After the first value resource is
// cancelled, unless it is a Mono. The demand there is goes over to the publisher.
// cleanup is called by the goroutine of the end, once.
//
// Source: Reactor's Flux.usingWhen, whose three functions are one here.
func UsingWhen[T, R, U any](resource Publisher[R], use func(r R) Publisher[T],
	cleanup func(r R, end SignalType, err error) Publisher[U],
) Flux[T] {
	if use == nil || cleanup == nil {
		return nilFunc[T]("UsingWhen")
	}
	_, one := resource.(Mono[R])
	from := sourceOf(resource)
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		u := &usedWhen[T, R, U]{relay: newRelay(s), ctx: ctx, cleanup: cleanup}
		t := &trigger[R]{ctx: ctx}
		t.next = func(r R) {
			if u.some {
				return
			}
			u.some = true
			u.start(r, use)
			if !one {
				t.cancel()
			}
		}
		t.end = func(err error) {
			if !u.some {
				(&ending{err: err}).deliver(s)
			} else if err != nil {
				dropError(ctx, err)
			}
		}
		u.forget = func() { t.cancel() }
		s.OnSubscribe(u)
		if !u.isCancelled() {
			from.subscribe(ctx, t)
		}
	})}
}

// usedWhen passes the signals of a publisher that needs a resource.
//
// INVARIANTS
//   - some, set by the goroutine of resource, means that there is a resource.
//   - state goes from waiting to starting when it has come, to now when the first
//     request has returned, and to over by whoever ends the use; that one alone
//     cleans up. A cancel that finds it waiting leaves nothing to clean up; one
//     that finds it starting leaves that to the starter (left), as in Reactor.
type usedWhen[T, R, U any] struct {
	relay[T]
	ctx     context.Context
	r       R
	cleanup func(R, SignalType, error) Publisher[U]
	forget  func() // lets the resource's publisher go
	some    bool
	state   atomic.Int32 // the resource, the end and a Cancel race for it
	quiet   atomic.Bool  // cancelled: the cleanup's end goes nowhere
}

const (
	usedWaiting = iota
	usedStarting
	usedNow
	usedLeft
	usedOver
)

func (u *usedWhen[T, R, U]) start(r R, use func(R) Publisher[T]) {
	u.r = r
	if !u.state.CompareAndSwap(usedWaiting, usedStarting) {
		discard(u.ctx, r)
		return
	}
	var p Publisher[T]
	if err := try(func() { p = use(r) }); err != nil {
		p = Error[T](err)
	}
	sourceOf(p).subscribe(u.ctx, u)
}

func (u *usedWhen[T, R, U]) OnSubscribe(s Subscription) {
	u.set(s)
	if !u.state.CompareAndSwap(usedStarting, usedNow) && u.state.CompareAndSwap(usedLeft, usedOver) {
		u.clean(SignalCancel, nil)
	}
}

func (u *usedWhen[T, R, U]) OnComplete()       { u.end(SignalComplete, nil) }
func (u *usedWhen[T, R, U]) OnError(err error) { u.end(SignalError, err) }

func (u *usedWhen[T, R, U]) Cancel() {
	u.quiet.Store(true)
	u.forget()
	if u.state.CompareAndSwap(usedWaiting, usedOver) || u.state.CompareAndSwap(usedStarting, usedLeft) {
		u.relay.Cancel()
		return
	}
	if u.state.CompareAndSwap(usedNow, usedOver) {
		u.relay.Cancel()
		u.clean(SignalCancel, nil)
	}
}

func (u *usedWhen[T, R, U]) end(how SignalType, err error) {
	if u.state.CompareAndSwap(usedNow, usedOver) || u.state.CompareAndSwap(usedStarting, usedOver) {
		u.clean(how, err)
	} else if err != nil {
		dropError(u.ctx, err)
	}
}

// clean subscribes to the cleanup, and lets the end go on with its own.
func (u *usedWhen[T, R, U]) clean(how SignalType, err error) {
	var p Publisher[U]
	if panicked := try(func() { p = u.cleanup(u.r, how, err) }); panicked != nil {
		u.finish(replacing(panicked, err))
		return
	}
	sourceOf(p).subscribe(u.ctx, &trigger[U]{
		ctx:  u.ctx,
		next: func(U) {},
		end: func(failed error) {
			if failed != nil {
				u.finish(&CleanupError{failed, err})
				return
			}
			u.finish(err)
		},
	})
}

// finish sends the end down, if anybody still waits for it.
func (u *usedWhen[T, R, U]) finish(err error) {
	if !u.quiet.Load() {
		(&ending{err: err}).deliver(u.down)
	} else if err != nil {
		dropError(u.ctx, err)
	}
}
