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
		"mapNotNull": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			g := function(n["f"])
			return flux.Handle(f, func(v any, out *flux.Step[any]) {
				if w := g(v); w != (none{}) {
					out.Next(w)
				}
			})
		},
		"handle": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.Handle(f, func(v any, out *flux.Step[any]) { handle(n, v, out) })
		},
		"scan": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] { return f.Scan(function2(n["f"])) },
		"index": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return flux.Map(flux.Index(f), func(i flux.Indexed[any]) any { return []any{i.Index, i.Value} })
		},
	}
}

// handle is the user's function of the DSL's handle.
func handle(n node, v any, out *flux.Step[any]) {
	on := func(key string) bool { return n.has(key) && same(n[key], v) }
	switch {
	case on("completeOn"):
		out.Complete()
	case on("errorOn"):
		out.Error(named("boom"))
	case on("nextCompleteOn"):
		out.Next(v)
		out.Complete()
	case on("twiceOn"):
		out.Next(v)
		out.Next(v)
	case on("throwOn"):
		panic(named("boom"))
	case integer(v)%2 == 0:
		out.Next(integer(v) * 10)
	}
}
