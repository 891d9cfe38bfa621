package sink

import (
	"context"

	"github.com/freshet-go/freshet/flux"
)

// After gives the entries behind the one with an id: those that are kept, then
// those that are appended, in the order of the log, until it ends. An empty id
// stands for the time before the first entry, so the reader gets everything that
// is kept; [FromNow] makes it start with the next entry instead.
//
// An id that is not in the log, because it was evicted or never was, fails the
// subscription with a [GapError]; the one that was evicted last is still known,
// since nothing is missing behind it. [OrOldest] and [OrNow] go on instead. An
// id that no entry can have fails it with an error matching [flux.ErrInvalid].
// [Log.Check] tells beforehand.
//
// The position is looked up by each subscription anew. Demand: a reader is sent
// no more than it asked for, and stays where it is in the log meanwhile.
func (l *Log[T]) After(id string, o ...AfterOption) flux.Flux[Entry[T]] {
	return flux.From[Entry[T]](&logSource[T]{l, afterOf(id, o)})
}

// Flux gives all that is kept and then what comes: After("").
func (l *Log[T]) Flux() flux.Flux[Entry[T]] { return l.After("") }

// Subscribe implements flux.Publisher; it is Flux().Subscribe.
func (l *Log[T]) Subscribe(ctx context.Context, s flux.Subscriber[Entry[T]]) {
	l.Flux().Subscribe(ctx, s)
}

// Check tells whether a reader could go on behind id at the moment: it gives the
// error that [Log.After] without options would fail with, or nil. An HTTP handler
// asks it to answer with a status of its own before a stream begins.
func (l *Log[T]) Check(id string) error {
	if id == "" {
		return nil
	}
	if err := checkID(id); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refresh()
	if _, ok := l.kept.behind(id); !ok {
		return l.gap(id, -1)
	}
	return nil
}

// gap makes the error for a reader that missed entries: mu is held.
func (l *Log[T]) gap(id string, missed int64) error {
	e := &GapError{ID: id, Oldest: l.kept.oldestID(), Missed: missed}
	if e.Oldest != "" {
		e.Newest = l.kept.newestID()
	}
	return e
}

// LogStats are the counts of a log, taken at one moment.
type LogStats struct {
	Subscribers int    // readers now
	Behind      int    // of them have something left to read, or are being sent it
	Entries     int    // kept now
	Bytes       int64  // what those take, as Size counts, and their ids
	Oldest      string // the id of the oldest that is kept, empty if none is
	Newest      string // the id of the newest that was ever appended

	Emitted   int64 // appended by this Log
	Evicted   int64 // let go by retention
	Delivered int64 // pairs of an entry and a reader that was sent it
	Missed    int64 // pairs of an entry and a reader that was too slow for it
	Gaps      int64 // times that a reader met a gap, at its start or later

	Segments  int   // files now; 0 in memory
	FileBytes int64 // what they take
}

// Stats gives the log's counts, and lets go of what has grown too old. It is
// cheap enough to call at any time.
func (l *Log[T]) Stats() LogStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refresh()
	s := l.stats
	s.Behind = s.Subscribers - l.parked.n
	s.Entries, s.Bytes = l.kept.len(), l.kept.bytes
	s.Oldest, s.Newest = l.kept.oldestID(), l.kept.newestID()
	return s
}
