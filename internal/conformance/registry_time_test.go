package conformance

import "github.com/freshet-go/freshet/flux"

func timers() map[string]newSource {
	return map[string]newSource{
		"interval": func(_ *rig, n node, outer any) flux.Flux[any] {
			if n.has("start") {
				return anyOf(flux.IntervalAfter(n.ms("start", outer), n.ms("period", outer)))
			}
			return anyOf(flux.Interval(n.ms("period", outer)))
		},
	}
}

func anyOf[T any](f flux.Flux[T]) flux.Flux[any] { return flux.Map(f, func(v T) any { return v }) }

func timeouts() map[string]newOperator {
	return map[string]newOperator{
		"timeout": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("p") {
				return f.TimeoutOr(n.ms("d", outer), r.pipeline(n, "p", outer))
			}
			return f.Timeout(n.ms("d", outer))
		},
		"timeoutFirst": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.TimeoutFirst(f, r.pipeline(n, "first", outer))
		},
		"timeoutEach": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			inner := r.inner(n, "next")
			first, next := r.pipeline(n, "first", outer), func(v any) flux.Publisher[any] { return inner(v) }
			if n.has("p") {
				return flux.TimeoutEachOr(f, first, next, r.pipeline(n, "p", outer))
			}
			return flux.TimeoutEach(f, first, next)
		},
	}
}

func delays() map[string]newOperator {
	return map[string]newOperator{
		"delayElements": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.DelayElements(n.ms("d", outer))
		},
		"delaySequence": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.DelaySequence(n.ms("d", outer))
		},
		"delaySubscription": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("p") {
				return flux.DelaySubscriptionUntil(f, r.pipeline(n, "p", outer))
			}
			return f.DelaySubscription(n.ms("d", outer))
		},
	}
}
