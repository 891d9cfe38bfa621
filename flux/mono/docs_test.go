package mono_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryExportedNameIsDocumentedAndEveryFunctionHasAnExample(t *testing.T) {
	fset := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var files, tests []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		require.NoError(t, err)
		if strings.HasSuffix(name, "_test.go") {
			tests = append(tests, f)
		} else {
			files = append(files, f)
		}
	}
	pkg, err := doc.NewFromFiles(fset, files, "github.com/freshet-go/freshet/flux/mono")
	require.NoError(t, err)

	shown := map[string]bool{}
	for _, e := range doc.Examples(tests...) {
		require.NotEmpty(t, e.Output, "Example%s has no output to check", e.Name)
		ast.Inspect(e.Code, func(n ast.Node) bool {
			if used, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := used.X.(*ast.Ident); ok && id.Name == "mono" {
					shown[used.Sel.Name] = true
				}
			}
			return true
		})
	}
	require.Greater(t, len(shown), 30, "the examples were not found")
	check := func(f *doc.Func, example bool) {
		require.NotEmpty(t, strings.TrimSpace(f.Doc), "%s has no doc comment", f.Name)
		require.True(t, !example || shown[f.Name], "%s has no Example", f.Name)
	}
	for _, f := range pkg.Funcs {
		check(f, true)
	}
	for _, typ := range pkg.Types {
		require.NotEmpty(t, typ.Doc, typ.Name)
		for _, f := range typ.Funcs {
			check(f, true)
		}
		for _, m := range typ.Methods {
			check(m, false)
		}
	}
}
