package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/program"
)

// steady is a soak in which nothing grew.
func steady() *report {
	r := &report{Options: options{Conns: 1000, Slow: 0.1}, Before: sample{Files: 10, Goroutines: 6},
		After:  sample{Files: 11, Goroutines: 7, Streams: program.Streams{Accepted: 900, Closed: map[string]int64{"gone": 900}}},
		Result: load.Result{Events: 100}}
	for range 40 {
		r.Samples = append(r.Samples, sample{RSSKiB: 50_000, Files: 1010, Goroutines: 20, Streams: program.Streams{Accepted: 1000, Live: 1000}})
	}
	return r
}

func TestASoakThatHoldsEveryBoundPasses(t *testing.T) {
	r := steady()
	r.judge()
	require.NoError(t, r.Verdicts.Err())
	assert.Contains(t, r.text(), "accepted 900, closed gone 900")
}

func TestEachThingThatGrowsOrIsLostFailsTheSoak(t *testing.T) {
	last := func(change func(*sample)) func(*report) {
		return func(r *report) {
			for i := 30; i < 40; i++ {
				change(&r.Samples[i])
			}
		}
	}
	for want, change := range map[string]func(*report){
		"memory, second":                  last(func(s *sample) { s.RSSKiB = 56_000 }),
		"open files, second":              last(func(s *sample) { s.Files = 1320 }),
		"goroutines, second":              last(func(s *sample) { s.Goroutines = 100 }),
		"live connections":                last(func(s *sample) { s.Streams.Live = 800 }),
		"all the time":                    func(r *report) { r.Samples[3].Streams.Accepted = 1300 },
		"at the end":                      func(r *report) { r.After.Streams.Accepted = 901 },
		"lost by those that read":         func(r *report) { r.Result.Gaps = 1 },
		"duplicates":                      func(r *report) { r.Result.Duplicates = 1 },
		"refused":                         func(r *report) { r.After.Streams.Refused = 1 },
		"closed by the server":            func(r *report) { r.Result.Errors = map[string]int64{"closed by server": 1} },
		"live when all have left":         func(r *report) { r.After.Streams.Live, r.After.Streams.Accepted = 1, 901 },
		"bytes that wait":                 func(r *report) { r.After.Streams.Pending = 1 },
		"open files before and after":     func(r *report) { r.After.Files = 60 },
		"goroutines before and after":     func(r *report) { r.After.Goroutines = 60 },
		"memory, second and last quarter": func(r *report) { r.Samples = r.Samples[:4] },
	} {
		r := steady()
		change(r)
		r.judge()
		assert.ErrorContains(t, r.Verdicts.Err(), want)
	}
}

func TestAStreamWhoseLifetimeWasOverIsNotLost(t *testing.T) {
	r := steady()
	r.Result.Errors = map[string]int64{"closed by server": 5}
	r.After.Streams.Closed = map[string]int64{"gone": 895, "expired": 5}
	r.judge()
	assert.NoError(t, r.Verdicts.Err())
}

func TestFlagsOutOfBoundsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		"duration 1s": {"-duration", "1s"}, "conns 5": {"-conns", "5"}, "slow 0.9": {"-slow", "0.9"}, `argument "x"`: {"x"},
	} {
		_, err := parse(args)
		assert.ErrorContains(t, err, want)
	}
}
