package conformance

import (
	"math"

	"github.com/freshet-go/freshet/flux"
)

func windows() map[string]newOperator {
	return map[string]newOperator{
		"window": windowed(func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[flux.Flux[any]] {
			if n.has("skip") {
				return flux.WindowSkip(f, int(n.num("n", outer)), int(n.whole("skip", 0)))
			}
			return flux.Window(f, int(n.num("n", outer)))
		}),
		"windowUntil": windowed(func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[flux.Flux[any]] {
			if n.flag("cutBefore") {
				return flux.WindowUntilCutBefore(f, predicate(n["f"]))
			}
			return flux.WindowUntil(f, predicate(n["f"]))
		}),
		"windowUntilChanged": windowed(func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[flux.Flux[any]] {
			return flux.WindowUntilChangedBy(f, keyOf(n))
		}),
		"windowWhile": windowed(func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[flux.Flux[any]] {
			return flux.WindowWhile(f, predicate(n["f"]))
		}),
		"windowTime": windowed(func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[flux.Flux[any]] {
			if n.has("skip") {
				return flux.WindowForEvery(f, n.ms("d", outer), n.ms("skip", outer))
			}
			return flux.WindowFor(f, n.ms("d", outer))
		}),
		"windowTimeout": windowed(func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[flux.Flux[any]] {
			return flux.WindowTimeout(f, int(n.num("n", outer)), n.ms("d", outer), batching(n)...)
		}),
		"windowOn": windowed(func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[flux.Flux[any]] {
			return flux.WindowOn(f, r.pipeline(n, "p", outer))
		}),
		"windowWhen": windowed(func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[flux.Flux[any]] {
			return flux.WindowWhen(f, r.pipeline(n, "p", outer), r.inner(n, "close"))
		}),
		"groupBy": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			var o []flux.HopOption
			if n.has("prefetch") {
				o = append(o, flux.Prefetch(n.bound("prefetch", 0)))
			}
			groups := flux.GroupBy(f, keyOf(n), o...)
			return flatten(r, flux.TryMap(groups, func(g flux.Grouped[string, any]) (numbered, error) {
				name, err := decode([]byte(g.Key))
				return numbered{name, g.Flux}, err
			}), n, outer)
		},
	}
}

// numbered is a window with its number, or a group with its key.
type numbered struct {
	name any
	flux flux.Flux[any]
}

// windowed numbers the windows of each subscription and flattens them.
func windowed(build func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[flux.Flux[any]]) newOperator {
	return func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
		windows := flux.Index(build(r, f, n, outer))
		return flatten(r, flux.Map(windows, func(w flux.Indexed[flux.Flux[any]]) numbered {
			return numbered{w.Index, w.Value}
		}), n, outer)
	}
}

// flatten gives the signals of windows as the DSL defines them.
func flatten(r *rig, windows flux.Flux[numbered], n node, outer any) flux.Flux[any] {
	signals := func(w numbered) flux.Flux[any] {
		row := func(v any) any { return []any{w.name, v} }
		body := r.apply(w.flux, n.nodes("ops"), outer)
		return flux.Concat[any](flux.Just(row("open")), flux.Map(flux.Materialize(body), func(s flux.Signal[any]) any {
			switch s.Type {
			case flux.SignalNext:
				return row(s.Value)
			case flux.SignalComplete:
				return row("complete")
			}
			return row("error:" + nameOf(s.Err))
		}))
	}
	return flux.FlatMap(windows, signals, flux.Concurrency(math.MaxInt), flux.Prefetch(math.MaxInt))
}
