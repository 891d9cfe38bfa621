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
			return flux.MapNotNull(f, func(v any) (any, bool) {
				w := g(v)
				return w, w != any(none{})
			})
		},
		"handle": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.Handle(f, func(v any, out *flux.Step[any]) { handle(n, v, out) })
		},
		"scan": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] { return f.Scan(function2(n["f"])) },
		"scanWith": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.ScanWith(f, n.value("init", outer), function2(n["f"]))
		},
		"flattenList": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return flux.FlatMapIterable(f, listOf, flux.Prefetch(concatMapAhead))
		},
		"concatMapIterable": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.FlatMapIterable(f, tens(n), flux.Prefetch(n.bound("prefetch", concatMapAhead)))
		},
		"elapsed": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return flux.Map(flux.Elapsed(f), func(e flux.ElapsedValue[any]) any {
				return []any{e.Elapsed.Milliseconds(), e.Value}
			})
		},
		"timestamp": func(r *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return flux.Map(flux.Timestamp(f), func(t flux.Timestamped[any]) any {
				return []any{t.Time.Sub(r.start).Milliseconds(), t.Value}
			})
		},
		"timedInfo": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return flux.Map(flux.Timed(f), func(t flux.TimedValue[any]) any {
				return []any{t.Elapsed.Milliseconds(), t.SinceSubscription.Milliseconds(), t.Value}
			})
		},
		"index": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return flux.Map(flux.Index(f), func(i flux.Indexed[any]) any { return []any{i.Index, i.Value} })
		},
	}
}

// concatMapAhead is the prefetch of Reactor's concatMapIterable; that of its
// flatMapIterable, and so of FlatMapIterable, is 256.
const concatMapAhead = 32

// tens is the mapper of concatMapIterable: n values from ten times the outer one
// on, unless throwOn says that it fails for it.
func tens(n node) func(any) []any {
	throwOn := n.list("throwOn")
	return func(v any) []any {
		if throwOn != nil && same(v, throwOn[0]) {
			panic(named("boom"))
		}
		l := make([]any, n.num("n", v))
		for i := range l {
			l[i] = integer(v)*10 + int64(i)
		}
		return l
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
