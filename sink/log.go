package sink

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// ErrDuplicateID is matched by the error of an append under an id that the log
// has already. Nothing was appended, so a source that delivers twice may ignore
// it.
var ErrDuplicateID = errors.New("sink: the log has an entry with this id")

// Log is a sink that remembers: each value is appended under an id, and a reader
// gets everything behind an id that it names, first what was appended before it
// came and then what comes, without a gap and without a duplicate. It is what
// stands behind a stream that a client resumes with the last id it saw. Make one
// with [NewLog], or with [OpenLog] to find it again after a restart.
//
//	orders := sink.NewLog[Order]()
//	id, err := orders.Append(o)              // anywhere
//	orders.After(lastID).Subscribe(ctx, s)   // any number of times
//
// A stream goes into a log by its ForEach, which waits for each append:
//
//	err := stream.ForEach(ctx, func(o Order) error { _, err := orders.Append(o); return err })
//
// # Who runs what
//
// A reader that has read everything waits, and costs nothing but its
// subscription; the goroutine that appends sends it the entry. A reader that is
// behind is served by the goroutine of its own Request, from the log. So nobody
// waits for a slow reader: it holds a place in the log and not a queue. What it
// has not read when it is evicted is a gap, which it is told ([GapError]), or
// skips and is told ([OrOldest], [OrNow]).
//
// An append may also send what other goroutines appended meanwhile. A reader
// that blocks holds up one appender, and the others serve the remaining readers:
// put PublishOn in front of it. A reader may append, subscribe, cancel and close
// from inside any signal.
//
// Every method may be called by any goroutine. An append is O(1) and one call
// for each waiting reader, of which each costs some 60 ns; [Log.After] is
// O(log entries). No lock is held while a subscriber, a Size or an id function runs.
type Log[T any] struct {
	keep   keep
	size   func(T) int         // may be nil
	nextID func(uint64) string // may be nil
	file   *logFile[T]         // nil in memory

	mu     sync.Mutex // guards the rest; see the invariants in log_serve.go
	kept   entries[T]
	ids    *idSource
	clock  int64 // of the newest entry: unix nanoseconds never go back in a log
	ended  bool
	err    error // of the end, nil for completion
	parked parkedList[T]
	stats  LogStats
}

// NewLog makes a log in memory. At most one LogOptions is used; wrong ones make
// a log that has failed with an error matching [flux.ErrInvalid].
func NewLog[T any](o ...LogOptions[T]) *Log[T] {
	l, err := newLog(firstLog(o), false)
	if err != nil {
		l.ended, l.err = true, err
	}
	return l
}

func firstLog[T any](o []LogOptions[T]) LogOptions[T] {
	if len(o) == 0 {
		return LogOptions[T]{}
	}
	return o[0]
}

func newLog[T any](o LogOptions[T], encoded bool) (*Log[T], error) {
	k, err := o.keep(encoded)
	return &Log[T]{keep: k, size: o.size(), nextID: o.NextID, ids: newIDSource()}, err
}

// Append adds v to the end of the log under a new id, which it returns, and
// sends it to the readers that wait, on the calling goroutine.
//
// The error matches [ErrTerminated] after the end, [ErrOverflow] for a value
// larger than all that may be kept, [flux.ErrInvalid] or [ErrDuplicateID] for
// what a Size or NextID of yours gave, *[flux.PanicError] for a panic in one; for
// a log in files also what the encoding or the file system said. Then nothing
// was appended. Time and memory do not depend on the length of the log.
func (l *Log[T]) Append(v T) (id string, err error) { return l.append("", v) }

// AppendID is Append under an id of your choice, for values that have one from
// elsewhere: 1 to 128 bytes of visible ASCII that are not in the log. Growing
// ids are cheapest, see LogOptions.NextID.
//
// A wrong id gives an error that matches [flux.ErrInvalid] and names the id and
// the rule; one that the log has, [ErrDuplicateID].
func (l *Log[T]) AppendID(id string, v T) error {
	if err := checkID(id); err != nil {
		return err
	}
	_, err := l.append(id, v)
	return err
}

// Close ends the log with completion: nothing is appended any more, and readers
// complete as soon as they have read what is kept, those to come included. The
// files of a log that has them are written out and closed, and can be opened
// again. It gives an error that matches [ErrTerminated] if the log has ended, or
// what the file system said.
func (l *Log[T]) Close() error { return l.end(nil) }

// Fail ends the log like Close, but readers get err once they have read what is
// kept. A nil err is replaced by one that matches [flux.ErrInvalid].
func (l *Log[T]) Fail(err error) error { return l.end(orInvalid(err)) }

func (l *Log[T]) end(cause error) (err error) {
	if l.file != nil {
		return l.file.end(l, cause)
	}
	return l.finish(cause)
}

// finish makes the end visible and tells those who have read everything.
func (l *Log[T]) finish(cause error) error {
	l.mu.Lock()
	if l.ended {
		l.mu.Unlock()
		return ErrTerminated
	}
	l.ended, l.err = true, cause
	l.mu.Unlock()
	l.wake(math.MaxUint64)
	return nil
}

func (l *Log[T]) append(id string, v T) (string, error) {
	size, err := l.measure(v)
	if err != nil {
		return "", err
	}
	if l.file != nil {
		return l.file.append(l, id, v, size)
	}
	s := slot[T]{id: id, value: v, at: time.Now().UnixNano(), size: size}
	n, err := l.store(&s)
	if err != nil {
		return "", err
	}
	l.wake(n)
	return s.id, nil
}

// store puts one slot into a log in memory, with an id if it has none.
func (l *Log[T]) store(s *slot[T]) (n uint64, err error) {
	given, size := s.id != "", s.size
	for {
		if !given && l.nextID != nil {
			if n, s.id, err = l.ask(); err != nil {
				return 0, err
			}
		}
		l.mu.Lock()
		if !given && l.nextID != nil && n != l.kept.next {
			l.mu.Unlock() // another append has the number
			continue
		}
		n = l.kept.next
		s.size = size
		if err = l.admit(s, n); err == nil {
			l.publish(*s)
		}
		l.mu.Unlock()
		return n, err
	}
}

// ask calls NextID for the number of the moment.
func (l *Log[T]) ask() (n uint64, id string, err error) {
	l.mu.Lock()
	n = l.kept.next
	l.mu.Unlock()
	id, err = l.named(n)
	return n, id, err
}

func (l *Log[T]) named(n uint64) (id string, err error) {
	if err = safely(func() { id = l.nextID(n) }); err != nil {
		return "", err
	}
	return id, checkID(id)
}

// admit sees whether s may become the entry number n, and completes it: mu is
// held.
func (l *Log[T]) admit(s *slot[T], n uint64) error {
	if l.ended {
		return ErrTerminated
	}
	if s.id == "" {
		s.id = l.ids.id(n, time.Unix(0, s.at))
	} else if l.kept.has(s.id) {
		return fmt.Errorf("%w: %q", ErrDuplicateID, s.id)
	}
	s.size += int64(len(s.id))
	if s.size > l.keep.bytes {
		return fmt.Errorf("%w: the entry %q of %d bytes is larger than the %d that the log keeps", ErrOverflow, s.id, s.size, l.keep.bytes)
	}
	return nil
}

// publish makes s the newest entry and evicts what is too much: mu is held.
func (l *Log[T]) publish(s slot[T]) {
	l.clock = max(l.clock, s.at)
	s.at = l.clock
	l.kept.push(s)
	l.stats.Emitted++
	for l.kept.len() > l.keep.count || l.kept.bytes > l.keep.bytes {
		l.evict()
	}
	l.expire(s.at)
}

func (l *Log[T]) evict() {
	l.kept.evict()
	l.stats.Evicted++
}

// expire evicts what is too old at a time in unix nanoseconds: mu is held.
func (l *Log[T]) expire(now int64) {
	if l.keep.age == 0 {
		return
	}
	for l.kept.len() > 0 && l.kept.at(l.kept.oldest).at < now-int64(l.keep.age) {
		l.evict()
	}
}

// refresh is expire for those who come to read.
func (l *Log[T]) refresh() {
	if l.keep.age > 0 {
		l.expire(time.Now().UnixNano())
	}
}

// measure gives the size of a value.
func (l *Log[T]) measure(v T) (size int64, err error) {
	if l.size == nil {
		return 0, nil
	}
	if err = safely(func() { size = int64(l.size(v)) }); err == nil && size < 0 {
		err = fmt.Errorf("%w: sink: Size gave %d for a value, must not be negative", flux.ErrInvalid, size)
	}
	return size, err
}

// safely runs a user's function and returns its panic as an error.
func safely(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	f()
	return nil
}
