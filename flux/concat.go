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
	return Flux[T]{concatSource[T](sourcesOf(srcs))}
}

// ConcatDelayError is [Concat] that goes on after an error, and ends with the
// errors, joined (errors.Join), after the last publisher.
//
// Source: Reactor's Flux.concatDelayError.
func ConcatDelayError[T any](srcs ...Publisher[T]) Flux[T] {
	return concatMapSource(FromSlice(srcs).source(), sourceOf[T], options{prefetch: onTurn, delayErrors: true})
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
	if c, ok := f.src.(concatSource[T]); ok {
		return Flux[T]{append(slices.Clip(c), sourceOf(next))}
	}
	return Concat(f, next)
}

// ConcatWithValues gives what f gives, and then values.
//
// Source: Reactor's Flux.concatWithValues.
func (f Flux[T]) ConcatWithValues(values ...T) Flux[T] { return f.ConcatWith(FromSlice(values)) }

// StartWith gives values first, and then what f gives.
//
// Source: Reactor's Flux.startWith.
func (f Flux[T]) StartWith(values ...T) Flux[T] { return Concat(FromSlice(values), f) }

// StartWithPublisher gives what first gives and then what f gives.
//
// Source: Reactor's Flux.startWith(Publisher).
func (f Flux[T]) StartWithPublisher(first Publisher[T]) Flux[T] { return Concat(first, f) }

func sourcesOf[T any](ps []Publisher[T]) []source[T] {
	srcs := make([]source[T], len(ps))
	for i, p := range ps {
		srcs[i] = sourceOf(p)
	}
	return srcs
}

type concatSource[T any] []source[T]

func (srcs concatSource[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	if len(srcs) == 0 {
		emptySource[T]{}.subscribe(ctx, s)
		return
	}
	(&concat[T]{relay: newRelay(s), ctx: ctx, rest: srcs}).OnComplete()
}

type concat[T any] struct {
	relay[T]
	ctx   context.Context
	rest  []source[T]
	begun bool // the subscriber has its subscription
}

func (c *concat[T]) OnSubscribe(s Subscription) {
	c.set(s)
	if !c.begun {
		c.begun = true
		c.down.OnSubscribe(c)
	}
}

func (c *concat[T]) OnComplete() { c.turns.run(c.next) }

func (c *concat[T]) next() {
	switch {
	case c.isCancelled():
	case len(c.rest) == 0:
		sendEnd(c.ctx, c.down, nil)
	default:
		src := c.rest[0]
		if c.rest = c.rest[1:]; len(c.rest) == 0 {
			c.rest = nil // the sources before the last need not be kept
		}
		src.subscribe(c.ctx, c)
	}
}
