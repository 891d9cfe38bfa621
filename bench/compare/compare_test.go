package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/bench/internal/load"
)

func TestFlagsOutOfBoundsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		`kind "x": must be one of freshet, freshet-nethttp`:       {"-kinds", "nethttp,x"},
		`scenario "x": must be one of broadcast, idle-kill, slow`: {"-scenario", "x"},
		`conns 0: must be from 1 to 100000`:                       {"-conns", "0"},
		`rate 0: must be more than 0`:                             {"-rate", "0"},
		`rate NaN: must be more than 0`:                           {"-rate", "NaN"},
		`rounds 51: must be from 1 to 50`:                         {"-rounds", "51"},
		`duration 1ms: must be from 1s to 1h0m0s`:                 {"-duration", "1ms"},
		`patience -1s: must be from 0 to 2h0m0s`:                  {"-patience", "-1s"},
		`argument "x": only -page and -readme`:                    {"x"},
	} {
		_, err := parse(args)
		assert.ErrorContains(t, err, want)
	}
}

func TestEveryScenarioIsNamedAndHasColumns(t *testing.T) {
	assert.Len(t, scenarioNames, len(scenarios))
	for _, name := range scenarioNames {
		assert.NotEmpty(t, scenarios[name].columns, name)
		_, err := parse([]string{"-scenario", name})
		assert.NoError(t, err)
	}
}

func TestCellIsTheMedianWithTheSmallestAndTheLargest(t *testing.T) {
	assert.Equal(t, "-", cell(nil, 1))
	assert.Equal(t, "2.5", cell([]float64{2.5}, 1))
	assert.Equal(t, "2.5 (1.0-4.0)", cell([]float64{4, 1}, 1))
	assert.Equal(t, "3 (1-9)", cell([]float64{9, 1, 3}, 0))
}

func TestTableHasARowAServerInTheOrderAsked(t *testing.T) {
	opt, err := parse([]string{"-kinds", "rawloop,nethttp"})
	require.NoError(t, err)
	r := report{Options: opt, Rows: []row{
		{Kind: "nethttp", Values: map[string]float64{latencyP99: 10}},
		{Kind: "rawloop", Values: map[string]float64{latencyP99: 3}},
		{Kind: "rawloop", Values: map[string]float64{latencyP99: 4}},
	}}
	table := r.table(scenario{about: "x", columns: []column{{latencyP99, 1, less}, {lostPercent, 2, less}}})
	assert.Contains(t, table, "| server | p99 ms | lost % | other load % |\n| --- | ---: | ---: | ---: |\n| rawloop | 3.5 (3.0-4.0) | - | - |\n| nethttp | 10.0 | - | - |\n")
}

func TestLostCountsWhatWasDueAndDidNotArrive(t *testing.T) {
	b := bench{options: options{Conns: 100, Duration: time.Second}}
	assert.InDelta(t, 0, b.lost(load.Result{WindowSeconds: 10, Events: 19_900}, 20), 1e-9)
	assert.InDelta(t, 0, b.lost(load.Result{WindowSeconds: 10, Events: 20_100}, 20), 1e-9)
	assert.InDelta(t, 50, b.lost(load.Result{WindowSeconds: 10, Events: 9_950}, 20), 1e-9)
}
