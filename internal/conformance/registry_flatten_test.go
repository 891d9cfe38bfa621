package conformance

import "github.com/freshet-go/freshet/flux"

func flattens() map[string]newOperator {
	return map[string]newOperator{
		"flatMap": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.FlatMap(f, r.inner(n, "p"), mergeOptions(n)...)
		},
		"flatMapDelayError": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.FlatMap(f, r.inner(n, "p"), append(mergeOptions(n), flux.DelayErrors())...)
		},
		"concatMap": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.ConcatMap(f, r.inner(n, "p"), mergeOptions(n)...)
		},
		"concatMapDelayError": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			o := append(mergeOptions(n), flux.DelayErrors())
			if n.has("tillTheEnd") && !n.flag("tillTheEnd") {
				o = append(o, flux.DelayErrorsOfOuter())
			}
			if n.has("tillTheEnd") && !n.has("prefetch") {
				o = append(o, flux.Prefetch(32)) // Reactor's form with this argument takes a prefetch too
			}
			return flux.ConcatMap(f, r.inner(n, "p"), o...)
		},
		"flatMapSequential": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.FlatMapSequential(f, r.inner(n, "p"), mergeOptions(n)...)
		},
		"flatMapSequentialDelayError": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.FlatMapSequential(f, r.inner(n, "p"), append(mergeOptions(n), flux.DelayErrors())...)
		},
		"flatMapSignals": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			onError := func(error) flux.Flux[any] { return r.pipeline(n, "onError", outer) }
			onComplete := func() flux.Flux[any] { return r.pipeline(n, "onComplete", outer) }
			return flux.FlatMapSignals(f, r.inner(n, "p"), onError, onComplete)
		},
		"expand": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.Expand(f, r.inner(n, "p"))
		},
		"expandDeep": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.ExpandDeep(f, r.inner(n, "p"))
		},
		"delayUntil": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.DelayUntil(f, r.inner(n, "p"))
		},
		"filterWhen": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			test := r.inner(n, "p")
			return flux.FilterWhen(f, func(v any) flux.Flux[bool] {
				return flux.Map(test(v), func(keep any) bool { return keep.(bool) })
			}, prefetchOptions(n)...)
		},
		"switchOnFirst": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if keep, ok := n["cancelSourceOnComplete"].(bool); ok && !keep {
				return flux.SwitchOnFirstKeep(f, r.chosen(n, outer))
			}
			return flux.SwitchOnFirst(f, r.chosen(n, outer))
		},
		"switchMap": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.SwitchMap(f, r.inner(n, "p"))
		},
	}
}

// chosen is the function of switchOnFirst: operators on the stream, or a pipeline
// that ignores it.
func (r *rig) chosen(n node, outer any) func(flux.Signal[any], flux.Flux[any]) flux.Flux[any] {
	return func(first flux.Signal[any], all flux.Flux[any]) flux.Flux[any] {
		r.log("switchOnFirst", signalObject(first))
		k := first.Type.String()
		if first.Type == flux.SignalNext {
			k = key(first.Value)
		}
		way, ok := n.node("of")[k]
		if !ok {
			way = n["else"]
		}
		if p, ok := way.(map[string]any); ok {
			return r.pipeline(p, "p", outer)
		}
		return r.apply(all, toNodes(way.([]any)), outer)
	}
}

// mergeOptions reads the options of a node, each where it is given.
func mergeOptions(n node) []flux.MergeOption {
	var o []flux.MergeOption
	if n.flag("delayError") {
		o = append(o, flux.DelayErrors())
	}
	if n.has("concurrency") {
		o = append(o, flux.Concurrency(n.bound("concurrency", 0)))
	}
	if n.has("prefetch") {
		o = append(o, flux.Prefetch(n.bound("prefetch", 0)))
	}
	return o
}

// prefetchOptions reads the prefetch, where it is given.
func prefetchOptions(n node) []flux.PrefetchOption {
	if !n.has("prefetch") {
		return nil
	}
	return []flux.PrefetchOption{flux.Prefetch(n.bound("prefetch", 0))}
}
