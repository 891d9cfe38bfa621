package flux

import (
	"context"

	"github.com/freshet-go/freshet/internal/inside"
)

// Count gives the number of values when src has completed. It asks for everything
// at the first request, and the result waits for demand. An error passes. No
// allocation a value.
//
// Source: Reactor's Flux.count.
func Count[T any](src Publisher[T]) Mono[int64] {
	return Mono[int64]{fold(src, func(context.Context) folding[T, int64] {
		n := int64(0)
		return folding[T, int64]{
			add:    func(T) bool { n++; return true },
			result: func() source[int64] { return one(n) },
		}
	})}
}

// Reduce gives fn(...fn(fn(v0, v1), v2)..., vn) when f has completed: the value
// itself if there was only one, and nothing if there was none. fn is called by
// the goroutine that sends the value; its panic cancels f and is the error of
// the result. Demand as in [Count]; a nil fn ends with ErrInvalid.
//
// Source: Reactor's Flux.reduce(BiFunction).
func (f Flux[T]) Reduce(fn func(acc, v T) T) Mono[T] {
	if fn == nil {
		return failed[T]("Reduce(nil): the function must not be nil")
	}
	return Mono[T]{fold(f, func(ctx context.Context) folding[T, T] {
		var acc T
		some := false
		return folding[T, T]{
			add: func(v T) bool {
				if some {
					v = fn(acc, v)
				}
				acc, some = v, true
				return true
			},
			result: func() source[T] {
				if !some {
					return emptySource[T]{}
				}
				return one(acc)
			},
			drop: func() {
				if some {
					discard(ctx, acc)
				}
			},
			insists: true, // as Reactor's does, and ReduceWith's does not
		}
	})}
}

// ReduceWith gives fn(...fn(fn(init, v0), v1)..., vn) when src has completed: init
// if there was no value. Every subscription starts from the same init, so an
// accumulator that is changed in place belongs to [CollectInto]. Otherwise it is
// [Flux.Reduce].
//
// Source: Reactor's Flux.reduce(initial, BiFunction), Flux.reduceWith.
func ReduceWith[T, A any](src Publisher[T], init A, fn func(acc A, v T) A) Mono[A] {
	if fn == nil {
		return failed[A]("ReduceWith(nil): the function must not be nil")
	}
	return Mono[A]{fold(src, func(ctx context.Context) folding[T, A] {
		acc := init
		return folding[T, A]{
			add:    func(v T) bool { acc = fn(acc, v); return true },
			result: func() source[A] { return one(acc) },
			drop:   func() { discard(ctx, acc) },
		}
	})}
}

// AllMatch tells whether match is true for all values. The first for which it is
// false cancels src and decides; an empty src gives true. match is called as the
// function of [Flux.Reduce], and demand is as in [Count].
//
// Source: Reactor's Flux.all.
func AllMatch[T any](src Publisher[T], match func(T) bool) Mono[bool] {
	if match == nil {
		return failed[bool]("AllMatch(nil): the predicate must not be nil")
	}
	return decide(src, true, false, match)
}

// AnyMatch tells whether match is true for a value. The first for which it is
// true cancels src and decides; an empty src gives false. match is called as the
// function of [Flux.Reduce], and demand is as in [Count].
//
// Source: Reactor's Flux.any.
func AnyMatch[T any](src Publisher[T], match func(T) bool) Mono[bool] {
	if match == nil {
		return failed[bool]("AnyMatch(nil): the predicate must not be nil")
	}
	return decide(src, false, false, func(v T) bool { return !match(v) })
}

// HasElement tells whether a value equals v; the first that does cancels src.
// Demand as in [Count].
//
// Source: Reactor's Flux.hasElement.
func HasElement[T comparable](src Publisher[T], v T) Mono[bool] {
	return decide(src, false, false, func(w T) bool { return w != v })
}

// HasElements tells whether src has a value; the first cancels src. Demand as in
// [Count].
//
// Source: Reactor's Flux.hasElements.
func HasElements[T any](src Publisher[T]) Mono[bool] {
	return decide(src, false, false, func(T) bool { return false })
}

// MonoHasElement is what HasElement of package mono is; only that can call it. It is
// [HasElements] that leaves m, which ends by itself, to do so.
func MonoHasElement[T any](_ inside.Token, m Mono[T]) Mono[bool] {
	return decide(m, false, true, func(T) bool { return false })
}

// decide gives otherwise, unless a value comes for which goOn is false: that one
// cancels the source, unless it spares it, and gives the opposite.
func decide[T any](src Publisher[T], otherwise, spares bool, goOn func(T) bool) Mono[bool] {
	return Mono[bool]{fold(src, func(context.Context) folding[T, bool] {
		answer := otherwise
		return folding[T, bool]{
			add: func(v T) bool {
				more := goOn(v)
				if !more {
					answer = !otherwise
				}
				return more
			},
			result: func() source[bool] { return one(answer) },
			spares: spares,
		}
	})}
}

// SequenceEqual tells whether a and b give equal values in the same order and as
// many of them; see [SequenceEqualFunc].
//
// Source: Reactor's Mono.sequenceEqual.
func SequenceEqual[T comparable](a, b Publisher[T]) Mono[bool] {
	return SequenceEqualFunc(a, b, func(x, y T) bool { return x == y })
}

// SequenceEqualFunc tells whether a and b give the same values in the same order
// and as many of them, by same, which is called by the goroutine that sent the
// later of the two. The first difference cancels both and decides; an error of
// either ends at once, and so does a panic of same. Both are subscribed to at
// once, and 32 values of each are requested ahead. A nil same ends with
// ErrInvalid.
//
// Source: Reactor's Mono.sequenceEqual(Publisher, Publisher, BiPredicate).
func SequenceEqualFunc[T any](a, b Publisher[T], same func(x, y T) bool) Mono[bool] {
	if same == nil {
		return failed[bool]("SequenceEqualFunc(nil): the function must not be nil")
	}
	pairs := Zip2(withEnd(a), withEnd(b), func(x, y Signal[T]) bool {
		return x.Type == y.Type && (x.Type == SignalComplete || same(x.Value, y.Value))
	})
	return AllMatch(pairs, func(equal bool) bool { return equal })
}

// failed is a Mono that was given an argument outside its rule.
func failed[T any](format string, args ...any) Mono[T] {
	return Mono[T]{errorSource[T]{invalid(format, args...)}}
}
