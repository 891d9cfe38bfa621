package flux

import (
	"context"
	"sync"
)

// Overflow says what becomes of a value that finds no demand.
type Overflow int

// The strategies for values that find no demand.
const (
	OverflowBuffer Overflow = iota // keep it, without a bound
	OverflowDrop                   // let it go
	OverflowLatest                 // keep it in place of the one kept before
	OverflowError                  // end the stream with ErrOverflow
	OverflowIgnore                 // send it all the same, beyond the demand
)

// Create adapts a source that sends when it likes: register is called at each
// subscription, on the subscribing goroutine and after the subscriber was told,
// and hands the Emitter to whatever will send. It must return without waiting.
// overflow answers missing demand; without one it is OverflowBuffer. A panic of
// register is the error of the stream.
//
// Source: Reactor's Flux.create and Flux.push.
func Create[T any](register func(ctx context.Context, e *Emitter[T]), overflow ...Overflow) Flux[T] {
	strategy := OverflowBuffer
	for _, o := range overflow {
		strategy = o
	}
	switch {
	case register == nil:
		return nilFunc[T]("Create")
	case strategy < OverflowBuffer || strategy > OverflowIgnore:
		return Error[T](invalid("Create: unknown overflow strategy %d", strategy))
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		e := &Emitter[T]{overflow: strategy}
		e.out = drain[T]{ctx: ctx, up: nothing{}, down: s, push: pusher(s), closed: e.dispose}
		e.out.again = func() { (*emission[T])(e).Request(1) }
		if strategy == OverflowIgnore {
			e.out.demand.add(Unbounded)
		}
		s.OnSubscribe((*emission[T])(e))
		if err := try(func() { register(ctx, e) }); err != nil {
			e.Error(err)
		}
	})}
}

// Emitter is the sending side of [Create], for one subscription. All methods may
// be called by any goroutine, also concurrently: values are passed one at a
// time, by one of the callers. After the end, or a cancel, values are dropped.
//
// Source: Reactor's FluxSink.
type Emitter[T any] struct {
	out      drain[T]
	overflow Overflow

	mu        sync.Mutex // guards what follows
	asked     int64      // demand so far, for an OnRequest that comes late
	onRequest func(int64)
	onCancel  []func()
	onDispose []func()
	cancelled bool
	disposed  bool
}

// Next sends v, or does with it what the overflow strategy says.
func (e *Emitter[T]) Next(v T) {
	switch e.overflow {
	case OverflowBuffer, OverflowIgnore:
		if e.ended() {
			dropNext(e.out.ctx, v)
			return
		}
		e.out.offer(v)
		return
	}
	if lost, any := e.keep(v); any {
		discard(e.out.ctx, lost)
	}
	e.out.change()
}

// keep queues v as far as the strategy allows, and gives back what it lost.
func (e *Emitter[T]) keep(v T) (lost T, any bool) {
	d := &e.out
	d.mu.Lock()
	defer d.mu.Unlock()
	switch room := d.demand.load() - int64(d.queue.len()); {
	case d.ended || d.stopped.Load():
		return v, true
	case room > 0:
		d.queue.push(v)
		return lost, false
	case e.overflow == OverflowError:
		d.ended, d.err = true, ErrOverflow
		return v, true
	case e.overflow == OverflowDrop:
		return v, true
	case room < 0: // OverflowLatest, and one is waiting without demand
		lost, any = d.queue.popLast(), true
	}
	d.queue.push(v)
	return lost, any
}

func (e *Emitter[T]) ended() bool {
	e.out.mu.Lock()
	defer e.out.mu.Unlock()
	return e.out.ended
}

// Error ends the stream with err, after the values that are still queued. A nil
// err ends it with ErrInvalid.
func (e *Emitter[T]) Error(err error) {
	if err == nil {
		err = invalid("Emitter.Error(nil): the error must not be nil")
	}
	e.out.end(err)
}

// Complete ends the stream, after the values that are still queued.
func (e *Emitter[T]) Complete() { e.out.end(nil) }

// Last sends v and completes, in one step: of several goroutines that call it one
// wins, and the values of the others are dropped. It is the whole of what a source
// of one value has to say. v finds no overflow: it waits until it is requested,
// whatever the strategy.
//
// Source: Reactor's MonoSink.success.
func (e *Emitter[T]) Last(v T) {
	d := &e.out
	d.mu.Lock()
	late := d.ended || d.stopped.Load()
	if !late {
		d.ended = true
		d.queue.push(v)
	}
	d.mu.Unlock()
	if late {
		dropNext(d.ctx, v)
		return
	}
	d.change()
}

// Requested is the demand that is open now; flux.Unbounded if without bound.
func (e *Emitter[T]) Requested() int64 { return max(e.out.demand.load(), 0) }

// Cancelled tells whether the subscriber cancelled or the stream has ended.
func (e *Emitter[T]) Cancelled() bool { return e.out.stopped.Load() }

// OnRequest calls f with each demand, at once with what was requested before.
// Only one function can be set; a second one ends the stream with ErrInvalid. f
// is called by whoever requests; its panic ends the stream.
func (e *Emitter[T]) OnRequest(f func(n int64)) {
	e.mu.Lock()
	second := e.onRequest != nil
	if !second {
		e.onRequest = f
	}
	n := e.asked
	e.mu.Unlock()
	switch {
	case second:
		e.Error(invalid("Emitter.OnRequest: a function has been set before"))
	case n > 0:
		e.tell(f, n)
	}
}

func (e *Emitter[T]) tell(f func(int64), n int64) {
	if err := try(func() { f(n) }); err != nil {
		e.Error(err)
	}
}

// OnCancel calls f once if the subscriber cancels, at once if it has. f is
// called by whoever cancels, before the functions of OnDispose.
func (e *Emitter[T]) OnCancel(f func()) {
	e.mu.Lock()
	now := e.cancelled
	if !now {
		e.onCancel = append(e.onCancel, f)
	}
	e.mu.Unlock()
	if now {
		shield(f)
	}
}

// OnDispose calls f once when the subscription is over, by a cancel or after the
// terminal went down; at once if it is. It is the place to let go of what
// register took hold of.
func (e *Emitter[T]) OnDispose(f func()) {
	e.mu.Lock()
	now := e.disposed
	if !now {
		e.onDispose = append(e.onDispose, f)
	}
	e.mu.Unlock()
	if now {
		shield(f)
	}
}

func (e *Emitter[T]) dispose() {
	e.mu.Lock()
	e.disposed = true
	last := e.onDispose
	e.onDispose = nil
	e.mu.Unlock()
	for _, f := range last {
		shield(f)
	}
}

// emission is the subscription's view of an Emitter, which keeps Request and
// Cancel out of the sender's sight.
type emission[T any] Emitter[T]

func (s *emission[T]) Request(n int64) {
	e := (*Emitter[T])(s)
	e.mu.Lock()
	f := e.onRequest
	if n > 0 {
		e.asked = addCap(e.asked, n)
	}
	e.mu.Unlock()
	e.out.demand.add(n)
	if f != nil && n > 0 && !e.Cancelled() {
		e.tell(f, n)
	}
	e.out.change()
}

func (s *emission[T]) Cancel() {
	e := (*Emitter[T])(s)
	e.mu.Lock()
	again := e.cancelled || e.disposed
	e.cancelled = true
	last := e.onCancel
	e.onCancel = nil
	e.mu.Unlock()
	if again {
		return
	}
	for _, f := range last {
		shield(f)
	}
	e.dispose()
	e.out.cancel()
}
