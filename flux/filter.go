package flux

// Filter passes the values for which keep is true. keep is called by the
// goroutine that sends the value; a panic of keep cancels the source and is the
// error of the stream. A rejected value is replaced by the source without
// another request passing up the chain. No allocation a value.
//
// Source: Reactor's Flux.filter.
func (f Flux[T]) Filter(keep func(T) bool) Flux[T] {
	if keep == nil {
		return nilFunc[T]("Filter")
	}
	return newFiltered(f.source(), keep)
}

// Skip lets the first n values go; they are requested on top of the demand. A
// negative n ends with ErrInvalid.
//
// Source: Reactor's Flux.skip.
func (f Flux[T]) Skip(n int64) Flux[T] {
	switch {
	case n < 0:
		return Error[T](invalid("Skip(%d): the count must not be negative", n))
	case n == 0:
		return f
	}
	return linear(f, func(st *stage, next func(T) bool) func(T) bool {
		left := n
		extra := &st.needs().extra
		*extra = addCap(*extra, n)
		return func(v T) bool {
			if left > 0 {
				left--
				letGo(st, v)
				return true
			}
			return next(v)
		}
	})
}

// TakeWhile passes values as long as keep is true for them; the first for which
// it is false cancels the source and completes. keep is called as that of
// [Flux.Filter].
//
// Source: Reactor's Flux.takeWhile.
func (f Flux[T]) TakeWhile(keep func(T) bool) Flux[T] {
	if keep == nil {
		return nilFunc[T]("TakeWhile")
	}
	return linear(f, func(st *stage, next func(T) bool) func(T) bool {
		return func(v T) bool {
			if !keep(v) {
				st.complete()
				return true
			}
			return next(v)
		}
	})
}

// DistinctUntilChanged lets a value go that equals the one before it.
//
// Source: Reactor's Flux.distinctUntilChanged.
func DistinctUntilChanged[T comparable](src Publisher[T]) Flux[T] {
	return DistinctUntilChangedBy(src, func(v T) T { return v })
}

// DistinctUntilChangedBy lets a value go whose key equals the key of the last
// value that passed. key is called as the function of [Map].
//
// Source: Reactor's Flux.distinctUntilChanged(Function).
func DistinctUntilChangedBy[T any, K comparable](src Publisher[T], key func(T) K) Flux[T] {
	if key == nil {
		return nilFunc[T]("DistinctUntilChangedBy")
	}
	return linear(src, func(st *stage, next func(T) bool) func(T) bool {
		var last K
		some := false
		return func(v T) bool {
			k := key(v)
			if some && k == last {
				letGo(st, v)
				return false
			}
			last, some = k, true
			return next(v)
		}
	})
}
