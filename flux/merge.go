package flux

// Merge subscribes to all publishers at once and gives their values as they
// come. An error of one ends it and cancels the others. From each, 32 values are
// requested ahead. A value that finds demand and no other on its way is passed
// at once by the goroutine that sent it; one at a time sends, others leave their
// values in a queue for it.
//
// Source: Reactor's Flux.merge.
func Merge[T any](srcs ...Publisher[T]) Flux[T] { return MergeAll(srcs) }

// MergeDelayError is [Merge] that goes on after an error, and ends with the
// errors, joined (errors.Join), when all publishers have ended.
//
// Source: Reactor's Flux.mergeDelayError.
func MergeDelayError[T any](srcs ...Publisher[T]) Flux[T] { return MergeAll(srcs, DelayErrors()) }

// MergeAll is [Merge] with options: Prefetch, DelayErrors, and Concurrency if
// fewer than all publishers are to be subscribed to at a time. A single
// publisher is taken as it is.
//
// Source: Reactor's Flux.merge(int, Publisher...), Flux.mergeDelayError.
func MergeAll[T any](srcs []Publisher[T], o ...MergeOption) Flux[T] {
	cfg := mergeOptions(append([]MergeOption{concurrency(max(1, len(srcs)))}, o...))
	switch {
	case cfg.err != nil:
		return Error[T](cfg.err)
	case len(srcs) == 0:
		return Empty[T]()
	case len(srcs) == 1:
		return From(srcs[0])
	}
	// Their numbers are merged, not they: a stream of publishers is one type more to compile.
	return mergeSource(rangeSource{0, len(srcs)}, func(i int) source[T] { return sourceOf(srcs[i]) }, cfg)
}

// MergeOf is [Merge] of publishers that come as values; at most Concurrency (256)
// of them are subscribed to at a time. Options as for [FlatMap].
//
// Source: Reactor's Flux.merge(Publisher, int, int).
func MergeOf[T any, P Publisher[T]](srcs Publisher[P], o ...MergeOption) Flux[T] {
	return FlatMap(srcs, func(p P) P { return p }, o...)
}

// MergeWith is Merge(f, other).
//
// Source: Reactor's Flux.mergeWith.
func (f Flux[T]) MergeWith(other Publisher[T]) Flux[T] { return Merge(f, other) }

// FlatMap maps each value to a publisher with f, subscribes to at most
// Concurrency (256) of them at a time, and gives their values as they come. From
// each, Prefetch (32) values are requested ahead. An error of src, of f's panic
// or of any publisher ends it and cancels the rest; with DelayErrors it waits
// until all have ended, and several are joined. f is called by the goroutine
// that sends the value of src. The values of Just, FromSlice and Range are taken
// without subscribing, as far as they can be passed at once.
//
// Source: Reactor's Flux.flatMap, Flux.flatMapDelayError.
func FlatMap[T, R any, P Publisher[R]](src Publisher[T], f func(T) P, o ...MergeOption) Flux[R] {
	if f == nil {
		return nilFunc[R]("FlatMap")
	}
	return mergeSource(sourceOf(src), func(v T) source[R] { return sourceFrom[R](f(v)) }, mergeOptions(o))
}
