// Package docs_test keeps the guides in this directory true: the names that they
// mention exist, what they show compiles, and nothing they promise to list is
// missing.
package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const reactor = "coming-from-reactor.md"

func TestEveryGoNameOfTheGuidesExists(t *testing.T) {
	names := api(t)
	for _, guide := range []string{reactor, whichOperator} {
		for _, n := range mentioned(read(t, guide)) {
			require.Contains(t, names, n, "%s mentions %s, which does not exist", guide, n)
		}
	}
}

func TestEveryOperatorIsInTheTablesForReactorUsers(t *testing.T) {
	var cells []string
	for _, row := range tables(read(t, reactor)) {
		require.Len(t, row, 3, "a row of another shape: %q", row)
		require.NotEmpty(t, row[1], "%s has neither a Go form nor the word none", row[0])
		if row[1] == "none" {
			require.NotEmpty(t, row[2], "%s has no Go form and no reason", row[0])
		}
		cells = append(cells, row[1:]...)
	}
	told := map[string]bool{}
	for _, n := range mentioned(strings.Join(cells, "\n") + read(t, reactor)) {
		told[n] = true
	}
	for n, of := range api(t) {
		if !of.operator || told[n] || noOperator[n] {
			continue
		}
		t.Errorf("%s is in no row of %s", n, reactor)
	}
}

func TestNoOperatorListsOnlyWhatExists(t *testing.T) {
	names := api(t)
	for n := range noOperator {
		require.Contains(t, names, n)
	}
}

// noOperator are exported functions and methods that are no operators, and that
// nobody who comes from Reactor looks for.
var noOperator = map[string]bool{
	"flux.MonoCacheInvalidateWhen": true, // for package mono alone
	"flux.MonoDelayUntil":          true,
	"flux.MonoFlatMap":             true,
	"flux.MonoFilterWhen":          true,
	"flux.MonoHasElement":          true,
	"flux.MonoWhen":                true,
	"flux.MonoZip":                 true,
	"flux.Side":                    true,
	"Connectable.Subscribe":        true, // the contract
	"sink.FromNow":                 true, // options of Log.After
	"sink.FromOldest":              true,
	"sink.OrNow":                   true,
	"sink.OrOldest":                true,
}

// A name is something exported, as the guides write it: flux.Map, Flux.Filter.
type name struct {
	operator bool // of a kind that the tables for Reactor users must mention
}

var packages = []string{"flux", "flux/mono", "sink", "ssehttp", "ssehttp/client", "flux/fluxtest"}

// api gives every exported name of the packages.
func api(t *testing.T) map[string]name {
	t.Helper()
	all := map[string]name{}
	for _, dir := range packages {
		s := surface{pkg: filepath.Base(dir), names: all, methods: map[string][]string{}, embeds: map[string][]string{}}
		files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files, dir)
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_go127.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, d := range f.Decls {
				s.add(d)
			}
		}
		s.promote()
	}
	return all
}

// surface collects the names of one package.
type surface struct {
	pkg     string
	names   map[string]name
	methods map[string][]string // by type, unexported types too
	embeds  map[string][]string // by struct
}

func (s *surface) add(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch {
		case !d.Name.IsExported():
		case d.Recv == nil:
			s.names[s.pkg+"."+d.Name.Name] = name{operator: s.pkg == "flux" || s.pkg == "mono" || s.pkg == "sink"}
		default:
			recv := typeName(d.Recv.List[0].Type)
			s.methods[recv] = append(s.methods[recv], d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.addType(spec)
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					s.names[s.pkg+"."+id.Name] = name{}
				}
			}
		}
	}
}

func (s *surface) addType(spec *ast.TypeSpec) {
	typ := spec.Name.Name
	s.names[s.pkg+"."+typ] = name{}
	switch x := spec.Type.(type) {
	case *ast.StructType:
		for _, f := range x.Fields.List {
			if len(f.Names) == 0 {
				s.embeds[typ] = append(s.embeds[typ], typeName(f.Type))
			}
		}
	case *ast.InterfaceType:
		for _, m := range x.Methods.List {
			for _, id := range m.Names {
				s.methods[typ] = append(s.methods[typ], id.Name)
			}
		}
	}
	if _, ok := s.methods[typ]; !ok {
		s.methods[typ] = nil
	}
}

// promote names the methods, those of embedded structs included.
func (s *surface) promote() {
	for typ := range s.methods {
		if !ast.IsExported(typ) {
			continue
		}
		for _, m := range s.all(typ) {
			s.names[typ+"."+m] = name{operator: operators[typ]}
		}
	}
}

func (s *surface) all(typ string) []string {
	ms := s.methods[typ]
	for _, in := range s.embeds[typ] {
		ms = append(slices.Clip(ms), s.all(in)...)
	}
	return ms
}

// operators are the types whose methods are operators.
var operators = map[string]bool{"Flux": true, "Mono": true, "Connectable": true, "ParallelFlux": true}

func typeName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.IndexListExpr:
		return typeName(x.X)
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.Ident:
		return x.Name
	}
	return ""
}

var (
	fenced = regexp.MustCompile("(?s)```.*?```|<pre.*?</pre>")
	span   = regexp.MustCompile("`[^`\n]+`")
	dotted = regexp.MustCompile(`\w+(\.\w+)+`)
)

// mentioned gives the names of ours in the code spans of a page.
func mentioned(page string) []string {
	var names []string
	for _, code := range span.FindAllString(fenced.ReplaceAllString(page, ""), -1) {
		for _, chain := range dotted.FindAllString(code, -1) {
			parts := strings.Split(chain, ".")
			if (ours[parts[0]] || ast.IsExported(parts[0])) && ast.IsExported(parts[1]) && parts[1] != strings.ToUpper(parts[1]) {
				names = append(names, parts[0]+"."+parts[1])
			}
		}
	}
	return names
}

var ours = map[string]bool{"flux": true, "mono": true, "sink": true, "ssehttp": true, "client": true, "fluxtest": true}

// tables gives the cells of every row of every table of a page.
func tables(page string) [][]string {
	var rows [][]string
	for line := range strings.Lines(fenced.ReplaceAllString(page, "")) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
