package conformance

import "github.com/freshet-go/freshet/flux"

func multicasts() map[string]newOperator {
	return map[string]newOperator{
		"share": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f.Share() },
	}
}
