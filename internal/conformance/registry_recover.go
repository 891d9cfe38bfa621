package conformance

import (
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
)

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
		"onErrorMap": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.OnErrorMap(func(err error) error {
				switch {
				case !catches(n, err):
					return err
				case n.has("throw"):
					panic(named(n.text("throw", "")))
				}
				return named(n.text("err", ""))
			})
		},
		"onErrorComplete": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			if !n.has("on") {
				return f.OnErrorComplete()
			}
			return f.OnErrorCompleteIf(func(err error) bool { return catches(n, err) })
		},
		"retry": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if !n.has("n") {
				return f.Retry(flux.Unbounded)
			}
			return f.Retry(n.num("n", outer))
		},
		"repeat": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if !n.has("n") {
				return f.Repeat(flux.Unbounded)
			}
			return f.Repeat(n.num("n", outer))
		},
		"repeatPred": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			var count atomic.Int64 // subscriptions may overlap
			return f.RepeatIf(func() bool { return count.Add(1) <= n.num("n", outer) })
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
