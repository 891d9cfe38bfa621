package conformance

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

var (
	only = flag.String("case", "", "run only the traces whose name matches this regular expression, in this process")
	dump = flag.Bool("show", false, "show both traces of every case that was run")
)

// TestMain looks for leaked goroutines, but not in a worker, where a leak is a
// fault of its case.
func TestMain(m *testing.M) {
	if isWorker() {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}

// traceDirs are the directories named in FRESHET_TRACES, or those of testdata.
func traceDirs() []string {
	if dirs := filepath.SplitList(os.Getenv("FRESHET_TRACES")); len(dirs) > 0 {
		return dirs
	}
	return []string{filepath.Join("testdata", "reactor"), filepath.Join("testdata", "recorded")}
}

// oneThread lets one goroutine run at a time, as in the virtual time in which Reactor
// was recorded: what hops to another goroutine does not run beside what it came from.
func oneThread(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestReactorTraces(t *testing.T) {
	oneThread(t)
	cases := chosen(t)
	if isWorker() {
		serve(t, cases)
		return
	}
	total := newTally()
	run(t, cases, newRegistry(), func(c *Case, o outcome) {
		total.add(o)
		if o.Verdict == byDecision && testing.Verbose() {
			fmt.Printf("by decision %s: %s\n", o.Decision, c.Name)
		}
		switch {
		case o.Verdict == failed:
			t.Error(report(c, o))
		case *dump && o.Verdict != unsupported:
			fmt.Println(report(c, o))
		}
	})
	if testing.Verbose() {
		fmt.Print(total.details())
	}
	fmt.Println(total)
}

// A pipeline must do the same when no operator knows its neighbours.
func TestReactorTracesWithEveryOperatorHidden(t *testing.T) {
	oneThread(t)
	reg := newRegistry()
	reg.hidden = true
	run(t, chosen(t), reg, func(c *Case, o outcome) {
		if o.Verdict == failed {
			t.Error(report(c, o))
		}
	})
}

// chosen are the cases to run.
func chosen(t *testing.T) []*Case {
	all, err := Load(traceDirs()...)
	require.NoError(t, err)
	pattern, err := regexp.Compile(*only)
	require.NoError(t, err)
	return slices.DeleteFunc(all, func(c *Case) bool { return !pattern.MatchString(c.Name) })
}

// run runs the cases in workers, or here where that helps to look into them.
func run(t *testing.T, cases []*Case, reg *registry, done func(*Case, outcome)) {
	switch {
	case *only != "" || testing.CoverMode() != "":
		runHere(t, cases, reg, done)
	case reg.hidden:
		runInWorkers(t, cases, patience, done, registryOf+"=hidden")
	default:
		runInWorkers(t, cases, patience, done)
	}
}

// runHere runs the cases in this process.
func runHere(t *testing.T, cases []*Case, reg *registry, done func(*Case, outcome)) {
	for _, c := range cases {
		done(c, runCase(t, c, reg))
	}
}

// runCase runs one case in a bubble of its own.
func runCase(t *testing.T, c *Case, reg *registry) outcome {
	if missing := reg.missing(c); len(missing) > 0 {
		return outcome{Verdict: unsupported, Missing: missing}
	}
	got, faults := inBubble(t, c, reg)
	return judge(c, got, faults)
}

// inBubble plays a case. A bubble whose goroutines are stuck panics, which is a
// fault of the case.
func inBubble(t *testing.T, c *Case, reg *registry) (got Trace, faults []string) {
	got, faults, _ = watched(t, c, reg)
	return got, faults
}

// watched is inBubble that also names the probes that were left running.
func watched(t *testing.T, c *Case, reg *registry) (got Trace, faults, leaks []string) {
	var r *rig
	defer func() {
		p := recover()
		got, faults = r.close()
		leaks = r.leaks
		if p != nil {
			faults = append(faults, fmt.Sprint("the end: goroutines are stuck: ", p))
		}
	}()
	synctest.Test(t, func(*testing.T) {
		play(c, reg, func(started *rig) { r = started })
	})
	return
}
