package flux

// Zip2 pairs the first value of a with the first of b, the second with the
// second, and so on, and gives f of each pair. It completes when one side has
// completed and has no value left to pair, and cancels the other. From each side
// Prefetch (32) values are requested ahead. f is called by the goroutine that
// sent the last missing value, one call at a time; its panic cancels both sides
// and is the error of the stream. An error of a side ends it at once; values that
// wait are discarded. No allocation a value. The values of Just, FromSlice and
// Range are taken without subscribing.
//
// Source: Reactor's Flux.zip, Flux.zipWith.
func Zip2[A, B, R any](a Publisher[A], b Publisher[B], f func(a A, b B) R, o ...PrefetchOption) Flux[R] {
	if f == nil {
		return nilFunc[R]("Zip2")
	}
	sa, sb := sourceOf(a), sourceOf(b)
	return zipInto(prefetchOptions(o), func(z *zip[R]) []func() {
		qa, ra := zipFrom(z, sa)
		qb, rb := zipFrom(z, sb)
		z.make = func() R { return f(qa.pop(), qb.pop()) }
		return []func(){ra, rb}
	})
}

// Zip3 is [Zip2] of three sides.
//
// Source: Reactor's Flux.zip.
func Zip3[A, B, C, R any](
	a Publisher[A], b Publisher[B], c Publisher[C],
	f func(a A, b B, c C) R, o ...PrefetchOption,
) Flux[R] {
	if f == nil {
		return nilFunc[R]("Zip3")
	}
	sa, sb, sc := sourceOf(a), sourceOf(b), sourceOf(c)
	return zipInto(prefetchOptions(o), func(z *zip[R]) []func() {
		qa, ra := zipFrom(z, sa)
		qb, rb := zipFrom(z, sb)
		qc, rc := zipFrom(z, sc)
		z.make = func() R { return f(qa.pop(), qb.pop(), qc.pop()) }
		return []func(){ra, rb, rc}
	})
}

// Zip4 is [Zip2] of four sides.
//
// Source: Reactor's Flux.zip.
func Zip4[A, B, C, D, R any](
	a Publisher[A], b Publisher[B], c Publisher[C], d Publisher[D],
	f func(a A, b B, c C, d D) R, o ...PrefetchOption,
) Flux[R] {
	if f == nil {
		return nilFunc[R]("Zip4")
	}
	sa, sb, sc, sd := sourceOf(a), sourceOf(b), sourceOf(c), sourceOf(d)
	return zipInto(prefetchOptions(o), func(z *zip[R]) []func() {
		qa, ra := zipFrom(z, sa)
		qb, rb := zipFrom(z, sb)
		qc, rc := zipFrom(z, sc)
		qd, rd := zipFrom(z, sd)
		z.make = func() R { return f(qa.pop(), qb.pop(), qc.pop(), qd.pop()) }
		return []func(){ra, rb, rc, rd}
	})
}

// Zip5 is [Zip2] of five sides.
//
// Source: Reactor's Flux.zip.
func Zip5[A, B, C, D, E, R any](
	a Publisher[A], b Publisher[B], c Publisher[C], d Publisher[D], e Publisher[E],
	f func(a A, b B, c C, d D, e E) R, o ...PrefetchOption,
) Flux[R] {
	if f == nil {
		return nilFunc[R]("Zip5")
	}
	sa, sb, sc, sd, se := sourceOf(a), sourceOf(b), sourceOf(c), sourceOf(d), sourceOf(e)
	return zipInto(prefetchOptions(o), func(z *zip[R]) []func() {
		qa, ra := zipFrom(z, sa)
		qb, rb := zipFrom(z, sb)
		qc, rc := zipFrom(z, sc)
		qd, rd := zipFrom(z, sd)
		qe, re := zipFrom(z, se)
		z.make = func() R { return f(qa.pop(), qb.pop(), qc.pop(), qd.pop(), qe.pop()) }
		return []func(){ra, rb, rc, rd, re}
	})
}

// Zip6 is [Zip2] of six sides.
//
// Source: Reactor's Flux.zip.
func Zip6[A, B, C, D, E, F, R any](
	a Publisher[A], b Publisher[B], c Publisher[C], d Publisher[D], e Publisher[E], f Publisher[F],
	fn func(a A, b B, c C, d D, e E, f F) R, o ...PrefetchOption,
) Flux[R] {
	if fn == nil {
		return nilFunc[R]("Zip6")
	}
	sa, sb, sc, sd, se, sf := sourceOf(a), sourceOf(b), sourceOf(c), sourceOf(d), sourceOf(e), sourceOf(f)
	return zipInto(prefetchOptions(o), func(z *zip[R]) []func() {
		qa, ra := zipFrom(z, sa)
		qb, rb := zipFrom(z, sb)
		qc, rc := zipFrom(z, sc)
		qd, rd := zipFrom(z, sd)
		qe, re := zipFrom(z, se)
		qf, rf := zipFrom(z, sf)
		z.make = func() R { return fn(qa.pop(), qb.pop(), qc.pop(), qd.pop(), qe.pop(), qf.pop()) }
		return []func(){ra, rb, rc, rd, re, rf}
	})
}

// ZipAll is [Zip2] of any number of sides of one type; f gets their values in the
// order of srcs, in a slice of its own (one allocation a tuple). Without sources
// it is empty.
//
// Source: Reactor's Flux.zip(Function, int, Publisher...).
func ZipAll[T, R any](srcs []Publisher[T], f func(values []T) R, o ...PrefetchOption) Flux[R] {
	switch {
	case f == nil:
		return nilFunc[R]("ZipAll")
	case len(srcs) == 0:
		return Empty[R]()
	}
	from := sourcesOf(srcs)
	return zipInto(prefetchOptions(o), func(z *zip[R]) []func() {
		sides, subscribe := make([]*zipSide[T, R], len(from)), make([]func(), len(from))
		for i, src := range from {
			sides[i], subscribe[i] = zipFrom(z, src)
		}
		z.make = func() R {
			values := make([]T, len(sides))
			for i, side := range sides {
				values[i] = side.pop()
			}
			return f(values)
		}
		return subscribe
	})
}
