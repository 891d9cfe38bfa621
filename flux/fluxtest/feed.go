package fluxtest

import (
	"context"
	"fmt"
	"sync"

	"github.com/freshet-go/freshet/flux"
)

// feed is one subscription of a TestPublisher.
//
// INVARIANTS (of a feed without faults)
//   - queue holds signals that were admitted and not sent; of a hot publisher at
//     most as many values as there is demand for.
//   - draining is true while a goroutine sends; nobody else does.
//   - over is set before the terminal is sent, and by a cancel; nothing is sent
//     after it.
//   - mu is not held while the subscriber is called.
type feed[T any] struct {
	pub    *TestPublisher[T]
	down   flux.Subscriber[T]
	n      int
	unhook func() bool // takes the cancellation off ctx

	mu       sync.Mutex
	queue    []Event[T]
	demand   int64
	begun    bool // OnSubscribe has returned
	draining bool
	over     bool
}

// begin starts the signals, once OnSubscribe has returned.
func (f *feed[T]) begin(ctx context.Context) {
	f.mu.Lock()
	f.begun = true
	if !f.over {
		f.unhook = context.AfterFunc(ctx, f.cancel)
	}
	f.mu.Unlock()
	f.drain()
}

// offer admits a signal and sends it as far as the demand allows.
func (f *feed[T]) offer(e Event[T]) {
	f.mu.Lock()
	if e.Kind == Next && !f.pub.cold && !f.pub.fault.deaf() && int64(len(f.queue)) >= f.demand {
		err := fmt.Errorf("%w: the subscriber had no demand for %s", flux.ErrOverflow, e)
		e = Event[T]{Kind: Error, Err: err}
	}
	f.queue = append(f.queue, e)
	f.mu.Unlock()
	f.drain()
}

// sendUnguarded is the way of the fault Concurrent: no signal waits for another,
// nor for demand.
func (f *feed[T]) sendUnguarded(e Event[T]) {
	f.mu.Lock()
	over := f.over
	f.mu.Unlock()
	if !over {
		f.deliver(e)
	}
}

func (f *feed[T]) drain() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.begun || f.draining && !f.pub.fault.has(RecursiveRequest) {
		return
	}
	outer := f.draining
	f.draining = true
	for f.ready() {
		e := f.queue[0]
		f.queue = f.queue[1:]
		if e.Kind == Next && f.demand != flux.Unbounded {
			f.demand = max(f.demand-1, 0)
		}
		if e.terminal() && !f.pub.fault.has(AfterTerminal) {
			f.close()
		}
		f.mu.Unlock()
		f.deliver(e)
		f.mu.Lock()
	}
	f.draining = outer
}

// ready reports whether the signal at the head may be sent.
func (f *feed[T]) ready() bool {
	if f.over || len(f.queue) == 0 {
		return false
	}
	return f.queue[0].terminal() || f.demand > 0 || f.pub.fault.deaf()
}

// close ends the subscription; the caller holds mu.
func (f *feed[T]) close() {
	f.over = true
	if f.unhook != nil {
		f.unhook()
	}
	// The lock order is feed, then publisher; the publisher never calls a feed
	// under its own lock.
	f.pub.forget(f)
}

func (f *feed[T]) deliver(e Event[T]) {
	e.Sub = f.n
	f.pub.record(e)
	switch e.Kind {
	case Next:
		f.down.OnNext(e.Value)
	case Error:
		f.down.OnError(e.Err)
	default:
		f.down.OnComplete()
	}
}

// Request implements [flux.Subscription].
func (f *feed[T]) Request(n int64) {
	f.pub.record(Event[T]{Kind: Request, Sub: f.n, N: n})
	f.mu.Lock()
	if n <= 0 {
		bad := fmt.Errorf("Request(%d): %w", n, flux.ErrBadRequest)
		f.queue = []Event[T]{{Kind: Error, Err: bad}}
	} else {
		f.demand = plus(f.demand, n)
	}
	f.mu.Unlock()
	f.drain()
	if f.pub.fault.has(PanicInRequest) {
		panic("fluxtest: the fault PanicInRequest")
	}
}

// Cancel implements [flux.Subscription].
func (f *feed[T]) Cancel() {
	f.cancel()
	if f.pub.fault.has(PanicInCancel) {
		panic("fluxtest: the fault PanicInCancel")
	}
}

// cancel is Cancel without its fault, which ctx must not run into.
func (f *feed[T]) cancel() {
	f.pub.record(Event[T]{Kind: Cancel, Sub: f.n})
	if f.pub.fault.has(AfterCancel) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over {
		f.queue = nil
		f.close()
	}
}
