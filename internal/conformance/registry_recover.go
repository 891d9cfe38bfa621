package conformance

import "github.com/freshet-go/freshet/flux"

func recovers() map[string]newOperator {
	return map[string]newOperator{
		"onErrorResume": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.OnErrorResume(func(err error) flux.Publisher[any] {
				if !catches(n, err) {
					return flux.Error[any](err)
				}
				if n.has("throw") {
					panic(named(n.text("throw", "")))
				}
				return r.pipeline(n, "p", outer)
			})
		},
		"onErrorReturn": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			v := n.value("v", outer)
			if !n.has("on") {
				return f.OnErrorReturn(v)
			}
			return f.OnErrorResume(func(err error) flux.Publisher[any] {
				if !catches(n, err) {
					return flux.Error[any](err)
				}
				return flux.Just(v)
			})
		},
		"retry": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if !n.has("n") {
				return f.Retry(flux.Unbounded)
			}
			return f.Retry(n.num("n", outer))
		},
		"switchIfEmpty": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.SwitchIfEmpty(r.pipeline(n, "p", outer))
		},
	}
}

// catches reports whether an error operator is for err: it may name the only
// one it is for.
func catches(n node, err error) bool {
	return !n.has("on") || oneWord.Replace(n.text("on", "")) == nameOf(err)
}
