package flux

import (
	"context"
	"time"
)

// OnBackpressureDrop takes values from f as they come and lets those go that
// find no demand, handing each to dropped (which may be nil) on the goroutine
// that sent it. f is asked for everything. A panic of dropped cancels f and is
// the error of the stream.
//
// Source: Reactor's Flux.onBackpressureDrop.
func (f Flux[T]) OnBackpressureDrop(dropped func(v T)) Flux[T] {
	return shedding(f, func(v T) error {
		if dropped != nil {
			dropped(v)
		}
		return nil
	})
}

// OnBackpressureError takes values from f as they come, and ends with an error
// that matches ErrOverflow at the first that finds no demand. f is asked for
// everything.
//
// Source: Reactor's Flux.onBackpressureError.
func (f Flux[T]) OnBackpressureError() Flux[T] {
	return shedding(f, func(T) error { return ErrOverflow })
}

// shedding makes an operator that has no place to keep a value without demand:
// lost gets it, and its error ends the stream.
func shedding[T any](f Flux[T], lost func(T) error) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &shed[T]{ctx: ctx, down: s, push: pusher(s), lost: lost})
	})}
}

// shed passes a value if there is demand for it.
//
// INVARIANTS: gate keeps the error of a bad Request, which comes from any
// goroutine, from going down beside a value.
type shed[T any] struct {
	ctx     context.Context
	up      Subscription
	down    Subscriber[T]
	push    func(T) bool
	lost    func(T) error
	demand  demand
	gate    gate
	running bool
}

func (d *shed[T]) OnSubscribe(s Subscription) {
	d.up = s
	d.down.OnSubscribe(d)
	s.Request(Unbounded)
}

func (d *shed[T]) OnNext(v T) {
	if !d.gate.enter() {
		dropNext(d.ctx, v)
		return
	}
	var err error
	if d.demand.load() > 0 {
		if d.push(v) {
			d.demand.sub(1)
		}
	} else {
		discard(d.ctx, v)
		d.running = true
		err = d.lost(v)
		d.running = false
	}
	d.gate.leave().deliver(d.down)
	if err != nil {
		d.fail(err)
	}
}

func (d *shed[T]) fail(err error) {
	d.up.Cancel()
	d.OnError(err)
}

func (d *shed[T]) OnError(err error) {
	end, late := d.gate.cut(err)
	if late {
		dropError(d.ctx, err)
	}
	end.deliver(d.down)
}

func (d *shed[T]) OnComplete() {
	end, _ := d.gate.cut(nil)
	end.deliver(d.down)
}

func (d *shed[T]) Request(n int64) {
	switch {
	case n > 0:
		d.demand.add(n)
	case !d.gate.closed():
		d.fail(badRequest(n))
	}
}

func (d *shed[T]) Cancel() {
	d.gate.mute().drop(d.ctx)
	d.up.Cancel()
}

func (d *shed[T]) TakePanic(p error) bool {
	if !d.running {
		return handPanic(d.down, p, d)
	}
	d.running = false
	d.gate.leave()
	d.fail(p)
	return true
}

// OnBackpressureLatest takes values from f as they come and keeps only the
// newest of those that find no demand. f is asked for everything.
//
// Source: Reactor's Flux.onBackpressureLatest.
func (f Flux[T]) OnBackpressureLatest() Flux[T] {
	return buffering(f, bufferOptions[T]{size: 1, overflow: BufferDropOldest, errorsCut: true})
}

// BufferOverflow says what a full buffer does with one value more.
type BufferOverflow int

// The strategies of a full buffer.
const (
	BufferError      BufferOverflow = iota // end the stream with ErrOverflow
	BufferDropLatest                       // let the new value go
	BufferDropOldest                       // let the oldest value go
)

// BufferSpec sets up [Flux.OnBackpressureBuffer]. The zero BufferSpec keeps
// everything.
type BufferSpec[T any] struct {
	// Size is how many values are kept; 0 means without bound.
	Size int
	// Overflow is what happens to one value more.
	Overflow BufferOverflow
	// TTL, if not 0, is how long a value is kept; one that has waited for longer
	// is let go, by a timer's goroutine. A full buffer then drops its oldest
	// value, whatever Overflow says.
	TTL time.Duration
	// Dropped, if not nil, gets each value that is let go, on the goroutine that
	// sent the value too many. Its panic ends the stream.
	Dropped func(v T)
}

// OnBackpressureBuffer takes values from f as they come and keeps those that
// find no demand, as spec says. f is asked for everything. An error waits for
// the values before it; an overflow error too.
//
// Source: Reactor's Flux.onBackpressureBuffer.
func (f Flux[T]) OnBackpressureBuffer(spec BufferSpec[T]) Flux[T] {
	switch {
	case spec.Size < 0:
		return Error[T](invalid("BufferSpec.Size %d: must not be negative", spec.Size))
	case spec.Overflow < BufferError || spec.Overflow > BufferDropOldest:
		return Error[T](invalid("BufferSpec.Overflow: unknown strategy %d", spec.Overflow))
	}
	if spec.TTL < 0 {
		return Error[T](invalid("BufferSpec.TTL %v: must not be negative", spec.TTL))
	}
	o := bufferOptions[T]{size: spec.Size, overflow: spec.Overflow, dropped: spec.Dropped}
	if o.size == 0 {
		o.size = unlimited
	}
	if spec.TTL > 0 {
		return bufferingFor(f, o, spec.TTL)
	}
	return buffering(f, o)
}

type bufferOptions[T any] struct {
	size      int
	overflow  BufferOverflow
	dropped   func(T)
	errorsCut bool
}

func buffering[T any](f Flux[T], o bufferOptions[T]) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &buffered[T]{
			bufferOptions: o,
			drain:         drain[T]{ctx: ctx, down: s, push: pusher(s), cut: o.errorsCut},
		})
	})}
}

type buffered[T any] struct {
	bufferOptions[T]
	drain[T]
}

func (b *buffered[T]) OnSubscribe(s Subscription) {
	b.up = s
	b.down.OnSubscribe(b)
	s.Request(Unbounded)
}

func (b *buffered[T]) OnNext(v T) {
	b.mu.Lock()
	lost, some, err := b.keep(v)
	b.mu.Unlock()
	if some {
		b.lose(lost)
	}
	if err != nil {
		b.up.Cancel()
		b.end(err)
		return
	}
	b.change()
}

// keep queues v, and gives back what had to go for it. mu is held.
func (b *buffered[T]) keep(v T) (lost T, some bool, err error) {
	switch {
	case b.ended:
		return v, true, nil
	case b.queue.len() < b.size:
	case b.overflow == BufferDropOldest:
		lost, some = b.queue.pop(), true
	case b.overflow == BufferDropLatest:
		return v, true, nil
	default:
		return v, true, ErrOverflow
	}
	b.queue.push(v)
	return lost, some, nil
}

func (b *buffered[T]) lose(v T) {
	discard(b.ctx, v)
	if b.dropped == nil {
		return
	}
	if err := try(func() { b.dropped(v) }); err != nil {
		b.up.Cancel()
		b.end(err)
	}
}

func (b *buffered[T]) OnError(err error) { b.end(err) }
func (b *buffered[T]) OnComplete()       { b.end(nil) }
func (b *buffered[T]) Request(n int64)   { b.request(n) }

func (b *buffered[T]) Cancel() {
	b.up.Cancel()
	b.cancel()
}

// LimitRate requests n values ahead, and then again in batches of three quarters
// of n, whatever the subscriber requests; values wait in a queue for demand. n <
// 1 ends with ErrInvalid.
//
// Source: Reactor's Flux.limitRate(int).
func (f Flux[T]) LimitRate(n int) Flux[T] { return f.LimitRateLow(n, refillAt(n)) }

// LimitRateLow is [Flux.LimitRate] that requests again in batches of low values:
// 0 means of n, and low >= n three quarters of n.
//
// Source: Reactor's Flux.limitRate(int, int).
func (f Flux[T]) LimitRateLow(n, low int) Flux[T] {
	switch {
	case n < 1:
		return Error[T](invalid("LimitRate(%d): must be at least 1", n))
	case low < 0:
		return Error[T](invalid("LimitRateLow(%d, %d): the low tide must not be negative", n, low))
	case low == 0:
		low = n
	case low >= n:
		low = refillAt(n)
	}
	return hopping(f, nil, hopOptions{ahead: n, batch: low})
}
