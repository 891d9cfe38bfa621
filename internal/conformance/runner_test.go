package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

// A runner that cannot fail is worth nothing: these tests give it wrong
// expectations and wrong operators.

func testCase(t *testing.T, dsl, expect string, flags ...string) *Case {
	t.Helper()
	all := append([]string{`"name":"made/up"`, `"dsl":` + dsl, `"expect":` + expect}, flags...)
	c, err := parse([]byte("{" + strings.Join(all, ",") + "}"))
	require.NoError(t, err)
	return c
}

const (
	mapDSL    = `{"p":[{"op":"timed","ev":[[10,1],[20,2],[30,"complete"]]},{"op":"probe"},{"op":"map","f":["inc",1]}]}`
	mapExpect = `{"out":{"s":[[10,"next",2],[20,"next",3],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`
)

func TestARunThatEqualsTheRecordedTracePasses(t *testing.T) {
	c := testCase(t, mapDSL, mapExpect)
	assert.Equal(t, passed, runCase(t, c, newRegistry()).Verdict)
}

func TestADoctoredExpectationFails(t *testing.T) {
	for name, expect := range map[string]string{
		"another value":        `{"out":{"s":[[10,"next",2],[20,"next",4],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`,
		"another kind":         `{"out":{"s":[[10,"next",2],[20,"next",[3]],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`,
		"another time":         `{"out":{"s":[[10,"next",2],[21,"next",3],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`,
		"another end":          `{"out":{"s":[[10,"next",2],[20,"next",3],[30,"error","boom"]]},"up":{"p":[[0,"subscribe"]]}}`,
		"no end":               `{"out":{"s":[[10,"next",2],[20,"next",3]]},"up":{"p":[[0,"subscribe"]]}}`,
		"one row more":         `{"out":{"s":[[10,"next",2],[20,"next",3],[30,"complete"],[31,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`,
		"another order":        `{"out":{"s":[[20,"next",3],[10,"next",2],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`,
		"another subscriber":   `{"out":{"t":[[10,"next",2],[20,"next",3],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`,
		"a cancel more":        `{"out":{"s":[[10,"next",2],[20,"next",3],[30,"complete"]]},"up":{"p":[[0,"subscribe"],[0,"cancel"]]}}`,
		"no subscription":      `{"out":{"s":[[10,"next",2],[20,"next",3],[30,"complete"]]}}`,
		"a side effect":        `{"out":{"s":[[10,"next",2],[20,"next",3],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]},"log":[[0,"x"]]}`,
		"a result of the sink": `{"out":{"s":[[10,"next",2],[20,"next",3],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]},"results":[[0,"tryNext","OK"]]}`,
	} {
		t.Run(name, func(t *testing.T) {
			o := runCase(t, testCase(t, mapDSL, expect), newRegistry())
			assert.Equal(t, failed, o.Verdict)
		})
	}
}

// Every supported case is run once, and its trace must then differ from its own
// expectation with any one row taken away, or moved by a millisecond.
func TestNoRowOfARecordedTraceCanBeWrongUnnoticed(t *testing.T) {
	cases, err := Load(filepath.Join("testdata", "reactor"))
	require.NoError(t, err)
	reg := newRegistry()
	tried := 0
	for i, c := range cases {
		if i%7 != 0 || len(reg.missing(c)) > 0 || len(c.Leak) > 0 || c.Alt != nil || c.PerKey {
			continue
		}
		got, faults := inBubble(t, c, reg)
		if judge(c, got, faults).Verdict != passed {
			continue
		}
		for _, wrong := range doctored(c) {
			tried++
			_, equal := compare(c, wrong, got)
			assert.False(t, equal, "%s\n%s", c.Name, show(wrong))
		}
	}
	assert.Greater(t, tried, 200)
}

// doctored gives every trace that differs from that of c by one row missing or
// late.
func doctored(c *Case) []Trace {
	var all []Trace
	change := func(rows []Row, put func(t *Trace, rows []Row)) {
		for i, r := range rows {
			late := slices.Clone(rows)
			late[i] = append(Row{r[0].(int64) + 1}, r[1:]...)
			for _, l := range [][]Row{late, slices.Delete(slices.Clone(rows), i, i+1)} {
				t := c.Expect
				put(&t, l)
				all = append(all, t)
			}
		}
	}
	with := func(m map[string][]Row, id string, rows []Row) map[string][]Row {
		n := map[string][]Row{id: rows}
		for k, v := range m {
			if k != id {
				n[k] = v
			}
		}
		return n
	}
	for id, l := range c.Expect.Out {
		change(l, func(t *Trace, rows []Row) { t.Out = with(t.Out, id, rows) })
	}
	for id, l := range c.Expect.Up {
		change(l, func(t *Trace, rows []Row) { t.Up = with(t.Up, id, rows) })
	}
	change(c.Expect.Log, func(t *Trace, rows []Row) { t.Log = rows })
	change(c.Expect.Results, func(t *Trace, rows []Row) { t.Results = rows })
	return all
}

func TestAWrongOperatorFails(t *testing.T) {
	for name, wrong := range map[string]func(flux.Flux[any]) flux.Flux[any]{
		"loses its values":  func(flux.Flux[any]) flux.Flux[any] { return flux.Empty[any]() },
		"changes nothing":   func(f flux.Flux[any]) flux.Flux[any] { return f },
		"subscribes twice":  func(f flux.Flux[any]) flux.Flux[any] { return flux.Concat(f, f) },
		"cancels its input": func(f flux.Flux[any]) flux.Flux[any] { return f.Take(1) },
		"says more than the end": func(f flux.Flux[any]) flux.Flux[any] {
			return flux.Map(flux.From[any](chatterbox{}), func(v any) any { return v })
		},
	} {
		t.Run(name, func(t *testing.T) {
			reg := newRegistry()
			reg.operators["map"] = func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return wrong(f) }
			assert.Equal(t, failed, runCase(t, testCase(t, mapDSL, mapExpect), reg).Verdict)
		})
	}
}

type chatterbox struct{}

func (chatterbox) Subscribe(_ context.Context, s flux.Subscriber[any]) {
	s.OnSubscribe(idle{})
	s.OnComplete()
	s.OnNext(int64(1))
}

type idle struct{}

func (idle) Request(int64) {}
func (idle) Cancel()       {}

func TestRequestsCountOnlyWhereTheCaseSaysSo(t *testing.T) {
	const expect = `{"out":{"s":[[0,"next",1],[0,"complete"]]},"up":{"p":[[0,"subscribe"],[0,"request",5]]}}`
	const p = `"p":[{"op":"just","vs":[1]},{"op":"probe"}]`
	o := runCase(t, testCase(t, `{`+p+`,"demand":true}`, expect), newRegistry())
	assert.Equal(t, failed, o.Verdict)
	o = runCase(t, testCase(t, `{`+p+`}`, expect), newRegistry())
	assert.Equal(t, passed, o.Verdict)
}

func TestALeakExcusesACancelAndNothingElse(t *testing.T) {
	const dsl = `{"p":[{"op":"timed","ev":[[10,1]]},{"op":"probe"},{"op":"take","n":1}]}`
	const out = `"out":{"s":[[10,"next",1],[10,"complete"]]}`
	leaking := `{` + out + `,"up":{"p":[[0,"subscribe"]]}}`
	assert.Equal(t, failed, runCase(t, testCase(t, dsl, leaking), newRegistry()).Verdict)
	assert.Equal(t, passed, runCase(t, testCase(t, dsl, leaking, `"leak":["p"]`), newRegistry()).Verdict)
	assert.Equal(t, failed, runCase(t, testCase(t, dsl, `{`+out+`,"up":{"p":[]}}`, `"leak":["p"]`), newRegistry()).Verdict)
}

func TestTheOrderBetweenGroupsIsFreeWithinOneIsNot(t *testing.T) {
	rows := func(s string) Trace {
		var tr Trace
		require.NoError(t, json.Unmarshal([]byte(`{"out":{"s":`+s+`}}`), &tr))
		return tr
	}
	c := testCase(t, mapDSL, mapExpect, `"perKey":true`)
	a := rows(`[[1,"next",[0,1]],[1,"next",[1,2]],[1,"next",[0,3]],[1,"complete"]]`)
	_, equal := compare(c, a, rows(`[[1,"next",[1,2]],[1,"next",[0,1]],[1,"next",[0,3]],[1,"complete"]]`))
	assert.True(t, equal)
	_, equal = compare(c, a, rows(`[[1,"next",[0,3]],[1,"next",[1,2]],[1,"next",[0,1]],[1,"complete"]]`))
	assert.False(t, equal)
}

func TestTheAlternativeTraceCounts(t *testing.T) {
	wrong := `{"out":{"s":[]}}`
	c := testCase(t, mapDSL, wrong, `"alt":`+mapExpect)
	assert.Equal(t, passed, runCase(t, c, newRegistry()).Verdict)
}

func TestACaseIsUnsupportedWhereverAnOperatorIsMissing(t *testing.T) {
	for _, dsl := range []string{
		`{"p":[{"op":"nope"}]}`,
		`{"p":[{"op":"never"},{"op":"nope"}]}`,
		`{"p":[{"op":"never"},{"op":"flatMap","p":[{"op":"nope"}]}]}`,
		`{"p":[{"op":"merge","ps":[[{"op":"never"}],[{"op":"nope"}]]}]}`,
		`{"p":[{"op":"case","on":1,"of":{"1":[{"op":"nope"}]},"else":[{"op":"never"}]}]}`,
		`{"p":[{"op":"case","on":1,"of":{},"else":[{"op":"nope"}]}]}`,
	} {
		o := runCase(t, testCase(t, dsl, `{}`), newRegistry())
		assert.Equal(t, outcome{Verdict: unsupported, Missing: []string{"nope"}}, o, dsl)
	}
	o := runCase(t, testCase(t, `{"p":[{"op":"sink"}],"sink":{"kind":"nope"}}`, `{}`), newRegistry())
	assert.Equal(t, []string{"sink.nope"}, o.Missing)
}

func TestAnEndlessCaseIsGivenUp(t *testing.T) {
	c := testCase(t, `{"p":[{"op":"error","err":"boom"},{"op":"probe"},{"op":"retry"}]}`, `{}`)
	o := runCase(t, c, newRegistry())
	assert.Equal(t, failed, o.Verdict)
	require.NotEmpty(t, o.Faults)
	assert.Contains(t, o.Faults[0], "endless")
}

func TestTheReportMarksTheRowsThatDiffer(t *testing.T) {
	c := testCase(t, mapDSL, `{"out":{"s":[[10,"next",2],[20,"next",9],[30,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`)
	s := report(c, runCase(t, c, newRegistry()))
	assert.Contains(t, s, `  out s        [10,"next",2]   | [10,"next",2]`)
	assert.Contains(t, s, `             * [20,"next",9]   | [20,"next",3]`)
}

// ---- cases that would end the process ----

// faultyRegistry has operators that misbehave beyond what a test can recover.
func faultyRegistry() *registry {
	reg := newRegistry()
	reg.operators["panics elsewhere"] = func(r *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
		return f.DoOnSubscribe(func() { go panic("elsewhere") })
	}
	reg.operators["spins"] = func(r *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
		return f.DoOnSubscribe(func() {
			for on := true; on; on = r.now() >= 0 {
			}
		})
	}
	reg.operators["leaks"] = func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
		return f.DoOnSubscribe(func() { go func() { <-make(chan int) }() })
	}
	reg.operators["blocks"] = func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] {
		return f.DoOnSubscribe(func() { <-make(chan int) })
	}
	return reg
}

func TestACaseThatPanicsHangsOrLeaksFailsAlone(t *testing.T) {
	with := func(op string) string {
		return `{"p":[{"op":"just","vs":[1]},{"op":"` + op + `"}]}`
	}
	dsls := []string{with("hide"), with("panics elsewhere"), with("hide"), with("spins"), with("leaks"), with("blocks"), with("hide")}
	var file bytes.Buffer
	var cases []*Case
	for i, dsl := range dsls {
		file.WriteString(map[bool]string{true: "[", false: ","}[i == 0])
		file.WriteString(`{"name":"x","dsl":` + dsl + `,"expect":{"out":{"s":[[0,"next",1],[0,"complete"]]}}}`)
		cases = append(cases, testCase(t, dsl, `{"out":{"s":[[0,"next",1],[0,"complete"]]}}`))
	}
	file.WriteString("]")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "faulty.json"), file.Bytes(), 0o600))

	var verdicts, faults []string
	runInWorkers(t, cases, 2*time.Second, func(_ *Case, o outcome) {
		verdicts = append(verdicts, o.Verdict)
		faults = append(faults, strings.Join(o.Faults, "\n"))
	}, registryOf+"=faulty", "FRESHET_TRACES="+dir)
	assert.Equal(t, []string{passed, failed, passed, failed, failed, failed, passed}, verdicts)
	require.Len(t, faults, len(dsls))
	assert.Contains(t, faults[1], "panic: elsewhere")
	assert.Contains(t, faults[3], "hung")
	assert.Contains(t, faults[4], "goroutines are stuck")
	assert.Contains(t, faults[5], "goroutines are stuck")
}
