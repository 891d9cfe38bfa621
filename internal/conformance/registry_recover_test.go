package conformance

import (
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
)

func recovers() map[string]newOperator {
	return map[string]newOperator{
		"onErrorResume": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.OnErrorResume(func(err error) flux.Publisher[any] {
				if !catches(n, err) {
					return flux.Error[any](err)
				}
				if n.has("throw") {
					panic(named(n.text("throw", "")))
				}
				return r.pipeline(n, "p", outer)
			})
		},
		"onErrorReturn": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			v := n.value("v", outer)
			if !n.has("on") {
				return f.OnErrorReturn(v)
			}
			return f.OnErrorResume(func(err error) flux.Publisher[any] {
				if !catches(n, err) {
					return flux.Error[any](err)
				}
				return flux.Just(v)
			})
		},
		"onErrorMap": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.OnErrorMap(func(err error) error {
				switch {
				case !catches(n, err):
					return err
				case n.has("throw"):
					panic(named(n.text("throw", "")))
				}
				return named(n.text("err", ""))
			})
		},
		"onErrorComplete": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			if !n.has("on") {
				return f.OnErrorComplete()
			}
			return f.OnErrorCompleteIf(func(err error) bool { return catches(n, err) })
		},
		"retry": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if !n.has("n") {
				return f.Retry(flux.Unbounded)
			}
			return f.Retry(n.num("n", outer))
		},
		"repeat": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if !n.has("n") {
				return f.Repeat(flux.Unbounded)
			}
			return f.Repeat(n.num("n", outer))
		},
		"repeatPred": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			var count atomic.Int64 // subscriptions may overlap
			return f.RepeatIf(func() bool { return count.Add(1) <= n.num("n", outer) })
		},
		"repeatWhen": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.RepeatWhen(f, func(counts flux.Flux[int64]) flux.Flux[any] {
				return r.apply(anyOf(counts), n.nodes("ops"), outer)
			})
		},
		"retryWhen": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			switch n.text("kind", "") {
			case "ops":
				return flux.RetryWhenCompanion(f, func(failures flux.Flux[flux.RetrySignal]) flux.Flux[any] {
					totals := flux.Map(failures, func(s flux.RetrySignal) any { return s.TotalRetries })
					return r.apply(totals, n.nodes("ops"), outer)
				})
			case "opsError":
				return flux.RetryWhenCompanion(f, func(failures flux.Flux[flux.RetrySignal]) flux.Flux[int64] {
					return flux.FlatMap(failures, func(s flux.RetrySignal) flux.Flux[int64] {
						if s.TotalRetries < n.num("n", outer) {
							return flux.Just(int64(1))
						}
						return flux.Error[int64](s.Failure)
					})
				})
			}
			return f.RetryWhen(retrySpec(r, n, outer))
		},
		"onErrorContinue": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.OnErrorContinueIf(func(err error) bool { return catches(n, err) },
				func(err error, v any) { r.log("continue", nameOf(err), v) })
		},
		"onErrorStop": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f.OnErrorStop() },
		"switchIfEmpty": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.SwitchIfEmpty(r.pipeline(n, "p", outer))
		},
	}
}

// catches reports whether an error operator is for err: it may name the only
// one it is for.
func catches(n node, err error) bool {
	return !n.has("on") || oneWord.Replace(n.text("on", "")) == nameOf(err)
}

// retrySpec reads the kinds of retryWhen that have no pipeline.
func retrySpec(r *rig, n node, outer any) flux.RetrySpec {
	var s flux.RetrySpec
	switch kind := n.text("kind", ""); kind {
	case "max":
		s = flux.RetryMax(n.num("n", outer))
	case "maxInARow":
		s = flux.RetryMaxInARow(n.num("n", outer))
	case "indefinitely":
		s = flux.RetryIndefinitely()
	case "fixedDelay":
		s = flux.RetryFixedDelay(n.num("n", outer), n.ms("d", outer))
	case "backoff":
		s = flux.RetryBackoff(n.num("n", outer), n.ms("d", outer)).Jitter(0)
	default:
		malformed("unknown kind of retryWhen %q", kind)
	}
	if n.has("maxBackoff") {
		s = s.MaxBackoff(n.ms("maxBackoff", outer))
	}
	switch m := n["multiplier"].(type) {
	case int64:
		s = s.Multiplier(float64(m))
	case float64:
		s = s.Multiplier(m)
	}
	if n.has("on") {
		s = s.Filter(func(err error) bool { return catches(n, err) })
	}
	if n.has("transient") {
		s = s.Transient(n.flag("transient"))
	}
	if n.has("exhausted") {
		s = s.Exhausted(func(flux.RetrySignal) error { return named(n.text("exhausted", "")) })
	}
	if n.has("log") {
		log := func(what string) func(flux.RetrySignal) {
			return func(s flux.RetrySignal) { r.log(what, s.TotalRetries, s.TotalRetriesInARow, nameOf(s.Failure)) }
		}
		s = s.Before(log("beforeRetry")).After(log("afterRetry"))
	}
	return s
}
