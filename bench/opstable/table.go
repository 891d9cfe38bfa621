package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// named is a row or a column: how the benchmarks call it, and what the table says.
type named struct{ key, title string }

var rows = []named{
	{"chain", "Range, Map, Filter, Map"},
	{"chainByOne", "the same with request(1)"},
	{"scan", "Scan"},
	{"distinctUntilChanged", "Map, DistinctUntilChanged"},
	{"merge", "Merge of four"},
	{"flatMap", "FlatMap to ten each"},
	{"flatMapJust", "FlatMap to one each"},
	{"concatMap", "ConcatMap to ten each"},
	{"zip", "Zip2"},
	{"publishOn", "PublishOn"},
	{"publishOnFused", "PublishOn straight after Range"},
	{"bufferTimeout", "BufferTimeout of 100"},
	{"groupBy", "GroupBy of ten, FlatMap"},
	{"subscribe", "Subscribing to a chain of three"},
	{"fanOut", "A value to 1,000 subscribers"},
	{"fanOutAll", "the same, all or nothing"},
}

var columns = []named{
	{"loop", "loop"},
	{"iter", "iter.Seq"},
	{"channel", "channel"},
	{"flux", "flux"},
	{"ro", "ro"},
	{"rxgo", "RxGo"},
	{"reactor", "Reactor"},
}

// table gives the table, and a list of the rows where flux is not the fastest.
func (r results) table() string {
	var t, behind strings.Builder
	t.WriteString("|")
	for _, c := range columns {
		t.WriteString(" | " + c.title)
	}
	t.WriteString(" | flux: allocations |\n| ---" + strings.Repeat(" | ---:", len(columns)+1) + " |\n")
	for _, row := range rows {
		cells := r[row.key]
		if len(cells) == 0 {
			continue
		}
		t.WriteString("| " + row.title)
		for _, c := range columns {
			t.WriteString(" | " + cell(cells[c.key]))
		}
		fmt.Fprintf(&t, " | %s |\n", short(median(cells[allocs])))
		if faster := faster(cells); len(faster) > 0 {
			fmt.Fprintf(&behind, "- %s: flux has %s; %s.\n", row.title, short(median(cells["flux"])), strings.Join(faster, ", "))
		}
	}
	if behind.Len() > 0 {
		t.WriteString("\nWhere flux is not first:\n\n" + behind.String())
	}
	return t.String()
}

// faster names the columns whose median is below that of flux.
func faster(cells map[string][]float64) (names []string) {
	ours := median(cells["flux"])
	for _, c := range columns {
		if v := cells[c.key]; len(v) > 0 && c.key != "flux" && median(v) < ours {
			names = append(names, c.title+" "+short(median(v)))
		}
	}
	return names
}

// cell is a median, and the smallest and the largest value if there are several.
func cell(values []float64) string {
	switch len(values) {
	case 0:
		return "-"
	case 1:
		return short(values[0])
	}
	return fmt.Sprintf("%s (%s-%s)", short(median(values)), short(slices.Min(values)), short(slices.Max(values)))
}

// median of values in any order, 0 of none.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// short gives three digits.
func short(v float64) string {
	switch {
	case v < 0.005:
		return "0"
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
