package conformance

import "github.com/freshet-go/freshet/flux"

func buffers() map[string]newOperator {
	return map[string]newOperator{
		"buffer": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			switch {
			case n.has("skip"):
				return lists(flux.BufferSkip(f, int(n.num("n", outer)), int(n.whole("skip", 0))))
			case n.has("n"):
				return lists(flux.Buffer(f, int(n.num("n", outer))))
			}
			return lists(flux.BufferAll(f))
		},
		"bufferUntil": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			if n.flag("cutBefore") {
				return lists(flux.BufferUntilCutBefore(f, predicate(n["f"])))
			}
			return lists(flux.BufferUntil(f, predicate(n["f"])))
		},
		"bufferUntilChanged": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return lists(flux.BufferUntilChangedBy(f, keyOf(n)))
		},
		"bufferWhile": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return lists(flux.BufferWhile(f, predicate(n["f"])))
		},
		"bufferTime": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("skip") {
				return lists(flux.BufferForEvery(f, n.ms("d", outer), n.ms("skip", outer)))
			}
			return lists(flux.BufferFor(f, n.ms("d", outer)))
		},
		"bufferTimeout": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return lists(flux.BufferTimeout(f, int(n.num("n", outer)), n.ms("d", outer), batching(n)...))
		},
		"bufferOn": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return lists(flux.BufferOn(f, r.pipeline(n, "p", outer)))
		},
		"bufferWhen": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return lists(flux.BufferWhen(f, r.pipeline(n, "p", outer), r.inner(n, "close")))
		},
	}
}

func batching(n node) []flux.BatchOption {
	if n.flag("fair") {
		return []flux.BatchOption{flux.Fair()}
	}
	return nil
}

// lists turns typed lists into those of a trace.
func lists(f flux.Flux[[]any]) flux.Flux[any] { return anyOf(f) }

// keyOf is the function of a node as a key that can be compared.
func keyOf(n node) func(any) string {
	f := function(n["f"])
	return func(v any) string { return key(f(v)) }
}
