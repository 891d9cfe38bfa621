package conformance

import "github.com/freshet-go/freshet/flux"

// passThrough are the DSL's own operators: foreign, and without effect.
func passThrough() map[string]newOperator {
	return map[string]newOperator{
		"probe": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.From[any](&probe{r: r, id: n.text("id", "p"), src: f})
		},
		"hide": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return flux.From[any](hidden{f}) },
		"cast": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f },
	}
}

func transforms() map[string]newOperator {
	return map[string]newOperator{
		"map": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.Map(f, function(n["f"]))
		},
	}
}
