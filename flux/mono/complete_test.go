package mono_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// notOperators are the methods of Mono, and functions of this package, that no
// row of the contract registry stands for, with the reason.
var notOperators = map[string][]string{
	"the subscription itself":                                {"Subscribe", "SubscribeFunc"},
	"a terminal, which gives values":                         {"Drain", "Get", "GetOptional"},
	"another view of the same value":                         {"Flux"},
	"a source that is always over, tested in source_test.go": {"Empty", "Error", "Never"},
}

// exported gives the exported methods of Mono and functions of package mono.
func exported(t *testing.T) map[string]*ast.FuncDecl {
	names := map[string]*ast.FuncDecl{}
	for _, dir := range []string{"..", "."} {
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_go127.go") { // generic methods stand with their functions
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || !f.Name.IsExported() || receiver(f) != map[string]string{"..": "Mono", ".": ""}[dir] {
					continue
				}
				require.NotContains(t, names, f.Name.Name, "a method and a function have one name, and so one row")
				names[f.Name.Name] = f
			}
		}
	}
	return names
}

// receiver gives the type of which f is a method, "" for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	if p, ok := typ.(*ast.StarExpr); ok {
		typ = p.X
	}
	if x, ok := typ.(*ast.IndexExpr); ok {
		typ = x.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name
	}
	return "of a type with several parameters"
}

func TestEveryOperatorHasARowInTheRegistry(t *testing.T) {
	rows := map[string]bool{}
	for _, op := range allOperators() {
		name, _, _ := strings.Cut(op.name, " ")
		rows[name] = true
	}
	for name := range sources() {
		rows[name] = true
	}
	is := exported(t)
	for name := range is {
		excused := false
		for _, names := range notOperators {
			excused = excused || slices.Contains(names, name)
		}
		if rows[name] == excused {
			t.Errorf("%s must have a row in the contract registry (registry_*_test.go), or a reason not to (notOperators)", name)
		}
	}
	for _, names := range notOperators {
		for _, name := range names {
			require.Contains(t, is, name, "it needs no reason")
		}
	}
	for name := range rows {
		require.Contains(t, is, name, "a row begins with this")
	}
}
