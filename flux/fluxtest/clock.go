package fluxtest

import (
	"testing/synctest"
	"time"
)

// clock is how a script lets time pass.
type clock interface {
	// settle waits until all that is due has happened, as far as that can be known.
	settle()
	// patience is how long a script waits for a signal that is not there yet.
	patience() time.Duration
	// exact tells that settle really waits for all that is due.
	exact() bool
	name() string
	// aftermath is how long to watch on once the script has ended.
	aftermath() time.Duration
}

// virtualClock is the clock of a bubble: it moves only where the script says so.
type virtualClock struct {
	// after is the time that a bubble of the script's own lives on when the
	// script has ended.
	after time.Duration
}

func (virtualClock) settle()                    { synctest.Wait() }
func (virtualClock) patience() time.Duration    { return 0 }
func (virtualClock) exact() bool                { return true }
func (virtualClock) name() string               { return "virtual time" }
func (c virtualClock) aftermath() time.Duration { return c.after }

// realClock is the clock on the wall.
type realClock struct{ wait time.Duration }

func (realClock) settle()                   {}
func (c realClock) patience() time.Duration { return c.wait }
func (realClock) exact() bool               { return false }
func (realClock) name() string              { return "real time" }
func (realClock) aftermath() time.Duration  { return 0 }
