package flux

import "time"

// Cache runs m once, at the first subscription, and gives what came of it to that
// and to every later one, for ever: the value, the completion of an empty Mono, or
// the error. m is asked for its value at once and runs on when its subscribers have
// cancelled; it runs with the values, not the end, of the first subscriber's
// context. The outcome is sent by the goroutine of m to those that wait, in the
// order of their subscriptions, and by the one that requests to those that come
// later. Safe for concurrent subscriptions; a waiting subscriber costs about 150
// bytes.
//
// Source: Reactor's Mono.cache.
func (m Mono[T]) Cache() Mono[T] { return m.cached(cachePolicy[T]{}) }

// CacheFor is [Mono.Cache] that keeps the outcome for d only, counted from when it
// came; the first subscription after that runs m anew. There is no timer: the time
// is looked at when somebody subscribes, and the outcome kept until then. A d that
// is not positive keeps nothing: only those that wait share the outcome.
//
// Source: Reactor's Mono.cache(Duration).
func (m Mono[T]) CacheFor(d time.Duration) Mono[T] {
	return m.cached(cachePolicy[T]{ttl: func(Signal[T]) time.Duration { return d }})
}

// CacheBy is [Mono.CacheFor] with a time that depends on the outcome: the value,
// an error, or completion without a value. ttl is called by the goroutine of m; if
// it panics, that is the error of those that wait, and nothing is kept. A nil ttl
// ends with ErrInvalid.
//
// Source: Reactor's Mono.cache(Function, Function, Supplier).
func (m Mono[T]) CacheBy(ttl func(outcome Signal[T]) time.Duration) Mono[T] {
	if ttl == nil {
		return Mono[T](nilFunc[T]("CacheBy"))
	}
	return m.cached(cachePolicy[T]{ttl: ttl})
}

// CacheInvalidateIf caches the value of m until stale says, asked at each later
// subscription, that it must not be used any more; then it is discarded, which
// does not take it back from those that have it, and m runs anew. Only a value is
// kept: an error goes to those that wait, and so does, in the place of the
// completion of an empty m, an error that matches ErrEmpty. m is cancelled when all
// that wait for it have cancelled. stale is called by whoever subscribes, possibly
// concurrently; its panic is the error of that subscription, and drops the value.
// A nil stale ends with ErrInvalid.
//
// Source: Reactor's Mono.cacheInvalidateIf.
func (m Mono[T]) CacheInvalidateIf(stale func(v T) bool) Mono[T] {
	if stale == nil {
		return Mono[T](nilFunc[T]("CacheInvalidateIf"))
	}
	return m.cached(cachePolicy[T]{stale: stale, onlyValues: true, leaves: true})
}

// Share runs m once for all who are subscribed before it has ended, and gives what
// came of it to those that come later, as [Mono.Cache] does. Unlike that, m is
// cancelled when all its subscribers have cancelled before the end, and the next
// one runs it anew.
//
// Source: Reactor's Mono.share.
func (m Mono[T]) Share() Mono[T] { return m.cached(cachePolicy[T]{leaves: true}) }
