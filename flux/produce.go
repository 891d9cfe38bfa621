package flux

import (
	"context"
	"errors"
)

// Produce runs a blocking loop as a source: at each subscription run gets a
// goroutine of its own and sends by calling emit, which waits until the value is
// requested. Its return ends the stream: nil completes, an error is the stream's
// error, a panic likewise. When the subscription is cancelled, ctx is, and emit
// returns the cause; run should then return. emit is for run's own goroutine, one
// call at a time; the values are passed by that goroutine.
//
// Source: Go's blocking style in place of Reactor's Flux.create(...).subscribeOn.
func Produce[T any](run func(ctx context.Context, emit func(v T) error) error) Flux[T] {
	if run == nil {
		return nilFunc[T]("Produce")
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		p := newProducer(ctx, s)
		go p.loop(run) // ends when run returns; run is told by ctx
	})}
}

// FromChan gives the values received from ch and completes when it is closed. A
// goroutine per subscription receives, and only while there is demand; several
// subscriptions share the values between them. Cancel ends the goroutine. A nil
// channel ends with ErrInvalid.
//
// Source: Go's channels; Reactor has nothing like it.
func FromChan[T any](ch <-chan T) Flux[T] {
	if ch == nil {
		return Error[T](invalid("FromChan(nil): the channel must not be nil"))
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		p := newProducer(ctx, s)
		go p.loop(func(ctx context.Context, emit func(T) error) error { // ends with ch or with ctx
			for {
				if err := p.await(); err != nil {
					return err
				}
				select {
				case v, ok := <-ch:
					if !ok {
						return nil
					}
					if err := emit(v); err != nil {
						return err
					}
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
		})
	})}
}

// ErrCancelled is the cancel cause that a source's context carries when its
// subscription was cancelled.
var ErrCancelled = errors.New("flux: the subscription was cancelled")

// producer is the subscription of a blocking source.
//
// INVARIANTS: only the loop's goroutine sends; wake has one slot, so that a
// Request never waits and the loop misses none; over is the loop's own.
type producer[T any] struct {
	ctx    context.Context
	stop   context.CancelCauseFunc
	down   Subscriber[T]
	push   func(T) bool
	demand demand
	wake   chan struct{}
	over   bool
	below  bool // a value is on its way down
}

func newProducer[T any](ctx context.Context, s Subscriber[T]) *producer[T] {
	p := &producer[T]{down: s, push: pusher(s), wake: make(chan struct{}, 1)}
	p.ctx, p.stop = context.WithCancelCause(ctx)
	s.OnSubscribe(p)
	return p
}

// Request wakes the loop. A bad one ends it as a cancel does, wherever it waits;
// the loop then sends the cause.
func (p *producer[T]) Request(n int64) {
	if n <= 0 {
		p.stop(badRequest(n))
		return
	}
	p.demand.add(n)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *producer[T]) Cancel() { p.stop(ErrCancelled) }

// await waits for demand.
func (p *producer[T]) await() error {
	for {
		switch n := p.demand.load(); {
		case p.ctx.Err() != nil:
			return context.Cause(p.ctx)
		case n > 0:
			return nil
		}
		select {
		case <-p.wake:
		case <-p.ctx.Done():
		}
	}
}

func (p *producer[T]) emit(v T) error {
	if err := p.await(); err != nil {
		return err
	}
	p.below = true
	took := p.push(v)
	p.below = false
	if took {
		p.demand.sub(1)
	}
	return nil
}

func (p *producer[T]) loop(run func(context.Context, func(T) error) error) {
	defer p.stop(ErrCancelled)
	err := p.call(run)
	cause := context.Cause(p.ctx)
	if p.ctx.Err() != nil && err != nil && !errors.Is(err, cause) && !errors.Is(err, context.Canceled) {
		dropError(p.ctx, err)
	}
	switch {
	case p.over:
	case errors.Is(cause, ErrBadRequest):
		sendEnd(p.ctx, p.down, cause)
	case p.ctx.Err() != nil:
	case err != nil:
		sendEnd(p.ctx, p.down, err)
	default:
		sendEnd(p.ctx, p.down, nil)
	}
}

// call runs the user's loop. A panic that came from below is not the loop's.
func (p *producer[T]) call(run func(context.Context, func(T) error) error) (err error) {
	defer func() {
		pan := caught(recover())
		if pan == nil {
			return
		}
		if !p.below {
			err = pan
			return
		}
		p.over = true
		p.stop(ErrCancelled)
		if !passPanic(p.down, pan) {
			dropError(p.ctx, pan)
		}
	}()
	return run(p.ctx, p.emit)
}
