package main

import (
	"context"
	"runtime"
	"time"

	"github.com/freshet-go/freshet/bench/internal/machine"
)

// quietLook is how long the machine is looked at, and quietPart how much of it
// may be busy for it to count as quiet.
const (
	quietLook = time.Second
	quietPart = 0.1
)

// awaitQuiet waits until the machine is quiet, for as long as patience at most:
// a measurement beside other work still tells something, and says how much of the
// machine that took.
func awaitQuiet(ctx context.Context, patience time.Duration) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		began, busy := time.Now(), machine.Busy()
		select {
		case <-ctx.Done():
			return
		case <-time.After(quietLook):
		}
		part := (machine.Busy() - busy).Seconds() / time.Since(began).Seconds() / float64(runtime.NumCPU())
		if part < quietPart {
			return
		}
	}
}
