// Package leaktest asks the runtime, at the end of a package's tests, for the
// goroutines that can never run again: those that wait for something that
// nothing else refers to any more. It is a second opinion beside goleak, which looks
// at every goroutine there is and so must be told of those that may stay.
package leaktest

import (
	"fmt"
	"os"
	"runtime/pprof"
	"strings"

	"go.uber.org/goleak"
)

// Profile is an option for goleak.VerifyTestMain that fails the tests for each
// goroutine in the runtime's profile of leaks. Go 1.26 has that profile when it
// was built with GOEXPERIMENT=goroutineleakprofile; where there is none, nothing
// is checked. Cost: one garbage collection.
func Profile() goleak.Option {
	return goleak.Cleanup(func(code int) {
		if stacks := Leaked(); stacks != "" {
			fmt.Fprintf(os.Stderr, "leaktest: goroutines that can never run again:\n%s\n", stacks)
			code = max(code, 1)
		}
		os.Exit(code)
	})
}

// Leaked gives the stacks of the goroutines that can never run again, empty if
// there are none, or if the runtime cannot tell.
func Leaked() string {
	p := pprof.Lookup("goroutineleak")
	if p == nil {
		return ""
	}
	var stacks strings.Builder
	if err := p.WriteTo(&stacks, 1); err != nil {
		return err.Error()
	}
	if p.Count() == 0 { // what the collection that WriteTo began has found
		return ""
	}
	return stacks.String()
}
