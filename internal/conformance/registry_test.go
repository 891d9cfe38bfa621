package conformance

import (
	"maps"
	"slices"

	"github.com/freshet-go/freshet/flux"
)

type (
	// newSource builds a source out of its node; outer is what "$" stands for.
	newSource func(r *rig, n node, outer any) flux.Flux[any]
	// newOperator puts an operator on f.
	newOperator func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any]
	// newHook puts one hook of doOn on f; log writes its row.
	newHook func(f flux.Flux[any], log func(details ...any)) flux.Flux[any]
	// newSink makes the sink of a case.
	newSink func(r *rig, n node) sinkUnderTest
)

// sinkUnderTest is the sink of a case. do runs one of its actions and gives the
// result as a trace writes it.
type sinkUnderTest interface {
	flux() flux.Flux[any]
	do(action string, arg any) any
}

// registry says which operators of the DSL exist, and how each is spelled with
// Freshet. An operator family is a file: registry_<family>.go.
type registry struct {
	sources   map[string]newSource
	operators map[string]newOperator
	monos     map[string]newMonoOperator // in the ops of a mono
	hooks     map[string]newHook         // of doOn, by event
	sinks     map[string]newSink
	// lacks names the variant of an operator that a node asks for and that does
	// not exist, though the operator does; "" if there is none.
	lacks map[string]func(n node) string

	// hidden puts a foreign publisher between any two operators, so that none is
	// fused with, or takes a shortcut through, its neighbour.
	hidden bool
}

// newRegistry gives everything that is bound.
func newRegistry() *registry {
	return &registry{
		sources: join(
			scriptedSources(),
			sources(),
			userSources(),
			timers(),
			resources(),
			combiningSources(),
			monoSourcesAsFlux(),
		),
		monos: monoOperators(),
		operators: join(
			passThrough(),
			transforms(),
			materializes(),
			aggregates(),
			elements(),
			samples(),
			filters(),
			lifecycle(),
			combines(),
			flattens(),
			recovers(),
			timeouts(),
			delays(),
			hops(),
			backpressure(),
			multicasts(),
			buffers(),
			windows(),
		),
		hooks: hooks(),
		lacks: lacks(),
		sinks: sinks(),
	}
}

func join[F any](families ...map[string]F) map[string]F {
	all := map[string]F{}
	for _, f := range families {
		maps.Copy(all, f)
	}
	return all
}

// missing names the operators of a case that are not bound, sorted. The case is
// unsupported exactly when there is one.
func (reg *registry) missing(c *Case) []string {
	found := map[string]bool{}
	reg.walk(map[string]any(c.DSL), found)
	return slices.Sorted(maps.Keys(found))
}

// walk visits every node of a DSL tree, whatever field it stands in. A node is
// an object with "op"; it is a source where it stands first in a pipeline, and
// an operator elsewhere.
func (reg *registry) walk(v any, found map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			reg.walk(x, found)
		}
	case map[string]any:
		reg.check(v, found)
		for k, x := range v {
			if k == "ops" && node(v).op() == "mono" {
				reg.walkMono(x, found)
				continue
			}
			reg.walk(x, found)
		}
	}
}

func (reg *registry) check(n node, found map[string]bool) {
	if kind := node(n).node("sink").text("kind", ""); kind != "" {
		if _, ok := reg.sinks[kind]; !ok {
			found["sink."+kind] = true
		}
	}
	op := n.op()
	if op == "" {
		return
	}
	_, source := reg.sources[op]
	_, operator := reg.operators[op]
	if !source && !operator {
		found[op] = true
		return
	}
	if lacks, ok := reg.lacks[op]; ok {
		if variant := lacks(n); variant != "" {
			found[op+": "+variant] = true
		}
	}
	if op == "doOn" {
		for _, e := range n.list("events") {
			if _, ok := reg.hooks[e.(string)]; !ok {
				found["doOn: "+e.(string)] = true
			}
		}
	}
}

// walkMono visits the operators of a Mono, which have bindings of their own.
func (reg *registry) walkMono(ops any, found map[string]bool) {
	l, _ := ops.([]any)
	for _, o := range toNodes(l) {
		if _, ok := reg.monos[o.op()]; !ok {
			found["mono:"+o.op()] = true
		}
		for _, x := range o {
			reg.walk(x, found)
		}
	}
}
