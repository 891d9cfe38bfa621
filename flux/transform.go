package flux

// Map gives f(v) for each value v. f is called by the goroutine that sends the
// value; a panic of f cancels the source and is the error of the stream. Demand
// passes through. No allocation a value.
//
// Source: Reactor's Flux.map.
func Map[T, R any](src Publisher[T], f func(T) R) Flux[R] {
	if f == nil {
		return nilFunc[R]("Map")
	}
	return newMapped(sourceOf(src), f)
}

// TryMap gives the result of f for each value. An error of f, like a panic,
// cancels the source and is the error of the stream, as it is. Otherwise it is
// [Map].
//
// Source: Reactor's Flux.map with a function that throws.
func TryMap[T, R any](src Publisher[T], f func(T) (R, error)) Flux[R] {
	if f == nil {
		return nilFunc[R]("TryMap")
	}
	return linearResuming(src, func(st *stage, next func(R) bool) func(T) bool {
		return func(v T) bool {
			r, err := f(v)
			if err != nil {
				st.fail(err)
				return true
			}
			return next(r)
		}
	})
}

// Step is what a function that decides about one value, or makes one, has to
// say: a value at most once, and possibly the end. It is valid during the call
// it was given to.
type Step[T any] struct {
	v     T
	has   bool
	twice bool // Next was called more than once
	over  bool
	err   error
}

// Next gives a value. A second one in the same call is an error of the stream
// that matches ErrInvalid.
func (s *Step[T]) Next(v T) {
	if s.has {
		s.twice = true
		s.Error(invalid("Step.Next(%v): more than one value in one call", v))
		return
	}
	s.v, s.has = v, true
}

// Complete ends the stream, after the value of this call if there is one.
func (s *Step[T]) Complete() { s.over = true }

// Error ends the stream with err, after the value of this call if there is one.
// A nil err ends with ErrInvalid.
func (s *Step[T]) Error(err error) {
	if err == nil {
		err = invalid("Step.Error(nil): the error must not be nil")
	}
	if s.err == nil {
		s.err = err
	}
	s.over = true
}

// Handle calls f for each value, which answers through out with a value, with
// none (the value is filtered out, at no cost of demand), or with the end. f is
// called by the goroutine that sends the value; its panic cancels the source and
// is the error of the stream.
//
// Source: Reactor's Flux.handle.
func Handle[T, R any](src Publisher[T], f func(v T, out *Step[R])) Flux[R] {
	if f == nil {
		return nilFunc[R]("Handle")
	}
	return linearResuming(src, func(st *stage, next func(R) bool) func(T) bool {
		var out Step[R]
		return func(v T) bool {
			f(v, &out)
			step := out
			out = Step[R]{}
			took := true
			if step.has && !step.twice {
				took = next(step.v)
			}
			switch {
			case step.err != nil:
				st.fail(step.err)
			case step.over:
				st.complete()
			case !step.has:
				return false
			}
			return took || step.over
		}
	})
}

// Scan gives the first value as it is and then, for each further value v,
// f(the result before, v). f is called as that of [Map].
//
// Source: Reactor's Flux.scan(BiFunction).
func (f Flux[T]) Scan(fn func(acc, v T) T) Flux[T] {
	if fn == nil {
		return nilFunc[T]("Scan")
	}
	return linear(f, func(_ *stage, next func(T) bool) func(T) bool {
		var acc T
		first := true
		return func(v T) bool {
			if first {
				acc, first = v, false
				return next(acc)
			}
			acc = fn(acc, v)
			return next(acc)
		}
	})
}

// Indexed is a value with its position, counted from 0.
type Indexed[T any] struct {
	Index int64
	Value T
}

// Index pairs each value with its position in this subscription, from 0.
//
// Source: Reactor's Flux.index.
func Index[T any](src Publisher[T]) Flux[Indexed[T]] {
	return linear(src, func(_ *stage, next func(Indexed[T]) bool) func(T) bool {
		i := int64(-1)
		return func(v T) bool {
			i++
			return next(Indexed[T]{i, v})
		}
	})
}
