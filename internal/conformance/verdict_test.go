package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The ways a case can come out.
const (
	passed      = "passed"
	failed      = "failed"
	unsupported = "unsupported"
	byDecision  = "by decision"
)

// outcome is how a case came out, and what is needed to say why.
type outcome struct {
	Verdict  string
	Missing  []string // operators that do not exist, of an unsupported case
	Decision string   // id of the decision
	Lines    []line   // both traces
	Faults   []string // what went wrong with the run itself
}

// judge compares what a run recorded with what Reactor did.
func judge(c *Case, got Trace, faults []string) outcome {
	lines, equal := compare(c, c.Expect, got)
	if !equal && c.Alt != nil {
		if alt, ok := compare(c, *c.Alt, got); ok {
			lines, equal = alt, true
		}
	}
	o := outcome{Verdict: passed, Lines: lines, Faults: faults}
	switch d, ok := decided(c, lines); {
	case len(faults) > 0:
		o.Verdict = failed
	case equal:
	case ok:
		o.Verdict, o.Decision = byDecision, d.ID
	default:
		o.Verdict = failed
	}
	return o
}

// report shows both traces side by side, with the differing rows marked.
func report(c *Case, o outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%s)\n  %s\n", o.Verdict, c.Name, c.Why, c.raw)
	for _, f := range o.Faults {
		fmt.Fprintf(&b, "  fault at %s\n", strings.ReplaceAll(f, "\n", "\n    "))
	}
	w := 8
	for _, l := range o.Lines {
		w = max(w, len(l.Expected))
	}
	w = min(w, 60)
	fmt.Fprintf(&b, "  %-10s   %-*s | got\n", "", w, "expected")
	for i, l := range o.Lines {
		section, mark := l.Section, " "
		if i > 0 && o.Lines[i-1].Section == section {
			section = ""
		}
		if l.Differs {
			mark = "*"
		}
		fmt.Fprintf(&b, "  %-10s %s %-*s | %s\n", section, mark, w, l.Expected, l.Got)
	}
	return b.String()
}

// tally counts verdicts.
type tally struct {
	count   map[string]int
	missing map[string]int // cases that name an operator
	alone   map[string]int // cases that lack nothing else
	decided map[string]int
}

func newTally() *tally {
	return &tally{map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}}
}

func (t *tally) add(o outcome) {
	t.count[o.Verdict]++
	for _, op := range o.Missing {
		t.missing[op]++
	}
	if len(o.Missing) == 1 {
		t.alone[o.Missing[0]]++
	}
	if o.Decision != "" {
		t.decided[o.Decision]++
	}
}

func (t *tally) String() string {
	return fmt.Sprintf("reactor traces: %d passed, %d failed, %d unsupported, %d by decision",
		t.count[passed], t.count[failed], t.count[unsupported], t.count[byDecision])
}

// details lists the decisions that were used and the operators that are missing,
// those that hold back most first.
func (t *tally) details() string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(t.decided)) {
		fmt.Fprintf(&b, "%5d by decision %s\n", t.decided[id], id)
	}
	ops := slices.Sorted(maps.Keys(t.missing))
	slices.SortStableFunc(ops, func(x, y string) int { return t.missing[y] - t.missing[x] })
	if len(ops) > 0 {
		fmt.Fprintf(&b, "unsupported operators: cases that name it, and those that lack nothing else\n")
	}
	for _, op := range ops {
		fmt.Fprintf(&b, "%5d %5d %s\n", t.missing[op], t.alone[op], op)
	}
	return b.String()
}
