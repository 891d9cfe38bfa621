package flux

import (
	"context"
	"math"
	"time"
)

// BatchOption is an option of the operators that gather values by number and
// time: Fair.
type BatchOption interface{ batch(*batchOptions) }

type batchOptions struct {
	fair bool
	err  error
}

type fair struct{}

func (fair) batch(o *batchOptions) { o.fair = true }

// Fair lets the source wait for a slow subscriber: what was not requested is
// kept, and the source is asked for a bounded number of values ahead. Without it
// a list or window that was not requested ends the stream with ErrOverflow.
//
// Source: the argument fairBackpressure of Reactor's Flux.bufferTimeout and
// windowTimeout.
func Fair() BatchOption { return fair{} }

func batchOf(opts []BatchOption) (o batchOptions) {
	for _, opt := range opts {
		if opt == nil {
			o.err = invalid("nil option")
			continue
		}
		opt.batch(&o)
	}
	return o
}

// BufferTimeout gives a list once it has n values, or d after its first value.
// What is open when src completes is given; an error lets it go. A request for k
// lists asks src for k*n values; a list that was not requested when its time is
// up ends the stream with ErrOverflow. With [Fair] lists wait for demand instead,
// the values before an error are given first, and src is asked for 4*n values
// ahead, again when less than 2*n are still to come. A full list is sent by the
// goroutine of its last value, another one by a timer's goroutine that exists
// only for that. n < 1 or d <= 0 ends with ErrInvalid.
//
// Source: Reactor's Flux.bufferTimeout.
func BufferTimeout[T any](src Publisher[T], n int, d time.Duration, opts ...BatchOption) Flux[[]T] {
	if n < 1 || d <= 0 {
		return Error[[]T](invalid("BufferTimeout(%d, %v): the size must be at least 1 and the time positive", n, d))
	}
	main, o := sourceOf(src), batchOf(opts)
	switch {
	case o.err != nil:
		return Error[[]T](o.err)
	case o.fair:
		return fairBufferTimeout(main, n, d)
	}
	return Flux[[]T]{sourceFunc[[]T](func(ctx context.Context, s Subscriber[[]T]) {
		b := &bufferTimeout[T]{size: n}
		b.into(ctx, s)
		b.clock.start(d, b.timeUp)
		main.subscribe(ctx, b)
	})}
}

// deadline is a timer that is set often and fires seldom.
//
// INVARIANTS: guarded by its owner's lock. The timer is left running when the
// deadline moves or is lifted: it looks at due when it fires, and sleeps on or
// rests. armed tells whether it is running.
type deadline struct {
	gap   time.Duration
	due   time.Time // zero: none
	timer *time.Timer
	armed bool
}

func (d *deadline) start(gap time.Duration, f func()) {
	d.gap = gap
	d.timer = time.AfterFunc(gap, f)
	d.timer.Stop() // not before a value came
}

func (d *deadline) set() { d.setTo(time.Now().Add(d.gap)) }

func (d *deadline) setTo(due time.Time) {
	d.due = due
	if !d.armed {
		d.armed = true
		d.timer.Reset(time.Until(due))
	}
}

// lift takes the deadline off; it gives true, as something else came first.
func (d *deadline) lift() bool {
	d.due = time.Time{}
	return true
}

// reached tells whether the deadline has come; the timer's goroutine asks.
func (d *deadline) reached() bool {
	d.armed = false
	if d.due.IsZero() {
		return false
	}
	if wait := time.Until(d.due); wait > 0 {
		d.armed = true
		d.timer.Reset(wait)
		return false
	}
	return d.lift()
}

// bufferTimeout cuts its list by number and time.
//
// INVARIANTS: the lock of the open list guards clock, wanted, the requested lists that
// are not cut, and owed, what the source was asked for and has not sent, but that
// values of the open list are taken off it when somebody asks; counted of them have been.
// The last value of a list moves all of these at once, and any other what is left of owed,
// so that a request at the same time asks for no more than it may.
type bufferTimeout[T any] struct {
	cutList[T]
	source                Subscription
	size                  int
	clock                 deadline
	wanted, owed, counted int64
}

func (b *bufferTimeout[T]) OnSubscribe(s Subscription) {
	b.source, b.up = s, b
	b.again = func() { b.Request(1) }
	b.down.OnSubscribe(b)
}

func (b *bufferTimeout[T]) OnNext(v T) {
	if b.open.addBehind(v, b.size-1) {
		return
	}
	full, wanted, ok := b.put(v)
	switch {
	case !ok:
		dropNext(b.ctx, v)
	case !wanted:
		b.overflow()
	case full:
		b.change()
	}
}

func (b *bufferTimeout[T]) pushes() func(T) bool {
	return func(v T) bool { b.OnNext(v); return true }
}

// put adds v to the open list, and cuts that if it is full.
func (b *bufferTimeout[T]) put(v T) (full, wanted, ok bool) {
	b.open.mu.Lock()
	defer b.open.mu.Unlock()
	switch b.open.addLocked(v, min(b.size, mostCapacity)) {
	case 0:
		return false, false, false
	case b.size:
		b.clock.lift()
		return true, b.cutWanted(), true
	case 1:
		b.clock.set()
	}
	return false, true, true
}

// timeUp runs on the timer's goroutine.
func (b *bufferTimeout[T]) timeUp() {
	b.open.mu.Lock()
	wanted := !b.clock.reached() || b.cutWanted()
	b.open.mu.Unlock()
	if !wanted {
		b.overflow()
		return
	}
	b.change()
}

// cutWanted cuts the open list, if it has values and was requested; false means
// that it was not.
func (b *bufferTimeout[T]) cutWanted() bool {
	n, ok := b.cutLocked(false)
	if n > 0 && b.wanted != Unbounded {
		b.wanted--
	}
	b.count(n)
	b.counted = 0
	return ok
}

func (b *bufferTimeout[T]) overflow() {
	b.source.Cancel()
	b.fail(ErrOverflow)
}

func (b *bufferTimeout[T]) fail(err error) {
	b.end(err)
	b.drop()
	b.clock.timer.Stop()
}

func (b *bufferTimeout[T]) OnError(err error) { b.fail(err) }

func (b *bufferTimeout[T]) OnComplete() {
	if !b.cutNow(true) {
		b.overflow()
		return
	}
	b.clock.timer.Stop()
	b.end(nil)
}

func (b *bufferTimeout[T]) Request(n int64) {
	b.demand.add(n)
	if n > 0 {
		if more := b.owing(n); more > 0 {
			b.source.Request(more)
		}
	}
	b.change()
}

// owing counts n more lists, and gives what the source is to be asked for: as many
// values as the requested lists may need, whatever is in the open one.
func (b *bufferTimeout[T]) owing(n int64) (more int64) {
	b.open.mu.Lock()
	defer b.open.mu.Unlock()
	b.wanted = addCap(b.wanted, n)
	b.count(b.open.len())
	size := orUnbounded(b.size)
	need := mulCap(b.wanted, size)
	switch {
	case mulCap(n, size) == Unbounded:
		more = Unbounded
	case need > b.owed:
		more = need - b.owed
	default:
		return 0
	}
	b.owed = need
	return more
}

// count takes the first values of the open list off what the source owes.
func (b *bufferTimeout[T]) count(values int) {
	b.owed -= int64(values) - b.counted
	b.counted = int64(values)
}

// orUnbounded is a size as a number of values; one that can hardly be reached
// asks for everything.
func orUnbounded(size int) int64 {
	if size >= math.MaxInt32 {
		return Unbounded
	}
	return int64(size)
}

func (b *bufferTimeout[T]) Cancel() {
	b.source.Cancel()
	b.drop()
	b.clock.timer.Stop()
	b.cancel()
}
