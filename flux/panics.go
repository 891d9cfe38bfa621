package flux

import (
	"context"
	"log/slog"
	"runtime/debug"

	"github.com/freshet-go/freshet/internal/inside"
)

// How a panic of a user function becomes the error of its operator
//
// A deferred recover for every value would double the price of a value, so it
// stands once around each drive loop (a source that pushes, a drain), and every
// operator only notes, in a byte, whose code is running: its own user function, or
// what is below it. When a loop recovers a panic it asks the subscribers below it,
// the nearest first, whose it is; that one cancels its upstream and sends the error
// down (inside.PanicTaker).

// passPanic offers p to a downstream subscriber.
func passPanic(down any, p error) bool {
	t, ok := down.(inside.PanicTaker)
	return ok && t.TakePanic(p)
}

// handPanic is passPanic for a stage that only passes signals: if nobody below
// takes the panic the stage cancels its upstream, as rule 2.13 has it, and the
// loop that recovered reports it.
func handPanic(down any, p error, self interface{ Cancel() }) bool {
	if passPanic(down, p) {
		return true
	}
	self.Cancel()
	return false
}

// settle gives a panic from below to whom it belongs. One that is nobody's cancels up
// (rule 2.13), unless nil says that this was done, and goes to the hook.
func settle(ctx context.Context, down any, p error, up interface{ Cancel() }) {
	if passPanic(down, p) {
		return
	}
	if up != nil {
		up.Cancel()
	}
	dropError(ctx, p)
}

// claim, deferred, offers a panic to a downstream subscriber, and lets it go on if it
// is nobody's.
func claim(down any) {
	if p := caught(recover()); p != nil && !passPanic(down, p) {
		panic(p)
	}
}

// sendEnd sends a terminal where no loop is around it that would recover.
func sendEnd(ctx context.Context, down lifecycle, err error) {
	if p := try(func() { (&ending{err: err}).deliver(down) }); p != nil {
		dropError(ctx, p)
	}
}

// caught turns the value of recover into an error, nil into nil. The deferred
// function itself calls it, so that the stack is that of the panic.
func caught(r any) error {
	if r == nil {
		return nil
	}
	return panicError(r)
}

// panicError is kept out of caught, so that this is inlined: a drain asks for every
// value.
//
//go:noinline
func panicError(r any) error {
	if p, ok := r.(*PanicError); ok {
		return p
	}
	return &PanicError{Value: r, Stack: debug.Stack()}
}

// try runs a user function that is not on the path of every value, and returns
// its panic as an error.
func try(f func()) (err error) {
	defer func() {
		if p := caught(recover()); p != nil {
			err = p
		}
	}()
	f()
	return nil
}

// shield runs a hook whose panic has nowhere to go but the log.
func shield(f func()) {
	if err := try(f); err != nil {
		slog.Default().Error("flux: a hook panicked", "error", err)
	}
}
