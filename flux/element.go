package flux

import (
	"context"
	"fmt"
)

// Next gives the first value, cancels f and completes; it is empty if f is. It
// asks for everything at the first request. An error before the value passes.
//
// Source: Reactor's Flux.next.
func (f Flux[T]) Next() Mono[T] {
	if _, known := f.source().(scalar[T]); known {
		return Mono[T](f)
	}
	return Mono[T]{fold(f, func(context.Context) folding[T, T] {
		k := &kept[T]{}
		return folding[T, T]{
			add:    func(v T) bool { k.keep(v); return false },
			result: func() source[T] { return k.or(emptySource[T]{}) },
		}
	})}
}

// LastValue gives the last value when f has completed; an empty f ends with
// ErrEmpty. It asks for everything at the first request, and the value waits for
// demand. An error passes. The values before the last are discarded. ([Flux.Last]
// waits for the value instead.)
//
// Source: Reactor's Flux.last.
func (f Flux[T]) LastValue() Mono[T] { return f.lastOr(errorSource[T]{ErrEmpty}) }

// LastValueOr is LastValue that gives v for an empty f.
//
// Source: Reactor's Flux.last(default).
func (f Flux[T]) LastValueOr(v T) Mono[T] { return f.lastOr(one(v)) }

func (f Flux[T]) lastOr(empty source[T]) Mono[T] {
	if s, known := f.source().(scalar[T]); known {
		if _, some, err := s.scalar(); some || err != nil {
			return Mono[T](f)
		}
		return Mono[T]{empty}
	}
	return Mono[T]{fold(f, lasting(empty))}
}

// lasting keeps the last value, and gives it, or empty.
func lasting[T any](empty source[T]) func(context.Context) folding[T, T] {
	return func(ctx context.Context) folding[T, T] {
		k := &kept[T]{}
		return folding[T, T]{
			add: func(v T) bool {
				k.discard(ctx)
				k.keep(v)
				return true
			},
			result: func() source[T] { return k.or(empty) },
			drop:   func() { k.discard(ctx) },
		}
	}
}

// ElementAt gives the value at index, counted from 0, cancels f and completes.
// An f that ends before it, or a negative index, ends with an error that matches
// ErrIndex. It asks for everything at the first request.
//
// Source: Reactor's Flux.elementAt.
func (f Flux[T]) ElementAt(index int64) Mono[T] { return f.elementAt(index, nil) }

// ElementAtOr is ElementAt that gives v for an f that ends too early.
//
// Source: Reactor's Flux.elementAt(int, default).
func (f Flux[T]) ElementAtOr(index int64, v T) Mono[T] { return f.elementAt(index, one(v)) }

func (f Flux[T]) elementAt(index int64, otherwise source[T]) Mono[T] {
	if index < 0 {
		return Mono[T]{errorSource[T]{fmt.Errorf("ElementAt(%d): %w: the index must not be negative", index, ErrIndex)}}
	}
	return Mono[T]{fold(f, func(ctx context.Context) folding[T, T] {
		k, seen := &kept[T]{}, int64(0)
		return folding[T, T]{
			add: func(v T) bool {
				if seen == index {
					k.keep(v)
					return false
				}
				seen++
				discard(ctx, v)
				return true
			},
			result: func() source[T] {
				if otherwise != nil {
					return k.or(otherwise)
				}
				return k.or(errorSource[T]{fmt.Errorf("ElementAt(%d): %w: %d values came", index, ErrIndex, seen)})
			},
		}
	})}
}

// Single gives the only value of f when it has completed. An empty f ends with
// ErrEmpty; a second value cancels f and ends with an error that matches
// ErrIndex. It asks for everything at the first request, and the value waits for
// demand. An error passes.
//
// Source: Reactor's Flux.single.
func (f Flux[T]) Single() Mono[T] { return f.singleOr(errorSource[T]{ErrEmpty}) }

// SingleOr is Single that gives v for an empty f.
//
// Source: Reactor's Flux.single(default).
func (f Flux[T]) SingleOr(v T) Mono[T] { return f.singleOr(one(v)) }

// SingleOrEmpty is Single that is empty for an empty f.
//
// Source: Reactor's Flux.singleOrEmpty.
func (f Flux[T]) SingleOrEmpty() Mono[T] { return f.singleOr(emptySource[T]{}) }

func (f Flux[T]) singleOr(empty source[T]) Mono[T] {
	if s, known := f.source().(scalar[T]); known {
		if _, some, err := s.scalar(); some || err != nil {
			return Mono[T](f)
		}
		return Mono[T]{empty}
	}
	return Mono[T]{fold(f, func(ctx context.Context) folding[T, T] {
		k, second := &kept[T]{}, false
		return folding[T, T]{
			add: func(v T) bool {
				if second = k.some; second {
					discard(ctx, v)
					k.discard(ctx)
					return false
				}
				k.keep(v)
				return true
			},
			result: func() source[T] {
				if second {
					return errorSource[T]{fmt.Errorf("Single: %w: more than one value", ErrIndex)}
				}
				return k.or(empty)
			},
			drop: func() { k.discard(ctx) },
		}
	})}
}

// DefaultIfEmpty gives the values of f, or v if there are none. v waits for
// demand like any value; the demand passes through.
//
// Source: Reactor's Flux.defaultIfEmpty.
func (f Flux[T]) DefaultIfEmpty(v T) Flux[T] { return orIfEmpty(f, Just(v), newRelay) }

// kept is a value that may not be there.
type kept[T any] struct {
	v    T
	some bool
}

func (k *kept[T]) keep(v T) { k.v, k.some = v, true }

// or gives the value as a source, or otherwise.
func (k *kept[T]) or(otherwise source[T]) source[T] {
	if k.some {
		return one(k.v)
	}
	return otherwise
}

func (k *kept[T]) discard(ctx context.Context) {
	if k.some {
		discard(ctx, k.v)
		*k = kept[T]{}
	}
}
