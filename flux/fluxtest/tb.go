package fluxtest

import (
	"fmt"
	"strconv"
	"time"
)

// TB is what the package needs of a test. *testing.T, *testing.B, *rapid.T and
// every other testing.TB is one; a program can pass one of its own.
//
// Helper, Errorf and FailNow are called by the goroutine that called into this
// package and by no other. A TB that also has Cleanup is told of a script that
// never ran, one that has Logf of errors that were dropped.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	FailNow()
}

// show prints a value for a failure message: strings quoted, long ones cut.
func show(v any) string {
	const most = 200 // a page of one value hides the rest of the timeline
	var s string
	switch v := v.(type) {
	case string:
		s = strconv.Quote(v)
	case fmt.Stringer:
		s = fmt.Sprint(v)
	default:
		s = fmt.Sprintf("%+v", v)
	}
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}

// showAll prints values as the arguments of a call.
func showAll[T any](vs []T) string {
	s := ""
	for i, v := range vs {
		if i > 0 {
			s += ", "
		}
		if i == 10 && len(vs) > 11 {
			return s + "… " + strconv.Itoa(len(vs)-i) + " more"
		}
		s += show(v)
	}
	return s
}

// millis prints a time in milliseconds, with a fraction only where there is one.
func millis(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', -1, 64) + "ms"
}
