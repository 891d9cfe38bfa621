package flux

import "context"

// Publisher is anything that can be subscribed to. Every operand of every
// operator is a Publisher, so a Flux, a Mono, a sink or a type of your own can
// stand in the same places.
//
// Subscribe must call OnSubscribe exactly once, before any other signal and
// before it returns, and must return without waiting for the stream to end
// unless the stream is produced synchronously by the calling goroutine. ctx travels upstream: when
// it is done the subscription is cancelled, silently, as by [Subscription]
// Cancel. It may be called by any number of goroutines at the same time; each
// call starts a subscription of its own.
//
// Source: Reactive Streams rules 1.1-1.11.
type Publisher[T any] interface {
	Subscribe(ctx context.Context, s Subscriber[T])
}

// Subscriber receives the signals of one subscription. Its methods are never
// called concurrently: OnSubscribe first, then at most as many OnNext as were
// requested, then at most one of OnError and OnComplete. Which goroutine calls
// them is the source's affair; a subscriber must not block it.
//
// Source: Reactive Streams rules 2.1-2.13.
type Subscriber[T any] interface {
	OnSubscribe(s Subscription)
	OnNext(v T)
	OnError(err error)
	OnComplete()
}

// Subscription is the subscriber's handle on its source. Both methods may be
// called by any goroutine, from inside any signal, any number of times; after
// the terminal signal or a Cancel they do nothing.
//
// Request adds n to the number of values the source may send; the sum
// saturates at math.MaxInt64, which means unbounded. n <= 0 ends the stream
// with an error that matches [ErrBadRequest]. A synchronous source sends from
// inside Request, but a Request made inside OnNext only adds to the demand and
// returns (it does not recurse).
//
// Cancel stops the source and lets it drop its references. Signals already
// under way on another goroutine may still arrive.
//
// Source: Reactive Streams rules 3.1-3.17.
type Subscription interface {
	Request(n int64)
	Cancel()
}

// Unbounded is the demand of a subscriber that takes values as fast as they
// come.
const Unbounded = int64(1<<63 - 1)
