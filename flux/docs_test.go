package flux_test

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

func TestEveryExportedNameIsDocumentedAndEveryOperatorHasAnExample(t *testing.T) {
	pkg, tests := parsed(t)
	examples := map[string]bool{}
	for _, e := range doc.Examples(tests...) {
		require.True(t, e.Output != "" || e.EmptyOutput, "Example%s has no output to check", e.Name)
		examples[e.Name] = true
		ast.Inspect(e.Code, func(n ast.Node) bool {
			used, ok := n.(*ast.SelectorExpr)
			switch {
			case !ok:
			case isFlux(used.X):
				examples[used.Sel.Name] = true // a small function may be shown beside another
			default:
				typ, _, _ := strings.Cut(e.Name, "_")
				if streams[typ] {
					examples[typ+"_"+used.Sel.Name] = true // what a Flux has too is shown by families
				}
			}
			return true
		})
	}
	var bare, undocumented []string
	documented := func(name, text string) {
		if strings.TrimSpace(text) == "" {
			undocumented = append(undocumented, name)
		}
	}
	operator := func(prefix string, f *doc.Func) {
		documented(prefix+f.Name, f.Doc)
		if !examples[prefix+f.Name] && !forMonoAlone(f.Decl) {
			bare = append(bare, prefix+f.Name)
		}
	}
	for _, f := range pkg.Funcs {
		operator("", f)
	}
	for _, typ := range pkg.Types {
		documented(typ.Name, typ.Doc)
		for _, f := range typ.Funcs {
			operator("", f)
		}
		for _, m := range typ.Methods {
			if typ.Name == "Flux" || streams[typ.Name] {
				operator(typ.Name+"_", m)
				continue
			}
			if !wellKnown[m.Name] {
				documented(typ.Name+"."+m.Name, m.Doc)
			}
		}
	}
	for _, v := range append(pkg.Consts, pkg.Vars...) {
		documented(v.Names[0], v.Doc)
	}
	require.Greater(t, len(examples), 60, "the examples were not found")
	require.Empty(t, bare, "without an Example")
	require.Empty(t, undocumented, "without a doc comment")
}

// streams are the types beside Flux whose methods are operators.
var streams = map[string]bool{"Mono": true, "Connectable": true, "ParallelFlux": true}

// forMonoAlone reports whether f is a kernel for package mono: its arguments are
// of types that nobody else can make.
func forMonoAlone(f *ast.FuncDecl) bool {
	if f.Recv != nil || f.Type.Params.NumFields() == 0 {
		return false
	}
	typ := f.Type.Params.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		id, ok := star.X.(*ast.Ident)
		return ok && id.Name == "Sides"
	}
	sel, ok := typ.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Token"
}

// wellKnown are methods whose contract their interface states.
var wellKnown = map[string]bool{"Error": true, "String": true, "Unwrap": true}

func isFlux(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "flux"
}

// parsed is the package's documentation, read from its sources, and its tests.
func parsed(t *testing.T) (pkg *doc.Package, tests []*ast.File) {
	t.Helper()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_go127.go") {
			continue // generic methods, which call documented functions, and which Go 1.26 cannot parse
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		require.NoError(t, err)
		if strings.HasSuffix(name, "_test.go") {
			tests = append(tests, f)
		} else {
			files = append(files, f)
		}
	}
	pkg, err = doc.NewFromFiles(fset, files, "github.com/freshet-go/freshet/flux")
	require.NoError(t, err)
	return pkg, tests
}
