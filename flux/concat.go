package flux

import (
	"context"
	"slices"
)

// Concat subscribes to one publisher after another, each when the one before
// completed, and gives their values in that order. An error ends it at once. It
// asks the current publisher for exactly the demand that is open. Synchronous
// publishers are walked without recursion. The next subscription happens on the
// goroutine that completed the one before.
//
// Source: Reactor's Flux.concat.
func Concat[T any](srcs ...Publisher[T]) Flux[T] {
	return Flux[T]{concatSource[T]{srcs: sourcesOf(srcs), sated: true}}
}

// ConcatDelayError is [Concat] that goes on after an error, and ends with the
// errors, joined (errors.Join), after the last publisher.
//
// Source: Reactor's Flux.concatDelayError.
func ConcatDelayError[T any](srcs ...Publisher[T]) Flux[T] {
	return Flux[T]{concatSource[T]{srcs: sourcesOf(srcs), delay: true}}
}

// ConcatOf is [Concat] of publishers that come as values. Prefetch (32) of them
// are requested ahead. With DelayErrors it goes on after an error, as does
// [ConcatDelayError]; with DelayErrorsOfOuter an error of srcs waits for the
// publisher at work.
//
// Source: Reactor's Flux.concat(Publisher), Flux.concatDelayError(Publisher).
func ConcatOf[T any, P Publisher[T]](srcs Publisher[P], o ...MergeOption) Flux[T] {
	cfg := mergeOptions(o)
	if cfg.err != nil {
		return Error[T](cfg.err)
	}
	return concatMapSource(sourceOf(srcs), sourceFrom[T, P], cfg)
}

// ConcatWith is Concat(f, next).
//
// Source: Reactor's Flux.concatWith.
func (f Flux[T]) ConcatWith(next Publisher[T]) Flux[T] {
	srcs := []source[T]{f.source()}
	if c, ok := f.src.(concatSource[T]); ok && !c.sated && !c.delay {
		srcs = slices.Clip(c.srcs)
	}
	return oneAfterAnother(append(srcs, sourceOf(next))...)
}

// ConcatWithValues gives what f gives, and then values.
//
// Source: Reactor's Flux.concatWithValues.
func (f Flux[T]) ConcatWithValues(values ...T) Flux[T] { return f.ConcatWith(FromSlice(values)) }

// StartWith gives values first, and then what f gives.
//
// Source: Reactor's Flux.startWith.
func (f Flux[T]) StartWith(values ...T) Flux[T] { return f.StartWithPublisher(FromSlice(values)) }

// StartWithPublisher gives what first gives and then what f gives.
//
// Source: Reactor's Flux.startWith(Publisher).
func (f Flux[T]) StartWithPublisher(first Publisher[T]) Flux[T] {
	return oneAfterAnother(sourceOf(first), f.source())
}

func sourcesOf[T any](ps []Publisher[T]) []source[T] {
	srcs := make([]source[T], len(ps))
	for i, p := range ps {
		srcs[i] = sourceOf(p)
	}
	return srcs
}

// concatSource is the sources of a concat.
type concatSource[T any] struct {
	srcs  []source[T]
	sated bool // who has asked for everything is asked no more, as by Reactor's concat(Iterable) alone
	delay bool // errors wait for the end
}

func oneAfterAnother[T any](srcs ...source[T]) Flux[T] {
	return Flux[T]{concatSource[T]{srcs: srcs}}
}

func (c concatSource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	if len(c.srcs) == 0 {
		emptySource[T]{}.subscribe(ctx, s)
		return
	}
	run := &concat[T]{relay: newRelay(s), ctx: ctx, rest: c.srcs, delay: c.delay}
	run.sated = c.sated
	run.OnComplete()
}

type concat[T any] struct {
	relay[T]
	ctx   context.Context
	rest  []source[T]
	errs  []error // those that wait for the end
	delay bool
	begun bool // the subscriber has its subscription
}

func (c *concat[T]) OnSubscribe(s Subscription) {
	c.set(s)
	if !c.begun {
		c.begun = true
		c.down.OnSubscribe(c)
	}
}

func (c *concat[T]) OnError(err error) {
	if !c.delay || c.broken() {
		c.down.OnError(err)
		return
	}
	c.errs = append(c.errs, err)
	c.OnComplete()
}

func (c *concat[T]) OnComplete() { c.turns.run(c.next) }

func (c *concat[T]) next() {
	switch {
	case c.isCancelled():
	case len(c.rest) == 0:
		sendEnd(c.ctx, c.down, joined(c.errs))
	default:
		src := c.rest[0]
		if c.rest = c.rest[1:]; len(c.rest) == 0 {
			c.rest = nil // the sources before the last need not be kept
		}
		src.subscribe(c.ctx, c)
	}
}
