package conformance

import "github.com/freshet-go/freshet/flux"

// hops are the operators that go over to another goroutine.
func hops() map[string]newOperator {
	return map[string]newOperator{
		"publishOn": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			if n.has("prefetch") {
				return f.PublishOn(flux.Prefetch(n.bound("prefetch", 256)))
			}
			return f.PublishOn()
		},
	}
}
