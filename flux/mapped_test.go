package flux_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/freshet-go/freshet/flux"
)

// TestMapAndFilterAreTheSameTogetherAsApart compares pipelines in which the two are
// one function, and a Map hands over to the subscriber, with the same ones whose
// operators are hidden from each other.
func TestMapAndFilterAreTheSameTogetherAsApart(t *testing.T) {
	panicAt := func(n int) func(int) int {
		return func(v int) int {
			if v == n {
				panic(fmt.Sprintf("at %d", v))
			}
			return v * 10
		}
	}
	keep := func(v int) bool {
		if v == 40 {
			panic("40 is not for a filter")
		}
		return v%20 == 0
	}
	for name, build := range map[string]func(apart func(ints) ints) ints{
		"map":                  func(apart func(ints) ints) ints { return flux.Map(apart(flux.Range(0, 4)), panicAt(9)) },
		"map that panics":      func(apart func(ints) ints) ints { return flux.Map(apart(flux.Range(0, 4)), panicAt(2)) },
		"map, filter":          func(apart func(ints) ints) ints { return apart(flux.Map(flux.Range(0, 4), panicAt(9))).Filter(keep) },
		"a filter that panics": func(apart func(ints) ints) ints { return apart(flux.Map(flux.Range(0, 9), panicAt(9))).Filter(keep) },
		"a map before it":      func(apart func(ints) ints) ints { return apart(flux.Map(flux.Range(0, 9), panicAt(3))).Filter(keep) },
		"two filters": func(apart func(ints) ints) ints {
			return apart(apart(flux.Map(flux.Range(0, 4), panicAt(9))).Filter(keep)).Filter(func(v int) bool { return v > 0 })
		},
		"a map behind them": func(apart func(ints) ints) ints {
			return flux.Map(apart(apart(flux.Map(flux.Range(0, 4), panicAt(9))).Filter(keep)), panicAt(20))
		},
		"a buffer behind": func(apart func(ints) ints) ints {
			return flux.Map(flux.Buffer(apart(flux.Map(flux.Range(0, 4), panicAt(9))), 3), func(l []int) int { return panicAt(3)(len(l)) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, goOn := range []bool{false, true} {
				run := func(apart func(ints) ints) []string {
					var log []string
					note := func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) }
					ctx := flux.WithHooks(context.Background(), flux.Hooks{Discarded: func(v any) { note("discarded %v", v) }})
					src := build(apart)
					if goOn {
						src = src.OnErrorContinue(func(err error, v any) { note("went on after %v: %v", v, said(err)) })
					}
					values, err := src.DoOnRequest(func(n int64) { note("request %d", n) }).Collect(ctx)
					note("%v %v", values, said(err))
					return log
				}
				hidden := run(func(s ints) ints { return s.Hide() })
				assert.Equal(t, hidden, run(func(s ints) ints { return s }), "with OnErrorContinue: %v", goOn)
				assert.NotEmpty(t, hidden)
			}
		})
	}
}

// said is an error without the stack of a panic.
func said(err error) any {
	if p, ok := errors.AsType[*flux.PanicError](err); ok {
		return p.Value
	}
	return err
}
