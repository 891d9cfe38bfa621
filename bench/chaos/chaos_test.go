package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/program"
)

func measured(name string, p99 int64) phase {
	return phase{name: name, tries: 1, quiet: 30_000, result: load.Result{Open: 10, Latency: load.Summary{P99: p99 * 1000}}}
}

// calm is a test that nobody noticed.
func calm() *chaos {
	streams := func() *program.Streams {
		return &program.Streams{Accepted: 30, Closed: map[string]int64{"gone": 30}}
	}
	return &chaos{options: options{conns: 10}, phases: []phase{measured("kill", 55), measured("pause", 31)},
		before: state{stats: program.Stats{Streams: streams()}}, after: state{stats: program.Stats{Streams: streams()}}}
}

func TestClientsThatNoticeNothingPass(t *testing.T) {
	c := calm()
	c.judge()
	require.NoError(t, c.verdicts.Err())
	assert.Contains(t, c.text(), "kill: the others")
}

func TestWhatTheOthersNoticeAndWhatIsLeftFails(t *testing.T) {
	for want, change := range map[string]func(*chaos){
		"p99 61.0 ms":                 func(c *chaos) { c.phases[1] = measured("pause", 61) },
		"1 lost":                      func(c *chaos) { c.phases[1].result.Gaps = 1 },
		"1 ended":                     func(c *chaos) { c.phases[1].result.Errors = map[string]int64{"closed by server": 1} },
		"9 of 10 open":                func(c *chaos) { c.phases[1].result.Open = 9 },
		"accepted less":               func(c *chaos) { c.after.stats.Streams.Accepted++ },
		"live when":                   func(c *chaos) { c.after.stats.Streams.Live = 1 },
		"bytes that wait":             func(c *chaos) { c.after.stats.Streams.Pending = 1 },
		"open files before and after": func(c *chaos) { c.after.files = 100 },
		"memory after the first":      func(c *chaos) { c.after.rss = 9 << 10 },
		"goroutines before and after": func(c *chaos) { c.after.stats.Goroutines = 100 },
	} {
		c := calm()
		change(c)
		c.judge()
		assert.ErrorContains(t, c.verdicts.Err(), want)
	}
}

func TestAFastMachineIsNotHeldToTwiceNextToNothing(t *testing.T) {
	c := calm()
	c.phases = []phase{measured("kill", 20)}
	c.phases[0].quiet = 2000
	c.judge()
	assert.NoError(t, c.verdicts.Err())
}

func TestFlagsOutOfBoundsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		`disturbance "x"`: {"-only", "x"}, "conns 0": {"-conns", "0"}, "bad 0": {"-bad", "0"}, "phase 1s": {"-phase", "1s"}, `argument "y"`: {"y"},
	} {
		_, err := parse(args)
		assert.ErrorContains(t, err, want)
	}
	opt, err := parse(nil)
	require.NoError(t, err)
	assert.Equal(t, names(), opt.only)
}

func TestTrashIsNeverEmpty(t *testing.T) {
	for n := range 3 * len(garbages) {
		assert.NotEmpty(t, trash(n))
	}
}
