package conformance

import "github.com/freshet-go/freshet/flux"

func combiningSources() map[string]newSource {
	return map[string]newSource{
		"concat": func(r *rig, n node, outer any) flux.Flux[any] { return flux.Concat(r.pipelines(n, "ps", outer)...) },
		"merge": func(r *rig, n node, outer any) flux.Flux[any] {
			ps := r.pipelines(n, "ps", outer)
			if !n.has("prefetch") {
				return flux.Merge(ps...)
			}
			return mergeAll(ps, flux.Prefetch(n.bound("prefetch", 32)))
		},
		"mergeDelayError": func(r *rig, n node, outer any) flux.Flux[any] {
			return mergeAll(r.pipelines(n, "ps", outer), flux.Prefetch(n.bound("prefetch", 32)), flux.DelayErrors())
		},
		"mergeSequential": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.MergeSequentialAll(r.pipelines(n, "ps", outer), mergeOptions(n)...)
		},
		"mergeOf": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.FlatMap(r.mapped(n, outer), itself, mergeOptions(n)...)
		},
		"concatOf": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.ConcatMap(r.mapped(n, outer), itself, flux.Prefetch(n.bound("prefetch", 32)))
		},
		"concatDelayError": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.ConcatMap(flux.FromSlice(r.pipelines(n, "ps", outer)), itself, flux.DelayErrors())
		},
		"switchOnNext": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.SwitchMap(r.mapped(n, outer), itself)
		},
		"zip": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.ZipAll(r.pipelines(n, "ps", outer), functionN(n["f"]), prefetchOptions(n)...)
		},
	}
}

// mapped is the outer publisher of a source of publishers.
func (r *rig) mapped(n node, outer any) flux.Flux[flux.Publisher[any]] {
	inner := r.inner(n, "each")
	return flux.Map(r.pipeline(n, "p", outer), func(v any) flux.Publisher[any] { return inner(v) })
}

func itself(p flux.Publisher[any]) flux.Publisher[any] { return p }

// mergeAll is how a Merge with options is spelled.
func mergeAll(ps []flux.Publisher[any], o ...flux.MergeOption) flux.Flux[any] {
	return flux.FlatMap(flux.FromSlice(ps), itself, append(o, flux.Concurrency(max(1, len(ps))))...)
}

func combines() map[string]newOperator {
	return map[string]newOperator{
		"concatWith": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.ConcatWith(r.pipeline(n, "p", outer))
		},
		"concatWithValues": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.ConcatWith(flux.FromSlice(n.values("vs", outer)))
		},
		"startWith": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("p") {
				return flux.Concat[any](r.pipeline(n, "p", outer), f)
			}
			return f.StartWith(n.values("vs", outer)...)
		},
		"mergeWith": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.MergeWith(r.pipeline(n, "p", outer))
		},
		"zipWith": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.Zip2(f, r.pipeline(n, "p", outer), function2(n["f"]), prefetchOptions(n)...)
		},
	}
}
