package conformance

import "github.com/freshet-go/freshet/flux"

func filters() map[string]newOperator {
	return map[string]newOperator{
		"filter": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.Filter(predicate(n["f"]))
		},
	}
}
