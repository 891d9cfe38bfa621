package conformance

import (
	"context"

	"github.com/freshet-go/freshet/flux"
)

// scriptedSources are the DSL's own: foreign publishers, written here.
func scriptedSources() map[string]newSource {
	return map[string]newSource{
		"timed": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.From[any](timed{r, n.moments("ev", outer)})
		},
		"hot": func(r *rig, n node, _ any) flux.Flux[any] {
			return flux.From[any](r.hots[n.text("id", "")])
		},
		"attempt": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.From[any](&attempt{r: r, ps: n.pipelines("ps"), outer: outer})
		},
		"case": func(r *rig, n node, outer any) flux.Flux[any] {
			if p, ok := n.node("of")[key(n.value("on", outer))]; ok {
				return r.build(toNodes(p.([]any)), outer)
			}
			return r.pipeline(n, "else", outer)
		},
		"sink": func(r *rig, _ node, _ any) flux.Flux[any] { return r.sink.flux() },
	}
}

// attempt gives its k-th subscription the k-th of its pipelines, and the last
// one to all that follow.
type attempt struct {
	r     *rig
	ps    [][]node
	outer any
	count int // guarded by r.mu
}

func (a *attempt) Subscribe(ctx context.Context, s flux.Subscriber[any]) {
	a.r.step()
	a.r.mu.Lock()
	p := a.ps[min(a.count, len(a.ps)-1)]
	a.count++
	a.r.mu.Unlock()
	a.r.build(p, a.outer).Subscribe(ctx, s)
}

func sources() map[string]newSource {
	return map[string]newSource{
		"just":     func(_ *rig, n node, outer any) flux.Flux[any] { return flux.Just(n.values("vs", outer)...) },
		"iterable": func(_ *rig, n node, outer any) flux.Flux[any] { return flux.FromSlice(n.values("vs", outer)) },
		"range": func(_ *rig, n node, outer any) flux.Flux[any] {
			ints := flux.Range(int(n.num("start", outer)), int(n.num("n", outer)))
			return flux.Map(ints, func(i int) any { return int64(i) })
		},
		"empty": func(*rig, node, any) flux.Flux[any] { return flux.Empty[any]() },
		"never": func(*rig, node, any) flux.Flux[any] { return flux.Never[any]() },
		"error": func(_ *rig, n node, _ any) flux.Flux[any] {
			if n.flag("whenRequested") {
				return flux.ErrorWhenRequested[any](named(n.text("err", "")))
			}
			return flux.Error[any](named(n.text("err", "")))
		},
		"defer": func(r *rig, n node, outer any) flux.Flux[any] {
			return flux.Defer(func(context.Context) flux.Flux[any] { return r.pipeline(n, "p", outer) })
		},
		"deferThrow": func(_ *rig, n node, _ any) flux.Flux[any] {
			return flux.Defer(func(context.Context) flux.Flux[any] { panic(named(n.text("err", ""))) })
		},
	}
}
