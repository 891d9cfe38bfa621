package flux

import (
	"context"
	"iter"
)

// ZipWithIterable pairs the values of src with those of seq and gives f of each
// pair. It completes with src, and cancels src when seq has ended; of an empty
// seq src is not subscribed to. Demand passes through to src. seq is run as a
// coroutine (iter.Pull, about 100 ns a value) by the goroutines that send the
// values of src, one value ahead; each subscription iterates anew, and its end or
// cancel stops the iteration. f is called by the goroutine that sends the value; a
// panic of f or of seq cancels src and is the error of the stream.
//
// Source: Reactor's Flux.zipWithIterable.
func ZipWithIterable[A, B, R any](src Publisher[A], seq iter.Seq[B], f func(a A, b B) R) Flux[R] {
	if seq == nil || f == nil {
		return Error[R](invalid("ZipWithIterable: the sequence and the function must not be nil"))
	}
	from := sourceOf(src)
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		z := &zipIterable[A, B, R]{ctx: ctx, down: s, push: pusher(s), f: f}
		z.next, z.stop = iter.Pull(seq)
		some := false
		err := try(func() { z.b, some = z.next() })
		switch {
		case err != nil:
			errorSource[R]{err}.subscribe(ctx, s)
		case !some:
			emptySource[R]{}.subscribe(ctx, s)
		default:
			from.subscribe(ctx, z)
		}
	})}
}

// zipIterable pairs values with those of a coroutine.
//
// INVARIANTS: next and stop are called by whoever is inside the gate, and stop
// also by whoever shuts it while nobody is; so never concurrently. After the gate
// was shut nothing goes down but the end that shut it.
type zipIterable[A, B, R any] struct {
	ctx     context.Context
	up      Subscription
	down    Subscriber[R]
	push    func(R) bool
	f       func(A, B) R
	next    func() (B, bool)
	stop    func()
	b       B
	gate    gate
	running bool // f or next is executing
}

func (z *zipIterable[A, B, R]) OnSubscribe(s Subscription) {
	z.up = s
	z.down.OnSubscribe(z)
}

func (z *zipIterable[A, B, R]) OnNext(v A) {
	if !z.TryOnNext(v) {
		z.up.Request(1)
	}
}

func (z *zipIterable[A, B, R]) TryOnNext(v A) bool {
	if !z.gate.enter() {
		dropNext(z.ctx, v)
		return true
	}
	z.running = true
	r := z.f(v, z.b)
	z.running = false
	took, some := z.push(r), true
	if !z.gate.closed() {
		z.running = true
		z.b, some = z.next()
		z.running = false
	}
	switch {
	case z.gate.leave() != nil:
		z.close()
	case !some:
		z.end()
		z.up.Cancel()
		z.down.OnComplete()
	}
	return took || !some
}

func (z *zipIterable[A, B, R]) OnError(err error) {
	if z.gate.closed() {
		dropError(z.ctx, err)
		return
	}
	z.end()
	z.down.OnError(err)
}

func (z *zipIterable[A, B, R]) OnComplete() {
	if !z.gate.closed() {
		z.end()
		z.down.OnComplete()
	}
}

func (z *zipIterable[A, B, R]) Request(n int64) { z.up.Request(n) }

func (z *zipIterable[A, B, R]) Cancel() {
	z.up.Cancel()
	z.end()
}

// end stops the iteration, now or when the value on its way has passed.
func (z *zipIterable[A, B, R]) end() {
	if idle, _ := z.gate.close(&ending{silent: true}); idle != nil {
		z.close()
	}
}

func (z *zipIterable[A, B, R]) close() {
	if err := try(z.stop); err != nil {
		dropError(z.ctx, err)
	}
}

func (z *zipIterable[A, B, R]) TakePanic(p error) bool {
	own := z.running
	z.running = false
	cancelled := z.gate.leave() != nil
	if cancelled {
		z.close()
	} else {
		z.end()
	}
	switch {
	case !own:
		return handPanic(z.down, p, z.up)
	case cancelled:
		dropError(z.ctx, p)
	default:
		z.up.Cancel()
		z.down.OnError(p)
	}
	return true
}
