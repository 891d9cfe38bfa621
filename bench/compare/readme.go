package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The part of the README that readme rewrites stands between these two lines.
const (
	figuresBegin = "<!-- figures: written by compare -readme, not by hand -->"
	figuresEnd   = "<!-- end of figures -->"
)

// readReports reads results that compare wrote, in the order given.
func readReports(files []string) ([]report, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("no results file is given: name those of bench/results that are to be shown")
	}
	var reports []report
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var r report
		if err := json.Unmarshal(b, &r); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if _, known := scenarios[r.Options.Scenario]; !known || len(r.Rows) == 0 {
			return nil, fmt.Errorf("%s: scenario %q with %d rows is no result of compare", file, r.Options.Scenario, len(r.Rows))
		}
		r.file = filepath.Base(file)
		reports = append(reports, r)
	}
	return reports, nil
}

// writeReadme puts the tables of the reports into the README's marked part.
func writeReadme(file string, reports []report) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, err := withFigures(string(old), figures(reports))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// withFigures gives the text with another content between the two marks.
func withFigures(text, content string) (string, error) {
	before, rest, ok := strings.Cut(text, figuresBegin)
	if !ok {
		return "", fmt.Errorf("the line %q is missing", figuresBegin)
	}
	_, after, ok := strings.Cut(rest, figuresEnd)
	if !ok {
		return "", fmt.Errorf("the line %q is missing", figuresEnd)
	}
	return before + figuresBegin + "\n\n" + content + figuresEnd + after, nil
}

// figures gives a table a report, each followed by the rows where another server
// is first.
func figures(reports []report) string {
	var t strings.Builder
	for _, r := range reports {
		s := scenarios[r.Options.Scenario]
		fmt.Fprintf(&t, "%s: %s. %s, %s.", r.Options.Scenario, s.about, r.Options.text(), r.Machine.Text())
		if r.file != "" {
			fmt.Fprintf(&t, " [%s](results/%s)", r.When.Format("2006-01-02"), r.file)
		}
		fmt.Fprintf(&t, "\n\n%s\n", r.grid(s))
		if lines := r.behind(s); len(lines) > 0 {
			fmt.Fprintf(&t, "Where %s is not first:\n\n- %s\n\n", subject, strings.Join(lines, "\n- "))
		} else {
			fmt.Fprintf(&t, "%s is first in every column that is a contest.\n\n", subject)
		}
		for _, failure := range r.Failures {
			fmt.Fprintf(&t, "Not measured: %s.\n\n", failure)
		}
	}
	return t.String()
}
