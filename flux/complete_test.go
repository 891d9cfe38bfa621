package flux_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// notOperators are the exported functions, and methods of streams, that no row
// of the contract registry stands for, with the reason.
var notOperators = map[string][]string{
	"an option of operators":                                  {"Concurrency", "CutErrors", "DelayErrors", "DelayErrorsOfOuter", "Fair", "Prefetch", "Remember"},
	"a retry spec":                                            {"RetryBackoff", "RetryFixedDelay", "RetryIndefinitely", "RetryMax", "RetryMaxInARow"},
	"a value, not a stream":                                   {"CompleteSignal", "ErrorSignal", "NextSignal", "NamedOf", "WithHooks"},
	"the subscription itself":                                 {"Subscribe", "Connectable.Subscribe", "Connectable.Connect", "SubscribeFunc"},
	"a terminal, which gives values":                          {"All", "Chan", "Collect", "Drain", "First", "ForEach", "Last", "ParallelFlux.ForEach"},
	"another view of the same value":                          {"Flux", "Connectable.Flux"},
	"a source that is always over, tested in signals_test.go": {"Empty", "Error", "ErrorWhenRequested", "Never"},
}

// exported gives the names of exportedFuncs.
func exported(t *testing.T) []string { return slices.Sorted(maps.Keys(exportedFuncs(t))) }

// exportedFuncs gives the exported functions of package flux, and the exported
// methods of its streams: those of Flux by their name, of other types as Type.Name.
// The methods of Mono, and what only package mono can call, are in the registry of
// that package, with a test like this one.
func exportedFuncs(t *testing.T) map[string]*ast.FuncDecl {
	notTests := func(f fs.FileInfo) bool {
		// Generic methods call functions that are told of here, and Go 1.26 cannot parse them.
		return !strings.HasSuffix(f.Name(), "_test.go") && !strings.HasSuffix(f.Name(), "_go127.go")
	}
	//nolint:staticcheck // build tags do not matter for the names
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", notTests, parser.SkipObjectResolution)
	require.NoError(t, err)
	var funcs []*ast.FuncDecl
	streams := map[string]bool{}
	for _, file := range pkgs["flux"].Files {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() && !ofMono(f) {
				funcs = append(funcs, f)
				if r := receiver(f); ast.IsExported(r) && (f.Name.Name == "Subscribe" || givesStream(f)) {
					streams[r] = true
				}
			}
		}
	}
	names := map[string]*ast.FuncDecl{}
	for _, f := range funcs {
		switch r := receiver(f); {
		case r == "" || r == "Flux":
			names[f.Name.Name] = f
		case streams[r]:
			names[r+"."+f.Name.Name] = f
		}
	}
	return names
}

// ofMono reports whether f is a method of Mono, or a part of package mono.
func ofMono(f *ast.FuncDecl) bool {
	if receiver(f) == "Mono" {
		return true
	}
	for _, p := range f.Type.Params.List {
		if s, ok := p.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Token" || typeName(p.Type) == "Sides" {
			return true
		}
	}
	return false
}

// receiver gives the type of which f is a method, "" for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	return typeName(f.Recv.List[0].Type)
}

func givesStream(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	name := typeName(f.Type.Results.List[0].Type)
	return name == "Flux" || name == "Mono" || name == "Connectable" || name == "ParallelFlux"
}

// typeName gives the name of a type without its type parameters.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// inRegistry gives the names that rows stand for: the first word of each.
func inRegistry() map[string]bool {
	names := map[string]bool{}
	add := func(row string) {
		name, _, _ := strings.Cut(row, " ")
		names[name] = true
	}
	for _, op := range allOperators() {
		add(op.name)
	}
	for name := range sources() {
		add(name)
	}
	for name := range sourceConfigs() {
		add(name)
	}
	return names
}

func TestEveryOperatorHasARowInTheRegistry(t *testing.T) {
	rows := inRegistry()
	is := map[string]bool{}
	for _, name := range exported(t) {
		is[name] = true
		reason := ""
		for why, names := range notOperators {
			if slices.Contains(names, name) {
				reason = why
			}
		}
		switch {
		case !rows[name] && reason == "":
			t.Errorf("%s has no row in the contract registry: add one to a registry_*_test.go whose name begins with it", name)
		case rows[name] && reason != "":
			t.Errorf("%s has a row in the contract registry, and is said to be %s", name, reason)
		}
	}
	for why, names := range notOperators {
		for _, name := range names {
			require.True(t, is[name], "%s is said to be %s, but there is no such name", name, why)
		}
	}
	for name := range rows {
		require.True(t, is[name], "a row begins with %s, and there is no such operator", name)
	}
}
