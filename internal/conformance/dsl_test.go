package conformance

import (
	"fmt"
	"math"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// node is an object of the DSL: a source, an operator, a subscriber, a case.
type node map[string]any

func (n node) op() string { return n.text("op", "") }

func (n node) has(key string) bool { _, ok := n[key]; return ok }

func (n node) text(key, otherwise string) string {
	if s, ok := n[key].(string); ok {
		return s
	}
	return otherwise
}

// flag is false where the key is absent.
func (n node) flag(key string) bool { b, _ := n[key].(bool); return b }

// whole is a plain number, or otherwise where the key is absent.
func (n node) whole(key string, otherwise int64) int64 {
	if i, ok := n[key].(int64); ok {
		return i
	}
	return otherwise
}

// num is a number field, which may also be "$" or "max".
func (n node) num(key string, outer any) int64 {
	v, ok := n[key]
	if !ok {
		malformed("%s is missing in %v", key, n)
	}
	if v == "max" {
		return flux.Unbounded
	}
	return integer(value(v, outer))
}

// bound is a size field: otherwise where absent, unbounded where it is "max".
func (n node) bound(key string, otherwise int) int {
	switch v := n[key].(type) {
	case nil:
		return otherwise
	case int64:
		return int(v)
	default:
		return math.MaxInt
	}
}

func (n node) ms(key string, outer any) time.Duration {
	return time.Duration(n.num(key, outer)) * time.Millisecond
}

func (n node) list(key string) []any { l, _ := n[key].([]any); return l }

// nodes is a field that holds a pipeline or a list of operators or subscribers.
func (n node) nodes(key string) []node { return toNodes(n.list(key)) }

func toNodes(l []any) []node {
	ns := make([]node, len(l))
	for i, v := range l {
		m, ok := v.(map[string]any)
		if !ok {
			malformed("%v: a node must be an object", v)
		}
		ns[i] = m
	}
	return ns
}

// pipelines is a field that holds several pipelines.
func (n node) pipelines(key string) [][]node {
	l := n.list(key)
	ps := make([][]node, len(l))
	for i, v := range l {
		p, _ := v.([]any)
		ps[i] = toNodes(p)
	}
	return ps
}

func (n node) node(key string) node {
	m, _ := n[key].(map[string]any)
	return m
}

// value evaluates a value expression; outer is what "$" stands for.
func value(v, outer any) any {
	switch v := v.(type) {
	case int64, bool:
		return v
	case string:
		if v == "$" {
			return outer
		}
	case []any:
		l := make([]any, len(v))
		for i := range v {
			l[i] = value(v[i], outer)
		}
		return l
	case map[string]any:
		if f, ok := v["$"]; ok {
			return function(f)(outer)
		}
	}
	malformed("%v is no value expression", v)
	return nil
}

func (n node) value(key string, outer any) any { return value(n[key], outer) }

// values is a field with a list of value expressions.
func (n node) values(key string, outer any) []any {
	l, ok := n.value(key, outer).([]any)
	if !ok {
		malformed("%s must be a list in %v", key, n)
	}
	return l
}

// event is what a scripted source does at one moment.
type event struct {
	at   int64 // ms
	v    any
	end  bool
	fail error // with end
}

// moment is the events of one offset, which happen back to back.
type moment struct {
	at     int64
	events []event
}

// moments gives the events of a field in order of time.
func (n node) moments(key string, outer any) []moment {
	var ms []moment
	for _, e := range n.list(key) {
		pair := e.([]any)
		ev := event{at: pair[0].(int64)}
		switch x := pair[1].(type) {
		case string:
			ev.end, ev.fail = ending(x)
			if !ev.end {
				ev.v = value(x, outer)
			}
		default:
			ev.v = value(x, outer)
		}
		ms = insert(ms, ev)
	}
	return ms
}

func insert(ms []moment, ev event) []moment {
	i := len(ms)
	for i > 0 && ms[i-1].at > ev.at {
		i--
	}
	if i > 0 && ms[i-1].at == ev.at {
		ms[i-1].events = append(ms[i-1].events, ev)
		return ms
	}
	ms = append(ms, moment{})
	copy(ms[i+1:], ms[i:])
	ms[i] = moment{ev.at, []event{ev}}
	return ms
}

// ending reads "complete" and "error:X".
func ending(s string) (end bool, err error) {
	if s == "complete" {
		return true, nil
	}
	if len(s) > 6 && s[:6] == "error:" {
		return true, named(s[6:])
	}
	return false, nil
}

// badDSL is the panic of a case that cannot be read; the rig reports it.
type badDSL string

func (b badDSL) Error() string { return "malformed case: " + string(b) }

func malformed(format string, args ...any) { panic(badDSL(fmt.Sprintf(format, args...))) }
