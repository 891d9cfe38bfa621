package flux_test

import (
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// The timer of a start of 0 is due at once, and must not fire before it is armed.
func TestAnIntervalThatStartsAtOnceTellsItsSubscriberFirst(t *testing.T) {
	for range 200 {
		fluxtest.Verify(t, flux.IntervalAfter(0, time.Second)).
			Next(0).NoEvent(time.Second).Next(1).Cancel()
	}
}
