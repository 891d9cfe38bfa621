package conformance

import (
	"encoding/json"
	"slices"
	"strings"
)

// line is one row of a comparison; "" stands for a row that is not there.
type line struct {
	Section  string
	Expected string
	Got      string
	Differs  bool
}

// compare holds a recorded trace against an expected one, as the README says,
// and gives every row of both, side by side, and whether they are equal.
func compare(c *Case, expected, got Trace) (lines []line, equal bool) {
	early := false // a leaking probe was cancelled, so side effects may be missing
	for _, id := range idsOf(expected.Out, got.Out) {
		e, g := expected.Out[id], got.Out[id]
		if c.PerKey {
			e, g = byKey(e), byKey(g)
		}
		lines = append(lines, pair("out "+id, e, g)...)
	}
	for _, id := range idsOf(expected.Up, got.Up) {
		e, g := expected.Up[id], got.Up[id]
		if !c.DSL.flag("demand") {
			e, g = withoutRequests(e), withoutRequests(g)
		}
		if slices.Contains(c.Leak, id) && !sameRows(e, g) && missingOnly(g, e, isCancel) {
			early, g = true, e
		}
		lines = append(lines, pair("up "+id, e, g)...)
	}
	log := got.Log
	if early && missingOnly(expected.Log, log, func(Row) bool { return true }) {
		log = expected.Log
	}
	lines = append(lines, pair("log", expected.Log, log)...)
	lines = append(lines, pair("results", expected.Results, got.Results)...)
	return lines, !slices.ContainsFunc(lines, func(l line) bool { return l.Differs })
}

func idsOf(a, b map[string][]Row) []string {
	var ids []string
	for id := range a {
		ids = append(ids, id)
	}
	for id := range b {
		if _, both := a[id]; !both {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func pair(section string, expected, got []Row) []line {
	var lines []line
	for i := range max(len(expected), len(got)) {
		l := line{Section: section, Differs: true}
		if i < len(expected) {
			l.Expected = show(expected[i])
		}
		if i < len(got) {
			l.Got = show(got[i])
		}
		if i < len(expected) && i < len(got) {
			l.Differs = !same(expected[i], got[i])
		}
		lines = append(lines, l)
	}
	return lines
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// same compares two values of a trace.
func same(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !same(v, w) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}

func sameRows(a, b []Row) bool {
	return slices.EqualFunc(a, b, func(x, y Row) bool { return same(x, y) })
}

func withoutRequests(l []Row) []Row {
	return slices.DeleteFunc(slices.Clone(l), func(r Row) bool { return len(r) > 1 && r[1] == "request" })
}

func isCancel(r Row) bool { return len(r) > 1 && r[1] == "cancel" }

// missingOnly reports whether some is whole without rows that spare allows.
func missingOnly(whole, some []Row, spare func(Row) bool) bool {
	i := 0
	for _, r := range whole {
		switch {
		case i < len(some) && same(r, some[i]):
			i++
		case !spare(r):
			return false
		}
	}
	return i == len(some)
}

// byKey sorts the rows of groups by key, each key's in their order, behind all
// the others.
func byKey(l []Row) []Row {
	l = slices.Clone(l)
	slices.SortStableFunc(l, func(a, b Row) int { return strings.Compare(groupOf(a), groupOf(b)) })
	return l
}

// groupOf is the key of a group's row, and "" of any other.
func groupOf(r Row) string {
	if len(r) == 3 && r[1] == "next" {
		if l, ok := r[2].([]any); ok && len(l) > 0 {
			return key(l[0])
		}
	}
	return ""
}

// key writes a value so that equal values give equal strings.
func key(v any) string { return show(v) }
