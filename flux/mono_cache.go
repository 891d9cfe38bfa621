package flux

import (
	"context"
	"time"

	"github.com/freshet-go/freshet/internal/inside"
)

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
// subscription, that it must not be used any more; then m runs anew. Only a value
// is kept: an error goes to those that wait, and so does, in the place of the
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

// MonoCacheInvalidateWhen is what CacheInvalidateWhen of package mono is made of;
// only that can call it. It is [Mono.CacheInvalidateIf] that drops the value at the
// first signal of the publisher that until makes of it.
func MonoCacheInvalidateWhen[T, X any](_ inside.Token, m Mono[T], until func(v T) Publisher[X]) Mono[T] {
	return m.cached(cachePolicy[T]{onlyValues: true, leaves: true, until: func(v T) aging {
		src := sourceOf(until(v))
		return func(ctx context.Context, forget func()) {
			t := &trigger[X]{ctx: ctx}
			t.next = func(X) {
				if t.cancel() {
					forget()
				}
			}
			t.end = func(error) { forget() }
			src.subscribe(ctx, t)
		}
	}})
}

// Share runs m once for all who are subscribed before it has ended, and gives what
// came of it to those that come later, as [Mono.Cache] does. Unlike that, m is
// cancelled when all its subscribers have cancelled before the end, and the next
// one runs it anew.
//
// Source: Reactor's Mono.share.
func (m Mono[T]) Share() Mono[T] { return m.cached(cachePolicy[T]{leaves: true}) }

// cachePolicy says what is kept, and until when; zero keeps everything for ever.
type cachePolicy[T any] struct {
	ttl        func(Signal[T]) time.Duration
	stale      func(v T) bool
	until      func(v T) aging
	onlyValues bool
	leaves     bool // the source is cancelled with the last that waits
}

// aging waits, and calls forget when an outcome is too old.
type aging func(ctx context.Context, forget func())

func (m Mono[T]) cached(policy cachePolicy[T]) Mono[T] {
	return Mono[T]{&cacheSource[T]{src: m.Flux().source(), cachePolicy: policy}}
}
