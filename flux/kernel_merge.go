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

	wip    atomic.Int32
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

// onListed takes the first values of a publisher that need not be subscribed to,
// and tells how many: as far as they can go straight through.
func (m *merge[T, R]) onListed(list listed[R]) (n int) {
	if !m.wip.CompareAndSwap(0, 1) {
		return 0
	}
	if n = m.passListed(list); n == list.size() && !m.over.Load() {
		m.skipSlot()
		m.replenish++
		m.refill()
	}
	m.leave()
	return n
}

// passListed passes values while there is demand and nothing else has happened.
func (m *merge[T, R]) passListed(list listed[R]) (n int) {
	if m.over.Load() {
		return 0
	}
	defer m.guard()
	used, most, size := int64(0), m.demand.load(), list.size()
	for n < size && used < most && m.wip.Load() == 1 {
		v := list.at(n)
		n++
		if m.push(v) {
			used++
		}
	}
	m.demand.sub(used)
	return n
}

// onSingle takes the value of a publisher that need not be subscribed to.
func (m *merge[T, R]) onSingle(v R, ok bool, err error) {
	switch {
	case err != nil:
		m.fail(err, nil)
		m.askForSingle()
	case !ok:
		m.askForSingle()
	case m.wip.CompareAndSwap(0, 1):
		if m.direct(&m.singles, v) {
			m.askForSingle()
		} else {
			m.enqueue(&m.singles, v)
		}
		m.leave()
	default:
		m.enqueue(&m.singles, v)
		m.change()
	}
}

// askForSingle asks main for the next values once three quarters of the
// concurrency were used up by single values.
func (m *merge[T, R]) askForSingle() {
	if m.concurrency == unlimited {
		return
	}
	if m.passed++; int(m.passed) == refillAt(m.concurrency) {
		m.passed = 0
		m.upstream().Request(int64(refillAt(m.concurrency)))
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
	if m.wip.CompareAndSwap(0, 1) {
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
	if !m.over.Swap(true) && m.wip.Add(1) == 1 {
		m.drain()
	}
}

// Draining

// fail records an error of main or of an inner.
func (m *merge[T, R]) fail(err error, in *mergeInner[T, R]) {
	m.mu.Lock()
	late := len(m.errs) > 0 && !m.delayErrors || m.over.Load()
	if !late {
		m.errs = append(m.errs, err)
	}
	if in != nil {
		in.done = true
	}
	if !m.delayErrors {
		m.done = true
	}
	m.mu.Unlock()
	if late {
		dropError(m.ctx, err)
	}
	m.change()
}

// direct passes v if there is demand and nothing waits in q. The caller is both
// the drainer and the only one who adds to q, so it may look without mu.
func (m *merge[T, R]) direct(q **ring[R], v R) bool {
	if m.over.Load() {
		discard(m.ctx, v)
		return true
	}
	if m.demand.load() <= 0 {
		return false
	}
	if (*q).len() > 0 {
		return false
	}
	defer m.guard()
	if m.push(v) {
		m.demand.sub(1)
	}
	return true
}

func (m *merge[T, R]) enqueue(q **ring[R], v R) {
	m.mu.Lock()
	if *q == nil {
		*q = new(ring[R])
	}
	(*q).push(v)
	m.mu.Unlock()
}

func (m *merge[T, R]) change() {
	if m.wip.Add(1) == 1 {
		m.drain()
	}
}

// leave gives up being the drainer after a value that went straight through.
func (m *merge[T, R]) leave() {
	if m.wip.Add(-1) != 0 {
		m.drain()
	}
}

func (m *merge[T, R]) drain() {
	for seen := m.wip.Load(); seen != 0; seen = m.wip.Add(-seen) {
		for m.pass() {
		}
	}
}

// pass sends what can be sent now, and tells whether it may be worth another.
func (m *merge[T, R]) pass() (again bool) {
	defer m.guard()
	if m.ended(true) {
		return false
	}
	r := m.demand.load()
	if r > 0 {
		used, popped, over := m.passQueue(&m.singles, r)
		if over {
			return false
		}
		if popped > 0 {
			m.replenish += popped
			r = m.demand.sub(used)
			again = true
		}
	}
	if r > 0 {
		over, more := m.passInners(r)
		if over {
			return false
		}
		again = again || more
	} else if m.sweep() {
		again = true
	}
	m.refill()
	return again
}

// refill asks main for as many values as publishers have ended.
func (m *merge[T, R]) refill() {
	n := m.replenish
	m.replenish = 0
	if n > 0 && m.concurrency != unlimited && !m.over.Load() {
		m.upstream().Request(n)
	}
}

// passInners lets every inner have its turn.
func (m *merge[T, R]) passInners(r int64) (over, again bool) {
	m.mu.Lock()
	slots := m.slots
	m.mu.Unlock()
	n := int32(len(slots))
	if m.turn >= n {
		m.turn = 0
	}
	for range n {
		in := m.inner(m.turn)
		if in != nil {
			used, popped, over := m.passQueue(&in.queue, r)
			if over {
				return true, false
			}
			if m.removeEnded(in) {
				again = true
			} else {
				in.took(int(popped))
			}
			again = again || popped > used
			if r = m.demand.sub(used); r <= 0 {
				return false, again
			}
		}
		if m.turn++; m.turn == n {
			m.turn = 0
		}
	}
	return false, again
}

// passQueue sends up to r values from q. It tells how many values used demand,
// how many left the queue, and whether the merge ended meanwhile. A rejected value
// counts as one of the r: what replaces it is a matter of the next turn, as in
// Reactor.
func (m *merge[T, R]) passQueue(q **ring[R], r int64) (used, popped int64, over bool) {
	for popped < r {
		if m.ended(false) {
			return used, popped, true
		}
		m.mu.Lock()
		if (*q).len() == 0 {
			m.mu.Unlock()
			break
		}
		v := (*q).pop()
		m.mu.Unlock()
		popped++
		if m.push(v) {
			used++
		}
	}
	return used, popped, false
}

// ended sends the terminal if it is time, or lets go after a cancel. Only
// between queues (idle) may completion be seen.
func (m *merge[T, R]) ended(idle bool) bool {
	if m.over.Load() {
		m.release()
		return true
	}
	if err := m.demand.err(); err != nil {
		m.finish(err)
		return true
	}
	m.mu.Lock()
	errs := m.errs
	empty := m.live == 0 && m.singles.len() == 0
	end := m.done && (idle && empty || len(errs) > 0 && !m.delayErrors)
	m.mu.Unlock()
	if end {
		m.finish(joined(errs))
	}
	return end
}

func (m *merge[T, R]) finish(err error) {
	down := m.down
	m.over.Store(true)
	m.release()
	if err != nil {
		down.OnError(err)
		return
	}
	down.OnComplete()
}

// release cancels everything upstream and discards what is queued.
func (m *merge[T, R]) release() {
	m.mu.Lock()
	slots, singles, main := m.slots, m.singles, m.main
	m.slots, m.singles, m.live, m.main = nil, nil, 0, nothing{}
	m.mu.Unlock()
	m.down, m.push = nil, nil
	main.Cancel()
	singles.drop(m.discard)
	for _, in := range slots {
		if in == nil {
			continue
		}
		m.mu.Lock()
		q, up := in.queue, in.up
		in.queue = nil
		m.mu.Unlock()
		if up != nil {
			up.Cancel()
		}
		q.drop(m.discard)
	}
}

func (m *merge[T, R]) discard(v R) { discard(m.ctx, v) }

// guard settles a panic from below.
func (m *merge[T, R]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := m.down
	m.over.Store(true)
	if !passPanic(down, p) {
		dropError(m.ctx, p)
	}
	m.release()
}
