package fluxtest

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// Run runs f in a bubble of package testing/synctest, where time is virtual; in
// a test that is in one already, f simply runs. f must use the t that it is
// given. At its end every goroutine that was started in the bubble must have
// ended: cancel what you subscribed.
func Run(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	if inBubble() {
		f(t)
		return
	}
	synctest.Test(t, f)
}

// Advance lets d of virtual time pass, then waits until every other goroutine
// of the bubble is at rest, so that all that is due now has happened. Advance(0)
// only waits. It panics outside a bubble, and must be called by one goroutine
// at a time.
func Advance(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// inBubble reports whether the calling goroutine is in a bubble, which the
// standard library tells by a panic only.
func inBubble() (yes bool) {
	defer func() { yes = recover() == nil }()
	synctest.Wait()
	return true
}

// inBubbleOf runs f in a bubble of its own for the test t, and turns goroutines
// that f leaves behind, for which package synctest panics, into an error that
// shows where they are.
func inBubbleOf(t *testing.T, f func()) (leak error) {
	var mark []byte
	whole := false
	defer func() {
		if p := recover(); p != nil && whole {
			leak = fmt.Errorf("goroutines were left when the script had ended: %v\n%s", p, stacksWith(mark))
		}
	}()
	synctest.Test(t, func(*testing.T) {
		mark = bubbleMark()
		// A goroutine for f alone: when f leaves by the FailNow of t, only this one
		// ends, and the bubble is not taken for broken.
		done := make(chan struct{})
		go func() {
			defer close(done)
			f()
			whole = true
		}()
		<-done
	})
	if !whole {
		runtime.Goexit() // t knows why
	}
	return nil
}

// bubbleMark gives the words that tell a goroutine of this bubble in a dump.
func bubbleMark() []byte {
	header, _, _ := bytes.Cut(stacks(false), []byte("]:"))
	if i := bytes.Index(header, []byte("synctest bubble")); i >= 0 {
		return append(header[i:], "]:"...)
	}
	return nil
}

// stacksWith gives the stacks of the goroutines whose header contains mark.
func stacksWith(mark []byte) []byte {
	var found [][]byte
	for g := range bytes.SplitSeq(stacks(true), []byte("\n\n")) {
		header, _, _ := bytes.Cut(g, []byte("\n"))
		if len(mark) > 0 && bytes.Contains(header, mark) {
			found = append(found, g)
		}
	}
	return bytes.Join(found, []byte("\n\n"))
}

func stacks(all bool) []byte {
	buf := make([]byte, 1<<16)
	for {
		n := runtime.Stack(buf, all)
		if n < len(buf) || len(buf) >= 1<<24 {
			return buf[:n]
		}
		buf = make([]byte, 2*len(buf))
	}
}
