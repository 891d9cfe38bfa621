package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// Kernel: merge
//
// Merge maps each value of one upstream (main) to a publisher, subscribes to a
// bounded number of those (inners) at a time, and passes what they send as it
// comes:
//
//	main ──▶ f ──▶ inner ──▶ queue ─┐
//	          ╰──▶ inner ──▶ queue ─┼─▶ one drainer ──▶ subscriber
//	          ╰──▶ a single value ──┘
//
// The values of a listed inner (kernel_loop.go) go straight through as far as
// nobody else is sending, there is demand and nothing else happens; only what is
// left then is subscribed to.
//
// Each inner is asked for its prefetch and then for batches of three quarters of
// it. A value goes straight through if nobody else is sending, nothing of its
// inner is queued and there is demand; otherwise it waits in its inner's queue,
// and the drainer takes from the inners in turn.
//
// INVARIANTS
//   - wip > 0 means that somebody is sending down; only that goroutine, the
//     drainer, calls down, subtracts demand, takes from queues and frees slots.
//   - mu guards slots, freed, every queue, and every done and errs; it is never
//     held while calling out.
//   - slots grows like Reactor's and free slots are used oldest first, so that
//     the order in which queued inners take their turns is Reactor's.
//   - over: the terminal went down or the subscription was cancelled; the next
//     drainer lets go of everything.
type merge[T, R any] struct {
	ctx  context.Context
	main Subscription
	f    func(T) source[R]
	down Subscriber[R]
	push func(R) bool

	wip    solo
	over   atomic.Bool
	demand demand

	mu      sync.Mutex
	slots   []*mergeInner[T, R]
	fresh   int32        // slots from here on were never used
	freed   *ring[int32] // slots that were, in the order in which they were freed
	live    int32
	singles *ring[R] // values of publishers that are a single value
	done    bool     // main has ended, or an error is to cut in
	errs    []error

	concurrency, prefetch int
	delayErrors           bool
	running               bool  // f is executing
	turn                  int32 // the slot whose turn it is
	passed                int32 // single values passed since main was last asked
	replenish             int64 // what main is to be asked for after this pass
}

type mergeInner[T, R any] struct {
	m     *merge[T, R]
	up    Subscription
	queue *ring[R] // nil until a value has to wait
	taken int32    // values sent down since the last request
	slot  int32
	done  bool
}

func mergeSource[T, R any](main source[T], f func(T) source[R], o options) Flux[R] {
	if o.err != nil {
		return Error[R](o.err)
	}
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		main.subscribe(ctx, &merge[T, R]{
			ctx: ctx, f: resumingMapper(ctx, f), down: s, push: pusher(s),
			concurrency: o.concurrency, prefetch: o.prefetch, delayErrors: o.delayErrors,
		})
	})}
}

// Main side

func (m *merge[T, R]) OnSubscribe(s Subscription) {
	m.main = s
	m.down.OnSubscribe(m)
	s.Request(prefetchDemand(m.concurrency))
}

func (m *merge[T, R]) OnNext(v T) {
	if m.over.Load() || m.f == nil {
		dropNext(m.ctx, v)
		return
	}
	m.running = true
	src := m.f(v)
	m.running = false
	switch known := src.(type) {
	case justSource[R]: // so is the next, but this is the cheaper question
		m.onSingle(*known.v, true, nil)
		return
	case scalar[R]:
		m.onSingle(known.scalar())
		return
	case listed[R]:
		n := m.onListed(known)
		if n == known.size() {
			return
		}
		src = remainder(known, n)
	}
	in := &mergeInner[T, R]{m: m}
	if m.add(in) {
		src.subscribe(m.ctx, in)
	}
}

func (m *merge[T, R]) OnError(err error) {
	m.mu.Lock()
	late := m.done
	m.mu.Unlock()
	if late {
		dropError(m.ctx, err)
		return
	}
	m.fail(err, nil)
	m.OnComplete()
}

func (m *merge[T, R]) OnComplete() {
	m.mu.Lock()
	m.done = true
	m.main = nothing{} // what has ended need not be kept
	m.mu.Unlock()
	m.f = nil // likewise, and what it holds: main calls it no more
	m.change()
}

// TakePanic takes a panic of f. Panics from below were taken by the drainer.
func (m *merge[T, R]) TakePanic(p error) bool {
	if !m.running {
		return false
	}
	m.running = false
	m.main.Cancel()
	m.OnError(p)
	return true
}

// Inner side

func (in *mergeInner[T, R]) OnSubscribe(s Subscription) {
	in.m.mu.Lock()
	in.up = s
	in.m.mu.Unlock()
	if in.m.over.Load() {
		s.Cancel()
		return
	}
	s.Request(prefetchDemand(in.m.prefetch))
}

func (in *mergeInner[T, R]) OnNext(v R) {
	m := in.m
	if m.wip.enter() {
		if m.direct(&in.queue, v) {
			in.took(1)
		} else {
			in.enqueue(v)
		}
		m.leave()
		return
	}
	in.enqueue(v)
	m.change()
}

func (in *mergeInner[T, R]) pushes() func(R) bool {
	return func(v R) bool { in.OnNext(v); return true }
}

// enqueue keeps v, unless the inner sent more than it was asked for and more
// than there is room for.
func (in *mergeInner[T, R]) enqueue(v R) {
	in.m.mu.Lock()
	full := in.queue.len() >= queueBound(in.m.prefetch)
	in.m.mu.Unlock()
	if full {
		discard(in.m.ctx, v)
		in.up.Cancel()
		in.m.fail(ErrOverflow, in)
		return
	}
	in.m.enqueue(&in.queue, v)
}

func (in *mergeInner[T, R]) OnError(err error) { in.m.fail(err, in) }

func (in *mergeInner[T, R]) OnComplete() {
	in.m.mu.Lock()
	in.done = true
	in.m.mu.Unlock()
	in.m.change()
}

// took asks for more once three quarters of the prefetch went down.
func (in *mergeInner[T, R]) took(n int) {
	if n == 0 || in.m.prefetch == unlimited {
		return
	}
	if in.taken += int32(n); int(in.taken) >= refillAt(in.m.prefetch) {
		ask := int64(in.taken)
		in.taken = 0
		in.up.Request(ask)
	}
}

// Subscriber side

func (m *merge[T, R]) Request(n int64) {
	m.demand.add(n)
	m.change()
}

func (m *merge[T, R]) Cancel() {
	if !m.over.Swap(true) {
		m.change()
	}
}
