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
		"takeUnbounded": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.TakeUnbounded(n.num("n", outer))
		},
		"takeTime": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] { return f.TakeFor(n.ms("d", outer)) },
		"takeLast": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.TakeLast(int(n.num("n", outer)))
		},
		"takeUntil": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.TakeUntil(predicate(n["f"]))
		},
		"takeUntilOther": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.TakeUntilOther(f, r.pipeline(n, "p", outer))
		},
		"skipTime": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] { return f.SkipFor(n.ms("d", outer)) },
		"skipLast": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.SkipLast(int(n.num("n", outer)))
		},
		"skipWhile": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.SkipWhile(predicate(n["f"]))
		},
		"skipUntil": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.SkipUntil(predicate(n["f"]))
		},
		"skipUntilOther": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.SkipUntilOther(f, r.pipeline(n, "p", outer))
		},
		"distinct": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			g := function(n["f"])
			return flux.DistinctBy(f, func(v any) string { return key(g(v)) })
		},
		"distinctUntilChanged": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			g := function(n["f"])
			return flux.DistinctUntilChangedBy(f, func(v any) string { return key(g(v)) })
		},
	}
}

func samples() map[string]newOperator {
	return map[string]newOperator{
		"sample": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("p") {
				return flux.SampleOn(f, r.pipeline(n, "p", outer))
			}
			return f.Sample(n.ms("d", outer))
		},
		"sampleFirst": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("p") {
				return flux.SampleFirstBy(f, r.inner(n, "p"))
			}
			return f.SampleFirst(n.ms("d", outer))
		},
		"sampleTimeout": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.SampleTimeoutBy(f, r.inner(n, "p"))
		},
	}
}
