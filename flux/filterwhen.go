package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// FilterWhen passes the values for which the publisher that test makes gives true
// first; one that gives false first, or completes without a value, rejects. The
// publisher is cancelled after its first value. One value is tested at a time, and
// only when there is demand; Prefetch (256) values are requested ahead. An error
// of a test, or a panic of the function, rejects the value and is sent at the end,
// joined with those of others and of src. test is called by the goroutine that
// sent the value or the request, or that ended the test before. A publisher of a
// single known value is not subscribed to.
//
// Source: Reactor's Flux.filterWhen.
func FilterWhen[T any, P Publisher[bool]](src Publisher[T], test func(T) P, o ...PrefetchOption) Flux[T] {
	cfg := prefetchOptions(append([]PrefetchOption{prefetch(defaultHop)}, o...))
	switch {
	case test == nil:
		return nilFunc[T]("FilterWhen")
	case cfg.err != nil:
		return Error[T](cfg.err)
	}
	main := sourceOf(src)
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		main.subscribe(ctx, &filterWhen[T]{
			ctx: ctx, down: s, push: pusher(s), prefetch: cfg.prefetch,
			test: func(v T) Publisher[bool] { return test(v) },
		})
	})}
}

// filterWhen tests the oldest value of its queue.
//
// INVARIANTS
//   - wip > 0 means that somebody is filtering; that goroutine alone calls test,
//     calls down and takes from queue.
//   - mu guards up, queue, done, errs and cur, and is never held while calling out. cur
//     is the test of the oldest value; it stays there until its verdict was used.
//   - over: the terminal went down or the subscription was cancelled.
type filterWhen[T any] struct {
	ctx      context.Context
	up       Subscription
	down     Subscriber[T]
	push     func(T) bool
	test     func(T) Publisher[bool]
	prefetch int
	taken    int // values used since the last request

	wip    solo
	over   atomic.Bool
	demand demand

	mu    sync.Mutex
	queue ring[T]
	done  bool
	errs  []error
	cur   *verdict
}

// verdict is the subscriber of a test. change is called when it is settled.
type verdict struct {
	mu      *sync.Mutex // guards the rest
	up      Subscription
	keep    bool
	settled bool
	change  func()
	failed  func(error)
}

func (f *filterWhen[T]) OnSubscribe(s Subscription) {
	f.up = s
	f.down.OnSubscribe(f)
	s.Request(prefetchDemand(f.prefetch))
}

func (f *filterWhen[T]) OnNext(v T) {
	f.mu.Lock()
	full := f.queue.len() >= queueBound(f.prefetch)
	if !full {
		f.queue.push(v)
	}
	f.mu.Unlock()
	if full {
		discard(f.ctx, v)
		f.up.Cancel()
		f.OnError(ErrOverflow)
		return
	}
	f.change()
}

func (f *filterWhen[T]) OnError(err error) {
	f.later(err)
	f.OnComplete()
}

// later keeps an error for the end.
func (f *filterWhen[T]) later(err error) {
	if f.over.Load() {
		dropError(f.ctx, err)
		return
	}
	f.mu.Lock()
	f.errs = append(f.errs, err)
	f.mu.Unlock()
}

func (f *filterWhen[T]) OnComplete() {
	f.mu.Lock()
	f.done, f.up = true, nothing{} // what has ended need not be kept
	f.mu.Unlock()
	f.change()
}

func (f *filterWhen[T]) Request(n int64) {
	f.demand.add(n)
	f.change()
}

func (f *filterWhen[T]) Cancel() {
	if !f.over.Swap(true) {
		f.change()
	}
}

func (f *filterWhen[T]) change() { f.wip.add(f.pass) }

// pass takes one step with the oldest value; false means that none can be taken.
func (f *filterWhen[T]) pass() bool {
	defer f.guard()
	if f.over.Load() {
		f.release()
		return false
	}
	if err := f.demand.err(); err != nil {
		f.finish(err)
		return false
	}
	f.mu.Lock()
	empty, cur := f.queue.len() == 0, f.cur
	settled, keep := cur != nil && cur.settled, cur != nil && cur.keep
	end, errs := empty && f.done, f.errs
	f.mu.Unlock()
	switch {
	case end:
		f.finish(joined(errs))
	case empty || f.demand.load() <= 0:
	case settled:
		f.settle(keep)
		return true
	case cur == nil:
		f.begin()
		return true
	}
	return false
}

// begin tests the oldest value.
func (f *filterWhen[T]) begin() {
	f.mu.Lock()
	v := f.queue.peek()
	cur := &verdict{mu: &f.mu, change: f.change, failed: f.later}
	f.cur = cur
	f.mu.Unlock()
	var p Publisher[bool]
	if err := try(func() { p = f.test(v) }); err != nil {
		cur.OnError(err)
		return
	}
	src := sourceOf(p)
	if one, ok := src.(scalar[bool]); ok {
		if keep, some, err := one.scalar(); err != nil {
			cur.OnError(err)
		} else {
			cur.settle(keep && some)
		}
		return
	}
	src.subscribe(f.ctx, cur)
}

// settle passes or rejects the oldest value.
func (f *filterWhen[T]) settle(keep bool) {
	f.mu.Lock()
	v := f.queue.pop()
	f.cur = nil
	f.mu.Unlock()
	if !keep {
		discard(f.ctx, v)
	} else if f.push(v) {
		f.demand.sub(1)
	}
	if f.prefetch == unlimited {
		return
	}
	if f.taken++; f.taken == refillAt(f.prefetch) {
		f.taken = 0
		f.upstream().Request(int64(refillAt(f.prefetch)))
	}
}

// upstream is the source, or nothing once it has ended.
func (f *filterWhen[T]) upstream() Subscription {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.up
}

func (f *filterWhen[T]) finish(err error) {
	down := f.down
	f.over.Store(true)
	f.release()
	(&ending{err: err}).deliver(down)
}

// release cancels everything upstream and discards what waits.
func (f *filterWhen[T]) release() {
	f.mu.Lock()
	q, cur := f.queue, f.cur
	f.queue, f.cur = ring[T]{}, nil
	f.mu.Unlock()
	f.down, f.push = nil, nil
	f.upstream().Cancel()
	if cur != nil {
		cur.cancel()
	}
	q.drop(func(v T) { discard(f.ctx, v) })
}

// guard settles a panic from below.
func (f *filterWhen[T]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := f.down
	f.over.Store(true)
	f.release()
	settle(f.ctx, down, p, nil)
}

func (t *verdict) OnSubscribe(s Subscription) {
	t.mu.Lock()
	t.up = s
	settled := t.settled
	t.mu.Unlock()
	if settled {
		s.Cancel()
		return
	}
	s.Request(Unbounded)
}

func (t *verdict) OnNext(keep bool) {
	if t.settle(keep) {
		t.up.Cancel()
		t.change()
	}
}

func (t *verdict) OnError(err error) {
	t.failed(err)
	t.OnComplete()
}

func (t *verdict) OnComplete() {
	if t.settle(false) {
		t.change()
	}
}

// settle fixes the verdict, unless there is one.
func (t *verdict) settle(keep bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.settled {
		return false
	}
	t.keep, t.settled = keep, true
	return true
}

// cancel ends the test without a verdict that anybody uses.
func (t *verdict) cancel() {
	t.mu.Lock()
	up := t.up
	t.settled = true
	t.mu.Unlock()
	if up != nil {
		up.Cancel()
	}
}
