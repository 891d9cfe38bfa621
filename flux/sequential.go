package flux

// MergeSequential subscribes to up to 256 publishers at once and gives their
// values in the order of the publishers: those of the second wait in a queue
// until the first has completed. From each, 32 values are requested ahead. An
// error of any of them, also of one whose turn has not come, ends it at once and
// cancels the others. Which goroutine sends is as with [Merge].
//
// Source: Reactor's Flux.mergeSequential.
func MergeSequential[T any](srcs ...Publisher[T]) Flux[T] { return MergeSequentialAll(srcs) }

// MergeSequentialAll is [MergeSequential] with options: Concurrency, Prefetch,
// and DelayErrors, which keeps errors back until all publishers have ended and
// joins them.
//
// Source: Reactor's Flux.mergeSequential(Iterable, int, int),
// Flux.mergeSequentialDelayError.
func MergeSequentialAll[T any](srcs []Publisher[T], o ...MergeOption) Flux[T] {
	return sequentialSource(FromSlice(srcs).source(), sourceOf[T], mergeOptions(o))
}

// MergeSequentialOf is [MergeSequentialAll] of publishers that come as values.
//
// Source: Reactor's Flux.mergeSequential(Publisher).
func MergeSequentialOf[T any, P Publisher[T]](srcs Publisher[P], o ...MergeOption) Flux[T] {
	return FlatMapSequential(srcs, func(p P) P { return p }, o...)
}

// FlatMapSequential is [FlatMap] in order: each value is mapped to a publisher
// with f, at most Concurrency (256) of them run at a time, and their values go
// down in the order of the values of src; what comes before its turn waits in a
// queue of its publisher. From each, Prefetch (32) values are requested ahead;
// src is asked for one value more whenever the turn of a publisher is over. An
// error of src, of f's panic or of any publisher, also of one whose turn has not
// come, ends it at once; with DelayErrors it waits until all have ended, and
// several are joined. f is called by the goroutine that sends the value of src.
//
// Source: Reactor's Flux.flatMapSequential, Flux.flatMapSequentialDelayError.
func FlatMapSequential[T, R any, P Publisher[R]](src Publisher[T], f func(T) P, o ...MergeOption) Flux[R] {
	if f == nil {
		return nilFunc[R]("FlatMapSequential")
	}
	return sequentialSource(sourceOf(src), func(v T) source[R] { return sourceFrom[R](f(v)) }, mergeOptions(o))
}
