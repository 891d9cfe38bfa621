package conformance

import (
	"context"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func timers() map[string]newSource {
	return map[string]newSource{
		"interval": func(_ *rig, n node, outer any) flux.Flux[any] {
			if n.has("start") {
				return anyOf(flux.IntervalAfter(n.ms("start", outer), n.ms("period", outer)))
			}
			return anyOf(flux.Interval(n.ms("period", outer)))
		},
		// One value after a time, kept until it is asked for.
		"mono.delay": func(_ *rig, n node, outer any) flux.Flux[any] {
			d := n.ms("d", outer)
			return flux.Create(func(_ context.Context, e *flux.Emitter[any]) {
				t := time.AfterFunc(d, func() {
					e.Next(int64(0))
					e.Complete()
				})
				e.OnDispose(func() { t.Stop() })
			})
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
	}
}
