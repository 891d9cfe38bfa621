package flux

// Distinct lets a value go that equals an earlier one; see [DistinctBy].
//
// Source: Reactor's Flux.distinct.
func Distinct[T comparable](src Publisher[T], o ...DistinctOption) Flux[T] {
	return DistinctBy(src, func(v T) T { return v }, o...)
}

// DistinctBy lets a value go whose key equals that of an earlier one. Every key
// is remembered, which costs memory for each; with [Remember](n) only the n keys
// that came last. key is called as the function of [Map], and a value that is let
// go is replaced as by [Flux.Filter]. A nil key ends with ErrInvalid.
//
// Source: Reactor's Flux.distinct(Function), distinct(Function, Supplier).
func DistinctBy[T any, K comparable](src Publisher[T], key func(T) K, o ...DistinctOption) Flux[T] {
	bound := 0
	for _, opt := range o {
		if bound = opt.remembered(); bound < 1 {
			return Error[T](invalid("Remember(%d): must be at least 1", bound))
		}
	}
	if key == nil {
		return nilFunc[T]("DistinctBy")
	}
	return linear(src, func(st *stage, next func(T) bool) func(T) bool {
		seen := map[K]struct{}{}
		var order ring[K] // with a bound: the keys in seen, the oldest first
		return func(v T) bool {
			k := key(v)
			_, again := seen[k] // hashing K may panic if it is an interface
			if again {
				letGo(st, v)
				return false
			}
			if bound > 0 {
				if order.len() == bound {
					delete(seen, order.pop())
				}
				order.push(k)
			}
			seen[k] = struct{}{}
			return next(v)
		}
	})
}

// DistinctOption is an option of [Distinct] and [DistinctBy]: Remember.
type DistinctOption interface{ remembered() int }

// Remember bounds the memory of [DistinctBy] to n keys: a further one takes the
// place of the oldest, whose values then pass again. n < 1 ends the stream with
// ErrInvalid.
//
// Source: the bounded collection that Reactor's distinct takes as a Supplier.
func Remember(n int) interface{ DistinctOption } { return remember(n) }

type remember int

func (r remember) remembered() int { return int(r) }

// DistinctUntilChangedFunc lets a value go that is the same as the last that
// passed, by same, which is called as the function of [Flux.Filter]. A nil same
// ends with ErrInvalid.
//
// Source: Reactor's Flux.distinctUntilChanged(Function, BiPredicate).
func (f Flux[T]) DistinctUntilChangedFunc(same func(last, v T) bool) Flux[T] {
	if same == nil {
		return nilFunc[T]("DistinctUntilChangedFunc")
	}
	return linear(f, func(st *stage, next func(T) bool) func(T) bool {
		var last T
		some := false
		return func(v T) bool {
			if some && same(last, v) {
				letGo(st, v)
				return false
			}
			last, some = v, true
			return next(v)
		}
	})
}
