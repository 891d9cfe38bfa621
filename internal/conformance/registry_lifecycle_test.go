package conformance

import "github.com/freshet-go/freshet/flux"

func lifecycle() map[string]newOperator {
	return map[string]newOperator{
		"doOn": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			for _, e := range n.list("events") {
				event := n.text("id", "x") + "." + e.(string)
				f = r.reg.hooks[e.(string)](f, func(details ...any) { r.log(event, details...) })
			}
			return f
		},
		"doOnNext": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			g := function(n["f"])
			return f.DoOnNext(func(v any) { g(v) })
		},
	}
}

func hooks() map[string]newHook {
	return map[string]newHook{
		"subscribe": func(f flux.Flux[any], log func(...any)) flux.Flux[any] { return f.DoOnSubscribe(func() { log() }) },
		"request": func(f flux.Flux[any], log func(...any)) flux.Flux[any] {
			return f.DoOnRequest(func(n int64) { log(amount(n)) })
		},
		"next":     func(f flux.Flux[any], log func(...any)) flux.Flux[any] { return f.DoOnNext(func(v any) { log(v) }) },
		"complete": func(f flux.Flux[any], log func(...any)) flux.Flux[any] { return f.DoOnComplete(func() { log() }) },
		"error": func(f flux.Flux[any], log func(...any)) flux.Flux[any] {
			return f.DoOnError(func(err error) { log(nameOf(err)) })
		},
		"cancel":    func(f flux.Flux[any], log func(...any)) flux.Flux[any] { return f.DoOnCancel(func() { log() }) },
		"first":     func(f flux.Flux[any], log func(...any)) flux.Flux[any] { return f.DoFirst(func() { log() }) },
		"terminate": func(f flux.Flux[any], log func(...any)) flux.Flux[any] { return f.DoOnTerminate(func() { log() }) },
		"afterTerminate": func(f flux.Flux[any], log func(...any)) flux.Flux[any] {
			return f.DoAfterTerminate(func() { log() })
		},
		"each": func(f flux.Flux[any], log func(...any)) flux.Flux[any] {
			return f.DoOnEach(func(s flux.Signal[any]) { log(signalObject(s)) })
		},
		"discard": func(f flux.Flux[any], log func(...any)) flux.Flux[any] {
			return f.DoOnDiscard(func(v any) {
				if _, ok := v.(int64); ok {
					log(v)
				}
			})
		},
		"finally": func(f flux.Flux[any], log func(...any)) flux.Flux[any] {
			return f.DoFinally(func(end flux.SignalType) { log(end.String()) })
		},
	}
}
