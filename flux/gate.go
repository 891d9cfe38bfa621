package flux

import (
	"context"
	"sync/atomic"
)

// gate is for a subscriber whose values come from one goroutine and whose end
// may come from another: the end waits for the value on its way, and nothing
// passes after it.
//
// INVARIANTS: end is set once, by the first cut. The state goes open -> sending
// -> open for each value, and to closed by the cut that set end: at once, or by
// way of waiting if a value is on its way. Who takes it from waiting to closed has
// the end: the sender, when it leaves, and delivers it; or a mute, since nothing is
// to pass after a Cancel from inside OnNext, and lets it go.
type gate struct {
	state atomic.Int32
	end   atomic.Pointer[ending]
}

// ending is a terminal signal: an error, completion if err is nil, or none after
// a cancel.
type ending struct {
	err    error
	silent bool
}

const (
	gateOpen = iota
	gateSending
	gateWaiting
	gateClosed
)

// muted is what a sender finds whose end a mute has taken.
var muted = &ending{silent: true}

// enter tells whether a value may go down; if so, leave must follow.
func (g *gate) enter() bool { return g.state.CompareAndSwap(gateOpen, gateSending) }

// leave gives the end that came meanwhile, for the caller to deliver, or nil.
func (g *gate) leave() *ending {
	if g.state.CompareAndSwap(gateSending, gateOpen) {
		return nil
	}
	if g.state.CompareAndSwap(gateWaiting, gateClosed) {
		return g.end.Load()
	}
	return muted
}

// cut closes the gate. It gives the end if the caller is to deliver it now, and
// tells whether there was an end before.
func (g *gate) cut(err error) (deliver *ending, late bool) { return g.close(&ending{err: err}) }

// mute closes the gate after a cancel, without an end to deliver. It gives the end
// that waited for the sender and is not delivered any more, or nil.
func (g *gate) mute() (lost *ending) {
	if _, late := g.close(muted); late && g.state.CompareAndSwap(gateWaiting, gateClosed) {
		return g.end.Load()
	}
	return nil
}

func (g *gate) close(end *ending) (deliver *ending, late bool) {
	if !g.end.CompareAndSwap(nil, end) {
		return nil, true
	}
	for {
		if g.state.CompareAndSwap(gateOpen, gateClosed) {
			return end, false
		}
		if g.state.CompareAndSwap(gateSending, gateWaiting) {
			return nil, false
		}
	}
}

// closed tells whether the end has come.
func (g *gate) closed() bool { return g.end.Load() != nil }

// drop gives the error of an end that is not delivered to the hook.
func (e *ending) drop(ctx context.Context) {
	if e != nil && e.err != nil {
		dropError(ctx, e.err)
	}
}

// deliver sends the end down; a nil end sends nothing. An operator below may have a
// value to send yet, and panic at that: it hears of it here, since whoever drives the
// signals has let go of those below.
func (e *ending) deliver(down lifecycle) {
	defer claim(down)
	switch {
	case e == nil || e.silent:
	case e.err != nil:
		down.OnError(e.err)
	default:
		down.OnComplete()
	}
}
