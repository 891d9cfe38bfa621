package sink

import (
	"errors"
	"fmt"
)

// ErrGap is matched by every [GapError].
var ErrGap = errors.New("sink: entries of the log are missing")

// GapError tells a reader of a [Log] that it cannot be given every entry behind
// an id: the id is not in the log any more, or never was, or the reader was so
// slow that what it had not read yet was evicted.
type GapError struct {
	// ID is the id that cannot be followed: the one asked for, or that of the
	// last entry that the reader got.
	ID string
	// Oldest and Newest are the ids of the entries that the log keeps at the
	// moment; both empty if it keeps none.
	Oldest, Newest string
	// Missed is how many entries the reader would have got and cannot get any
	// more, or -1 if ID is not known, so that nobody can tell.
	Missed int64
}

// Error names the ids and the number.
func (e *GapError) Error() string {
	kept := "nothing is kept"
	if e.Oldest != "" {
		kept = fmt.Sprintf("kept are %q to %q", e.Oldest, e.Newest)
	}
	if e.Missed < 0 {
		return fmt.Sprintf("sink: the log does not have the id %q (any more); %s", e.ID, kept)
	}
	return fmt.Sprintf("sink: %d entries behind the id %q were evicted before they were read; %s", e.Missed, e.ID, kept)
}

// Is matches [ErrGap].
func (e *GapError) Is(target error) bool { return target == ErrGap }
