package flux_test

import (
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
