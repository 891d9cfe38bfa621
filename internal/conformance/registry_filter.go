package conformance

import "github.com/freshet-go/freshet/flux"

func filters() map[string]newOperator {
	return map[string]newOperator{
		"filter": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] { return f.Filter(predicate(n["f"])) },
		"take":   func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] { return f.Take(n.num("n", outer)) },
		"skip":   func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] { return f.Skip(n.num("n", outer)) },
		"takeWhile": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.TakeWhile(predicate(n["f"]))
		},
		"distinctUntilChanged": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			g := function(n["f"])
			return flux.DistinctUntilChangedBy(f, func(v any) string { return key(g(v)) })
		},
	}
}
