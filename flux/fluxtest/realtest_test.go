package fluxtest_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

const failingTests = "FLUXTEST_RUN_FAILING_TESTS"

// What a real test looks like that fails, with the script in a bubble of its
// own. It runs in a process of its own, where failing is right.
func TestFailureOfARealTestNamesTheLineOfTheScript(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestFailing$", "-test.v")
	cmd.Env = append(os.Environ(), failingTests+"=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	text := string(out)
	for name, want := range map[string]string{
		"mismatch":  `realtest_test\.go:\d+: fluxtest: Next\(2\) at realtest_test\.go:\d+: want next\(2\), got next\(1\)`,
		"assertion": `Error Trace:\s+\S*realtest_test\.go:\d+`,
		"leak":      `realtest_test\.go:\d+: fluxtest: goroutines were left when the script had ended(?s:.*)leakyPublisher`,
		"deaf":      `the publisher broke rule 1.8: next came after the cancel`,
		"forgotten": `fluxtest: the script begun at realtest_test\.go:\d+ never ran`,
		"assert":    `realtest_test\.go:\d+: fluxtest: want a cancel, there was none`,
	} {
		require.Regexp(t, `--- FAIL: TestFailing/`+name+` `, text)
		require.Regexp(t, want, text, name)
	}
	require.NotContains(t, text, "went on", "a failure ends the test")
	require.NotContains(t, text, "panic")
	require.Contains(t, text, "--- SKIP: TestFailing/skipped")
}

func TestFailing(t *testing.T) {
	if os.Getenv(failingTests) == "" {
		t.Skip("run by TestFailureOfARealTestNamesTheLineOfTheScript")
	}
	t.Run("mismatch", func(t *testing.T) {
		fluxtest.Verify(t, ticks(time.Second, false)).
			Advance(2 * time.Second).
			Next(0).
			Next(2).
			Cancel()
		t.Log("went on")
	})
	t.Run("assertion", func(t *testing.T) {
		fluxtest.Verify(t, ticks(time.Second, false)).
			Advance(time.Second).
			NextFunc(func(v int) { require.Equal(t, 1, v) }).
			Cancel()
		t.Log("went on")
	})
	t.Run("skipped", func(t *testing.T) {
		fluxtest.Verify(t, ticks(time.Second, false)).ThenDo(func() { t.SkipNow() }).Cancel()
		t.Log("went on")
	})
	t.Run("leak", func(t *testing.T) {
		fluxtest.Verify(t, leakyPublisher()).Next(1).Complete()
		t.Log("went on")
	})
	t.Run("deaf", func(t *testing.T) {
		fluxtest.Verify(t, ticks(20*time.Second, true)).Advance(20 * time.Second).Next(0).Cancel()
		t.Log("went on")
	})
	t.Run("forgotten", func(t *testing.T) {
		fluxtest.Verify(t, flux.Just(1)).Next(1)
	})
	t.Run("assert", func(t *testing.T) {
		probe := fluxtest.NewProbe(flux.Just(1))
		fluxtest.Verify(t, probe).Next(1).Complete()
		probe.AssertWasCancelled(t)
	})
}
