package flux

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freshet-go/freshet/internal/inside"
)

// Kernel: the cache of a Mono
//
// One run of the source has subscribers that wait, and then an outcome for those
// that come later; a policy says when the outcome is too old, and the next
// subscriber starts another run:
//
//	source ──▶ run ──outcome──▶ waiting subscribers
//	            └──outcome──▶ later ones, while the cache holds it
//
// INVARIANTS
//   - mu guards cur and every field of a run but ctx, and is never held while
//     calling out.
//   - cur is the run that new subscribers join; nil if the next one starts another.
//   - A run settles once: done goes up with outcome and until, and waiting is taken
//     by whoever raised it, who alone delivers to them.
//   - A subscriber is settled once: by the delivery, by its Cancel, or by a Request
//     that breaks rule 3.9. Its relay keeps a value until it is requested.
type cacheSource[T any] struct {
	src source[T]
	cachePolicy[T]

	mu  sync.Mutex
	cur *cacheRun[T]
}

// cachePolicy says what is kept, and until when; zero keeps everything for ever.
type cachePolicy[T any] struct {
	ttl        func(Signal[T]) time.Duration
	stale      func(v T) bool
	until      func(v T) aging
	onlyValues bool
	leaves     bool // the source is cancelled with the last that waits
}

// aging waits, and calls forget when an outcome is too old.
type aging func(ctx context.Context, forget func())

func (m Mono[T]) cached(policy cachePolicy[T]) Mono[T] {
	return Mono[T]{&cacheSource[T]{src: m.Flux().source(), cachePolicy: policy}}
}

// MonoCacheInvalidateWhen is what CacheInvalidateWhen of package mono is made of;
// only that can call it. It is [Mono.CacheInvalidateIf] that drops the value at the
// first signal of the publisher that until makes of it.
func MonoCacheInvalidateWhen[T, X any](_ inside.Token, m Mono[T], until func(v T) Publisher[X]) Mono[T] {
	return m.cached(cachePolicy[T]{onlyValues: true, leaves: true, until: func(v T) aging {
		src := sourceOf(until(v))
		return func(ctx context.Context, forget func()) {
			t := &trigger[X]{ctx: ctx}
			t.next = func(X) {
				if t.cancel() {
					forget()
				}
			}
			t.end = func(error) { forget() }
			src.subscribe(ctx, t)
		}
	}})
}

// cacheRun is one subscription to the source.
type cacheRun[T any] struct {
	cache   *cacheSource[T]
	ctx     context.Context
	up      Subscription
	waiting []*cacheSub[T]
	done    bool // it has settled, or was left by all
	outcome Signal[T]
	until   time.Time // zero for no end
}

// cacheSub is a subscriber of the cache.
type cacheSub[T any] struct {
	relay[T]
	ctx     context.Context
	cache   *cacheSource[T]
	run     *cacheRun[T] // while it waits; guarded by the cache's mu
	settled atomic.Bool  // the delivery and the subscriber's own calls race for it
}

func (c *cacheSource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	sub := &cacheSub[T]{relay: newRelay(s), ctx: ctx, cache: c}
	s.OnSubscribe(sub)
	for {
		run, first, over := c.join(sub)
		switch {
		case first:
			c.src.subscribe(run.ctx, run)
			return
		case !over:
			return
		}
		use, err := c.fresh(run.outcome)
		if err != nil {
			sub.deliver(ErrorSignal[T](err))
		}
		if use {
			sub.deliver(run.outcome)
			return
		}
		c.forget(ctx, run)
	}
}

// join adds sub to the run there is, or to a new one; over means that the run has
// its outcome.
func (c *cacheSource[T]) join(sub *cacheSub[T]) (run *cacheRun[T], first, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if sub.settled.Load() {
		return nil, false, false
	}
	if run = c.cur; run != nil && run.done {
		if run.until.IsZero() || time.Now().Before(run.until) {
			return run, false, true
		}
		run = nil
	}
	if first = run == nil; first {
		run = &cacheRun[T]{cache: c, ctx: context.WithoutCancel(sub.ctx)}
		c.cur = run
	}
	sub.run = run
	run.waiting = append(run.waiting, sub)
	return run, first, false
}

// fresh asks whether an outcome may be used still.
func (c *cacheSource[T]) fresh(outcome Signal[T]) (use bool, err error) {
	if c.stale == nil || outcome.Type != SignalNext {
		return true, nil
	}
	stale := false
	err = try(func() { stale = c.stale(outcome.Value) })
	return !stale && err == nil, err
}

// forget discards the value of a run, so that the next subscriber starts another.
func (c *cacheSource[T]) forget(ctx context.Context, run *cacheRun[T]) {
	c.mu.Lock()
	held := c.cur == run
	if held {
		c.cur = nil
	}
	c.mu.Unlock()
	if held {
		discard(ctx, run.outcome.Value)
	}
}

func (r *cacheRun[T]) OnSubscribe(s Subscription) {
	r.cache.mu.Lock()
	r.up = s
	left := r.done
	r.cache.mu.Unlock()
	if left {
		s.Cancel()
		return
	}
	s.Request(Unbounded)
}

func (r *cacheRun[T]) OnNext(v T) {
	if !r.settle(NextSignal(v)) {
		dropNext(r.ctx, v)
	}
}

func (r *cacheRun[T]) OnError(err error) {
	if !r.settle(ErrorSignal[T](err)) {
		dropError(r.ctx, err)
	}
}

func (r *cacheRun[T]) OnComplete() {
	end := CompleteSignal[T]()
	if r.cache.onlyValues {
		end = ErrorSignal[T](fmt.Errorf("a cache of values: %w", ErrEmpty))
	}
	r.settle(end)
}

// settle keeps the outcome as the policy says, and delivers it to those that wait.
// It tells whether it was the first.
func (r *cacheRun[T]) settle(outcome Signal[T]) (first bool) {
	if r.isDone() {
		return false
	}
	keep, until, aging, err := r.cache.verdict(outcome)
	if err != nil {
		outcome = ErrorSignal[T](err)
	}
	c := r.cache
	c.mu.Lock()
	first = !r.done // it may have been left by all meanwhile
	waiting := r.waiting
	if first {
		r.done, r.outcome, r.until, r.waiting, r.up = true, outcome, until, nil, nil
		if !keep && c.cur == r {
			c.cur = nil
		}
	}
	c.mu.Unlock()
	if !first {
		return false
	}
	for _, sub := range waiting {
		sub.deliver(outcome)
	}
	if aging != nil {
		aging(r.ctx, func() { c.forget(r.ctx, r) })
	}
	return true
}

func (r *cacheRun[T]) isDone() bool {
	r.cache.mu.Lock()
	defer r.cache.mu.Unlock()
	return r.done
}

// verdict asks the policy about an outcome: whether it is kept, until when, and
// what else makes it too old.
func (c *cacheSource[T]) verdict(outcome Signal[T]) (keep bool, until time.Time, old aging, err error) {
	value := outcome.Type == SignalNext
	keep = value || !c.onlyValues
	switch {
	case c.ttl != nil:
		var d time.Duration
		err = try(func() { d = c.ttl(outcome) })
		keep, until = keep && d > 0, time.Now().Add(d)
	case c.until != nil && value:
		err = try(func() { old = c.until(outcome.Value) })
	}
	return keep && err == nil, until, old, err
}

// leave takes sub out of those that wait, and cancels the source if it was the
// last, where the policy says so.
func (c *cacheSource[T]) leave(sub *cacheSub[T]) {
	c.mu.Lock()
	r := sub.run
	sub.run = nil
	var up Subscription
	if r != nil && !r.done {
		r.waiting = slices.DeleteFunc(r.waiting, func(s *cacheSub[T]) bool { return s == sub })
		if c.leaves && len(r.waiting) == 0 {
			r.done, up, r.up = true, r.up, nil
			if c.cur == r {
				c.cur = nil
			}
		}
	}
	c.mu.Unlock()
	if up != nil {
		up.Cancel()
	}
}

// deliver sends an outcome to one subscriber. A panic from below concerns that one
// alone.
func (sub *cacheSub[T]) deliver(outcome Signal[T]) {
	if sub.settled.Swap(true) {
		return
	}
	err := try(func() {
		switch outcome.Type {
		case SignalNext:
			one(outcome.Value).subscribe(sub.ctx, &sub.relay)
		case SignalError:
			sub.down.OnError(outcome.Err)
		default:
			sub.down.OnComplete()
		}
	})
	if err != nil && !passPanic(sub.down, err) {
		dropError(sub.ctx, err)
	}
}

func (sub *cacheSub[T]) Request(n int64) {
	if n <= 0 && !sub.settled.Swap(true) {
		sub.cache.leave(sub)
		sub.down.OnError(badRequest(n))
		return
	}
	sub.relay.Request(n)
}

func (sub *cacheSub[T]) Cancel() {
	sub.relay.Cancel()
	if !sub.settled.Swap(true) {
		sub.cache.leave(sub)
	}
}
