package flux

import (
	"context"
	"sync/atomic"
)

// Kernel: unicast
//
// A unicast is a source that its owner pushes into, for a single subscriber:
// a window, a group. What comes before the subscriber does, and what finds no
// demand, waits in a queue:
//
//	owner ── offer, end ──▶ drain ──▶ the one subscriber
//	  ◀── left ─────────────────┘ (ended or cancelled)
//
// INVARIANTS
//   - Until the subscriber is there wip of the drain is above 0: the place of the
//     drainer is kept for it, so everything waits and nobody looks at down.
//   - claimed admits one subscriber; every further one gets errTaken.
//   - Its owner does not look at the demand, so the drain counts it coarsely.
//   - gone is raised once, by end or by the subscriber's cancel, and whoever
//     raises it calls left.
type unicast[T any] struct {
	drain[T]
	claimed atomic.Bool
	gone    atomic.Bool
	left    func(cancelled bool) // may be nil
}

var errTaken = invalid("a window, group or unicast sink has one subscriber, and this one has its own")

func newUnicast[T any](ctx context.Context, left func(cancelled bool)) *unicast[T] {
	u := &unicast[T]{}
	u.into(ctx, left)
	return u
}

func (u *unicast[T]) into(ctx context.Context, left func(cancelled bool)) {
	u.ctx, u.up, u.left, u.coarse = ctx, u, left, true
	u.wip.Store(1)
}

func (u *unicast[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	if u.claimed.Swap(true) {
		errorSource[T]{errTaken}.subscribe(ctx, s)
		return
	}
	u.down, u.push = s, pusher(s)
	s.OnSubscribe(u)
	u.run()
}

// leave raises gone; it fails if that had happened before.
func (u *unicast[T]) leave(cancelled bool) bool {
	if u.gone.Swap(true) {
		return false
	}
	if u.left != nil {
		u.left(cancelled)
	}
	return true
}

// close sends the terminal behind what is queued: an error, or completion if
// err is nil. The owner is told first that the unicast has left.
func (u *unicast[T]) close(err error) {
	if u.leave(false) {
		u.end(err)
	}
}

// abandon lets a unicast go that nobody was given.
func (u *unicast[T]) abandon() {
	if !u.claimed.Swap(true) {
		u.leave(true)
		u.stopped.Store(true)
		u.run()
	}
}

// open tells whether values still reach the subscriber.
func (u *unicast[T]) open() bool { return !u.gone.Load() }

func (u *unicast[T]) Request(n int64) { u.request(n) }

func (u *unicast[T]) Cancel() {
	u.leave(true)
	u.cancel()
}

// holders counts those who still need an upstream: a subscriber and the windows
// it was given. The last one to leave lets the upstream go.
type holders struct{ n atomic.Int64 }

func (h *holders) join() { h.n.Add(1) }

// leave gives how many are left.
func (h *holders) leave() int64 { return h.n.Add(-1) }
