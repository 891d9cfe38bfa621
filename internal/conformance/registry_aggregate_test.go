package conformance

import (
	"slices"
	"strings"

	"github.com/freshet-go/freshet/flux"
)

func aggregates() map[string]newOperator {
	return map[string]newOperator{
		"count":       func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return anyOf(flux.Count(f).Flux()) },
		"hasElements": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return anyOf(flux.HasElements(f).Flux()) },
		"hasElement": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			v := key(n.value("v", outer))
			return anyOf(flux.HasElement(flux.Map(f, key), v).Flux())
		},
		"all": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return anyOf(flux.AllMatch(f, predicate(n["f"])).Flux())
		},
		"any": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return anyOf(flux.AnyMatch(f, predicate(n["f"])).Flux())
		},
		"reduce": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.Reduce(function2(n["f"])).Flux()
		},
		"reduceWith": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.ReduceWith(f, n.value("init", outer), function2(n["f"])).Flux()
		},
		"collectList": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
			return anyOf(flux.CollectList(f).Flux())
		},
		"collectSortedList": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return anyOf(flux.CollectSortedListFunc(f, comparator(n["by"])).Flux())
		},
		"collectMap": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.Map(flux.CollectMap(f, function(n["f"])), func(m map[any]any) any {
				return pairs(m, func(v any) any { return v })
			})
		},
		"collectMultimap": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return flux.Map(flux.CollectMultimap(f, function(n["f"])), func(m map[any][]any) any {
				return pairs(m, func(vs []any) any { return vs })
			})
		},
		"sort": func(_ *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			return f.SortFunc(comparator(n["by"]))
		},
	}
}

// pairs lists a map as [[key, value],..] in order of key.
func pairs[V any](m map[any]V, value func(V) any) any {
	l := make([]any, 0, len(m))
	for k, v := range m {
		l = append(l, []any{k, value(v)})
	}
	slices.SortFunc(l, func(a, b any) int { return ascending(listOf(a)[0], listOf(b)[0]) })
	return l
}

// ascending orders whole numbers, and anything else as a trace writes it.
func ascending(a, b any) int {
	if x, ok := a.(int64); ok {
		return comparator(nil)(x, b)
	}
	return strings.Compare(key(a), key(b))
}

// elements are the operators that give one value, and those that wait for an end.
func elements() map[string]newOperator {
	return map[string]newOperator{
		"next": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f.Next().Flux() },
		"last": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("default") {
				return f.LastValueOr(n.value("default", outer)).Flux()
			}
			return f.LastValue().Flux()
		},
		"elementAt": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("default") {
				return f.ElementAtOr(n.num("n", outer), n.value("default", outer)).Flux()
			}
			return f.ElementAt(n.num("n", outer)).Flux()
		},
		"single": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("default") {
				return f.SingleOr(n.value("default", outer)).Flux()
			}
			return f.Single().Flux()
		},
		"singleOrEmpty": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f.SingleOrEmpty().Flux() },
		"defaultIfEmpty": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return f.DefaultIfEmpty(n.value("v", outer))
		},
		"ignoreElements": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f.IgnoreElements().Flux() },
		"then": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("p") {
				return flux.Then(f, r.pipeline(n, "p", outer)).Flux()
			}
			return anyOf(flux.Completion(f).Flux())
		},
		"thenMany": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return flux.ThenMany(f, r.pipeline(n, "p", outer))
		},
		"thenEmpty": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return anyOf(flux.ThenEmpty(f, r.pipeline(n, "p", outer)).Flux())
		},
	}
}
