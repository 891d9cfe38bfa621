package sink

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Signal names the kind of signal that an emission failed for.
type Signal uint8

// The signals.
const (
	SignalNext Signal = iota
	SignalError
	SignalComplete
)

// String gives the name of the signal: next, error or complete.
func (s Signal) String() string {
	switch s {
	case SignalNext:
		return "next"
	case SignalError:
		return "error"
	}
	return "complete"
}

// Handler decides whether Emit, EmitError and EmitComplete repeat an attempt
// that gave r. The emitting goroutine calls it, so it may wait; it must not wait
// for ever, and from inside a signal of the same sink waiting cannot help,
// because the goroutine that would make room is the one that waits.
//
// Source: Reactor's Sinks.EmitFailureHandler.
type Handler func(s Signal, r Result) (retry bool)

// FailFast never repeats an attempt. A nil Handler means the same.
//
// Source: Reactor's EmitFailureHandler.FAIL_FAST.
func FailFast(Signal, Result) (retry bool) { return false }

// BusyLooping repeats an attempt that gave FailNonSerialized for at most d,
// counted from this call: make one for each emission. It yields the processor a
// few times and then sleeps between the attempts, from 10 µs up to 1 ms.
//
// Source: Reactor's EmitFailureHandler.busyLooping, which spins.
func BusyLooping(d time.Duration) Handler {
	end := time.Now().Add(d)
	var tries atomic.Uint32 // atomic, in case goroutines share the handler all the same
	return func(_ Signal, r Result) bool {
		if r != FailNonSerialized {
			return false
		}
		left := time.Until(end)
		if left <= 0 {
			return false
		}
		if n := tries.Add(1); n > yields {
			time.Sleep(min(left, time.Millisecond, 10*time.Microsecond<<min(n-yields, 7)))
			return true
		}
		runtime.Gosched()
		return true
	}
}

// yields is how often BusyLooping tries again at once before it sleeps.
const yields = 16
