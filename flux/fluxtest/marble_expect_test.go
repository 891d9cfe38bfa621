package fluxtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestExpectationOfADiagramThatHolds(t *testing.T) {
	m := fluxtest.Marbles[int]{Err: errBoom}
	m.Expect(t, flux.Just(1, 2, 3), "(123|)")
	m.Expect(t, flux.Empty[int](), "|")
	m.Expect(t, flux.Never[int](), "-----")
	m.Expect(t, flux.Error[int](errBoom), "#")
	m.Expect(t, flux.Just(1, 2).DelayElements(2*time.Millisecond), "--1-(2|)")
	m.Expect(t, flux.Just(1, 2).DelayElements(time.Minute), "1m 1 59.999s (2|)")
	fluxtest.Verify(t, flux.Never[int]()).Cancel()
}

func TestSourcesAndExpectationsShareTheirTime(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var m fluxtest.Marbles[int]
		src := m.Cold(t, "-1-2-3|")
		m.Expect(t, flux.From[int](src).Take(2), "-1-(2|)")
		src.AssertSubscriptions(t, "^--!")
	})
	fluxtest.Run(t, func(t *testing.T) {
		var m fluxtest.Marbles[int]
		hot := m.Hot(t, "1-^2-3-4-5-")
		m.Expect(t, hot, "---3-4", "--^---!")
		hot.AssertSubscriptions(t, "--^---!")
	})
	fluxtest.Run(t, func(t *testing.T) {
		var m fluxtest.Marbles[int]
		a, b := m.Hot(t, "-1--3|"), m.Cold(t, "--2-----4|")
		m.Expect(t, flux.Merge[int](a, b), "-12-3---4|")
		a.AssertSubscriptions(t, "^----!")
		b.AssertSubscriptions(t, "^--------!")
	})
	fluxtest.Run(t, func(t *testing.T) {
		var m fluxtest.Marbles[int]
		src := m.Cold(t, "-1#")
		m.Expect(t, flux.From[int](src).Retry(1), "-1-1#")
		src.AssertSubscriptions(t, "^-!", "--^-!")
	})
}

func TestExpectationThatIsNotMetDrawsBothDiagrams(t *testing.T) {
	for name, c := range map[string]struct {
		src, want string
		sub       []string
		text      string
	}{
		"another value": {"-a-c-|", "-a-b-|", nil,
			"fluxtest: the signals differ at 3ms: want next(\"b\"), got next(\"c\")\n" +
				"  want  -a-b-|\n" +
				"  got   -a-c-|\n" +
				"           ^\n"},
		"a value too many": {"-a-b-c|", "-a-b---|", nil,
			"the signals differ at 5ms: want complete at 7ms, got next(\"c\") at 5ms\n" +
				"  want  -a-b---|\n" +
				"  got   -a-b-c|-\n" +
				"             ^\n"},
		"nothing more": {"-a", "-a-b", nil,
			"want next(\"b\"), got nothing more\n" +
				"  want  -a-b\n" +
				"  got   -a--\n" +
				"           ^\n"},
		"a group": {"-(abc)-d|", "-(ab)---d|", nil,
			"differ at 1ms: want next(\"d\") at 8ms, got next(\"c\") at 1ms\n" +
				"  want  -(ab)---d|\n" +
				"  got   -(abc)-d|-\n         ^\n"},
		"after a long time": {"10s a|", "10s b|", nil,
			"want next(\"b\"), got next(\"a\")\n" +
				"  want   10s b|\n" +
				"  got    10s a|\n" +
				"             ^\n"},
		"another error": {"-#", "-#", nil, "  # is not \"boom\", but \"fluxtest: the error of a marble diagram\"\n"},
		"after a cancel": {"-a-b-c-|", "-a---c", []string{"^---!"},
			"  want  -a---c\n" +
				"  got   -a-b--\n" +
				"           ^\n"},
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				fake := &fakeT{}
				var source fluxtest.Marbles[string]
				m := fluxtest.Marbles[string]{Err: source.Err}
				if name == "another error" {
					m.Err = errBoom
				}
				m.Expect(fake, source.Cold(t, c.src), c.want, c.sub...)
				require.Contains(t, fake.text(), c.text)
				require.Contains(t, fake.text(), "timeline (virtual time")
				require.Equal(t, 1, fake.failNow)
			})
		})
	}
}

func TestValuesWithoutARuneAreExplained(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		fake := &fakeT{}
		m := fluxtest.Marbles[int]{Values: map[rune]int{'a': 10, 'A': 11}}
		m.Expect(fake, flux.Just(10, 11, 12, 13, 12), "(aA|)")
		require.Contains(t, fake.text(), "want complete, got next(12)\n  want  (aA|)---\n  got   (aABCB|)\n        ^\n  B = 12\n  C = 13\n")
	})
}

func TestBadExpectationIsToldOf(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var m fluxtest.Marbles[int]
		src := flux.Just(1)
		for want, expect := range map[string]func(fake *fakeT){
			"^ and ! stand in a diagram of the subscription": func(f *fakeT) { m.Expect(f, src, "^-1") },
			"2 diagrams of the subscription":                 func(f *fakeT) { m.Expect(f, src, "1", "^", "^") },
			"the ! stands before the ^":                      func(f *fakeT) { m.Expect(f, src, "1", "!--^") },
			"'1' has no place in a diagram of a":             func(f *fakeT) { m.Expect(f, src, "1", "^1") },
			"the publisher must not be nil":                  func(f *fakeT) { m.Expect(f, nil, "1") },
			"column 1: there is no group to close":           func(f *fakeT) { m.Expect(f, src, ")") },
		} {
			fake := &fakeT{}
			expect(fake)
			require.Contains(t, fake.text(), want)
			require.Equal(t, 1, fake.failNow)
		}
	})
	fake := &fakeT{}
	fluxtest.Marbles[int]{}.Expect(fake, flux.Just(1), "1")
	require.Contains(t, fake.text(), "it must be called in a bubble")
}

func TestBrokenRuleFailsAnExpectation(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		fake := &fakeT{}
		rude := fluxtest.Cold[int](fluxtest.TwoOnSubscribe).Emit(1)
		fluxtest.Marbles[int]{}.Expect(fake, rude, "(1|)")
		require.Contains(t, fake.text(), "the publisher broke rule 2.12")
	})
}

func TestSubscriptionsThatAreNotThoseOfTheDiagramsFail(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var m fluxtest.Marbles[int]
		src := m.Cold(t, "-1-2|")
		m.Expect(t, src, "-1-2|")
		fake := &fakeT{}
		require.False(t, src.AssertSubscriptions(fake, "^--!"))
		require.Contains(t, fake.text(), "want the subscriptions\n  ^--!\ngot\n  ^---!\n")
		require.False(t, src.AssertSubscriptions(fake, "a"))
		require.False(t, src.AssertSubscriptions(fake))
	})
}

// What the documentation says.
func TestExamplesOfTheDocumentation(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		var m fluxtest.Marbles[string]
		src := m.Cold(t, "-a--b---c--|")
		m.Expect(t, flux.From[string](src).Skip(1), "----b---c--|")
		src.AssertSubscriptions(t, "^----------!")
		fake := &fakeT{}
		m.Expect(fake, m.Cold(t, "-a--b---c--|"), "----b---c--|")
		require.Contains(t, fake.text(), `fluxtest: the signals differ at 1ms: want next("b") at 4ms, got next("a") at 1ms
  want  ----b---c--|
  got   -a--b---c--|
         ^
`)
	})
	fluxtest.Run(t, func(t *testing.T) {
		m := fluxtest.Marbles[rune]{}
		m.Expect(t, m.Hot(t, "a-^b-c-d-"), "---c", "--^-!")
		words := fluxtest.Marbles[string]{Values: map[rune]string{'x': "hello", 'y': "world"}}
		words.Expect(t, flux.Just("hello", "world").DelayElements(time.Second), "1s x 999ms (y|)")
	})
}
