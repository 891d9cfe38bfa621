package conformance

import (
	"context"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
)

type (
	// newMonoSource builds a Mono out of its node; outer is what "$" stands for.
	newMonoSource func(r *rig, n node, outer any) flux.Mono[any]
	// newMonoOperator puts an operator on m.
	newMonoOperator func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any]
	// newMonoHook puts one hook of doOn on m; log writes its row.
	newMonoHook func(m flux.Mono[any], log func(details ...any)) flux.Mono[any]
)

// monoSources are the sources that give a Mono.
func monoSources() map[string]newMonoSource {
	return map[string]newMonoSource{
		"mono": func(r *rig, n node, outer any) flux.Mono[any] {
			m := r.mono(n.nodes("p"), outer)
			for _, o := range n.nodes("ops") {
				m = r.hideMono(r.reg.monos[o.op()](r, m, o, outer))
			}
			return m
		},
		"mono.delay": func(_ *rig, n node, outer any) flux.Mono[any] { return anyMono(mono.Delay(n.ms("d", outer))) },
		"mono.call": func(r *rig, n node, outer any) flux.Mono[any] {
			return mono.FromFunc(func(context.Context) (any, error) {
				r.log("call")
				if n.has("err") {
					return nil, named(n.text("err", ""))
				}
				return n.value("v", outer), nil
			})
		},
		"mono.zip": func(r *rig, n node, outer any) flux.Mono[any] {
			return mono.ZipAll(r.monosOf(n, outer), functionN(n["f"]))
		},
		"mono.zipDelayError": func(r *rig, n node, outer any) flux.Mono[any] {
			return mono.ZipAllDelayError(r.monosOf(n, outer), functionN(n["f"]))
		},
		"mono.when": func(r *rig, n node, outer any) flux.Mono[any] {
			return anyMono(mono.When(r.monosOf(n, outer)...))
		},
		"mono.whenDelayError": func(r *rig, n node, outer any) flux.Mono[any] {
			return anyMono(mono.WhenDelayError(r.monosOf(n, outer)...))
		},
		"mono.firstWithSignal": func(r *rig, n node, outer any) flux.Mono[any] {
			return mono.FirstWithSignal(r.monosOf(n, outer)...)
		},
		"mono.firstWithValue": func(r *rig, n node, outer any) flux.Mono[any] {
			return mono.FirstWithValue(r.monosOf(n, outer)...)
		},
	}
}

// monoSourcesAsFlux are the same, for a pipeline.
func monoSourcesAsFlux() map[string]newSource {
	all := map[string]newSource{}
	for op, source := range monoSources() {
		all[op] = func(r *rig, n node, outer any) flux.Flux[any] { return source(r, n, outer).Flux() }
	}
	return all
}

// mono is a pipeline as a Mono: one that is nothing but a Mono is taken as it is.
func (r *rig) mono(p []node, outer any) flux.Mono[any] {
	if source, ok := monoSources()[p[0].op()]; ok && len(p) == 1 && !r.reg.hidden {
		return source(r, p[0], outer)
	}
	return mono.From(r.build(p, outer))
}

func (r *rig) monosOf(n node, outer any) []flux.Publisher[any] {
	var ms []flux.Publisher[any]
	for _, p := range n.pipelines("ps") {
		ms = append(ms, r.mono(p, outer))
	}
	return ms
}

// innerMono is the mapper of flatMap and its kin.
func (r *rig) innerMono(n node) func(any) flux.Mono[any] {
	check := r.inner(node{"p": []any{map[string]any{"op": "empty"}}, "throwOn": n["throwOn"]}, "p")
	return func(v any) flux.Mono[any] {
		check(v)
		return r.mono(n.nodes("p"), v)
	}
}

func (r *rig) hideMono(m flux.Mono[any]) flux.Mono[any] {
	if !r.reg.hidden {
		return m
	}
	return mono.FromDirect[any](hidden{m})
}

func anyMono[T any](m flux.Mono[T]) flux.Mono[any] {
	return mono.Map(m, func(v T) any { return v })
}

// monoOperators are those that stand in the ops of a mono.
func monoOperators() map[string]newMonoOperator {
	return join(monoTransforms(), monoSequels(), monoTimes(), monoRecovers(), monoWatches())
}

func monoTransforms() map[string]newMonoOperator {
	return map[string]newMonoOperator{
		"map":    func(_ *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] { return mono.Map(m, function(n["f"])) },
		"filter": func(_ *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] { return m.Filter(predicate(n["f"])) },
		"filterWhen": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			test := r.inner(n, "p")
			return mono.FilterWhen(m, func(v any) flux.Flux[bool] {
				return flux.Map(test(v), func(keep any) bool { return keep.(bool) })
			})
		},
		"flatMap": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			return mono.FlatMap(m, r.innerMono(n))
		},
		"flatMapMany": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			return anyMono(flux.CollectList(mono.FlatMapMany(m, r.inner(n, "p"))))
		},
		"expand": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			return anyMono(flux.CollectList(flux.Expand(m, r.inner(n, "p"))))
		},
		"zipWith": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return mono.ZipWith(m, r.mono(n.nodes("p"), outer), function2(n["f"]))
		},
		"zipWhen": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			return mono.ZipWhen(m, r.innerMono(n), function2(n["f"]))
		},
		"hasElement": func(_ *rig, m flux.Mono[any], _ node, _ any) flux.Mono[any] { return anyMono(mono.HasElement(m)) },
		"defaultIfEmpty": func(_ *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return m.DefaultIfEmpty(n.value("v", outer))
		},
		"switchIfEmpty": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return m.SwitchIfEmpty(r.mono(n.nodes("p"), outer))
		},
		"single": func(_ *rig, m flux.Mono[any], _ node, _ any) flux.Mono[any] { return m.Single() },
		"materialize": func(_ *rig, m flux.Mono[any], _ node, _ any) flux.Mono[any] {
			return mono.Map(mono.Materialize(m), signalObject)
		},
		"elapsed": func(_ *rig, m flux.Mono[any], _ node, _ any) flux.Mono[any] {
			return mono.Map(mono.Elapsed(m), func(e flux.ElapsedValue[any]) any {
				return []any{e.Elapsed.Milliseconds(), e.Value}
			})
		},
	}
}

// monoSequels are those that go on with another stream, or wait for one.
func monoSequels() map[string]newMonoOperator {
	return map[string]newMonoOperator{
		"then": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			if n.has("p") {
				return mono.Then(m, r.mono(n.nodes("p"), outer))
			}
			return anyMono(flux.Completion(m))
		},
		"thenReturn": func(_ *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return mono.ThenReturn(m, n.value("v", outer))
		},
		"ignoreElement": func(_ *rig, m flux.Mono[any], _ node, _ any) flux.Mono[any] { return m.IgnoreElement() },
		"and": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return anyMono(mono.And(m, r.pipeline(n, "p", outer)))
		},
		"or": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return m.Or(r.mono(n.nodes("p"), outer))
		},
		"cache": func(_ *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			if n.has("ttl") {
				return m.CacheFor(n.ms("ttl", outer))
			}
			return m.Cache()
		},
		"cacheInvalidateIf": func(_ *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			return m.CacheInvalidateIf(predicate(n["f"]))
		},
		"cacheInvalidateWhen": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			until := r.innerMono(n)
			return mono.CacheInvalidateWhen(m, func(v any) flux.Mono[struct{}] { return flux.Completion(until(v)) })
		},
		"share": func(_ *rig, m flux.Mono[any], _ node, _ any) flux.Mono[any] { return m.Share() },
	}
}

func monoTimes() map[string]newMonoOperator {
	return map[string]newMonoOperator{
		"delayElement": func(_ *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return m.DelayElement(n.ms("d", outer))
		},
		"delayUntil": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			return mono.DelayUntil(m, r.inner(n, "p"))
		},
		"delaySubscription": func(_ *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return m.DelaySubscription(n.ms("d", outer))
		},
		"timeout": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			if n.has("p") {
				return m.TimeoutOr(n.ms("d", outer), r.mono(n.nodes("p"), outer))
			}
			return m.Timeout(n.ms("d", outer))
		},
		"take": func(_ *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] { return m.TakeFor(n.ms("d", outer)) },
		"takeUntilOther": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return mono.TakeUntilOther(m, r.pipeline(n, "p", outer))
		},
	}
}

func monoRecovers() map[string]newMonoOperator {
	return map[string]newMonoOperator{
		"onErrorResume": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return m.OnErrorResume(func(err error) flux.Publisher[any] {
				if !catches(n, err) {
					return mono.Error[any](err)
				}
				return r.mono(n.nodes("p"), outer)
			})
		},
		"onErrorReturn": func(_ *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return m.OnErrorReturn(n.value("v", outer))
		},
		"onErrorComplete": func(_ *rig, m flux.Mono[any], _ node, _ any) flux.Mono[any] { return m.OnErrorComplete() },
		"onErrorMap": func(_ *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			return m.OnErrorMap(func(error) error { return named(n.text("err", "")) })
		},
		"retry": func(_ *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] { return m.Retry(n.num("n", outer)) },
		"retryWhen": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			return mono.FromDirect(r.reg.operators["retryWhen"](r, m.Flux(), n, outer))
		},
		"repeatWhenEmpty": func(r *rig, m flux.Mono[any], n node, outer any) flux.Mono[any] {
			companion := func(counts flux.Flux[int64]) flux.Flux[any] { return r.apply(anyOf(counts), n.nodes("ops"), outer) }
			if n.has("n") {
				return mono.RepeatWhenEmptyMax(m, n.num("n", outer), companion)
			}
			return mono.RepeatWhenEmpty(m, companion)
		},
	}
}

// monoWatches are those that only look.
func monoWatches() map[string]newMonoOperator {
	return map[string]newMonoOperator{
		"probe": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			return mono.FromDirect[any](&probe{r: r, id: n.text("id", "p"), src: m})
		},
		"doOn": func(r *rig, m flux.Mono[any], n node, _ any) flux.Mono[any] {
			for _, e := range n.list("events") {
				event := n.text("id", "x") + "." + e.(string)
				m = monoHooks()[e.(string)](m, func(details ...any) { r.log(event, details...) })
			}
			return m
		},
	}
}

func monoHooks() map[string]newMonoHook {
	return map[string]newMonoHook{
		"subscribe": func(m flux.Mono[any], log func(...any)) flux.Mono[any] { return m.DoOnSubscribe(func() { log() }) },
		"next":      func(m flux.Mono[any], log func(...any)) flux.Mono[any] { return m.DoOnNext(func(v any) { log(v) }) },
		"success": func(m flux.Mono[any], log func(...any)) flux.Mono[any] {
			return m.DoOnSuccess(func(v any, ok bool) {
				if !ok {
					log()
					return
				}
				log(v)
			})
		},
		"error": func(m flux.Mono[any], log func(...any)) flux.Mono[any] {
			return m.DoOnError(func(err error) { log(nameOf(err)) })
		},
		"terminate": func(m flux.Mono[any], log func(...any)) flux.Mono[any] { return m.DoOnTerminate(func() { log() }) },
		"afterTerminate": func(m flux.Mono[any], log func(...any)) flux.Mono[any] {
			return m.DoAfterTerminate(func() { log() })
		},
		"cancel": func(m flux.Mono[any], log func(...any)) flux.Mono[any] { return m.DoOnCancel(func() { log() }) },
		"finally": func(m flux.Mono[any], log func(...any)) flux.Mono[any] {
			return m.DoFinally(func(end flux.SignalType) { log(end.String()) })
		},
	}
}
