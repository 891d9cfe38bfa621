package flux

import "context"

// MapNotNull gives f(v) for each value v where f says ok, and lets the others go;
// they are replaced as by [Flux.Filter]. f is called as that of [Map]; a nil f ends
// with ErrInvalid.
//
// Source: Reactor's Flux.mapNotNull.
func MapNotNull[T, R any](src Publisher[T], f func(T) (r R, ok bool)) Flux[R] {
	if f == nil {
		return Error[R](invalid("MapNotNull(nil): the function must not be nil"))
	}
	return linearResuming(src, func(st *stage, next func(R) bool) func(T) bool {
		return func(v T) bool {
			r, ok := f(v)
			if !ok {
				letGo(st, v)
				return false
			}
			return next(r)
		}
	})
}

// ScanWith gives init, and then for each value v f(the result before, v). init is
// given when it is requested, and src is subscribed to after that. Every
// subscription starts from the same init, so an accumulator that is changed in
// place must be made in a [Defer]. f is called as that of [Map]; a nil f ends with
// ErrInvalid.
//
// Source: Reactor's Flux.scan(initial, BiFunction), Flux.scanWith.
func ScanWith[T, A any](src Publisher[T], init A, f func(acc A, v T) A) Flux[A] {
	if f == nil {
		return Error[A](invalid("ScanWith(nil): the function must not be nil"))
	}
	results := linear(src, func(_ *stage, next func(A) bool) func(T) bool {
		acc := init
		return func(v T) bool {
			acc = f(acc, v)
			return next(acc)
		}
	})
	return Flux[A]{concatSource[A]{srcs: []source[A]{one(init), results.src}, sated: true}}
}

// Cast gives each value as an R; one that is none cancels src and ends with
// ErrInvalid. R is named at the call, T is inferred: flux.Cast[string](values). No
// allocation a value beyond that of the conversion.
//
// Source: Reactor's Flux.cast.
func Cast[R, T any](src Publisher[T]) Flux[R] {
	return linear(src, func(st *stage, next func(R) bool) func(T) bool {
		return func(v T) bool {
			r, ok := any(v).(R)
			if !ok {
				st.fail(invalid("Cast: a %T is no %T", v, r))
				return true
			}
			return next(r)
		}
	})
}

// OfType gives the values that are an R, and lets the others go; they are replaced
// as by [Flux.Filter]. R is named at the call, as for [Cast].
//
// Source: Reactor's Flux.ofType.
func OfType[R, T any](src Publisher[T]) Flux[R] {
	return MapNotNull(src, func(v T) (R, bool) {
		r, ok := any(v).(R)
		return r, ok
	})
}

// Transform gives f(src): a function that adds operators stands in a chain like
// one of them. f is called once, now; its panic is the error of every
// subscription. A nil f ends with ErrInvalid.
//
// Source: Reactor's Flux.transform.
func Transform[T, R any, P Publisher[R]](src Publisher[T], f func(Flux[T]) P) Flux[R] {
	if f == nil {
		return Error[R](invalid("Transform(nil): the function must not be nil"))
	}
	var p Publisher[R]
	if err := try(func() { p = f(From(src)) }); err != nil {
		return Error[R](err)
	}
	return From(p)
}

// TransformDeferred gives f(ctx, src) to each subscription anew, on the
// subscribing goroutine; ctx is the subscription's. A panic of f is the error of
// the stream. A nil f ends with ErrInvalid.
//
// Source: Reactor's Flux.transformDeferred, transformDeferredContextual.
func TransformDeferred[T, R any, P Publisher[R]](src Publisher[T], f func(ctx context.Context, src Flux[T]) P) Flux[R] {
	if f == nil {
		return Error[R](invalid("TransformDeferred(nil): the function must not be nil"))
	}
	return Defer[R](func(ctx context.Context) P { return f(ctx, From(src)) })
}
