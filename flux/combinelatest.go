package flux

import "slices"

// CombineLatest2 gives f of the latest value of a and the latest of b, whenever
// one of them sends a value and both have sent one. It completes when both have
// completed, or one has without a value; an error of one ends it at once. From
// each, Prefetch (32) values are requested ahead; pairs that find no demand wait.
// f is called when its result can be sent, by the goroutine that sent the value
// or the request, one call at a time; its panic cancels both and is the error of
// the stream. No allocation a value.
//
// Source: Reactor's Flux.combineLatest.
func CombineLatest2[A, B, R any](
	a Publisher[A], b Publisher[B],
	f func(a A, b B) R, o ...PrefetchOption,
) Flux[R] {
	if f == nil {
		return nilFunc[R]("CombineLatest2")
	}
	sa, sb := sourceOf(a), sourceOf(b)
	type tuple = latest2[A, B]
	return latestOf(prefetchOptions(o), func(l *latest[tuple, R]) []func() {
		l.f = func(t tuple) R { return f(t.a, t.b) }
		l.parts = func(t tuple, do func(any)) { do(t.a); do(t.b) }
		return []func(){
			latestFrom(l, sa, func(t *tuple, v A) { t.a = v }),
			latestFrom(l, sb, func(t *tuple, v B) { t.b = v }),
		}
	})
}

type latest2[A, B any] struct {
	a A
	b B
}

// CombineLatest3 is [CombineLatest2] of three publishers.
//
// Source: Reactor's Flux.combineLatest.
func CombineLatest3[A, B, C, R any](
	a Publisher[A], b Publisher[B], c Publisher[C],
	f func(a A, b B, c C) R, o ...PrefetchOption,
) Flux[R] {
	if f == nil {
		return nilFunc[R]("CombineLatest3")
	}
	sa, sb, sc := sourceOf(a), sourceOf(b), sourceOf(c)
	type tuple = latest3[A, B, C]
	return latestOf(prefetchOptions(o), func(l *latest[tuple, R]) []func() {
		l.f = func(t tuple) R { return f(t.a, t.b, t.c) }
		l.parts = func(t tuple, do func(any)) { do(t.a); do(t.b); do(t.c) }
		return []func(){
			latestFrom(l, sa, func(t *tuple, v A) { t.a = v }),
			latestFrom(l, sb, func(t *tuple, v B) { t.b = v }),
			latestFrom(l, sc, func(t *tuple, v C) { t.c = v }),
		}
	})
}

type latest3[A, B, C any] struct {
	a A
	b B
	c C
}

// CombineLatest4 is [CombineLatest2] of four publishers.
//
// Source: Reactor's Flux.combineLatest.
func CombineLatest4[A, B, C, D, R any](
	a Publisher[A], b Publisher[B], c Publisher[C], d Publisher[D],
	f func(a A, b B, c C, d D) R, o ...PrefetchOption,
) Flux[R] {
	if f == nil {
		return nilFunc[R]("CombineLatest4")
	}
	sa, sb, sc, sd := sourceOf(a), sourceOf(b), sourceOf(c), sourceOf(d)
	type tuple = latest4[A, B, C, D]
	return latestOf(prefetchOptions(o), func(l *latest[tuple, R]) []func() {
		l.f = func(t tuple) R { return f(t.a, t.b, t.c, t.d) }
		l.parts = func(t tuple, do func(any)) { do(t.a); do(t.b); do(t.c); do(t.d) }
		return []func(){
			latestFrom(l, sa, func(t *tuple, v A) { t.a = v }),
			latestFrom(l, sb, func(t *tuple, v B) { t.b = v }),
			latestFrom(l, sc, func(t *tuple, v C) { t.c = v }),
			latestFrom(l, sd, func(t *tuple, v D) { t.d = v }),
		}
	})
}

type latest4[A, B, C, D any] struct {
	a A
	b B
	c C
	d D
}

// CombineLatest5 is [CombineLatest2] of five publishers.
//
// Source: Reactor's Flux.combineLatest.
func CombineLatest5[A, B, C, D, E, R any](
	a Publisher[A], b Publisher[B], c Publisher[C], d Publisher[D], e Publisher[E],
	f func(a A, b B, c C, d D, e E) R, o ...PrefetchOption,
) Flux[R] {
	if f == nil {
		return nilFunc[R]("CombineLatest5")
	}
	sa, sb, sc, sd, se := sourceOf(a), sourceOf(b), sourceOf(c), sourceOf(d), sourceOf(e)
	type tuple = latest5[A, B, C, D, E]
	return latestOf(prefetchOptions(o), func(l *latest[tuple, R]) []func() {
		l.f = func(t tuple) R { return f(t.a, t.b, t.c, t.d, t.e) }
		l.parts = func(t tuple, do func(any)) { do(t.a); do(t.b); do(t.c); do(t.d); do(t.e) }
		return []func(){
			latestFrom(l, sa, func(t *tuple, v A) { t.a = v }),
			latestFrom(l, sb, func(t *tuple, v B) { t.b = v }),
			latestFrom(l, sc, func(t *tuple, v C) { t.c = v }),
			latestFrom(l, sd, func(t *tuple, v D) { t.d = v }),
			latestFrom(l, se, func(t *tuple, v E) { t.e = v }),
		}
	})
}

type latest5[A, B, C, D, E any] struct {
	a A
	b B
	c C
	d D
	e E
}

// CombineLatest6 is [CombineLatest2] of six publishers.
//
// Source: Reactor's Flux.combineLatest.
func CombineLatest6[A, B, C, D, E, F, R any](
	a Publisher[A], b Publisher[B], c Publisher[C], d Publisher[D], e Publisher[E], f Publisher[F],
	fn func(a A, b B, c C, d D, e E, f F) R, o ...PrefetchOption,
) Flux[R] {
	if fn == nil {
		return nilFunc[R]("CombineLatest6")
	}
	sa, sb, sc, sd, se, sf := sourceOf(a), sourceOf(b), sourceOf(c), sourceOf(d), sourceOf(e), sourceOf(f)
	type tuple = latest6[A, B, C, D, E, F]
	return latestOf(prefetchOptions(o), func(l *latest[tuple, R]) []func() {
		l.f = func(t tuple) R { return fn(t.a, t.b, t.c, t.d, t.e, t.f) }
		l.parts = func(t tuple, do func(any)) {
			do(t.a)
			do(t.b)
			do(t.c)
			do(t.d)
			do(t.e)
			do(t.f)
		}
		return []func(){
			latestFrom(l, sa, func(t *tuple, v A) { t.a = v }),
			latestFrom(l, sb, func(t *tuple, v B) { t.b = v }),
			latestFrom(l, sc, func(t *tuple, v C) { t.c = v }),
			latestFrom(l, sd, func(t *tuple, v D) { t.d = v }),
			latestFrom(l, se, func(t *tuple, v E) { t.e = v }),
			latestFrom(l, sf, func(t *tuple, v F) { t.f = v }),
		}
	})
}

type latest6[A, B, C, D, E, F any] struct {
	a A
	b B
	c C
	d D
	e E
	f F
}

// CombineLatestAll is [CombineLatest2] of any number of publishers of one type; f
// gets their latest values in the order of srcs, in a slice of its own (one
// allocation a value). Without publishers it is empty.
//
// Source: Reactor's Flux.combineLatest(Function, int, Publisher...).
func CombineLatestAll[T, R any](srcs []Publisher[T], f func(values []T) R, o ...PrefetchOption) Flux[R] {
	switch {
	case f == nil:
		return nilFunc[R]("CombineLatestAll")
	case len(srcs) == 0:
		return Empty[R]()
	case len(srcs) == 1:
		return Map(srcs[0], func(v T) R { return f([]T{v}) })
	}
	from := sourcesOf(srcs)
	return latestOf(prefetchOptions(o), func(l *latest[[]T, R]) []func() {
		l.tuple, l.f, l.copy = make([]T, len(from)), f, slices.Clone[[]T]
		l.parts = func(values []T, do func(any)) {
			for _, v := range values {
				do(v)
			}
		}
		subscribe := make([]func(), len(from))
		for i, src := range from {
			subscribe[i] = latestFrom(l, src, func(values *[]T, v T) { (*values)[i] = v })
		}
		return subscribe
	})
}
