package fluxtest_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestDiagramIsReadAsSignalsAtTimes(t *testing.T) {
	var m fluxtest.Marbles[string]
	for diagram, want := range map[string]string{
		"":                        " 0ms",
		"---":                     " 3ms",
		"-a-b|":                   "next(\"a\")@1ms next(\"b\")@3ms complete@4ms 5ms",
		" - a - # ":               "next(\"a\")@1ms error(fluxtest: the error of a marble diagram)@3ms 4ms",
		"(ab|)":                   "next(\"a\")@0ms next(\"b\")@0ms complete@0ms 5ms",
		"(ab)c":                   "next(\"a\")@0ms next(\"b\")@0ms next(\"c\")@4ms 5ms",
		"10ms a":                  "next(\"a\")@10ms 11ms",
		"a 1.5s b 1m |":           "next(\"a\")@0ms next(\"b\")@1501ms complete@61502ms 61503ms",
		"0.000001ms a":            "next(\"a\")@0.000001ms 1.000001ms",
		"10ms":                    " 10ms",
		"a10ms":                   "next(\"a\")@0ms next(\"1\")@1ms next(\"0\")@2ms next(\"m\")@3ms next(\"s\")@4ms 5ms",
		"a-^-b-|":                 "next(\"a\")@-2ms subscribe@0ms next(\"b\")@2ms complete@4ms 5ms",
		"^---!":                   "subscribe@0ms cancel@4ms 5ms",
		"(^!)":                    "subscribe@0ms cancel@0ms 4ms",
		"ä-é":                     "next(\"ä\")@0ms next(\"é\")@2ms 3ms",
		"\n  --a--\n  --b--|\n  ": "next(\"a\")@2ms next(\"b\")@7ms complete@10ms 11ms",
	} {
		events, length, err := m.Parse(diagram)
		require.NoError(t, err, diagram)
		text := ""
		for i, e := range events {
			if i > 0 {
				text += " "
			}
			text += fmt.Sprintf("%s@%s", e, ms(e.At))
		}
		require.Equal(t, want, text+" "+ms(length), diagram)
	}
}

func ms(d time.Duration) string { return strconv.FormatFloat(float64(d)/1e6, 'f', -1, 64) + "ms" }

func TestBadDiagramIsAnErrorThatNamesTheColumn(t *testing.T) {
	var m fluxtest.Marbles[string]
	for diagram, want := range map[string]string{
		"-(a-":            "column 4: no time passes inside a group",
		"( 1ms a)":        "column 3: no time passes inside a group",
		"(a(b))":          "column 3: groups do not nest",
		"a)":              "column 2: there is no group to close",
		"(ab":             "column 4: the group is not closed",
		"a|b":             "column 3: nothing comes after the end",
		"##":              "column 2: nothing comes after the end",
		"^^":              "column 2: there is one ^ at most",
		"!!":              "column 2: there is one ! at most",
		"999999999999m a": "column 1: 999999999999m is too long a time",
	} {
		_, _, err := m.Parse(diagram)
		require.ErrorContains(t, err, want, diagram)
		require.ErrorContains(t, err, fmt.Sprintf("%q", diagram))
	}
	_, _, err := fluxtest.Marbles[int]{}.Parse("1a")
	require.ErrorContains(t, err, `'a' is no digit`)
	_, _, err = fluxtest.Marbles[bool]{}.Parse("1")
	require.ErrorContains(t, err, "no Values are given for bool")
	_, _, err = fluxtest.Marbles[bool]{Values: map[rune]bool{'t': true}}.Parse("f")
	require.ErrorContains(t, err, "no value is given for 'f'")
}

// Whatever a diagram can say is drawn and read again as the same.
func TestDrawnRecordIsReadAsItself(t *testing.T) {
	m := fluxtest.Marbles[string]{Err: errBoom}
	rapid.Check(t, func(t *rapid.T) {
		var events []fluxtest.Event[string]
		at := time.Duration(0)
		for range rapid.IntRange(0, 6).Draw(t, "moments") {
			at += time.Duration(rapid.OneOf(
				rapid.Int64Range(0, 12*int64(time.Millisecond)),
				rapid.Map(rapid.Int64Range(0, 15), func(n int64) int64 { return n * int64(time.Millisecond) }),
				rapid.Map(rapid.Int64Range(0, 100), func(n int64) int64 { return n * int64(time.Second) }),
				rapid.Map(rapid.Int64Range(0, 3), func(n int64) int64 { return n * int64(time.Minute) }),
			).Draw(t, "gap"))
			n := rapid.IntRange(1, 4).Draw(t, "signals")
			for range n {
				v := rapid.StringMatching(`[a-z0-9.ms]`).Draw(t, "value")
				events = append(events, fluxtest.Event[string]{At: at, Sub: 1, Kind: fluxtest.Next, Value: v})
			}
			at += time.Millisecond
			if n > 1 {
				at += time.Duration(n+1) * time.Millisecond
			}
		}
		switch rapid.IntRange(0, 3).Draw(t, "end") {
		case 1:
			events = append(events, fluxtest.Event[string]{At: at, Sub: 1, Kind: fluxtest.Complete})
		case 2:
			events = append(events, fluxtest.Event[string]{At: at, Sub: 1, Kind: fluxtest.Error, Err: errBoom})
		case 3:
			events = append(events, fluxtest.Event[string]{At: at, Sub: 1, Kind: fluxtest.Cancel})
		}
		drawn, err := m.Draw(events)
		require.NoError(t, err)
		got, _, err := m.Parse(drawn)
		require.NoError(t, err)
		require.Equal(t, events, got, drawn)
		again, err := m.Draw(got)
		require.NoError(t, err)
		require.Equal(t, drawn, again)
	})
}

// Whatever text is read as a diagram, its signals can be drawn and read again.
func FuzzDiagramThatCanBeReadIsDrawnTheSame(f *testing.F) {
	for _, seed := range []string{"-a-b-|", "(ab|)", " 10ms 5s-", "^--!", "a 1.5ms 5 s", "#", "1 2ms 3m", "0 s "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, diagram string) {
		var m fluxtest.Marbles[string]
		events, _, err := m.Parse(diagram)
		if err != nil {
			return
		}
		drawn, err := m.Draw(events)
		if err != nil {
			return // before the ^, or two signals of a group around one
		}
		got, _, err := m.Parse(drawn)
		require.NoError(t, err, drawn)
		require.Len(t, got, len(events)-count(events, fluxtest.Subscribe))
		for _, e := range events {
			if e.Kind != fluxtest.Subscribe {
				require.Equal(t, e, got[0], "%q drawn as %q", diagram, drawn)
				got = got[1:]
			}
		}
	})
}

func count(events []fluxtest.Event[string], k fluxtest.Kind) (n int) {
	for _, e := range events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

func TestRecordWithoutADiagramIsToldOf(t *testing.T) {
	next := func(at time.Duration, v string) fluxtest.Event[string] {
		return fluxtest.Event[string]{At: at, Kind: fluxtest.Next, Value: v}
	}
	var m fluxtest.Marbles[string]
	for want, events := range map[string][]fluxtest.Event[string]{
		`no rune stands for the value "ab"`:               {next(0, "ab")},
		`no rune stands for the value "|"`:                {next(0, "|")},
		`next("b") comes at 0.5ms, where "a" still takes`: {next(0, "a"), next(500*time.Microsecond, "b")},
		`# stands for the error`:                          {{Kind: fluxtest.Error, Err: errors.New("other")}},
	} {
		_, err := m.Draw(events)
		require.ErrorContains(t, err, want)
	}
	bools := fluxtest.Marbles[bool]{Values: map[rune]bool{'t': true, 'T': true}}
	drawn, err := bools.Draw([]fluxtest.Event[bool]{{Kind: fluxtest.Next, Value: true}})
	require.NoError(t, err)
	require.Equal(t, "T", drawn, "of two runes for a value the smaller one")
}

func TestSourcesOfDiagramsSendAtTheirTimes(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		m := fluxtest.Marbles[int]{Err: errBoom}
		hot := m.Hot(t, "1-^2-(34)-5 10ms #")
		cold := m.Cold(t, "1-(23)-|")
		early, late := fluxtest.NewRecorder[int](flux.Unbounded), fluxtest.NewRecorder[int](flux.Unbounded)
		hot.Subscribe(t.Context(), early)
		fluxtest.Advance(2 * time.Millisecond)
		hot.Subscribe(t.Context(), late)
		slow := fluxtest.NewRecorder[int](1)
		cold.Subscribe(t.Context(), slow)
		fluxtest.Advance(time.Minute)
		for rec, want := range map[*fluxtest.Recorder[int]]string{early: "-2-(34)-5 10ms #", late: "-(34)-5 10ms #"} {
			drawn, err := m.Draw(rec.Events())
			require.NoError(t, err)
			require.Equal(t, want, drawn)
		}
		slow.AssertValues(t, 1)
		slow.Request(9)
		slow.AssertValues(t, 1, 2, 3)
		slow.AssertCompleted(t)
	})
}

func TestBadSourceDiagramFailsTheTest(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var m fluxtest.Marbles[int]
		for diagram, want := range map[string]string{
			"-a":  `'a' is no digit`,
			"^-1": `Marbles.Cold("^-1"): a source has no subscribe of its own`,
			"1-!": `Marbles.Cold("1-!"): a source has no cancel of its own`,
		} {
			fake := &fakeT{}
			m.Cold(fake, diagram)
			require.Contains(t, fake.text(), want)
			require.Equal(t, 1, fake.failNow)
		}
	})
}
