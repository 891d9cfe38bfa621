package flux

import (
	"sync"
	"sync/atomic"
)

// Kernel: the sequential arbiter
//
// Concat, retry, fallback and their kin show one subscription to the subscriber
// and feed it from one upstream after another. The arbiter is that
// subscription: it knows how much demand is still open and hands it to the next
// upstream.
//
// INVARIANTS
//   - open is the demand received so far, less what earlier upstreams sent; sent
//     counts what the current one did. So open - sent is still to come.
//   - mu guards cur, open and cancelled, and is never held while calling out. A
//     request that races a switch may reach the old upstream, which has ended;
//     it is in open, so the new one is asked for it.
//   - open is negative, for good, after a request that broke rule 3.9. The upstream
//     at work, or else the next one, hears of it and answers with an error, which
//     is the end: nobody may go on, or try again, in the place of it.
//   - sent is touched only by the goroutine that owns the signals.
type arbiter struct {
	mu        sync.Mutex
	cur       Subscription
	open      int64
	sent      int64
	turns     trampoline // of those who have several upstreams
	cancelled bool
	dropped   bool // an upstream was; the first, if it comes only now, is too late
	sated     bool // who has asked for everything is asked no more (newSwitch)
}

// Request asks the current upstream, or keeps the demand for the next one.
func (a *arbiter) Request(n int64) {
	a.mu.Lock()
	up := a.cur
	switch {
	case a.open < 0:
	case n <= 0:
		a.open = min(n, -1)
	case a.sated && a.open == Unbounded:
		up = nil
	default:
		a.open = addCap(a.open, n)
	}
	a.mu.Unlock()
	if up != nil {
		up.Request(n)
	}
}

// replace asks the current upstream for a value in the place of one that was
// rejected below: the demand for it is open still.
func (a *arbiter) replace() {
	a.mu.Lock()
	up, all := a.cur, a.sated && a.open == Unbounded
	a.mu.Unlock()
	if up != nil && !all {
		up.Request(1)
	}
}

// Cancel cancels the current upstream and every later one.
func (a *arbiter) Cancel() {
	a.mu.Lock()
	up := a.cur
	a.cur, a.cancelled = nil, true
	a.mu.Unlock()
	if up != nil {
		up.Cancel()
	}
}

// drop cancels the current upstream and goes on without one.
func (a *arbiter) drop() {
	a.mu.Lock()
	up := a.cur
	a.cur, a.dropped = nil, true
	a.mu.Unlock()
	if up != nil {
		up.Cancel()
	}
}

// set makes s the current upstream and asks it for what is open.
func (a *arbiter) set(s Subscription) { a.put(s, false) }

// setFirst is set for the first upstream where another goroutine may drop it before
// it comes: it is cancelled then, and leaves its successor alone.
func (a *arbiter) setFirst(s Subscription) { a.put(s, true) }

func (a *arbiter) put(s Subscription, first bool) {
	a.mu.Lock()
	if a.cancelled || first && a.dropped {
		a.mu.Unlock()
		s.Cancel()
		return
	}
	a.cur = s
	if a.open > 0 && a.open != Unbounded {
		a.open = max(a.open-a.sent, 0) // an upstream may have sent more than it was asked for
	}
	a.sent = 0
	n := a.open
	a.mu.Unlock()
	if n != 0 {
		s.Request(n)
	}
}

// left is the demand that is still to come; only the owner of the signals knows.
func (a *arbiter) left() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open == Unbounded {
		return Unbounded
	}
	return max(a.open-a.sent, 0)
}

// broken reports whether the subscriber broke rule 3.9, which no other upstream
// can make good.
func (a *arbiter) broken() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open < 0
}

// begun reports whether there is an upstream. It is no method, which every type
// that embeds an arbiter would have once more.
func begun(a *arbiter) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cur != nil
}

func (a *arbiter) isCancelled() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cancelled
}

// trampoline runs a step once for every call of run, one after another, also
// when run is called from inside the step: a chain of upstreams that complete
// while being subscribed to is walked by a loop instead of by recursion.
type trampoline struct{ wip atomic.Int32 }

func (t *trampoline) run(step func()) {
	if t.wip.Add(1) != 1 {
		return
	}
	for {
		step()
		if t.wip.Add(-1) == 0 {
			return
		}
	}
}

// relay is the part that all subscribers built on the arbiter share: it passes
// what the current upstream sends, and counts it.
type relay[T any] struct {
	arbiter
	down Subscriber[T]
	push func(T) bool
}

func newRelay[T any](s Subscriber[T]) relay[T] { return relay[T]{down: s, push: pusher(s)} }

// newSwitch is newRelay for several upstreams, of which the first gets the request
// for everything once, as from Reactor's MultiSubscriptionSubscriber.
func newSwitch[T any](s Subscriber[T]) relay[T] {
	return relay[T]{arbiter: arbiter{sated: true}, down: s, push: pusher(s)}
}

func (r *relay[T]) OnSubscribe(s Subscription) { r.set(s) }

func (r *relay[T]) OnNext(v T) {
	if !r.TryOnNext(v) {
		r.replace()
	}
}

func (r *relay[T]) TryOnNext(v T) bool {
	if !r.push(v) {
		return r.sated && r.left() == Unbounded
	}
	r.sent++
	return true
}

func (r *relay[T]) OnError(err error)      { r.down.OnError(err) }
func (r *relay[T]) OnComplete()            { r.down.OnComplete() }
func (r *relay[T]) TakePanic(p error) bool { return handPanic(r.down, p, r) }
