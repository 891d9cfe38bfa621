package course

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/freshet-go/freshet/bench/internal/chart"
	"github.com/freshet-go/freshet/bench/internal/load"
)

var run = load.Result{Server: &load.ServerUse{}, Samples: []load.Sample{
	{AtMS: 0},
	{AtMS: 500, Open: 3, Events: 50, CPUMS: 100, RSSKiB: 2048},
	{AtMS: 500, Open: 3, Events: 50, CPUMS: 100, RSSKiB: 2048},
	{AtMS: 1000, Open: 4, Events: 150, CPUMS: 400, RSSKiB: 3072},
}}

func TestLevelsAreWhatASampleHolds(t *testing.T) {
	assert.Equal(t, []chart.Point{{X: 0, Y: 0}, {X: 0.5, Y: 3}, {X: 0.5, Y: 3}, {X: 1, Y: 4}}, Open(run))
	assert.Equal(t, chart.Point{X: 1, Y: 3}, RSS(run)[3])
}

func TestRatesAreBetweenSamplesAndNeverOverNoTime(t *testing.T) {
	assert.Equal(t, []chart.Point{{X: 0.5, Y: 100}, {X: 1, Y: 200}}, Events(run))
	assert.Equal(t, []chart.Point{{X: 0.5, Y: 20}, {X: 0.5, Y: 20}, {X: 1, Y: 40}}, CPU(run))
}

func TestWithoutAProcessThereIsNoUseToDraw(t *testing.T) {
	assert.Nil(t, CPU(load.Result{Samples: run.Samples}))
	assert.Nil(t, RSS(load.Result{Samples: run.Samples}))
}

func TestDeliveryTakesTheSummaryWhereThereIsNoCurve(t *testing.T) {
	s := load.Summary{Count: 1, P50: 1000, P90: 2000, P99: 3000, P999: 4000, Max: 5000}
	old := Delivery(load.Result{Latency: s})
	assert.Len(t, old, 5)
	assert.Equal(t, chart.Point{X: 1, Y: 2}, old[1])
	curve := Delivery(load.Result{Latency: s, Curve: []load.Quantile{{Percent: 90, US: 7000}}})
	assert.Equal(t, []chart.Point{{X: 1, Y: 7}}, curve)
	assert.Nil(t, Delivery(load.Result{}))
}
