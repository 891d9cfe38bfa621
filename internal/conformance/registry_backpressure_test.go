package conformance

import "github.com/freshet-go/freshet/flux"

// hops are the operators that go over to another goroutine.
func hops() map[string]newOperator {
	return map[string]newOperator{
		"publishOn": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			var o []flux.HopOption
			if n.has("prefetch") {
				o = append(o, flux.Prefetch(n.bound("prefetch", 256)))
			}
			if n.has("delayError") && !n.flag("delayError") {
				o = append(o, flux.CutErrors())
			}
			return f.PublishOn(o...)
		},
		"subscribeOn": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f.SubscribeOn() },
		"cancelOn":    func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f.CancelOn() },
	}
}

func backpressure() map[string]newOperator {
	return map[string]newOperator{
		"onBackpressureBuffer": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			spec := flux.BufferSpec[any]{
				Size:     n.bound("n", 0),
				Overflow: bufferOverflows[n.text("strategy", "ERROR")],
			}
			if n.has("strategy") || n.has("log") {
				spec.Dropped = func(v any) { r.log("overflow", v) }
			}
			if n.has("ttl") {
				spec.TTL = n.ms("ttl", outer)
				spec.Dropped = func(v any) { r.log("evict", v) }
			}
			return f.OnBackpressureBuffer(spec)
		},
		"onBackpressureDrop": func(r *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return f.OnBackpressureDrop(func(v any) { r.log("drop", v) })
		},
		"onBackpressureLatest": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return f.OnBackpressureLatest()
		},
		"onBackpressureError": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return f.OnBackpressureError()
		},
		"limitRate": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("low") {
				return f.LimitRateLow(int(n.num("n", outer)), n.bound("low", 0))
			}
			return f.LimitRate(int(n.num("n", outer)))
		},
	}
}

var bufferOverflows = map[string]flux.BufferOverflow{
	"ERROR": flux.BufferError, "DROP_LATEST": flux.BufferDropLatest, "DROP_OLDEST": flux.BufferDropOldest,
}
