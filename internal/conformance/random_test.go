package conformance

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	randomSeed  = flag.Uint64("seed", 1, "first seed of the random pipelines")
	randomCount = flag.Int("pipelines", 8000, "number of random pipelines")
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
		if broken := breach(t, c, reg); broken != "" {
			t.Errorf("seed %d: %s", seed, broken)
			if failures++; failures == 5 {
				t.Fatal("and perhaps more")
			}
		}
	}
}

// Pipelines that broke the contract once.
func TestPipelinesThatBrokeTheContractKeepIt(t *testing.T) {
	const steps = `,"subs":[{"demand":1,"acts":[[3,"request",1],[5,"request",1]]}]}`
	for name, p := range map[string]string{
		"concatWith counts a value that was rejected below it": `[{"op":"range","start":1,"n":6},{"op":"hide"},` +
			`{"op":"concatWith","p":[{"op":"range","start":1,"n":6},{"op":"hide"}]},{"op":"filter","f":["even"]}]`,
		"concatMap counts a value that was rejected below it": `[{"op":"range","start":1,"n":9},{"op":"concatMap","p":[` +
			`{"op":"just","vs":["$",3]},{"op":"hide"}]},{"op":"filter","f":["even"]}]`,
		"timeout counts a value that was rejected below it": `[{"op":"timed","ev":[[0,1],[0,3],[0,2],[9,"complete"]]},` +
			`{"op":"timeout","d":2,"p":[{"op":"range","start":1,"n":9},{"op":"hide"}]},{"op":"filter","f":["even"]}]`,
	} {
		dsl, err := decode([]byte(`{"p":` + p + steps))
		require.NoError(t, err)
		if broken := breach(t, contractCase(dsl.(map[string]any)), newRegistry()); broken != "" {
			t.Errorf("%s: %s", name, broken)
		}
	}
}

// breach runs a case and reports how it broke the contract, "" if it did not.
func breach(t *testing.T, c *Case, reg *registry) string {
	watchdog := time.AfterFunc(patience, func() { panic("the pipeline hangs: " + c.raw) })
	defer watchdog.Stop()
	got, faults, leaks := watched(t, c, reg)
	if len(leaks) > 0 && !c.uses(unreadWindow) {
		faults = append(faults, fmt.Sprintf("the end: running on without a subscriber: %v", leaks))
	}
	if len(faults) == 0 {
		return ""
	}
	lines, _ := compare(c, got, got)
	return report(c, outcome{Verdict: failed, Lines: lines, Faults: faults})
}

// unreadWindow tells whether an operator's windows or groups keep their source going
// when nobody has subscribed to them, as they should.
func unreadWindow(n node) bool {
	return strings.HasPrefix(n.op(), "window") || n.op() == "groupBy"
}

// parts are the nodes that random pipelines are made of, by the name of the
// operator, so that one with few recorded cases is used as often as any other.
type parts struct{ sources, operators map[string][]node }

func partsOf(cases []*Case, reg *registry) parts {
	ps := parts{map[string][]node{}, map[string][]node{}}
	for _, c := range cases {
		if len(reg.missing(c)) > 0 || c.Excess || len(c.Leak) > 0 || c.DSL.has("sink") || c.DSL.has("hots") {
			continue
		}
		for i, n := range c.DSL.nodes("p") {
			op := n.op()
			switch {
			case op == "probe", op == "flattenList":
			case op == "cache", op == "autoConnect": // run on without a subscriber, as they should
			case op == "refCount": // comes with what it counts
			case endless(n):
			case n.text("strategy", "") == "IGNORE": // exceeds the demand, as it should
			case i == 0:
				ps.sources[op] = append(ps.sources[op], n)
			default:
				ps.operators[op] = append(ps.operators[op], n)
			}
		}
	}
	return ps
}

// endless tells whether an operator may go on for ever, as it should.
func endless(n node) bool {
	switch n.op() {
	case "retry", "repeat":
		return !n.has("n")
	case "retryWhen", "repeatWhen", "expand", "expandDeep":
		return true
	}
	return false
}

func pick(rnd *rand.Rand, from map[string][]node) map[string]any {
	names := slices.Sorted(maps.Keys(from))
	of := from[names[rnd.IntN(len(names))]]
	return of[rnd.IntN(len(of))]
}

// pipeline gives a source and one to four operators, some with a probe before
// them, and one or two subscribers.
func (ps parts) pipeline(rnd *rand.Rand) *Case {
	p := []any{pick(rnd, ps.sources)}
	for range 1 + rnd.IntN(4) {
		if rnd.IntN(2) == 0 {
			p = append(p, map[string]any{"op": "probe", "id": fmt.Sprint("p", len(p))})
		}
		n := pick(rnd, ps.operators)
		p = append(p, n)
		if op := node(n).op(); op == "publish" || op == "replay" {
			p = append(p, map[string]any{"op": "refCount"})
		}
	}
	subs := []any{subscriberOf(rnd, "s", 0)}
	if rnd.IntN(4) == 0 {
		subs = append(subs, subscriberOf(rnd, "t", 7))
	}
	return contractCase(node{"p": p, "subs": subs, "until": int64(300)})
}

func contractCase(dsl node) *Case {
	return &Case{Name: "contract", Why: "whatever Reactor does", DSL: dsl, raw: show(map[string]any(dsl))}
}

// subscriberOf gives a subscriber that asks for everything, asks by steps, asks
// inside OnNext, or leaves early.
func subscriberOf(rnd *rand.Rand, id string, at int64) map[string]any {
	sub := map[string]any{"id": id, "at": at}
	switch rnd.IntN(6) {
	case 0, 1, 2:
		sub["demand"] = int64(rnd.IntN(3))
		sub["acts"] = []any{
			[]any{at + 13, "request", int64(1 + rnd.IntN(2))},
			[]any{at + 39, "request", int64(1)},
			[]any{at + 77, "request", int64(1 + rnd.IntN(3))},
			[]any{at + 150, "request", int64(50)},
		}
	case 3:
		sub["cancelAfter"] = int64(1 + rnd.IntN(4))
	case 4:
		sub["demand"], sub["requestEach"] = int64(1), int64(1)
	}
	return sub
}
