package chart

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"os"
	"path/filepath"
)

// Colors is how many colours the style sheet has.
const Colors = 12

// Page is what one HTML file shows. Strings are text; template.HTML is written as
// it is.
type Page struct {
	Title    string
	Lead     string   // one sentence below the title
	Facts    []string // machine, options, date
	Tiles    []Tile
	Sections []Section
}

// Tile is one figure in large type.
type Tile struct {
	Value string // with its unit
	What  string
	Note  string
	Good  bool // ahead of all contestants
}

// Section is a heading with paragraphs, plots and a table.
type Section struct {
	Title   string
	Text    []string
	List    []string
	Figures []Figure
	Table   *Table
	Notes   []Note
}

// Figure is a plot with what it shows.
type Figure struct {
	Title string
	Note  string // how to read it: "less is better"
	Plot  template.HTML
}

// Table has a column of names and columns of figures.
type Table struct {
	Head []string
	Rows []Row
}

// Row is one row; Best marks the cells to stand out, by index.
type Row struct {
	Cells  []string
	Best   map[int]bool
	Strong bool
}

// Note is a term and its explanation.
type Note struct{ Term, Text string }

//go:embed page.html
var pageText string

// Write writes the page as one HTML document that needs no other file. The error
// is that of w, or of the template, which the tests rule out.
func (p Page) Write(w io.Writer) error {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}

// WriteFile writes the page to a file, which it makes with its directory, and gives
// the file's whole path.
func (p Page) WriteFile(file string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return "", err
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return "", err
	}
	return filepath.Abs(file)
}
