package fluxtest_test

import (
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The leak that the verifier is shown in its tests stays in a bubble that is
	// over, where nothing can end it.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/freshet-go/freshet/flux/fluxtest.leak"),
		goleak.IgnoreAnyFunction("github.com/freshet-go/freshet/flux/fluxtest_test.leakyPublisher.func1.1"))
}

// fakeT is a test that only writes down what it is told.
type fakeT struct {
	errors   []string
	logs     []string
	failNow  int
	cleanups []func()
}

func (f *fakeT) Helper() {}
func (f *fakeT) Errorf(format string, a ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, a...))
}
func (f *fakeT) Logf(format string, a ...any) { f.logs = append(f.logs, fmt.Sprintf(format, a...)) }
func (f *fakeT) FailNow()                     { f.failNow++ }
func (f *fakeT) Cleanup(g func())             { f.cleanups = append(f.cleanups, g) }
func (f *fakeT) text() string                 { return strings.Join(f.errors, "\n") }
