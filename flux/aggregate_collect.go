package flux

import (
	"cmp"
	"context"
	"slices"
)

// CollectList gives all values as one slice, in order, when src has completed;
// the slice is empty, not nil, if there was none, and the receiver's to keep. It
// asks for everything at the first request, and the list waits for demand. An
// error passes, and the values are discarded. Cost: append.
//
// Source: Reactor's Flux.collectList.
func CollectList[T any](src Publisher[T]) Mono[[]T] {
	return collected(src, func(all []T) source[[]T] { return one(all) })
}

// CollectSortedList is [CollectList] in ascending order; equal values keep their
// order.
//
// Source: Reactor's Flux.collectSortedList.
func CollectSortedList[T cmp.Ordered](src Publisher[T]) Mono[[]T] {
	return CollectSortedListFunc(src, cmp.Compare[T])
}

// CollectSortedListFunc is [CollectList] in the order of compare, which gives a
// negative number when a comes before b, as for [slices.SortStableFunc]. compare
// is called by the goroutine that completes src; its panic is the error of the
// result. A nil compare ends with ErrInvalid.
//
// Source: Reactor's Flux.collectSortedList(Comparator).
func CollectSortedListFunc[T any](src Publisher[T], compare func(a, b T) int) Mono[[]T] {
	if compare == nil {
		return failed[[]T]("CollectSortedListFunc(nil): the function must not be nil")
	}
	return collected(src, func(all []T) source[[]T] {
		slices.SortStableFunc(all, compare)
		return one(all)
	})
}

func collected[T any](src Publisher[T], result func([]T) source[[]T]) Mono[[]T] {
	return Mono[[]T]{fold(src, listing(result))}
}

// listing keeps all values for result.
func listing[T, R any](result func(all []T) source[R]) func(context.Context) folding[T, R] {
	return func(ctx context.Context) folding[T, R] {
		all := []T{}
		return folding[T, R]{
			add:    func(v T) bool { all = append(all, v); return true },
			result: func() source[R] { return result(all) },
			drop:   func() { discardAll(ctx, all) },
		}
	}
}

// Sort gives the values in ascending order when src has completed; see
// [Flux.SortFunc].
//
// Source: Reactor's Flux.sort.
func Sort[T cmp.Ordered](src Publisher[T]) Flux[T] { return From(src).SortFunc(cmp.Compare[T]) }

// SortFunc gives the values in the order of compare when f has completed; equal
// values keep their order. It asks for everything at the subscription, and keeps
// everything. The values are sent as they are requested. An error passes at once.
// compare is called as that of [CollectSortedListFunc].
//
// Source: Reactor's Flux.sort(Comparator).
func (f Flux[T]) SortFunc(compare func(a, b T) int) Flux[T] {
	if compare == nil {
		return nilFunc[T]("SortFunc")
	}
	return Flux[T]{foldEagerly(f, listing(func(all []T) source[T] {
		slices.SortStableFunc(all, compare)
		return FromSlice(all).source()
	}))}
}

// CollectMap gives the last value of each key, when src has completed; see
// [CollectMapValues].
//
// Source: Reactor's Flux.collectMap(Function).
func CollectMap[T any, K comparable](src Publisher[T], key func(T) K) Mono[map[K]T] {
	return CollectMapValues(src, key, func(v T) T { return v })
}

// CollectMapValues gives a map of key(v) to value(v), where a later value takes
// the place of an earlier one, when src has completed; the map is empty, not nil,
// if there was none. The functions are called by the goroutine that sends the
// value; a panic cancels src and is the error of the result. Demand as in
// [CollectList]; a nil function ends with ErrInvalid.
//
// Source: Reactor's Flux.collectMap(Function, Function).
func CollectMapValues[T any, K comparable, V any](src Publisher[T], key func(T) K, value func(T) V) Mono[map[K]V] {
	if key == nil || value == nil {
		return failed[map[K]V]("CollectMap: the functions must not be nil")
	}
	return CollectInto(src, func() map[K]V { return map[K]V{} }, func(m map[K]V, v T) { m[key(v)] = value(v) })
}

// CollectMultimap gives the values of each key, in order, when src has completed;
// otherwise it is [CollectMap].
//
// Source: Reactor's Flux.collectMultimap(Function).
func CollectMultimap[T any, K comparable](src Publisher[T], key func(T) K) Mono[map[K][]T] {
	return CollectMultimapValues(src, key, func(v T) T { return v })
}

// CollectMultimapValues gives a map of key(v) to all value(v), in order, when src
// has completed; otherwise it is [CollectMapValues].
//
// Source: Reactor's Flux.collectMultimap(Function, Function).
func CollectMultimapValues[T any, K comparable, V any](src Publisher[T], key func(T) K, value func(T) V) Mono[map[K][]V] {
	if key == nil || value == nil {
		return failed[map[K][]V]("CollectMultimap: the functions must not be nil")
	}
	return CollectInto(src, func() map[K][]V { return map[K][]V{} }, func(m map[K][]V, v T) {
		k := key(v)
		m[k] = append(m[k], value(v))
	})
}

// CollectInto adds each value to a container and gives that when src has
// completed. container makes a new one for each subscription, on the subscribing
// goroutine; add changes it in place (a map or a pointer), on the goroutine that
// sends the value. A panic of either is the error of the result. Demand as in
// [CollectList]; a nil function ends with ErrInvalid.
//
// Source: Reactor's Flux.collect(Supplier, BiConsumer).
func CollectInto[T, C any](src Publisher[T], container func() C, add func(c C, v T)) Mono[C] {
	if container == nil || add == nil {
		return failed[C]("CollectInto: the functions must not be nil")
	}
	return Mono[C]{fold(src, func(ctx context.Context) folding[T, C] {
		c := container()
		return folding[T, C]{
			add:    func(v T) bool { add(c, v); return true },
			result: func() source[C] { return one(c) },
			drop:   func() { discard(ctx, c) },
		}
	})}
}
