// Package verdict holds what a test of endurance found against what it must hold, as
// a table and as an error.
package verdict

import (
	"errors"
	"fmt"
	"strings"
)

// List is what was found, in order. It is not safe for concurrent use.
type List []Verdict

// Verdict is one bound and what was measured.
type Verdict struct {
	What  string `json:"what"`
	Found string `json:"found"`
	Bound string `json:"bound"`
	Kept  bool   `json:"kept"`
}

// Add appends one.
func (l *List) Add(what string, kept bool, bound, format string, found ...any) {
	*l = append(*l, Verdict{what, fmt.Sprintf(format, found...), bound, kept})
}

// String gives the table in Markdown.
func (l List) String() string {
	var t strings.Builder
	t.WriteString("| what | found | bound | |\n| --- | --- | --- | --- |\n")
	for _, v := range l {
		word := "kept"
		if !v.Kept {
			word = "VIOLATED"
		}
		fmt.Fprintf(&t, "| %s | %s | %s | %s |\n", v.What, v.Found, v.Bound, word)
	}
	return t.String()
}

// Err names the bounds that were violated; nil if none was.
func (l List) Err() error {
	var errs []error
	for _, v := range l {
		if !v.Kept {
			errs = append(errs, fmt.Errorf("%s: %s, and it must be %s", v.What, v.Found, v.Bound))
		}
	}
	return errors.Join(errs...)
}
