package flux

import (
	"context"
	"time"
)

// Connectable is a source that many subscribers share, and that runs when it is
// told to: [Flux.Publish] and [Flux.Replay] make one. A subscriber joins the
// connection of the moment; one that comes before there is any waits for it.
//
// A connection is one subscription to the source. It outlives its subscribers, so
// its context is not theirs: Connect is given one, and AutoConnect, RefCount and
// RefCountGrace take the values of their first subscriber's, without its end
// ([context.WithoutCancel]). There is one connection at a time, however many
// ways of connecting are used beside each other.
//
// A Connectable is immutable and safe for concurrent use; the zero Connectable is
// empty.
//
// Source: Reactor's ConnectableFlux.
type Connectable[T any] struct{ c *connectable[T] }

// Flux gives what subscribers subscribe to; it does not connect.
func (c Connectable[T]) Flux() Flux[T] {
	if c.c == nil {
		return Empty[T]()
	}
	return Flux[T]{c.c}
}

// Subscribe implements Publisher; it is Flux().Subscribe.
func (c Connectable[T]) Subscribe(ctx context.Context, s Subscriber[T]) { c.Flux().Subscribe(ctx, s) }

// Connect subscribes to the source, with ctx, unless it is connected already. A
// synchronous source runs inside Connect. disconnect cancels the source; those
// who are subscribed get [ErrDisconnected], and a later Connect begins anew. The
// end of ctx does the same, with its cause. disconnect may be called by any
// goroutine, also inside a signal, any number of times; after the source has
// ended it only makes a Replay forget what it keeps.
//
// If it is connected already, ctx plays no part, and disconnect is that of the
// connection there is.
//
// Source: Reactor's ConnectableFlux.connect.
func (c Connectable[T]) Connect(ctx context.Context) (disconnect func()) {
	if c.c == nil {
		return func() {}
	}
	return c.c.connect(ctx)
}

// AutoConnect connects when the n-th subscriber has come, once, and never
// disconnects: the source runs to its end though all have left (use RefCount, or
// Connect with a context, to stop it). A Publish that has ended has nothing for
// those who come later: they wait for a Connect. n < 1 is ErrInvalid; to connect
// at once there is Connect.
//
// Source: Reactor's ConnectableFlux.autoConnect.
func (c Connectable[T]) AutoConnect(n int) Flux[T] {
	if n < 1 {
		return Error[T](invalid("AutoConnect(%d): must be at least 1", n))
	}
	if c.c == nil {
		return Empty[T]()
	}
	a := &autoConnect[T]{c: c.c, missing: n}
	return Flux[T]{sourceFunc[T](a.subscribe)}
}

// RefCount connects when n are subscribed, and disconnects when the last of them
// cancels; the next n connect anew. So do those who come after one of them has
// got the end; a Replay has what it keeps for them. n < 1 is ErrInvalid.
//
// Source: Reactor's ConnectableFlux.refCount.
func (c Connectable[T]) RefCount(n int) Flux[T] { return c.refCount("RefCount", n, 0) }

// RefCountGrace is RefCount that stays connected for another d after the last has
// cancelled, and for longer if somebody subscribes meanwhile. A timer runs only
// in that time. d < 0 is ErrInvalid.
//
// If the source of a Publish ends in that time, the next subscriber connects anew
// (Reactor's would wait for ever).
//
// Source: Reactor's ConnectableFlux.refCount with a grace period.
func (c Connectable[T]) RefCountGrace(n int, d time.Duration) Flux[T] {
	if d < 0 {
		return Error[T](invalid("RefCountGrace(%d, %v): the duration must not be negative", n, d))
	}
	return c.refCount("RefCountGrace", n, d)
}

func (c Connectable[T]) refCount(name string, n int, grace time.Duration) Flux[T] {
	if n < 1 {
		return Error[T](invalid("%s(%d): must be at least 1", name, n))
	}
	if c.c == nil {
		return Empty[T]()
	}
	r := &refCount[T]{c: c.c, n: n, grace: grace}
	return Flux[T]{sourceFunc[T](r.subscribe)}
}

// ErrDisconnected is what the subscribers of a [Connectable] get when it is
// disconnected. It also matches context.Canceled, and the cause of the context it
// was connected with, if that was the reason.
var ErrDisconnected error = disconnectedError{}

type disconnectedError struct{}

func (disconnectedError) Error() string { return "flux: disconnected from the shared source" }

// Is lets code that sorts out cancellations see one.
func (disconnectedError) Is(target error) bool { return target == context.Canceled }
