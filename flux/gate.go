package flux

import (
	"context"
	"sync/atomic"
)

// gate is for a subscriber whose values come from one goroutine and whose end
// may come from another: the end waits for the value on its way, and nothing
// passes after it.
//
// INVARIANTS: state is nil while the gate is open, passing while a value is on its
// way, and otherwise the end, or muted: one word, so that an end and a Cancel that meet
// see each other. A cut that finds nobody sending delivers its end at once; one that
// waits belongs to who makes it muted: the sender, when it leaves, and delivers it; or a
// mute, since nothing is to pass after a Cancel from inside OnNext, and lets it go.
type gate struct{ state atomic.Pointer[ending] }

// ending is a terminal signal: an error, completion if err is nil, or none after
// a cancel.
type ending struct {
	err    error
	silent bool
	waits  bool // for the value on its way
}

var (
	// passing says that a value is on its way.
	passing = new(ending)
	// muted is what a sender finds whose end a mute has taken, and all who come later.
	muted = &ending{silent: true}
)

// enter tells whether a value may go down; if so, leave must follow.
func (g *gate) enter() bool { return g.state.CompareAndSwap(nil, passing) }

// leave gives the end that came meanwhile, for the caller to deliver, or nil.
func (g *gate) leave() *ending {
	if g.state.CompareAndSwap(passing, nil) {
		return nil
	}
	if e := g.state.Load(); e != nil && e.waits && g.state.CompareAndSwap(e, muted) {
		return e
	}
	return muted
}

// cut closes the gate. It gives the end if the caller is to deliver it now, and
// tells whether there was an end before.
func (g *gate) cut(err error) (deliver *ending, late bool) { return g.close(&ending{err: err}) }

func (g *gate) close(end *ending) (deliver *ending, late bool) {
	for {
		switch g.state.Load() {
		case nil:
			end.waits = false
			if g.state.CompareAndSwap(nil, end) {
				return end, false
			}
		case passing:
			end.waits = true
			if g.state.CompareAndSwap(passing, end) {
				return nil, false
			}
		default:
			return nil, true
		}
	}
}

// mute closes the gate after a cancel, without an end to deliver. It gives the end
// that waited for the sender and is not delivered any more, or nil.
func (g *gate) mute() (lost *ending) {
	for {
		e := g.state.Load()
		switch {
		case e != nil && e != passing && !e.waits:
			return nil // it was sent, or is being sent
		case !g.state.CompareAndSwap(e, muted):
		case e == nil || e == passing:
			return nil
		default:
			return e
		}
	}
}

// closed tells whether the end has come.
func (g *gate) closed() bool {
	e := g.state.Load()
	return e != nil && e != passing
}

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
