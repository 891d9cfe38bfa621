package flux

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
)

// FlatMapIterable maps each value to a slice with f and gives the elements, slice
// after slice. f is called when the elements before have been sent, whether or
// not more are requested, by the goroutine that sends a value or a request, one
// call at a time; its panic cancels src and is the error of the stream.
// Prefetch(n) (default 256) values are requested ahead and again in batches of
// three quarters, counted as slices are used up. An error of src cuts in at once.
// No allocation an element. A nil f ends with ErrInvalid.
//
// Source: Reactor's Flux.flatMapIterable, Flux.concatMapIterable.
func FlatMapIterable[T, R any](src Publisher[T], f func(T) []R, o ...HopOption) Flux[R] {
	if f == nil {
		return Error[R](invalid("FlatMapIterable(nil): the function must not be nil"))
	}
	return flattened(src, o, func() items[T, R] { return &sliceItems[T, R]{f: f} })
}

// FlatMapSeq is [FlatMapIterable] for sequences, which are walked as far as there
// is demand, and one element further, so that the end shows. A sequence that is
// left in the middle is stopped. Cost: a coroutine a sequence.
//
// Source: Reactor's Flux.flatMapIterable, Flux.concatMapIterable.
func FlatMapSeq[T, R any](src Publisher[T], f func(T) iter.Seq[R], o ...HopOption) Flux[R] {
	if f == nil {
		return Error[R](invalid("FlatMapSeq(nil): the function must not be nil"))
	}
	return flattened(src, o, func() items[T, R] { return &seqItems[T, R]{f: f} })
}

// items walks what one value holds, and then the next.
type items[T, R any] interface {
	open(v T)   // starts on what v holds
	more() bool // whether there is an element
	take() R    // that element
	rest(f func(R))
	close()
}

func flattened[T, R any](src Publisher[T], opts []HopOption, make func() items[T, R]) Flux[R] {
	cfg := options{prefetch: defaultHop}
	for _, opt := range opts {
		opt.hop(&cfg)
	}
	if cfg.err != nil {
		return Error[R](cfg.err)
	}
	up := sourceOf(src)
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		cur := make()
		if c := continuing(ctx); c != nil {
			cur = &resumingItems[T, R]{items: cur, continuation: c}
		}
		up.subscribe(ctx, &flatten[T, R]{ctx: ctx, down: s, push: pusher(s), cur: cur, prefetch: cfg.prefetch})
	})}
}

// flatten sends the elements of one value after another.
//
// INVARIANTS
//   - wip > 0 means that somebody is sending; that goroutine alone touches cur,
//     busy, running and taken, pops, and calls down.
//   - mu guards queue, done and err, and is never held while calling out.
//   - over: the terminal went down or the subscription was cancelled.
type flatten[T, R any] struct {
	ctx      context.Context
	up       Subscription
	down     Subscriber[R]
	push     func(R) bool
	prefetch int

	wip    solo
	over   atomic.Bool
	failed atomic.Bool // err is set: looked at before each element
	demand demand

	mu    sync.Mutex
	queue ring[T]
	done  bool
	err   error

	cur     items[T, R]
	busy    bool // cur has an element
	running bool // a user function is executing
	taken   int  // values used up since the last request
}

func (f *flatten[T, R]) OnSubscribe(s Subscription) {
	f.up = s
	f.down.OnSubscribe(f)
	s.Request(prefetchDemand(f.prefetch))
}

func (f *flatten[T, R]) OnNext(v T) {
	if f.over.Load() {
		dropNext(f.ctx, v)
		return
	}
	f.mu.Lock()
	full := f.queue.len() >= queueBound(f.prefetch)
	if !full {
		f.queue.push(v)
	}
	f.mu.Unlock()
	if full {
		f.up.Cancel()
		f.OnError(ErrOverflow)
		return
	}
	f.change()
}

func (f *flatten[T, R]) OnError(err error) {
	f.mu.Lock()
	late := f.done || f.over.Load()
	if !late {
		f.done, f.err = true, err
		f.failed.Store(true)
	}
	f.mu.Unlock()
	if late {
		dropError(f.ctx, err)
		return
	}
	f.change()
}

func (f *flatten[T, R]) OnComplete() {
	f.mu.Lock()
	f.done = true
	f.mu.Unlock()
	f.change()
}

func (f *flatten[T, R]) Request(n int64) {
	f.demand.add(n)
	f.change()
}

func (f *flatten[T, R]) Cancel() {
	f.up.Cancel()
	if !f.over.Swap(true) {
		f.change()
	}
}

func (f *flatten[T, R]) change() { f.wip.add(f.pass) }

// pass starts on a value, sends what is requested of it, or ends; false means
// that nothing can be done now.
func (f *flatten[T, R]) pass() bool {
	defer f.guard()
	if f.over.Load() {
		f.release()
		return false
	}
	if err := f.demand.err(); err != nil {
		f.up.Cancel()
		f.finish(err)
		return false
	}
	v, some, done, err := f.look()
	switch {
	case err != nil || done:
		f.finish(err)
		return false
	case some:
		f.running = true
		f.cur.open(v)
		f.running = false
		f.step()
		return true
	case !f.busy:
		return false
	}
	n := f.demand.load()
	if n == 0 {
		return false
	}
	f.demand.sub(f.send(n))
	return true
}

// look gives the next value if it is its turn, and tells how the stream stands.
func (f *flatten[T, R]) look() (v T, some, done bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil || f.busy {
		return v, false, false, f.err
	}
	if f.queue.len() == 0 {
		return v, false, f.done, nil
	}
	return f.queue.pop(), true, false, nil
}

// send sends up to n elements and gives how many were taken.
func (f *flatten[T, R]) send(n int64) (used int64) {
	for used < n && f.busy && !f.over.Load() && !f.failed.Load() {
		if f.push(f.cur.take()) {
			used++
		}
		f.step()
	}
	return used
}

// step looks for another element, and asks for values again when enough of them
// are used up.
func (f *flatten[T, R]) step() {
	if f.over.Load() {
		return
	}
	f.running = true
	f.busy = f.cur.more()
	f.running = false
	if f.busy || f.prefetch == unlimited {
		return
	}
	if f.taken++; f.taken == refillAt(f.prefetch) {
		f.taken = 0
		f.up.Request(int64(refillAt(f.prefetch)))
	}
}

func (f *flatten[T, R]) finish(err error) {
	down := f.down
	f.over.Store(true)
	f.release()
	(&ending{err: err}).deliver(down)
}

// release discards what waits.
func (f *flatten[T, R]) release() {
	f.mu.Lock()
	q := f.queue
	f.queue = ring[T]{}
	f.mu.Unlock()
	f.down, f.push = nil, nil
	q.drop(func(v T) { discard(f.ctx, v) })
	if f.busy {
		f.busy = false
		f.cur.rest(func(v R) { discard(f.ctx, v) })
	}
	if err := try(f.cur.close); err != nil {
		dropError(f.ctx, err)
	}
}

// guard settles a panic of f or of a sequence, or one from below.
func (f *flatten[T, R]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	if f.running {
		f.running, f.busy = false, false
		f.up.Cancel()
		f.finish(p)
		return
	}
	down := f.down
	f.over.Store(true)
	f.release()
	settle(f.ctx, down, p, f.up)
}

// sliceItems walks the slice of a value.
type sliceItems[T, R any] struct {
	f    func(T) []R
	left []R
}

func (s *sliceItems[T, R]) open(v T)   { s.left = s.f(v) }
func (s *sliceItems[T, R]) more() bool { return len(s.left) > 0 }
func (s *sliceItems[T, R]) close()     { s.left = nil }

func (s *sliceItems[T, R]) take() R {
	v := s.left[0]
	s.left = s.left[1:]
	return v
}

func (s *sliceItems[T, R]) rest(f func(R)) {
	for _, v := range s.left {
		f(v)
	}
}

// seqItems walks the sequence of a value, one element ahead.
type seqItems[T, R any] struct {
	f    func(T) iter.Seq[R]
	next func() (R, bool)
	stop func()
	v    R
	some bool // v was looked at and not taken
}

// open starts a coroutine on the sequence.
func (s *seqItems[T, R]) open(v T) { s.next, s.stop = iter.Pull(keepingStack(s.f(v))) }

func (s *seqItems[T, R]) take() R {
	s.some = false
	return s.v
}

func (s *seqItems[T, R]) more() bool {
	s.v, s.some = s.next()
	return s.some
}

// rest discards the element that was looked at; the sequence may have no end.
func (s *seqItems[T, R]) rest(f func(R)) {
	if s.some {
		f(s.v)
	}
}

func (s *seqItems[T, R]) close() {
	if s.stop != nil {
		s.stop()
	}
}
