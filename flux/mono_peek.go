package flux

import (
	"context"
	"errors"
)

// DoOnSuccess calls do when the Mono succeeds: with its value before that goes
// down, or, with ok false, before the completion of an empty one. A panic of do
// is the error of the stream, and cancels the source. do is called by the
// goroutine that sends the signal.
//
// Source: Reactor's Mono.doOnSuccess.
func (m Mono[T]) DoOnSuccess(do func(v T, ok bool)) Mono[T] {
	if do == nil {
		return Mono[T](nilFunc[T]("DoOnSuccess"))
	}
	return m.peeking(onePeek[T]{success: do})
}

// DoOnTerminate calls do when the Mono ends by itself: before the value goes down,
// or the completion of an empty one, or an error. A panic of do is the error of
// the stream, together with the one that was going down. do is called by the
// goroutine that sends the signal.
//
// Source: Reactor's Mono.doOnTerminate.
func (m Mono[T]) DoOnTerminate(do func()) Mono[T] {
	if do == nil {
		return Mono[T](nilFunc[T]("DoOnTerminate"))
	}
	return m.peeking(onePeek[T]{success: func(T, bool) { do() }, failed: func(error) { do() }})
}

// DoAfterTerminate calls do when the value has gone down, or the completion of an
// empty Mono, or an error. do is called by the goroutine that sends the signal;
// its panic goes to the dropped-error hook.
//
// Source: Reactor's Mono.doAfterTerminate.
func (m Mono[T]) DoAfterTerminate(do func()) Mono[T] {
	if do == nil {
		return Mono[T](nilFunc[T]("DoAfterTerminate"))
	}
	return m.peeking(onePeek[T]{after: do})
}

// DoOnEach calls do with the value and with the completion, both before the value
// goes on, since a value is the end; with the completion of an empty Mono, or with
// the error, before that goes on. A panic of do at the value or the completion
// cancels the source and is the error of the stream, which do gets too; one at an
// error goes down together with it. do is called by the goroutine that sends the
// signal.
//
// Source: Reactor's Mono.doOnEach.
func (m Mono[T]) DoOnEach(do func(Signal[T])) Mono[T] {
	if do == nil {
		return Mono[T](nilFunc[T]("DoOnEach"))
	}
	return m.peeking(onePeek[T]{
		success: func(v T, ok bool) {
			if ok {
				do(NextSignal(v))
			}
			do(CompleteSignal[T]())
		},
		failed:    func(err error) { do(ErrorSignal[T](err)) },
		failedToo: true,
	})
}

// onePeek watches the signals of a Mono, where the value is already the end: the
// hooks run at it and not again at the completion that follows.
//
// INVARIANTS: the hooks run on the goroutine that owns the signals, guarded;
// valued is set by the value, done before a terminal goes down.
type onePeek[T any] struct {
	success func(v T, ok bool)
	failed  func(err error)
	after   func()
	// failedToo means that failed hears of a panic of success.
	failedToo bool
}

func (m Mono[T]) peeking(hooks onePeek[T]) Mono[T] {
	src := m.Flux().source()
	return Mono[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &onePeeker[T]{onePeek: &hooks, hidden: hidden[T]{down: s}, ctx: ctx, push: pusher(s)})
	})}
}

type onePeeker[T any] struct {
	*onePeek[T]
	hidden[T]
	ctx    context.Context
	push   func(T) bool
	valued bool
	below  bool // the value is on its way down
	done   bool
}

func (p *onePeeker[T]) OnSubscribe(s Subscription) {
	p.up = s
	p.down.OnSubscribe(p)
}

func (p *onePeeker[T]) OnNext(v T) {
	if !p.TryOnNext(v) {
		p.up.Request(1)
	}
}

func (p *onePeeker[T]) TryOnNext(v T) bool {
	if p.done {
		dropNext(p.ctx, v)
		return true
	}
	if err := p.succeed(v, true); err != nil {
		p.up.Cancel()
		p.refuse(err)
		return true
	}
	p.valued, p.below = true, true
	took := p.push(v)
	p.below = false
	p.afterwards()
	return took
}

func (p *onePeeker[T]) succeed(v T, ok bool) error {
	if p.success == nil {
		return nil
	}
	return try(func() { p.success(v, ok) })
}

func (p *onePeeker[T]) OnError(err error) {
	if p.done {
		dropError(p.ctx, err)
		return
	}
	if !p.valued {
		err = p.hear(err)
	}
	p.fail(err)
}

// refuse sends a panic of success.
func (p *onePeeker[T]) refuse(err error) {
	if p.failedToo {
		err = p.hear(err)
	}
	p.fail(err)
}

// hear lets failed hear of err, and joins its panic to it.
func (p *onePeeker[T]) hear(err error) error {
	if p.failed == nil {
		return err
	}
	if panicked := try(func() { p.failed(err) }); panicked != nil {
		return errors.Join(panicked, err)
	}
	return err
}

// fail sends an error.
func (p *onePeeker[T]) fail(err error) {
	p.done = true
	p.down.OnError(err)
	if !p.valued {
		p.afterwards()
	}
}

func (p *onePeeker[T]) OnComplete() {
	if p.done {
		return
	}
	var none T
	if !p.valued {
		if err := p.succeed(none, false); err != nil {
			p.refuse(err)
			return
		}
	}
	p.done = true
	p.down.OnComplete()
	if !p.valued {
		p.afterwards()
	}
}

func (p *onePeeker[T]) afterwards() {
	if p.after == nil {
		return
	}
	if err := try(p.after); err != nil {
		dropError(p.ctx, err)
	}
}

// TakePanic runs the hook that a panic out of the value's way has skipped.
func (p *onePeeker[T]) TakePanic(err error) bool {
	took := handPanic(p.down, err, p)
	if p.below {
		p.below = false
		p.afterwards()
	}
	return took
}
