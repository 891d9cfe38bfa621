package main

import (
	"encoding/json"
	"strconv"
	"strings"
)

// results are the figures, ns each, of a row and a column.
type results map[string]map[string][]float64

// allocs is the column of flux's allocations an element.
const allocs = "allocs"

func (r results) add(row, column string, v float64) {
	if r[row] == nil {
		r[row] = map[string][]float64{}
	}
	r[row][column] = append(r[row][column], v)
}

// addGo adds what go test -bench printed; prefix says whose time is taken.
func (r results) addGo(text, prefix string) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		row, column := place(f[0])
		if row == "" {
			continue
		}
		per := metrics(f[2:])
		for _, thing := range []string{"elem", "subscriber", "subscription"} {
			v, ok := per[prefix+"ns/"+thing]
			if !ok {
				continue
			}
			r.add(row, column, v)
			if column == "flux" {
				r.add(row, allocs, per["allocs/op"]*per["ns/"+thing]/per["ns/op"]) // there are ns/op / ns/elem elements
			}
		}
	}
}

// metrics reads pairs of a value and its unit.
func metrics(fields []string) map[string]float64 {
	per := map[string]float64{}
	for i := 0; i+1 < len(fields); i += 2 {
		if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
			per[fields[i+1]] = v
		}
	}
	return per
}

// place gives the row and the column of a benchmark of bench/ops, or nothing for one
// that is not in the table.
func place(benchmark string) (row, column string) {
	if i := strings.LastIndexByte(benchmark, '-'); i > 0 {
		if _, err := strconv.Atoi(benchmark[i+1:]); err == nil && benchmark[i-1] != 't' { // not request-1
			benchmark = benchmark[:i] // the number of processors
		}
	}
	switch p := strings.Split(benchmark, "/"); {
	case p[0] == "BenchmarkOperators" && len(p) == 3:
		switch p[2] {
		case "flux-request-1":
			return p[1] + "ByOne", "flux"
		case "iter-pull":
			return p[1], "iter"
		}
		return p[1], p[2]
	case benchmark == "BenchmarkSubscribe/flux/one/background":
		return "subscribe", "flux"
	case benchmark == "BenchmarkSubscribe/ro/one":
		return "subscribe", "ro"
	case p[0] == "BenchmarkFanOut" && p[len(p)-1] == "1000":
		switch p[1] {
		case "funcs":
			return "fanOut", "loop"
		case "ro-subject":
			return "fanOut", "ro"
		case "directBestEffort":
			return "fanOut", "flux"
		case "directAllOrNothing":
			return "fanOutAll", "flux"
		}
	}
	return "", ""
}

// addReactor adds the results that JMH wrote as JSON: every iteration of every fork.
func (r results) addReactor(text []byte) error {
	var runs []struct {
		Benchmark     string
		PrimaryMetric struct{ RawData [][]float64 }
	}
	if err := json.Unmarshal(text, &runs); err != nil {
		return err
	}
	for _, run := range runs {
		row := run.Benchmark[strings.LastIndexByte(run.Benchmark, '.')+1:]
		for _, fork := range run.PrimaryMetric.RawData {
			for _, v := range fork {
				r.add(row, "reactor", v)
			}
		}
	}
	return nil
}
