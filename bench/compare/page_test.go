package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/bench/internal/load"
)

// measured is a report with a rival that is worse, one that is better within the
// spread, one that is better beyond it, and the floor.
func measured(t *testing.T) report {
	t.Helper()
	opt, err := parse([]string{"-kinds", "freshet,gosse,r3labs,nethttp,rawloop", "-rounds", "2"})
	require.NoError(t, err)
	opt.Scenario = "broadcast"
	r := newReport(opt)
	for kind, p99 := range map[string][]float64{"freshet": {40, 44}, "gosse": {50, 60}, "r3labs": {38, 43}, "nethttp": {30, 31}, "rawloop": {20, 21}} {
		for i, v := range p99 {
			r.Rows = append(r.Rows, row{Kind: kind, Round: i + 1, Values: map[string]float64{latencyP99: v, rssPerConn: 3}, Runs: []load.Result{{
				Latency: load.Summary{Count: 1, P50: 1000, P90: 2000, P99: 3000, P999: 4000, Max: 5000},
				Server:  &load.ServerUse{}, Samples: []load.Sample{{AtMS: 0}, {AtMS: 250, Open: 5, Events: 10, CPUMS: 20, RSSKiB: 2048}},
			}}})
		}
	}
	return r
}

func TestRowsWhereAnotherIsFirstAreNamedWithWhatIsKnown(t *testing.T) {
	r := measured(t)
	assert.Equal(t, []string{
		"broadcast, p99 ms: freshet has 42.0; rawloop has 20.5 (the floor: it writes and does nothing else), " +
			"nethttp has 30.5 (a better figure, beyond the spread), r3labs has 40.5 (the rounds' ranges overlap).",
	}, r.behind(scenarios["broadcast"]), "a draw in memory is not behind")
	r.Options.Kinds = []string{"gosse", "rawloop"}
	assert.Empty(t, r.behind(scenarios["broadcast"]), "without the subject there is nothing to say")
}

func TestBetterIsByTheDigitsShown(t *testing.T) {
	c := column{"x", 1, less}
	assert.False(t, c.beats(spread{median: 1.01}, spread{median: 1.04}))
	assert.True(t, c.beats(spread{median: 1.0}, spread{median: 1.1}))
	c.better = more
	assert.True(t, c.beats(spread{median: 1.1}, spread{median: 1.0}))
	c.better = neither
	assert.False(t, c.beats(spread{median: 1.1}, spread{median: 1.0}))
}

func TestPageShowsEveryScenarioWithItsPlotsAndItsTable(t *testing.T) {
	var reports []report
	for _, name := range scenarioNames {
		r := measured(t)
		r.Options.Scenario = name
		for i := range r.Rows {
			for _, c := range scenarios[name].columns {
				r.Rows[i].Values[c.name] = float64(len(r.Rows[i].Kind))
			}
		}
		r.Failures = []string{"round 1: it fell over"}
		reports = append(reports, r)
	}
	var b bytes.Buffer
	require.NoError(t, page(reports).Write(&b))
	html := b.String()
	for _, name := range scenarioNames {
		assert.Contains(t, html, "<h2>"+name+": ")
	}
	for _, part := range []string{"Delivery time by percentile", "Resident memory of the server", "CPU of the server", "Events that arrived",
		"Memory a connection", "99th percentile by load", "Where freshet is not first", "it fell over", "coordinated omission"} {
		assert.Contains(t, html, part)
	}
	assert.NotContains(t, html, "NaN")
}

func TestTilesDoNotBoastOfWhatTheRoundsDoNotTell(t *testing.T) {
	c := column{latencyP99, 1, less}
	mine, far, near := spread{"freshet", 40, 38, 44}, spread{"gosse", 100, 90, 110}, spread{"gosse", 42, 41, 43}
	assert.Equal(t, "2.5 times less than gosse, the best rival (100.0 ms)", c.compared(mine, far))
	assert.Equal(t, "5 % less than gosse, the best rival (42.0 ms); the rounds overlap", c.compared(mine, near))
	assert.Equal(t, "5 % more than gosse, the best rival (40.0 ms); the rounds overlap", c.compared(near, spread{"gosse", 40, 38, 44}))
	assert.Equal(t, "as gosse, the best rival (40.0 ms)", c.compared(mine, spread{"gosse", 40, 1, 2}))
}

func TestReadmeKeepsWhatIsNotMarked(t *testing.T) {
	text, err := withFigures("before\n"+figuresBegin+"\nold\n"+figuresEnd+"\nafter\n", "new\n")
	require.NoError(t, err)
	assert.Equal(t, "before\n"+figuresBegin+"\n\nnew\n"+figuresEnd+"\nafter\n", text)
	_, err = withFigures("nothing", "new")
	assert.ErrorContains(t, err, "is missing")
	_, err = withFigures(figuresBegin, "new")
	assert.ErrorContains(t, err, figuresEnd)
}

func TestReadmeTablesComeFromAFileThatCompareWrote(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, measured(t).write(dir))
	files, err := filepath.Glob(filepath.Join(dir, "broadcast-*.json"))
	require.NoError(t, err)
	reports, err := readReports(files)
	require.NoError(t, err)
	text := figures(reports)
	assert.Contains(t, text, "| gosse | 3.00 (3.00-3.00) |")
	assert.Contains(t, text, "](results/broadcast-")
	assert.Contains(t, text, "Where freshet is not first:\n\n- broadcast, p99 ms: freshet has 42.0;")
	require.NoError(t, writePage(dir, reports))
	pages, err := filepath.Glob(filepath.Join(dir, "compare-*.html"))
	require.NoError(t, err)
	assert.Len(t, pages, 1)
}

func TestFilesThatAreNoResultsAreRefused(t *testing.T) {
	_, err := readReports(nil)
	assert.ErrorContains(t, err, "no results file")
	_, err = readReports([]string{"absent.json"})
	assert.ErrorContains(t, err, "absent.json")
	file := filepath.Join(t.TempDir(), "x.json")
	for text, want := range map[string]string{"{": "unexpected end", `{"options":{"scenario":"x"}}`: `scenario "x" with 0 rows`} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, err = readReports([]string{file})
		assert.ErrorContains(t, err, want)
	}
}

func TestQuickChangesOnlyWhatNoFlagSays(t *testing.T) {
	opt, err := parse([]string{"-quick", "-conns", "200", "-scenario", "broadcast,slow"})
	require.NoError(t, err)
	assert.Equal(t, 200, opt.Conns)
	assert.Equal(t, quickRounds, opt.Rounds)
	assert.Equal(t, quickDuration, opt.Duration)
	assert.Equal(t, []string{"broadcast", "slow"}, opt.scenarios)
	assert.True(t, strings.HasPrefix(bench{options: opt}.results(), os.TempDir()))
}
