package conformance

import (
	"slices"

	"github.com/freshet-go/freshet/flux"
)

func combiningSources() map[string]newSource {
	return map[string]newSource{
		"concat": func(r *rig, n node, outer any) flux.Flux[any] { return flux.Concat(r.pipelines(n, "ps", outer)...) },
		"merge": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.MergeAll(r.pipelines(n, "ps", outer), mergeOptions(n)...)
		},
		"mergeDelayError": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.MergeAll(r.pipelines(n, "ps", outer), append(mergeOptions(n), flux.DelayErrors())...)
		},
		"mergeSequential": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.MergeSequentialAll(r.pipelines(n, "ps", outer), mergeOptions(n)...)
		},
		"mergeOf": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.MergeOf(r.mapped(n, outer), mergeOptions(n)...)
		},
		"concatOf": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.ConcatOf(r.mapped(n, outer), mergeOptions(n)...)
		},
		"concatDelayError": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.ConcatDelayError(r.pipelines(n, "ps", outer)...)
		},
		"switchOnNext": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.SwitchOnNext(r.mapped(n, outer))
		},
		"combineLatest": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.CombineLatestAll(r.pipelines(n, "ps", outer), functionN(n["f"]), prefetchOptions(n)...)
		},
		"firstWithSignal": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.FirstWithSignal(r.pipelines(n, "ps", outer)...)
		},
		"firstWithValue": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.FirstWithValue(r.pipelines(n, "ps", outer)...)
		},
		"mergeComparing": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.MergeComparingAll(comparator(n["by"]), r.pipelines(n, "ps", outer), mergeOptions(n)...)
		},
		"mergePriority": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.MergePriorityAll(comparator(n["by"]), r.pipelines(n, "ps", outer), mergeOptions(n)...)
		},
		"zip": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.ZipAll(r.pipelines(n, "ps", outer), functionN(n["f"]), prefetchOptions(n)...)
		},
	}
}

// mapped is the outer publisher of a source of publishers.
func (r *rig) mapped(n node, outer any) flux.Flux[flux.Flux[any]] {
	return flux.Map(r.pipeline(n, "p", outer), r.inner(n, "each"))
}

func combines() map[string]newOperator {
	return map[string]newOperator{
		"concatWith": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.ConcatWith(r.pipeline(n, "p", outer))
		},
		"concatWithValues": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.ConcatWithValues(n.values("vs", outer)...)
		},
		"startWith": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("p") {
				return f.StartWithPublisher(r.pipeline(n, "p", outer))
			}
			return f.StartWith(n.values("vs", outer)...)
		},
		"mergeWith": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.MergeWith(r.pipeline(n, "p", outer))
		},
		"or": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.Or(r.pipeline(n, "p", outer))
		},
		"withLatestFrom": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.WithLatestFrom(f, r.pipeline(n, "p", outer), function2(n["f"]))
		},
		"join": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.Join(f, r.pipeline(n, "p", outer), r.inner(n, "leftEnd"), r.inner(n, "rightEnd"), function2(n["f"]))
		},
		"zipWithIterable": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.ZipWithIterable(f, slices.Values(n.values("vs", outer)), function2(n["f"]))
		},
		"zipWith": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.Zip2(f, r.pipeline(n, "p", outer), function2(n["f"]), prefetchOptions(n)...)
		},
	}
}
