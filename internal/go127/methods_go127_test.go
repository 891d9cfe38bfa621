//go:build go1.27

package go127

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func Example_methods() {
	names := flux.Range(1, 3).
		Map(strconv.Itoa).
		FlatMap(func(s string) flux.Flux[string] { return flux.Just(s, s+"!") }).
		Take(3)
	fmt.Println(names.Collect(context.Background()))
	// Output: [1 1! 2] <nil>
}

func TestMethodsChangeTheTypeOfAChain(t *testing.T) {
	twice := func(n int) flux.Flux[string] { return flux.Just(strconv.Itoa(n), "-") }
	for name, got := range map[string]flux.Flux[string]{
		"1-2-":   flux.Just(1, 2).FlatMap(twice),
		"1-2-3-": flux.Just(1, 2, 3).ConcatMap(twice),
		"1-":     flux.Just(1).FlatMapSequential(twice, flux.Concurrency(1)),
		"2-":     flux.Just(2).SwitchMap(twice),
		"ab":     flux.Just("a").FlatMapIterable(func(s string) []string { return []string{s, "b"} }),
		"3":      flux.Just(1, 2).ReduceWith(0, func(a, v int) int { return a + v }).Map(strconv.Itoa).Flux(),
		"+1+2":   flux.Just(1, 2).ScanWith("", func(_ string, v int) string { return "+" + strconv.Itoa(v) }).Skip(1),
		"x":      flux.Just[any](1, "x").OfType[string](),
		"y":      flux.Just[any]("y").Cast[string](),
		"1a2b":   flux.Just(1, 2).ZipWith(flux.Just("a", "b"), func(n int, s string) string { return strconv.Itoa(n) + s }),
		"5":      flux.Just(1, 2).ThenMany(flux.Just("5")),
		"6":      flux.Just(1, 2).Then(flux.Just("6").Next()).Flux(),
		"7":      flux.Just("7", "17").DistinctBy(func(s string) byte { return s[len(s)-1] }),
		"8":      flux.Just(8).Transform(func(f flux.Flux[int]) flux.Flux[string] { return f.Map(strconv.Itoa) }),
		"9":      flux.Just("9", "10").FilterWhen(func(s string) flux.Flux[bool] { return flux.Just(len(s) == 1) }),
		"m1":     flux.Just(1).Next().Map(func(n int) string { return "m" + strconv.Itoa(n) }).Flux(),
		"m2":     flux.Just(2).Next().FlatMap(func(n int) flux.Flux[string] { return flux.Just("m2", "no") }).Flux(),
		"m3-":    flux.Just(3).Next().FlatMapMany(func(n int) flux.Flux[string] { return flux.Just("m3", "-") }),
		"m4":     flux.Just(4).Next().ThenReturn("m4").Flux(),
		"m55":    flux.Just("m5").Next().ZipWhen(func(string) flux.Flux[int] { return flux.Just(5) }, func(s string, n int) string { return s + strconv.Itoa(n) }).Flux(),
		"m6":     flux.Just("m6").Next().Transform(func(m flux.Mono[string]) flux.Mono[string] { return m }).Flux(),
	} {
		all, err := got.Collect(context.Background())
		require.NoError(t, err, name)
		text := ""
		for _, s := range all {
			text += s
		}
		require.Equal(t, name, text)
	}
}

func TestMethodsThatAreGivenNoFunctionFailAtSubscription(t *testing.T) {
	one := flux.Just(1).Next()
	for name, m := range map[string]flux.Mono[string]{
		"Map":       one.Map[string](nil),
		"FlatMap":   one.FlatMap[string, flux.Flux[string]](nil),
		"Transform": one.Transform[string, flux.Flux[string]](nil),
		"ZipWhen":   one.ZipWhen[int, string, flux.Flux[int]](nil, nil),
	} {
		_, err := m.Get(context.Background())
		require.ErrorIs(t, err, flux.ErrInvalid, name)
	}
}

func TestMethodsThatTakeAnotherPublisherObeyIt(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		minute := func() flux.Flux[int64] { return flux.Timer(time.Minute).Flux() }
		fluxtest.Verify(t, flux.Never[int]().TakeUntilOther(minute())).NoEvent(time.Minute).Complete()
		fluxtest.Verify(t, flux.Just(1).DelaySubscriptionUntil(minute())).NoEvent(time.Minute).Next(1).Complete()
		fluxtest.Verify(t, flux.Never[int]().Next().TimeoutFirst(minute())).NoEvent(time.Minute).ErrorIs(flux.ErrTimeout)
		again := func(failures flux.Flux[flux.RetrySignal]) flux.Flux[flux.RetrySignal] { return failures.Take(1) }
		fluxtest.Verify(t, flux.Error[int](errors.New("no")).RetryWhenCompanion(again)).Complete()
	})
}

func TestEveryMethodOfFluxCallsItsFunction(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../../flux/methods_go127.go", nil, 0)
	require.NoError(t, err)
	count := 0
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		count++
		require.Len(t, fn.Body.List, 1, fn.Name.Name)
		call := fn.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.CallExpr)
		callee := call.Fun
		if x, ok := callee.(*ast.IndexExpr); ok {
			callee = x.X
		}
		want := map[string]string{"ZipWith": "Zip2"}[fn.Name.Name]
		if want == "" {
			want = fn.Name.Name
		}
		require.Equal(t, want, callee.(*ast.Ident).Name)
		args := []string{"f"}
		for _, p := range fn.Type.Params.List {
			for _, id := range p.Names {
				args = append(args, id.Name)
			}
		}
		for i, a := range call.Args {
			require.Equal(t, args[i], a.(*ast.Ident).Name, fn.Name.Name)
		}
		require.Len(t, call.Args, len(args), fn.Name.Name)
	}
	require.Greater(t, count, 35)
}
