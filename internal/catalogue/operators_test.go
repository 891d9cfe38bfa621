package catalogue

import (
	"bytes"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// operator is an exported function or method of package flux or mono that gives a
// stream.
type operator struct {
	name      string // of a method of another type than Flux: Type.Name; of package mono: mono.Name
	file      string // of package mono: mono/name
	signature string
	summary   string // the first sentence of its comment
	reactor   string // what its Source line says
}

// readAll reads the operators of package flux, which is in dir, and of package mono
// below it.
func readAll(dir string) ([]operator, error) {
	ops, err := readOperators(dir)
	if err != nil {
		return nil, err
	}
	ones, err := readOperators(filepath.Join(dir, "mono"))
	for _, op := range ones {
		op.name, op.file = "mono."+op.name, "mono/"+op.file
		ops = append(ops, op)
	}
	return ops, err
}

// readOperators reads the operators from the source of a package, in order of
// file and place.
func readOperators(dir string) ([]operator, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var ops []operator
	fset := token.NewFileSet()
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_go127.go") { // generic methods stand with their functions
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && isOperator(f) {
				ops = append(ops, describe(fset, filepath.Base(path), f))
			}
		}
	}
	return ops, nil
}

// isOperator reports whether f gives a stream. The methods Flux only change the
// view of one, and what takes a token can be called only inside the module.
func isOperator(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		if s, ok := p.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Token" {
			return false
		}
	}
	if !f.Name.IsExported() || f.Name.Name == "Flux" || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	switch typeName(f.Type.Results.List[0].Type) {
	case "Flux", "Mono", "Connectable", "ParallelFlux":
		return f.Recv == nil || ast.IsExported(typeName(f.Recv.List[0].Type))
	}
	return false
}

func describe(fset *token.FileSet, file string, f *ast.FuncDecl) operator {
	op := operator{name: f.Name.Name, file: file}
	if f.Recv != nil {
		if r := typeName(f.Recv.List[0].Type); r != "Flux" {
			op.name = r + "." + op.name
		}
	}
	bare := *f
	bare.Doc, bare.Body = nil, nil
	var b bytes.Buffer
	if err := printer.Fprint(&b, fset, &bare); err == nil {
		op.signature = b.String()
	}
	text := f.Doc.Text()
	op.summary = new(doc.Package).Synopsis(text)
	for part := range strings.SplitSeq(text, "\n\n") {
		if source, ok := strings.CutPrefix(part, "Source: "); ok {
			op.reactor = strings.TrimSuffix(strings.Join(strings.Fields(source), " "), ".")
		}
	}
	return op
}

// typeName gives the name of a type without its package and type parameters.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}
