package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/machine"
)

// row is one measurement of one server.
type row struct {
	Kind   string             `json:"kind"`
	Round  int                `json:"round"`
	Values map[string]float64 `json:"values"` // by the name of the column; one that could not be measured is absent
	Runs   []load.Result      `json:"runs"`
}

// better says which of two figures of a column is the better one.
type better int8

const (
	neither better = iota // the column is no contest
	less
	more
)

// column is one figure of a table.
type column struct {
	name   string // with its unit
	digits int
	better better
}

// othersColumn stands in every table: how much of the machine went to processes
// that have no part in the measurement, on average over the runs of a row. Where
// it is not near zero, latencies say little.
var othersColumn = column{"other load %", 0, neither}

// others gives the figure of othersColumn.
func others(runs []load.Result) float64 {
	sum := 0.0
	for _, r := range runs {
		sum += r.Client.Others
	}
	return 100 * sum / float64(max(1, len(runs)))
}

// report is what the JSON file holds.
type report struct {
	Options  options       `json:"options"`
	When     time.Time     `json:"when"`
	Machine  machine.Facts `json:"machine"`
	Rows     []row         `json:"rows"`
	Failures []string      `json:"failures,omitempty"`

	file string // its name, when it was read from one
}

func newReport(opt options) report {
	return report{Options: opt, When: time.Now().UTC().Truncate(time.Second), Machine: machine.Look()}
}

// text says what was asked for.
func (o options) text() string {
	parts := []string{fmt.Sprintf("%d connections", o.Conns)}
	if o.Scenario != "idle-kill" {
		parts = append(parts, fmt.Sprintf("%v events/s", o.Rate))
	}
	if o.Scenario == "saturate" {
		parts[1] = fmt.Sprintf("from %v events/s", o.Rate)
	}
	rounds := fmt.Sprintf("%d rounds", o.Rounds)
	if o.Rounds == 1 {
		rounds = "one round"
	}
	if o.Scenario != "idle-kill" {
		rounds += " of " + o.Duration.String()
	}
	return strings.Join(append(parts, rounds), ", ")
}

// write prints the table and writes the JSON.
func (r report) write(dir string) error {
	if len(r.Rows) == 0 {
		return fmt.Errorf("nothing was measured: %s", strings.Join(r.Failures, "; "))
	}
	fmt.Println(r.table(scenarios[r.Options.Scenario]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file := filepath.Join(dir, r.Options.Scenario+"-"+r.When.Format(stamp)+".json")
	out, err := json.Marshal(r)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "written to", file)
	return os.WriteFile(file, append(out, '\n'), 0o644)
}

// stamp is the form of the time in the names of files.
const stamp = "20060102-150405"

// table gives medians and spread in Markdown, a row a server, under a line that
// says what was measured.
func (r report) table(s scenario) string {
	return fmt.Sprintf("%s: %s. %s; %s\n\n%s", r.Options.Scenario, s.about, r.Options.text(), r.Machine.Text(), r.grid(s))
}

func (r report) grid(s scenario) string {
	var t strings.Builder
	t.WriteString("| server |")
	columns := append(slices.Clone(s.columns), othersColumn)
	for _, c := range columns {
		fmt.Fprintf(&t, " %s |", c.name)
	}
	t.WriteString("\n| --- |" + strings.Repeat(" ---: |", len(columns)) + "\n")
	for _, kind := range r.Options.Kinds {
		fmt.Fprintf(&t, "| %s |", kind)
		for _, c := range columns {
			fmt.Fprintf(&t, " %s |", cell(r.values(kind, c.name), c.digits))
		}
		t.WriteByte('\n')
	}
	return t.String()
}

func (r report) values(kind, name string) []float64 {
	var values []float64
	for _, row := range r.Rows {
		if v, ok := row.Values[name]; ok && row.Kind == kind {
			values = append(values, v)
		}
	}
	return values
}

// cell gives the median, and the smallest and the largest value if there are
// several.
func cell(values []float64, digits int) string {
	if len(values) == 0 {
		return "-"
	}
	slices.Sort(values)
	text := fmt.Sprintf("%.*f", digits, median(values))
	if len(values) > 1 {
		text += fmt.Sprintf(" (%.*f-%.*f)", digits, values[0], digits, values[len(values)-1])
	}
	return text
}

// median of sorted values.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
