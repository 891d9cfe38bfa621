//go:build go1.27

package flux

import (
	"context"
	"iter"
)

// The operators that change the type, as methods: Go 1.27 lets a method have type
// parameters of its own. Each calls the function of the same name, which says what
// it does. An operator that gives a Flux or a Mono of a type made of T (Buffer,
// Window, GroupBy, Index, Materialize, Timestamp, the collecting ones) cannot be a
// method, because Flux[T] would need Flux[[]T], which needs Flux[[][]T], without end.

// Transform.

// Map is [Map] as a method.
func (f Flux[T]) Map[R any](fn func(T) R) Flux[R] {
	return Map(f, fn)
}

// TryMap is [TryMap] as a method.
func (f Flux[T]) TryMap[R any](fn func(T) (R, error)) Flux[R] {
	return TryMap(f, fn)
}

// MapNotNull is [MapNotNull] as a method.
func (f Flux[T]) MapNotNull[R any](fn func(T) (r R, ok bool)) Flux[R] {
	return MapNotNull(f, fn)
}

// Handle is [Handle] as a method.
func (f Flux[T]) Handle[R any](fn func(v T, out *Step[R])) Flux[R] {
	return Handle(f, fn)
}

// ScanWith is [ScanWith] as a method.
func (f Flux[T]) ScanWith[A any](init A, fn func(acc A, v T) A) Flux[A] {
	return ScanWith(f, init, fn)
}

// Cast is [Cast] as a method.
func (f Flux[T]) Cast[R any]() Flux[R] {
	return Cast[R](f)
}

// OfType is [OfType] as a method.
func (f Flux[T]) OfType[R any]() Flux[R] {
	return OfType[R](f)
}

// Transform is [Transform] as a method.
func (f Flux[T]) Transform[R any, P Publisher[R]](fn func(Flux[T]) P) Flux[R] {
	return Transform(f, fn)
}

// TransformDeferred is [TransformDeferred] as a method.
func (f Flux[T]) TransformDeferred[R any, P Publisher[R]](fn func(ctx context.Context, src Flux[T]) P) Flux[R] {
	return TransformDeferred(f, fn)
}

// Filter.

// FilterWhen is [FilterWhen] as a method.
func (f Flux[T]) FilterWhen[P Publisher[bool]](test func(T) P, o ...PrefetchOption) Flux[T] {
	return FilterWhen(f, test, o...)
}

// DistinctBy is [DistinctBy] as a method.
func (f Flux[T]) DistinctBy[K comparable](key func(T) K, o ...DistinctOption) Flux[T] {
	return DistinctBy(f, key, o...)
}

// DistinctUntilChangedBy is [DistinctUntilChangedBy] as a method.
func (f Flux[T]) DistinctUntilChangedBy[K comparable](key func(T) K) Flux[T] {
	return DistinctUntilChangedBy(f, key)
}

// TakeUntilOther is [TakeUntilOther] as a method.
func (f Flux[T]) TakeUntilOther[U any](other Publisher[U]) Flux[T] {
	return TakeUntilOther(f, other)
}

// SkipUntilOther is [SkipUntilOther] as a method.
func (f Flux[T]) SkipUntilOther[U any](other Publisher[U]) Flux[T] {
	return SkipUntilOther(f, other)
}

// SampleOn is [SampleOn] as a method.
func (f Flux[T]) SampleOn[U any](sampler Publisher[U]) Flux[T] {
	return SampleOn(f, sampler)
}

// SampleFirstBy is [SampleFirstBy] as a method.
func (f Flux[T]) SampleFirstBy[U any, P Publisher[U]](throttle func(v T) P) Flux[T] {
	return SampleFirstBy(f, throttle)
}

// SampleTimeoutBy is [SampleTimeoutBy] as a method.
func (f Flux[T]) SampleTimeoutBy[U any, P Publisher[U]](throttle func(v T) P) Flux[T] {
	return SampleTimeoutBy(f, throttle)
}

// One to many.

// FlatMap is [FlatMap] as a method.
func (f Flux[T]) FlatMap[R any, P Publisher[R]](fn func(T) P, o ...MergeOption) Flux[R] {
	return FlatMap(f, fn, o...)
}

// FlatMapSequential is [FlatMapSequential] as a method.
func (f Flux[T]) FlatMapSequential[R any, P Publisher[R]](fn func(T) P, o ...MergeOption) Flux[R] {
	return FlatMapSequential(f, fn, o...)
}

// FlatMapSignals is [FlatMapSignals] as a method.
func (f Flux[T]) FlatMapSignals[R any, P Publisher[R]](onNext func(T) P, onError func(error) P, onComplete func() P, o ...MergeOption) Flux[R] {
	return FlatMapSignals(f, onNext, onError, onComplete, o...)
}

// FlatMapIterable is [FlatMapIterable] as a method.
func (f Flux[T]) FlatMapIterable[R any](fn func(T) []R, o ...HopOption) Flux[R] {
	return FlatMapIterable(f, fn, o...)
}

// FlatMapSeq is [FlatMapSeq] as a method.
func (f Flux[T]) FlatMapSeq[R any](fn func(T) iter.Seq[R], o ...HopOption) Flux[R] {
	return FlatMapSeq(f, fn, o...)
}

// ConcatMap is [ConcatMap] as a method.
func (f Flux[T]) ConcatMap[R any, P Publisher[R]](fn func(T) P, o ...MergeOption) Flux[R] {
	return ConcatMap(f, fn, o...)
}

// SwitchMap is [SwitchMap] as a method.
func (f Flux[T]) SwitchMap[R any, P Publisher[R]](fn func(T) P) Flux[R] {
	return SwitchMap(f, fn)
}

// SwitchOnFirst is [SwitchOnFirst] as a method.
func (f Flux[T]) SwitchOnFirst[R any, P Publisher[R]](fn func(first Signal[T], all Flux[T]) P) Flux[R] {
	return SwitchOnFirst(f, fn)
}

// SwitchOnFirstKeep is [SwitchOnFirstKeep] as a method.
func (f Flux[T]) SwitchOnFirstKeep[R any, P Publisher[R]](fn func(first Signal[T], all Flux[T]) P) Flux[R] {
	return SwitchOnFirstKeep(f, fn)
}

// Expand is [Expand] as a method.
func (f Flux[T]) Expand[P Publisher[T]](fn func(T) P) Flux[T] {
	return Expand(f, fn)
}

// ExpandDeep is [ExpandDeep] as a method.
func (f Flux[T]) ExpandDeep[P Publisher[T]](fn func(T) P) Flux[T] {
	return ExpandDeep(f, fn)
}

// DelayUntil is [DelayUntil] as a method.
func (f Flux[T]) DelayUntil[X any, P Publisher[X]](trigger func(T) P) Flux[T] {
	return DelayUntil(f, trigger)
}

// Combine.

// ZipWith is [Zip2] as a method.
func (f Flux[T]) ZipWith[B, R any](b Publisher[B], fn func(a T, b B) R, o ...PrefetchOption) Flux[R] {
	return Zip2(f, b, fn, o...)
}

// ZipWithIterable is [ZipWithIterable] as a method.
func (f Flux[T]) ZipWithIterable[B, R any](seq iter.Seq[B], fn func(a T, b B) R) Flux[R] {
	return ZipWithIterable(f, seq, fn)
}

// WithLatestFrom is [WithLatestFrom] as a method.
func (f Flux[T]) WithLatestFrom[U, R any](other Publisher[U], fn func(v T, latest U) R) Flux[R] {
	return WithLatestFrom(f, other, fn)
}

// Join is [Join] as a method.
func (f Flux[T]) Join[R, W, LE, RE any, PL Publisher[LE], PR Publisher[RE]](right Publisher[R], leftEnd func(T) PL, rightEnd func(R) PR, fn func(l T, r R) W) Flux[W] {
	return Join(f, right, leftEnd, rightEnd, fn)
}

// GroupJoin is [GroupJoin] as a method.
func (f Flux[T]) GroupJoin[R, W, LE, RE any, PL Publisher[LE], PR Publisher[RE]](right Publisher[R], leftEnd func(T) PL, rightEnd func(R) PR, fn func(l T, rights Flux[R]) W) Flux[W] {
	return GroupJoin(f, right, leftEnd, rightEnd, fn)
}

// Aggregate and then.

// ReduceWith is [ReduceWith] as a method.
func (f Flux[T]) ReduceWith[A any](init A, fn func(acc A, v T) A) Mono[A] {
	return ReduceWith(f, init, fn)
}

// Then is [Then] as a method.
func (f Flux[T]) Then[R any](next Publisher[R]) Mono[R] {
	return Then(f, next)
}

// ThenMany is [ThenMany] as a method.
func (f Flux[T]) ThenMany[R any](next Publisher[R]) Flux[R] {
	return ThenMany(f, next)
}

// Errors, repetition, time.

// RepeatWhen is [RepeatWhen] as a method.
func (f Flux[T]) RepeatWhen[U any, P Publisher[U]](companion func(counts Flux[int64]) P) Flux[T] {
	return RepeatWhen(f, companion)
}

// RetryWhenCompanion is [RetryWhenCompanion] as a method.
func (f Flux[T]) RetryWhenCompanion[U any, P Publisher[U]](companion func(failures Flux[RetrySignal]) P) Flux[T] {
	return RetryWhenCompanion(f, companion)
}

// TimeoutFirst is [TimeoutFirst] as a method.
func (f Flux[T]) TimeoutFirst[U any](first Publisher[U]) Flux[T] {
	return TimeoutFirst(f, first)
}

// TimeoutEach is [TimeoutEach] as a method.
func (f Flux[T]) TimeoutEach[U any](first Publisher[U], next func(v T) Publisher[U]) Flux[T] {
	return TimeoutEach(f, first, next)
}

// TimeoutEachOr is [TimeoutEachOr] as a method.
func (f Flux[T]) TimeoutEachOr[U any](first Publisher[U], next func(v T) Publisher[U], fallback Publisher[T]) Flux[T] {
	return TimeoutEachOr(f, first, next, fallback)
}

// DelaySubscriptionUntil is [DelaySubscriptionUntil] as a method.
func (f Flux[T]) DelaySubscriptionUntil[U any](other Publisher[U]) Flux[T] {
	return DelaySubscriptionUntil(f, other)
}

// Sharing.

// PublishSelect is [PublishSelect] as a method.
func (f Flux[T]) PublishSelect[R any, P Publisher[R]](fn func(shared Flux[T]) P, opts ...PrefetchOption) Flux[R] {
	return PublishSelect(f, fn, opts...)
}
