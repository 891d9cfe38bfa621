package mono

import (
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// Zip2 gives f of the first values of a and b. They are subscribed to by the first
// request, in order. If one has no value the result is empty, and if one fails it
// fails; either comes at once, and the other side is cancelled. f is called by the
// goroutine that sent the last value; its panic is the error of the stream, and a
// nil f ends with ErrInvalid. Values that come to nothing are discarded.
//
// Source: Reactor's Mono.zip, Mono.zipWith.
func Zip2[A, B, R any](a flux.Publisher[A], b flux.Publisher[B], f func(a A, b B) R) Mono[R] {
	return zip2(false, a, b, f)
}

// Zip2DelayError is [Zip2] that waits for both sides, and ends with the errors
// there were, joined (errors.Join) in the order of the sides. For more sides see
// [ZipAllDelayError].
//
// Source: Reactor's Mono.zipDelayError.
func Zip2DelayError[A, B, R any](a flux.Publisher[A], b flux.Publisher[B], f func(a A, b B) R) Mono[R] {
	return zip2(true, a, b, f)
}

func zip2[A, B, R any](delayed bool, a flux.Publisher[A], b flux.Publisher[B], f func(A, B) R) Mono[R] {
	if f == nil {
		return nilFunc[R]("Zip2")
	}
	return flux.MonoZip(inside.Token{}, delayed, func(z *flux.Sides) func() R {
		va, vb := side(z, a), side(z, b)
		return func() R { return f(*va, *vb) }
	})
}

// ZipWith is [Zip2], as a reader who comes from Reactor may look for it.
//
// Source: Reactor's Mono.zipWith.
func ZipWith[A, B, R any](a flux.Publisher[A], b flux.Publisher[B], f func(a A, b B) R) Mono[R] {
	return Zip2(a, b, f)
}

// Zip3 is [Zip2] of three sides.
//
// Source: Reactor's Mono.zip.
func Zip3[A, B, C, R any](
	a flux.Publisher[A], b flux.Publisher[B], c flux.Publisher[C], f func(a A, b B, c C) R,
) Mono[R] {
	if f == nil {
		return nilFunc[R]("Zip3")
	}
	return flux.MonoZip(inside.Token{}, false, func(z *flux.Sides) func() R {
		va, vb, vc := side(z, a), side(z, b), side(z, c)
		return func() R { return f(*va, *vb, *vc) }
	})
}

// Zip4 is [Zip2] of four sides.
//
// Source: Reactor's Mono.zip.
func Zip4[A, B, C, D, R any](
	a flux.Publisher[A], b flux.Publisher[B], c flux.Publisher[C], d flux.Publisher[D],
	f func(a A, b B, c C, d D) R,
) Mono[R] {
	if f == nil {
		return nilFunc[R]("Zip4")
	}
	return flux.MonoZip(inside.Token{}, false, func(z *flux.Sides) func() R {
		va, vb, vc, vd := side(z, a), side(z, b), side(z, c), side(z, d)
		return func() R { return f(*va, *vb, *vc, *vd) }
	})
}

// Zip5 is [Zip2] of five sides.
//
// Source: Reactor's Mono.zip.
func Zip5[A, B, C, D, E, R any](
	a flux.Publisher[A], b flux.Publisher[B], c flux.Publisher[C], d flux.Publisher[D], e flux.Publisher[E],
	f func(a A, b B, c C, d D, e E) R,
) Mono[R] {
	if f == nil {
		return nilFunc[R]("Zip5")
	}
	return flux.MonoZip(inside.Token{}, false, func(z *flux.Sides) func() R {
		va, vb, vc, vd, ve := side(z, a), side(z, b), side(z, c), side(z, d), side(z, e)
		return func() R { return f(*va, *vb, *vc, *vd, *ve) }
	})
}

// Zip6 is [Zip2] of six sides.
//
// Source: Reactor's Mono.zip.
func Zip6[A, B, C, D, E, F, R any](
	a flux.Publisher[A], b flux.Publisher[B], c flux.Publisher[C],
	d flux.Publisher[D], e flux.Publisher[E], f flux.Publisher[F],
	fn func(a A, b B, c C, d D, e E, f F) R,
) Mono[R] {
	if fn == nil {
		return nilFunc[R]("Zip6")
	}
	return flux.MonoZip(inside.Token{}, false, func(z *flux.Sides) func() R {
		va, vb, vc, vd, ve, vf := side(z, a), side(z, b), side(z, c), side(z, d), side(z, e), side(z, f)
		return func() R { return fn(*va, *vb, *vc, *vd, *ve, *vf) }
	})
}

// ZipAll is [Zip2] of any number of sides of one type; f gets their values in the
// order of srcs, in a slice of its own. Without sources it is empty.
//
// Source: Reactor's Mono.zip(Iterable, Function).
func ZipAll[T, R any](srcs []flux.Publisher[T], f func(values []T) R) Mono[R] {
	return zipAll(false, srcs, f)
}

// ZipAllDelayError is [ZipAll] that waits for all sides, and ends with the errors
// there were, joined (errors.Join) in the order of the sides; without one, but with
// a side that has no value, it is empty.
//
// Source: Reactor's Mono.zipDelayError(Iterable, Function).
func ZipAllDelayError[T, R any](srcs []flux.Publisher[T], f func(values []T) R) Mono[R] {
	return zipAll(true, srcs, f)
}

func zipAll[T, R any](delayed bool, srcs []flux.Publisher[T], f func([]T) R) Mono[R] {
	if f == nil {
		return nilFunc[R]("ZipAll")
	}
	return flux.MonoZip(inside.Token{}, delayed, func(z *flux.Sides) func() R {
		places := make([]*T, len(srcs))
		for i, src := range srcs {
			places[i] = side(z, src)
		}
		return func() R {
			values := make([]T, len(places))
			for i, v := range places {
				values[i] = *v
			}
			return f(values)
		}
	})
}

// side adds a publisher's first value to a zip.
func side[T any](z *flux.Sides, p flux.Publisher[T]) *T { return flux.Side(z, From(p)) }
