package conformance

import "github.com/freshet-go/freshet/flux"

func materializes() map[string]newOperator {
	return map[string]newOperator{
		"materialize": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return flux.Map(flux.Materialize(f), signalObject)
		},
		"dematerialize": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return flux.Dematerialize(flux.Map(f, signalOf))
		},
		"rematerialize": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			signals := r.apply(anyOf(flux.Materialize(f)), n.nodes("ops"), outer)
			return flux.Dematerialize(flux.Map(signals, signalOf))
		},
	}
}

// signalObject is a signal as a trace writes it.
func signalObject(s flux.Signal[any]) any {
	switch s.Type {
	case flux.SignalNext:
		return map[string]any{"kind": "next", "v": s.Value}
	case flux.SignalError:
		return map[string]any{"kind": "error", "err": nameOf(s.Err)}
	default:
		return map[string]any{"kind": "complete"}
	}
}

// signalOf reads a signal, an object as signalObject makes it, or a number: less
// than 0 for completion, 99 for an error, any other for itself.
func signalOf(v any) flux.Signal[any] {
	switch v := v.(type) {
	case flux.Signal[any]:
		return v
	case map[string]any:
		n := node(v)
		switch n.text("kind", "") {
		case "next":
			return flux.NextSignal(v["v"])
		case "complete":
			return flux.CompleteSignal[any]()
		}
		return flux.ErrorSignal[any](named(n.text("err", "")))
	}
	switch i := integer(v); {
	case i < 0:
		return flux.CompleteSignal[any]()
	case i == 99:
		return flux.ErrorSignal[any](named("boom"))
	default:
		return flux.NextSignal(v)
	}
}
