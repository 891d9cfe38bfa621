package mono_test

import (
	"go/ast"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// injection is what a test has happen inside a user function.
type injection struct {
	calls int
	hit   func() error
	// gives is set when the function can give the error.
	gives bool
}

// at has it happen in a function that cannot give an error.
func (i *injection) at() { i.calls++; _ = i.hit() }

// fail has it happen in a function that gives what fail gives.
func (i *injection) fail() error { i.calls++; i.gives = true; return i.hit() }

// or gives m, or a failing Mono where the injection is an error.
func (i *injection) or(m one) one {
	if err := i.fail(); err != nil {
		return failing(time.Millisecond, err)
	}
	return m
}

// injected is a user function over a source of one value.
type injected struct {
	with func(m one, i *injection) one
	// src gives the source where it is another one.
	src func() one
	// unheard means that a panic cannot be a signal and goes to the hook.
	unheard bool
}

// functionsElsewhere are functions that take one of the user's and have no row,
// with the reason.
var functionsElsewhere = map[string]string{
	"Transform":       "its function assembles, before there is a stream",
	"DoOnDiscard":     "it is a hook, whose panic goes to the log",
	"OnErrorContinue": "it is a mode of the operators above, tested by flux", "OnErrorContinueIf": "the same",
	"SubscribeFunc": "the subscriber's own functions, tested by flux",
}

func TestEveryUserFunctionIsInTheInjectionTable(t *testing.T) {
	rows := map[string]bool{}
	for name := range injections() {
		first, _, _ := strings.Cut(name, " ")
		rows[first] = true
	}
	for name, f := range exported(t) {
		takes := false
		ast.Inspect(f.Type.Params, func(n ast.Node) bool {
			_, is := n.(*ast.FuncType)
			takes = takes || is
			return true
		})
		if takes && !rows[name] && functionsElsewhere[name] == "" {
			t.Errorf("%s takes a function and has no row in the injection table: add one to injection_rows_test.go", name)
		}
	}
}

// inject runs each row with something that happens in its function.
func inject(t *testing.T, what func(rec *fluxtest.Recorder[int]) func() error, judge func(t *testing.T, row injected, i *injection, rec *fluxtest.Recorder[int], l *lost)) {
	for name, row := range injections() {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				src := just(1).Hide()
				if row.src != nil {
					src = row.src()
				}
				l, up, rec := &lost{}, &runs{}, fluxtest.NewRecorder[int](flux.Unbounded)
				i := &injection{hit: what(rec)}
				row.with(up.watch(src), i).Subscribe(l.context(t.Context()), rec)
				fluxtest.Advance(time.Minute)
				require.Positive(t, i.calls, "the function must be called")
				rec.AssertNoViolations(t)
				judge(t, row, i, rec, l)
				rec.Cancel()
				fluxtest.Advance(time.Minute)
				require.Len(t, up.ends(), up.count(), "each subscription to the source must end")
			})
		})
	}
}

func TestPanicInjectedAtAUserFunctionIsTheError(t *testing.T) {
	inject(t, func(*fluxtest.Recorder[int]) func() error { return func() error { panic(errBoom) } },
		func(t *testing.T, row injected, _ *injection, rec *fluxtest.Recorder[int], l *lost) {
			if row.unheard {
				require.NotEmpty(t, l.errors())
				require.ErrorIs(t, l.errors()[0], errBoom)
				return
			}
			rec.AssertErrorIs(t, errBoom)
			e, _ := rec.Terminal()
			require.ErrorAs(t, e.Err, new(*flux.PanicError))
		})
}

func TestErrorInjectedAtAUserFunctionIsTheError(t *testing.T) {
	inject(t, func(*fluxtest.Recorder[int]) func() error { return func() error { return errBoom } },
		func(t *testing.T, row injected, i *injection, rec *fluxtest.Recorder[int], l *lost) {
			switch {
			case !i.gives:
			case row.unheard:
				require.NotEmpty(t, l.errors())
				require.ErrorIs(t, l.errors()[0], errBoom)
			default:
				rec.AssertErrorIs(t, errBoom)
			}
		})
}

func TestCancelInjectedAtAUserFunctionIsTheEnd(t *testing.T) {
	before := 0
	seen := func(rec *fluxtest.Recorder[int]) int {
		return len(rec.Of(fluxtest.Next, fluxtest.Error, fluxtest.Complete))
	}
	inject(t, func(rec *fluxtest.Recorder[int]) func() error {
		return func() error { rec.Cancel(); before = seen(rec); return nil }
	}, func(t *testing.T, _ injected, _ *injection, rec *fluxtest.Recorder[int], _ *lost) {
		require.LessOrEqual(t, seen(rec), before+1, "only the signal that was under way may follow the cancel\n%s", rec.String())
	})
}
