package flux_test

import (
	"go/ast"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// injection is what a test has happen inside a user function: a panic, a cancel,
// or an error where the function can give one.
type injection struct {
	hit func(v int) error
	// failed is set when the function asked for an error to give.
	failed *bool
}

// at has it happen in a function that cannot give an error.
func (i injection) at(v int) {
	if i.failed == nil {
		_ = i.hit(v)
	}
}

// fail has it happen in a function that gives what fail gives.
func (i injection) fail(v int) error {
	if i.failed != nil {
		*i.failed = true
	}
	return i.hit(v)
}

// panics is the injection of a panic where when says so.
func panics(when func(v int) bool) injection {
	return injection{hit: func(v int) error {
		if when(v) {
			panic(errBoom)
		}
		return nil
	}}
}

// orFail gives p, or a failing publisher for an error.
func orFail(err error, p ints) ints {
	if err != nil {
		return flux.Error[int](err)
	}
	return p
}

// takesFunction reports whether a parameter of f is a function that the user
// writes, be it in a slice or in a struct of functions.
func takesFunction(f *ast.FuncDecl) bool {
	found := false
	ast.Inspect(f.Type.Params, func(n ast.Node) bool {
		_, is := n.(*ast.FuncType)
		found = found || is
		return true
	})
	return found
}

// injected is a user function that is not called for each value that passes.
type injected struct {
	with func(s ints, touch injection) ints
	// src is the source, where it is not one of 1, 2 and 3.
	src func() ints
	// unheard means that a panic cannot be a signal and goes to the hook.
	unheard bool
}

// allInjections are the user functions of all operators: those that values run
// and the rare ones.
func allInjections() map[string]injected {
	all := rareFuncs()
	for name, with := range allUserFuncs() {
		all[name] = injected{with: with}
	}
	return all
}

// functionsElsewhere are operators whose functions are tested by name, with the
// test.
var functionsElsewhere = map[string]string{
	"Transform": "its function assembles, before there is a stream",
	"Create":    "TestPanicOfASourceIsItsError", "Defer": "TestPanicOfASourceIsItsError",
	"Generate": "TestPanicOfASourceIsItsError", "Produce": "TestPanicOfASourceIsItsError",
	"MergePriority": "the function is called as that of MergeComparing is", "MergePriorityAll": "the same",
	"DoOnDiscard": "it is a hook, whose panic goes to the log", "OnErrorContinue": "continue_test.go: it is a mode of the operators above", "OnErrorContinueIf": "the same",
}

func TestEveryUserFunctionIsInTheInjectionTable(t *testing.T) {
	rows := map[string]bool{}
	for name := range allInjections() {
		n, _, _ := strings.Cut(name, " ")
		rows[strings.TrimSuffix(n, "'s")] = true
	}
	for name, f := range exportedFuncs(t) {
		if takesFunction(f) && givesStream(f) && !rows[name] && functionsElsewhere[name] == "" {
			t.Errorf("%s takes a function and has no row in the injection table: add one to injection_rows_test.go", name)
		}
	}
}

// inject runs a row with something that happens at a call of its function. It
// gives what the subscriber saw, what the hooks got and how the source ended.
func inject(t *testing.T, row injected, build func(rec *fluxtest.Recorder[int]) injection) (*fluxtest.Recorder[int], *lost, *ends, int) {
	l, up, subs := &lost{}, &ends{}, 0
	src := live(1, 2, 3)
	if row.src != nil {
		src = row.src()
	}
	counted := flux.Defer(func(ctx) ints { subs++; return src })
	rec := fluxtest.NewRecorder[int](flux.Unbounded)
	row.with(up.watch(counted), build(rec)).Subscribe(l.context(t.Context()), rec)
	fluxtest.Advance(time.Minute)
	return rec, l, up, subs
}

// hitAt lets f happen at the n-th call.
func hitAt(n int, f func() error) (i injection, hits *int) {
	calls := 0
	return injection{hit: func(int) error {
		if calls++; calls == n {
			return f()
		}
		return nil
	}}, &calls
}

func eachInjection(t *testing.T, f func(t *testing.T, row injected, at int)) {
	for name, row := range allInjections() {
		t.Run(name, func(t *testing.T) {
			for _, at := range []int{1, 2} {
				fluxtest.Run(t, func(t *testing.T) { f(t, row, at) })
			}
		})
	}
}

func TestPanicInjectedAtAUserFunctionEndsTheStreamAndItsSource(t *testing.T) {
	eachInjection(t, func(t *testing.T, row injected, at int) {
		var hits *int
		rec, l, up, subs := inject(t, row, func(*fluxtest.Recorder[int]) (i injection) {
			i, hits = hitAt(at, func() error { panic(errBoom) })
			return i
		})
		if *hits < at {
			require.Equal(t, 2, at, "the function must be called")
			rec.Cancel()
			return
		}
		rec.AssertNoViolations(t)
		if row.unheard {
			require.NotEmpty(t, l.errors())
			require.ErrorIs(t, l.errors()[0], errBoom)
			rec.Cancel()
			fluxtest.Advance(0)
		} else {
			rec.AssertErrorIs(t, errBoom)
			e, _ := rec.Terminal()
			require.ErrorAs(t, e.Err, new(*flux.PanicError))
		}
		require.Len(t, up.all(), subs, "each subscription to the source must end")
	})
}

func TestCancelInjectedAtAUserFunctionIsTheEndOfTheSource(t *testing.T) {
	eachInjection(t, func(t *testing.T, row injected, at int) {
		var hits *int
		before := 0
		rec, l, up, subs := inject(t, row, func(rec *fluxtest.Recorder[int]) (i injection) {
			i, hits = hitAt(at, func() error {
				rec.Cancel()
				before = len(rec.Of(fluxtest.Next, fluxtest.Error, fluxtest.Complete))
				return nil
			})
			return i
		})
		if *hits < at {
			rec.Cancel()
			return
		}
		rec.AssertNoViolations(t)
		after := len(rec.Of(fluxtest.Next, fluxtest.Error, fluxtest.Complete))
		require.LessOrEqual(t, after, before+1, "only the signal that was under way may follow the cancel\n%s", rec.String())
		require.Len(t, up.all(), subs, "each subscription to the source must end")
		require.Empty(t, l.errors())
	})
}

func TestErrorInjectedAtAUserFunctionEndsTheStreamAndItsSource(t *testing.T) {
	eachInjection(t, func(t *testing.T, row injected, at int) {
		var hits *int
		can := false
		rec, _, up, subs := inject(t, row, func(*fluxtest.Recorder[int]) (i injection) {
			i, hits = hitAt(at, func() error { return errBoom })
			i.failed = &can
			return i
		})
		if !can || *hits < at {
			rec.Cancel()
			return // the function cannot give an error, or is called once
		}
		rec.AssertErrorIs(t, errBoom)
		rec.AssertNoViolations(t)
		require.Len(t, up.all(), subs, "each subscription to the source must end")
	})
}
