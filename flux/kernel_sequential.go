package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// Kernel: sequential merge
//
// The publishers of several values run at the same time, as in a merge, and
// their values go down in the order of the publishers:
//
//	main ──▶ f ──▶ current ──▶ queue ──▶ one drainer ──▶ subscriber
//	          ╰──▶ inner   ──▶ queue     (waits for its turn)
//	          ╰──▶ inner   ──▶ queue
//
// INVARIANTS
//   - wip > 0 means that somebody is sending down; only that goroutine, the
//     drainer, calls down, subtracts demand and touches current.
//   - mu guards main, waiting, every queue, every done and errs; it is never held
//     while calling out.
//   - main is asked for one value when the turn of an inner is over, so at most
//     concurrency inners exist.
//   - over: the terminal went down or the subscription was cancelled; the next
//     drainer lets go of everything.
type sequential[T, R any] struct {
	ctx  context.Context
	main Subscription
	f    func(T) source[R]
	down Subscriber[R]
	push func(R) bool

	wip    solo
	over   atomic.Bool
	demand demand

	mu      sync.Mutex
	waiting ring[*sequentialInner[T, R]] // inners whose turn has not come
	done    bool                         // main has ended
	errs    []error

	current               *sequentialInner[T, R]
	concurrency, prefetch int
	delayErrors           bool
	running               bool // f is executing
}

type sequentialInner[T, R any] struct {
	m     *sequential[T, R]
	up    Subscription
	queue ring[R]
	taken int // values sent down since the last request
	done  bool
}

func sequentialSource[T, R any](main source[T], f func(T) source[R], o options) Flux[R] {
	if o.err != nil {
		return Error[R](o.err)
	}
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		main.subscribe(ctx, &sequential[T, R]{
			ctx: ctx, f: f, down: s, push: pusher(s),
			concurrency: o.concurrency, prefetch: o.prefetch, delayErrors: o.delayErrors,
		})
	})}
}

// Main side

func (m *sequential[T, R]) OnSubscribe(s Subscription) {
	m.main = s
	m.down.OnSubscribe(m)
	s.Request(prefetchDemand(m.concurrency))
}

func (m *sequential[T, R]) OnNext(v T) {
	if m.over.Load() {
		dropNext(m.ctx, v)
		return
	}
	m.running = true
	src := m.f(v)
	m.running = false
	in := &sequentialInner[T, R]{m: m}
	one, known := src.(scalar[R])
	if known {
		known = in.fill(one)
	}
	m.mu.Lock()
	m.waiting.push(in)
	m.mu.Unlock()
	if !known && !m.over.Load() {
		src.subscribe(m.ctx, in)
	}
	m.change()
}

// fill gives an inner that is a single known value what it would send.
func (in *sequentialInner[T, R]) fill(one scalar[R]) bool {
	v, some, err := one.scalar()
	if err != nil {
		return false
	}
	if some {
		in.queue.push(v)
	}
	in.done = true
	return true
}

func (m *sequential[T, R]) OnError(err error) {
	m.fail(err, nil)
	m.OnComplete()
}

func (m *sequential[T, R]) OnComplete() {
	m.mu.Lock()
	m.done, m.main = true, nothing{} // what has ended need not be kept
	m.mu.Unlock()
	m.change()
}

// TakePanic takes a panic of f. Panics from below were taken by the drainer.
func (m *sequential[T, R]) TakePanic(p error) bool {
	if !m.running {
		return false
	}
	m.running = false
	m.main.Cancel()
	m.OnError(p)
	return true
}

// Inner side

func (in *sequentialInner[T, R]) OnSubscribe(s Subscription) {
	in.m.mu.Lock()
	in.up = s
	in.m.mu.Unlock()
	if in.m.over.Load() {
		s.Cancel()
		return
	}
	s.Request(prefetchDemand(in.m.prefetch))
}

func (in *sequentialInner[T, R]) OnNext(v R) {
	m := in.m
	if m.wip.enter() {
		direct := m.direct(in, v)
		if !direct {
			in.enqueue(v) // drained at once: it may be this inner's turn now
		}
		if !direct || !m.wip.leave() {
			m.wip.run(m.pass)
		}
		return
	}
	in.enqueue(v)
	m.change()
}

// enqueue keeps v, unless the inner sent more than it was asked for and more
// than there is room for.
func (in *sequentialInner[T, R]) enqueue(v R) {
	m := in.m
	m.mu.Lock()
	full := in.queue.len() >= queueBound(m.prefetch)
	if !full {
		in.queue.push(v)
	}
	m.mu.Unlock()
	if full {
		discard(m.ctx, v)
		in.up.Cancel()
		m.fail(ErrOverflow, in)
	}
}

func (in *sequentialInner[T, R]) OnError(err error) {
	if !in.m.delayErrors {
		in.m.upstream().Cancel()
	}
	in.m.fail(err, in)
}

func (in *sequentialInner[T, R]) OnComplete() {
	in.m.mu.Lock()
	in.done = true
	in.m.mu.Unlock()
	in.m.change()
}

// took asks for more once three quarters of the prefetch went down.
func (in *sequentialInner[T, R]) took() {
	if in.m.prefetch == unlimited || in.up == nil {
		return
	}
	if in.taken++; in.taken == refillAt(in.m.prefetch) {
		in.taken = 0
		in.up.Request(int64(refillAt(in.m.prefetch)))
	}
}

// Subscriber side

func (m *sequential[T, R]) Request(n int64) {
	m.demand.add(n)
	m.change()
}

func (m *sequential[T, R]) Cancel() {
	if !m.over.Swap(true) {
		m.change()
	}
}

// Draining

// fail records an error of main or of an inner.
func (m *sequential[T, R]) fail(err error, in *sequentialInner[T, R]) {
	m.mu.Lock()
	late := len(m.errs) > 0 && !m.delayErrors || m.over.Load()
	if !late {
		m.errs = append(m.errs, err)
	}
	if in != nil {
		in.done = true
	}
	m.mu.Unlock()
	if late {
		dropError(m.ctx, err)
	}
	m.change()
}

func (m *sequential[T, R]) change() { m.wip.add(m.pass) }

// direct passes v if it is its inner's turn, nothing waits and there is demand;
// the caller is the drainer. A value at which the subscriber panicked has gone too.
func (m *sequential[T, R]) direct(in *sequentialInner[T, R], v R) (gone bool) {
	if m.current != in || m.over.Load() || m.demand.load() <= 0 {
		return false
	}
	m.mu.Lock()
	waiting := in.queue.len() > 0
	m.mu.Unlock()
	if waiting {
		return false
	}
	defer m.guard()
	gone = true
	m.send(in, v)
	return gone
}

func (m *sequential[T, R]) send(in *sequentialInner[T, R], v R) {
	if m.push(v) {
		m.demand.sub(1)
	}
	in.took()
}

// pass sends what the current inner has; true means that its turn is over.
func (m *sequential[T, R]) pass() bool {
	defer m.guard()
	for {
		if m.over.Load() {
			m.release()
			return false
		}
		v, some, over, err := m.next(m.demand.load() > 0)
		switch {
		case err != nil || over:
			m.finish(err)
			return false
		case some:
			m.send(m.current, v)
		default:
			return m.turnOver()
		}
	}
}

// next looks for the next value, if one may be sent, and for the end.
func (m *sequential[T, R]) next(want bool) (v R, some, over bool, err error) {
	if err := m.demand.err(); err != nil {
		return v, false, true, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.errs) > 0 && !m.delayErrors {
		return v, false, true, m.errs[0]
	}
	if m.current == nil {
		if m.waiting.len() == 0 {
			return v, false, m.done, joined(m.errs[:m.ripe()])
		}
		m.current = m.waiting.pop()
	}
	if want && m.current.queue.len() > 0 {
		return m.current.queue.pop(), true, false, nil
	}
	return v, false, false, nil
}

// ripe is how many of the delayed errors are to be sent: none before main has
// ended.
func (m *sequential[T, R]) ripe() int {
	if m.done {
		return len(m.errs)
	}
	return 0
}

// upstream is main, or nothing once main has ended.
func (m *sequential[T, R]) upstream() Subscription {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.main
}

// turnOver lets an inner go that has ended and sent everything.
func (m *sequential[T, R]) turnOver() bool {
	in := m.current
	if in == nil {
		return false
	}
	m.mu.Lock()
	over := in.done && in.queue.len() == 0
	m.mu.Unlock()
	if over {
		m.current = nil
		if m.concurrency != unlimited {
			m.upstream().Request(1)
		}
	}
	return over
}

func (m *sequential[T, R]) finish(err error) {
	down := m.down
	m.over.Store(true)
	m.release()
	(&ending{err: err}).deliver(down)
}

// release cancels everything upstream and discards what is queued.
func (m *sequential[T, R]) release() {
	m.down, m.push = nil, nil
	m.upstream().Cancel()
	if in := m.current; in != nil {
		m.current = nil
		in.release()
	}
	m.mu.Lock()
	waiting := m.waiting
	m.waiting = ring[*sequentialInner[T, R]]{}
	m.mu.Unlock()
	waiting.drop((*sequentialInner[T, R]).release)
}

func (in *sequentialInner[T, R]) release() {
	m := in.m
	m.mu.Lock()
	q, up := in.queue, in.up
	in.queue = ring[R]{}
	m.mu.Unlock()
	if up != nil {
		up.Cancel()
	}
	q.drop(func(v R) { discard(m.ctx, v) })
}

// guard settles a panic from below.
func (m *sequential[T, R]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := m.down
	m.over.Store(true)
	m.release()
	settle(m.ctx, down, p, nil)
}
