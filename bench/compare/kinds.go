package main

import "slices"

// role is what a server is in the comparison.
type role uint8

const (
	rival role = iota
	ours
	floor // does less than any server for users; a bound, not a contestant
)

// contestant is a kind of server that bench/servers has.
type contestant struct {
	name  string
	role  role
	color int // of package chart
}

// contestants in the order of the tables.
var contestants = []contestant{
	{"freshet", ours, 0},
	{"freshet-nethttp", ours, 1},
	{"gosse", rival, 2},
	{"r3labs", rival, 3},
	{"centrifuge", rival, 5},
	{"ro", rival, 7},
	{"nethttp", rival, 8},
	{"fasthttp-streamwriter", rival, 6},
	{"fiber", rival, 4},
	{"nchan", rival, 10},
	{"webflux", rival, 11},
	{"rawloop", floor, 9},
}

// subject is the kind whose rows are asked to be first.
const subject = "freshet"

func allKinds() []string {
	names := make([]string, 0, len(contestants))
	for _, c := range contestants {
		names = append(names, c.name)
	}
	return names
}

// find gives the contestant of a name; one from an older file that is there no
// more is a rival.
func find(name string) contestant {
	if i := slices.IndexFunc(contestants, func(c contestant) bool { return c.name == name }); i >= 0 {
		return contestants[i]
	}
	return contestant{name: name, color: 8}
}
