package conformance

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	randomSeed  = flag.Uint64("seed", 1, "first seed of the random pipelines")
	randomCount = flag.Int("pipelines", 4000, "number of random pipelines")
)

// Nobody recorded what Reactor does with these pipelines, but the contract holds
// for each: no value that was not requested, nothing after the terminal, no
// panic, no goroutine left, no source left running when the subscriber has gone.
//
// They are made of the sources and operators of the recorded cases; a failure
// prints the seed that gives it again.
func TestRandomPipelinesKeepTheContract(t *testing.T) {
	cases, err := Load(filepath.Join("testdata", "reactor"))
	require.NoError(t, err)
	reg := newRegistry()
	from := partsOf(cases, reg)
	failures := 0
	for i := range uint64(*randomCount) {
		seed := *randomSeed + i
		c := from.pipeline(rand.New(rand.NewPCG(seed, 0)))
		got, faults, leaks := watched(t, c, reg)
		if len(leaks) > 0 {
			faults = append(faults, fmt.Sprintf("the end: running on without a subscriber: %v", leaks))
		}
		if len(faults) == 0 {
			continue
		}
		lines, _ := compare(c, got, got)
		t.Error(report(c, outcome{Verdict: fmt.Sprintf("seed %d", seed), Lines: lines, Faults: faults}))
		if failures++; failures == 5 {
			t.Fatal("and perhaps more")
		}
	}
}

// parts are the nodes that random pipelines are made of.
type parts struct{ sources, operators []node }

func partsOf(cases []*Case, reg *registry) parts {
	var ps parts
	for _, c := range cases {
		if len(reg.missing(c)) > 0 || c.Excess || len(c.Leak) > 0 || c.DSL.has("sink") || c.DSL.has("hots") {
			continue
		}
		for i, n := range c.DSL.nodes("p") {
			switch {
			case n.text("strategy", "") == "IGNORE": // exceeds the demand, as it should
			case i == 0:
				ps.sources = append(ps.sources, n)
			case n.op() == "probe", n.op() == "flattenList":
			case n.op() == "retry" && !n.has("n"): // may go on for ever, as it should
			default:
				ps.operators = append(ps.operators, n)
			}
		}
	}
	return ps
}

// pipeline gives a source and one to four operators, some with a probe before
// them, and one or two subscribers.
func (ps parts) pipeline(rnd *rand.Rand) *Case {
	p := []any{map[string]any(ps.sources[rnd.IntN(len(ps.sources))])}
	for range 1 + rnd.IntN(4) {
		if rnd.IntN(2) == 0 {
			p = append(p, map[string]any{"op": "probe", "id": fmt.Sprint("p", len(p))})
		}
		p = append(p, map[string]any(ps.operators[rnd.IntN(len(ps.operators))]))
	}
	subs := []any{subscriberOf(rnd, "s", 0)}
	if rnd.IntN(4) == 0 {
		subs = append(subs, subscriberOf(rnd, "t", 7))
	}
	c := &Case{Name: "random", Why: "the contract", DSL: node{"p": p, "subs": subs, "until": int64(300)}}
	c.raw = show(map[string]any(c.DSL))
	return c
}

// subscriberOf gives a subscriber that asks for everything, asks by steps, asks
// inside OnNext, or leaves early.
func subscriberOf(rnd *rand.Rand, id string, at int64) map[string]any {
	sub := map[string]any{"id": id, "at": at}
	switch rnd.IntN(5) {
	case 0, 1:
		sub["demand"] = int64(rnd.IntN(3))
		sub["acts"] = []any{
			[]any{at + 13, "request", int64(2)},
			[]any{at + 39, "request", int64(1)},
			[]any{at + 77, "request", int64(50)},
		}
	case 2:
		sub["cancelAfter"] = int64(1 + rnd.IntN(4))
	case 3:
		sub["demand"], sub["requestEach"] = int64(1), int64(1)
	}
	return sub
}
