package flux_test

import (
	"maps"
	"time"

	"github.com/freshet-go/freshet/flux"
)

func bufferingOperators() []operator {
	return []operator{
		{name: "Buffer", build: func(s ints) ints { return firsts(flux.Buffer(s, 1)) }},
		{name: "BufferUntil", build: func(s ints) ints { return firsts(flux.BufferUntil(s, yes)) }},
		{name: "BufferTimeout", build: func(s ints) ints { return firsts(flux.BufferTimeout(s, 1, time.Hour)) }},
		{name: "BufferTimeout with Fair", build: func(s ints) ints {
			return firsts(flux.BufferTimeout(s, 1, time.Hour, flux.Fair()))
		}},
		{name: "Window", build: func(s ints) ints { return inTurn(flux.Window(s, 1)) }},
		{name: "WindowUntil", build: func(s ints) ints { return inTurn(flux.WindowUntil(s, yes, flux.Prefetch(1))) }},
		{name: "WindowTimeout with Fair", build: func(s ints) ints {
			return inTurn(flux.WindowTimeout(s, 1, time.Hour, flux.Fair()))
		}},
		{name: "GroupBy", build: func(s ints) ints {
			return flux.FlatMap(flux.GroupBy(s, same, flux.Prefetch(1)), func(g flux.Grouped[int, int]) ints { return g.Take(1) })
		}, unordered: true},
	}
}

func firsts(lists flux.Flux[[]int]) ints {
	return flux.Map(lists, func(l []int) int { return l[0] })
}

func inTurn(windows flux.Flux[ints]) ints {
	return flux.ConcatMap(windows, func(w ints) ints { return w })
}

// allUserFuncs are those of every family.
func allUserFuncs() map[string]func(s ints, touch injection) ints {
	all := userFuncs()
	maps.Copy(all, bufferingFuncs())
	return all
}

func bufferingFuncs() map[string]func(s ints, touch injection) ints {
	// The error is that of every group, too, and FlatMap would report the second.
	quiet := func(error) pub { return flux.Empty[int]() }
	groups := func(s flux.Flux[flux.Grouped[any, int]]) ints {
		return flux.FlatMap(s, func(g flux.Grouped[any, int]) ints { return g.OnErrorResume(quiet) })
	}
	touching := func(touch injection) func(int) bool {
		return func(v int) bool { touch.at(v); return true }
	}
	return map[string]func(s ints, touch injection) ints{
		"BufferUntil": func(s ints, touch injection) ints { return firsts(flux.BufferUntil(s, touching(touch))) },
		"WindowUntil": func(s ints, touch injection) ints { return inTurn(flux.WindowUntil(s, touching(touch))) },
		"GroupBy": func(s ints, touch injection) ints {
			return groups(flux.GroupBy(s, func(v int) any { touch.at(v); return v }))
		},
	}
}
