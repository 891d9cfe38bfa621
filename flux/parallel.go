package flux

import "context"

// ParallelFlux is a stream that is dealt out to rails, each a Flux of its own, so
// that they can run beside each other: [Parallel] makes one, RunOn puts its rails
// on goroutines, the operators act on each rail, and Sequential makes one Flux of
// them again. The order of the values is kept within a rail only. Like a Flux it
// is a description; it is immutable and safe for concurrent use. The zero
// ParallelFlux is empty.
//
// Whatever a Flux can do a rail can: [OnRails] applies any operator to each. A
// user function is called on each rail by the goroutine that runs it, so
// concurrently, but for one rail by one at a time.
//
// Source: Reactor's ParallelFlux.
type ParallelFlux[T any] struct {
	rails int
	// open makes the rails of one subscription. Each is subscribed to once; when
	// all are, the source is.
	open func(ctx context.Context) []Publisher[T]
	err  error // of an argument; nothing else counts then
}

// Parallel deals the values of src out to n rails in turn, passing over a rail
// without demand. src is asked for 256 values ahead (Prefetch), shared by all
// rails, and its end is that of each. It does not start a goroutine: RunOn does.
// n < 1 is ErrInvalid; runtime.GOMAXPROCS(0) is the usual choice.
//
// Source: Reactor's Flux.parallel.
func Parallel[T any](src Publisher[T], n int, o ...PrefetchOption) ParallelFlux[T] {
	ahead, err := publishOptions("Parallel", o)
	if n < 1 {
		err = invalid("Parallel(%d): must be at least 1", n)
	}
	up := sourceOf(src)
	return ParallelFlux[T]{rails: n, err: err, open: func(ctx context.Context) []Publisher[T] {
		all := newSplitter(ctx, up, n, ahead)
		rails := make([]Publisher[T], n)
		for i, r := range all.rails {
			rails[i] = Flux[T]{r}
		}
		return rails
	}}
}

// ParallelFrom makes a rail of each publisher, so that several sources run beside
// each other through the same operators. None is ErrInvalid.
//
// Source: Reactor's ParallelFlux.from(Publisher...).
func ParallelFrom[T any](ps ...Publisher[T]) ParallelFlux[T] {
	if len(ps) == 0 {
		return ParallelFlux[T]{err: invalid("ParallelFrom(): there must be a publisher")}
	}
	rails := make([]Publisher[T], len(ps))
	for i, p := range ps {
		rails[i] = Flux[T]{sourceOf(p)}
	}
	return ParallelFlux[T]{rails: len(rails), open: func(context.Context) []Publisher[T] { return rails }}
}

// OnRails applies f to each rail and goes on with what it returns. f is called for
// each rail of each subscription; what it makes of a rail must subscribe to it
// once, when it is subscribed to itself. A panic of f is the error of that rail.
//
// Source: Reactor's ParallelFlux.transformGroups.
func OnRails[T, R any, P Publisher[R]](p ParallelFlux[T], f func(rail Flux[T]) P) ParallelFlux[R] {
	err := p.err
	if f == nil {
		err = invalid("OnRails(nil): the function must not be nil")
	}
	if err != nil || p.open == nil {
		return ParallelFlux[R]{rails: p.rails, err: err}
	}
	return ParallelFlux[R]{rails: p.rails, open: func(ctx context.Context) []Publisher[R] {
		rails := make([]Publisher[R], 0, p.rails)
		for _, r := range p.open(ctx) {
			rail := Flux[R]{}
			if err := try(func() { rail = Flux[R]{sourceFrom[R](f(r.(Flux[T])))} }); err != nil {
				rail = Error[R](err)
			}
			rails = append(rails, rail)
		}
		return rails
	}}
}

// ParallelMap maps the values of each rail.
//
// Source: Reactor's ParallelFlux.map.
func ParallelMap[T, R any](p ParallelFlux[T], f func(T) R) ParallelFlux[R] {
	return OnRails(p, func(rail Flux[T]) Flux[R] { return Map(rail, f) })
}

// ParallelFlatMap is [FlatMap] on each rail, with the same options.
//
// Source: Reactor's ParallelFlux.flatMap.
func ParallelFlatMap[T, R any, P Publisher[R]](p ParallelFlux[T], f func(T) P, o ...MergeOption) ParallelFlux[R] {
	return OnRails(p, func(rail Flux[T]) Flux[R] { return FlatMap(rail, f, o...) })
}

// ParallelConcatMap is [ConcatMap] on each rail, with the same options.
//
// Source: Reactor's ParallelFlux.concatMap.
func ParallelConcatMap[T, R any, P Publisher[R]](p ParallelFlux[T], f func(T) P, o ...MergeOption) ParallelFlux[R] {
	return OnRails(p, func(rail Flux[T]) Flux[R] { return ConcatMap(rail, f, o...) })
}

// ParallelReduceWith reduces each rail to one value, beginning with what init
// gives for it.
//
// Source: Reactor's ParallelFlux.reduce(Supplier, BiFunction).
func ParallelReduceWith[T, A any](p ParallelFlux[T], init func() A, f func(acc A, v T) A) ParallelFlux[A] {
	if init == nil {
		return ParallelFlux[A]{err: invalid("ParallelReduceWith(nil, ...): the function must not be nil")}
	}
	return OnRails(p, func(rail Flux[T]) Mono[A] { return ReduceWith(rail, init(), f) })
}

// ParallelCollectInto is [CollectInto] on each rail: make gives the container of
// each, to which add puts the values.
//
// Source: Reactor's ParallelFlux.collect(Supplier, BiConsumer).
func ParallelCollectInto[T, C any](p ParallelFlux[T], make func() C, add func(into C, v T)) ParallelFlux[C] {
	return OnRails(p, func(rail Flux[T]) Mono[C] { return CollectInto(rail, make, add) })
}

// RunOn lets each rail's signals pass on another goroutine, one of its own that
// exists only while there is something to pass; the options are those of
// [Flux.PublishOn]. Operators after it run there.
//
// Source: Reactor's ParallelFlux.runOn.
func (p ParallelFlux[T]) RunOn(o ...HopOption) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.PublishOn(o...) })
}

// RunOnExecutor is RunOn with the signals passed on by exec.
//
// Source: Reactor's ParallelFlux.runOn(Scheduler, int).
func (p ParallelFlux[T]) RunOnExecutor(exec Executor, o ...HopOption) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.PublishOnExecutor(exec, o...) })
}

// Filter lets values pass for which keep gives true.
//
// Source: Reactor's ParallelFlux.filter.
func (p ParallelFlux[T]) Filter(keep func(T) bool) ParallelFlux[T] {
	return p.each(func(rail Flux[T]) Flux[T] { return rail.Filter(keep) })
}

// Sequential makes one Flux of the rails, whose values come as they come: it is
// [MergeAll], with its options, and 256 values requested ahead from each rail. An
// error of one ends all, unless DelayErrors is given.
//
// Source: Reactor's ParallelFlux.sequential, sequentialDelayError.
func (p ParallelFlux[T]) Sequential(o ...MergeOption) Flux[T] {
	o = append([]MergeOption{prefetch(defaultHop)}, o...)
	return p.joined(func(rails []Publisher[T]) Flux[T] { return MergeAll(rails, o...) })
}

// SortFunc sorts each rail, where it runs, and makes one ordered Flux of them.
//
// Source: Reactor's ParallelFlux.sorted.
func (p ParallelFlux[T]) SortFunc(compare func(a, b T) int) Flux[T] {
	if compare == nil {
		return nilFunc[T]("ParallelFlux.SortFunc")
	}
	return p.each(func(rail Flux[T]) Flux[T] { return rail.SortFunc(compare) }).Ordered(compare)
}

// Ordered makes one Flux of the rails, always taking the least of their next
// values, the first rail's among equal ones: of rails in ascending order it makes
// a stream in that order. It is [MergeComparing], so a value waits until every rail
// that has not ended has one.
//
// Source: Reactor's ParallelFlux.ordered.
func (p ParallelFlux[T]) Ordered(compare func(a, b T) int) Flux[T] {
	if compare == nil {
		return nilFunc[T]("ParallelFlux.Ordered")
	}
	return p.joined(func(rails []Publisher[T]) Flux[T] { return MergeComparing(compare, rails...) })
}

// Reduce reduces each rail, where it runs, and then the results of the rails, in
// the order in which they come; it is empty if there is no value.
//
// Source: Reactor's ParallelFlux.reduce(BiFunction).
func (p ParallelFlux[T]) Reduce(f func(acc, v T) T) Mono[T] {
	if f == nil {
		return Mono[T](nilFunc[T]("ParallelFlux.Reduce"))
	}
	return OnRails(p, func(rail Flux[T]) Mono[T] { return rail.Reduce(f) }).Sequential().Reduce(f)
}

// ParallelGroups gives each rail as a Flux with its number. Each is to be
// subscribed to, once, for the source to start.
//
// Source: Reactor's ParallelFlux.groups.
func ParallelGroups[T any](p ParallelFlux[T]) Flux[Grouped[int, T]] {
	if p.err != nil {
		return Error[Grouped[int, T]](p.err)
	}
	return Flux[Grouped[int, T]]{sourceFunc[Grouped[int, T]](func(ctx context.Context, s Subscriber[Grouped[int, T]]) {
		var groups []Grouped[int, T]
		if p.open != nil {
			for i, r := range p.open(ctx) {
				groups = append(groups, Grouped[int, T]{Flux: r.(Flux[T]), Key: i})
			}
		}
		FromSlice(groups).source().subscribe(ctx, s)
	})}
}

// joined makes one Flux of the rails of each subscription.
func (p ParallelFlux[T]) joined(join func(rails []Publisher[T]) Flux[T]) Flux[T] {
	switch {
	case p.err != nil:
		return Error[T](p.err)
	case p.open == nil:
		return Empty[T]()
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		join(p.open(ctx)).source().subscribe(ctx, s)
	})}
}
