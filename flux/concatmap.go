package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// ConcatMap maps each value to a publisher with f and gives their values one
// publisher after another, in the order of the values. A value of src is
// requested when its turn has come; with Prefetch(n), n are requested ahead. f is
// called when it is its value's turn, by the goroutine that ended the publisher
// before or that sent the value. An error of src cuts in at once; with
// DelayErrors errors, those of f included, wait until all publishers have ended:
// the first is sent then, later ones go to the dropped-error hook; with Prefetch
// they are joined (errors.Join). With DelayErrorsOfOuter an error of src waits for
// the publisher at work. The values of Just, FromSlice and Range are taken without
// subscribing, as far as they are requested.
//
// Source: Reactor's Flux.concatMap, Flux.concatMapDelayError.
func ConcatMap[T, R any, P Publisher[R]](src Publisher[T], f func(T) P, o ...MergeOption) Flux[R] {
	cfg := options{prefetch: onTurn}
	cfg.apply(o)
	switch {
	case f == nil:
		return nilFunc[R]("ConcatMap")
	case cfg.err != nil:
		return Error[R](cfg.err)
	}
	return concatMapSource(sourceOf(src), func(v T) source[R] { return sourceFrom[R](f(v)) }, cfg)
}

func concatMapSource[T, R any](main source[T], f func(T) source[R], cfg options) Flux[R] {
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		c := &concatMap[T, R]{ctx: ctx, f: resumingMapper(ctx, f), prefetch: cfg.prefetch, delay: cfg.delayErrors, boundary: cfg.boundary}
		c.inner = concatInner[T, R]{relay: newSwitch(s), outer: c}
		main.subscribe(ctx, c)
	})}
}

// concatMap walks the publishers of its values.
//
// INVARIANTS
//   - wip > 0 means that somebody is choosing the next publisher; that goroutine
//     alone takes from queue and calls f.
//   - mu guards queue, done, asked and err, and is never held while calling out.
//   - active is set while a publisher has the word; only then does it send, and
//     only its end clears it. The gate keeps an error of the source from going
//     down beside a value.
type concatMap[T, R any] struct {
	ctx   context.Context
	main  Subscription
	f     func(T) source[R]
	inner concatInner[T, R]
	gate  gate

	wip    atomic.Int32
	active atomic.Bool

	mu    sync.Mutex
	queue ring[T]
	done  bool
	asked bool    // onTurn: the next value was requested and has not come
	errs  []error // those that are delayed

	started  atomic.Bool // onTurn: the first Request, from any goroutine, was seen
	prefetch int
	taken    int
	delay    bool // errors wait for the end
	boundary bool // with delay: for the end of the publisher at work
}

// onTurn as a prefetch requests each value when its turn has come.
const onTurn = 0

// concatInner is the subscriber of every inner publisher, and what the
// subscriber below sees as its subscription.
type concatInner[T, R any] struct {
	relay[R]
	outer *concatMap[T, R]
}

func (c *concatMap[T, R]) OnSubscribe(s Subscription) {
	c.main = s
	c.inner.down.OnSubscribe(&c.inner)
	if c.prefetch != onTurn {
		s.Request(prefetchDemand(c.prefetch))
	}
}

func (c *concatMap[T, R]) OnNext(v T) {
	c.mu.Lock()
	early := c.prefetch == onTurn && !c.asked
	full := c.prefetch != onTurn && c.queue.len() >= queueBound(c.prefetch)
	if !full && !early {
		c.queue.push(v)
	}
	c.asked = false
	c.mu.Unlock()
	switch {
	case early: // not requested, and there is no place for it
		dropNext(c.ctx, v)
	case full:
		c.main.Cancel()
		c.cutIn(ErrOverflow)
	default:
		c.walk()
	}
}

func (c *concatMap[T, R]) OnError(err error) {
	if c.delay && !c.gate.closed() {
		c.later(err)
		c.OnComplete()
		return
	}
	c.cutIn(err)
}

// later keeps an error for the end; as in Reactor the first alone without a prefetch.
func (c *concatMap[T, R]) later(err error) {
	c.mu.Lock()
	keep := c.prefetch != onTurn || len(c.errs) == 0
	if keep {
		c.errs = append(c.errs, err)
	}
	c.mu.Unlock()
	if !keep {
		dropError(c.ctx, err)
	}
}

// delayed is the error for the end, or nil.
func (c *concatMap[T, R]) delayed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return joined(c.errs)
}

// cutIn ends everything with err.
func (c *concatMap[T, R]) cutIn(err error) {
	end, late := c.gate.cut(err)
	if late {
		dropError(c.ctx, err)
		return
	}
	c.inner.arbiter.Cancel()
	end.deliver(c.inner.down)
}

func (c *concatMap[T, R]) OnComplete() {
	c.mu.Lock()
	c.done = true
	c.mu.Unlock()
	c.walk()
}

func (c *concatMap[T, R]) TakePanic(p error) bool {
	return handPanic(c.inner.down, p, &c.inner)
}

// walk goes on to the next publisher whenever none has the word.
func (c *concatMap[T, R]) walk() {
	if c.wip.Add(1) != 1 {
		return
	}
	for seen := c.wip.Load(); seen != 0; seen = c.wip.Add(-seen) {
		for !c.active.Load() && !c.gate.closed() && c.step() {
		}
	}
	c.ask()
}

// step takes the next value's turn; false means that there is none.
func (c *concatMap[T, R]) step() bool {
	v, ok, over := c.next()
	if over {
		c.walkOff()
		end, _ := c.gate.cut(c.delayed())
		end.deliver(c.inner.down)
	}
	if !ok {
		return false
	}
	var src source[R]
	if err := try(func() { src = c.f(v) }); err != nil {
		if c.delay && !c.boundary {
			c.later(err)
			return true
		}
		c.main.Cancel()
		c.cutIn(err)
		return false
	}
	c.refill()
	if list, ok := src.(listed[R]); ok {
		n := c.passListed(list)
		if n == list.size() || c.gate.closed() {
			return true
		}
		src = remainder(list, n)
	} else if one, ok := src.(scalar[R]); ok {
		if _, some, err := one.scalar(); err == nil && !some {
			return true
		}
	}
	c.active.Store(true)
	src.subscribe(c.ctx, &c.inner)
	return true
}

// passListed passes the first values of a publisher that need not be subscribed
// to, as many as are requested, and tells how many that were. There is no loop
// that would settle a panic from below, so it does. The gate is entered once; an
// end that comes meanwhile is seen after the value on its way.
func (c *concatMap[T, R]) passListed(list listed[R]) (n int) {
	defer func() {
		if p := caught(recover()); p != nil {
			settle(c.ctx, c.inner.down, p, &c.inner)
		}
	}()
	if !c.gate.enter() {
		return 0
	}
	left, size := int64(0), list.size()
	for ; n < size && !c.gate.closed(); n++ {
		if left == 0 {
			if left = c.inner.left(); left == 0 {
				break
			}
		}
		if c.inner.push(list.at(n)) {
			c.inner.sent++
			left--
		}
	}
	c.gate.leave().deliver(c.inner.down)
	return n
}

func (c *concatMap[T, R]) next() (v T, ok, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queue.len() == 0 || c.boundary && len(c.errs) > 0 {
		return v, false, c.done
	}
	return c.queue.pop(), true, false
}

// ask requests the next value in turn. It is called when nobody is choosing, so
// that the value is served before the source sends what comes after it.
func (c *concatMap[T, R]) ask() {
	if c.prefetch != onTurn || !c.started.Load() || c.active.Load() || c.gate.closed() {
		return
	}
	c.mu.Lock()
	turn := !c.asked && !c.done && c.queue.len() == 0
	c.asked = c.asked || turn
	c.mu.Unlock()
	if turn {
		c.main.Request(1)
	}
}

func (c *concatMap[T, R]) refill() {
	if c.prefetch == unlimited || c.prefetch == onTurn {
		return
	}
	if c.taken++; c.taken == refillAt(c.prefetch) {
		c.taken = 0
		c.main.Request(int64(refillAt(c.prefetch)))
	}
}

func (in *concatInner[T, R]) OnNext(v R) {
	if !in.TryOnNext(v) {
		in.replace()
	}
}

func (in *concatInner[T, R]) TryOnNext(v R) bool {
	c := in.outer
	if !c.gate.enter() {
		discard(c.ctx, v)
		return true
	}
	took := in.relay.TryOnNext(v)
	c.gate.leave().deliver(in.down)
	return took
}

func (in *concatInner[T, R]) OnError(err error) {
	c := in.outer
	if c.delay && !c.gate.closed() {
		c.later(err)
		if !c.boundary {
			in.OnComplete()
			return
		}
		err = c.delayed()
	}
	c.main.Cancel()
	c.cutIn(err)
}

func (in *concatInner[T, R]) OnComplete() {
	in.outer.active.Store(false)
	in.outer.walk()
}

// Request passes good demand on, and lets the first value be asked for when it
// has come. A bad one is not left to the publisher that has the word: there may
// be none, and its error may be one that is delayed.
func (in *concatInner[T, R]) Request(n int64) {
	c := in.outer
	switch {
	case n > 0:
		if c.prefetch == onTurn && !c.started.Swap(true) {
			c.walk() // before there is demand, as in Reactor
		}
		in.relay.Request(n)
	case !c.gate.closed():
		c.main.Cancel()
		c.cutIn(badRequest(n))
	}
}

func (in *concatInner[T, R]) Cancel() {
	c := in.outer
	c.gate.mute().drop(c.ctx)
	in.relay.Cancel()
	c.main.Cancel()
	c.walkOff()
}

// walkOff discards what waits, after a cancel.
func (c *concatMap[T, R]) walkOff() {
	c.mu.Lock()
	q := c.queue
	c.queue = ring[T]{}
	c.mu.Unlock()
	q.drop(func(v T) { discard(c.ctx, v) })
}
