package sink

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// SyncNever leaves it to the operating system when what was appended reaches the
// disk.
const SyncNever time.Duration = -1

// LogFile says how a log of [OpenLog] stands in files. The zero value is the
// careful one: JSON, and no append returns before it is on disk.
type LogFile[T any] struct {
	// Sync is how long an entry may stand in the operating system's memory only:
	// 0 means that every append waits for fsync (one for all that come at the
	// same time), a duration that fsync runs at most that long after an append,
	// SyncNever that nobody calls it. A killed program loses nothing in any case;
	// what is lost is the tail, when the machine stops.
	Sync time.Duration

	// SegmentBytes is the size at which a new file is begun, from 1 KiB to
	// 1 GiB; 0 means 8 MiB. A file is deleted when everything in it was evicted.
	SegmentBytes int64

	// Encode and Decode turn values into bytes and back; nil means
	// encoding/json. Encode is called by the goroutine that appends, Decode by
	// the one that opens the log. What Encode returns is copied before the
	// append returns, and Decode may keep what it is given.
	Encode func(T) ([]byte, error)
	Decode func([]byte) (T, error)

	// CutDamage opens a log whose newest file is damaged before its end by
	// letting go of everything from the damage on, instead of failing with a
	// [CorruptError]. A machine that stopped may leave such a file behind, if
	// Sync is not 0.
	CutDamage bool
}

// OpenLog opens the log in a directory, which it makes if it is not there, and
// gives a log as it was when the last program that had it ended, crashed or was
// killed: every entry that was written completely, in order, under its id,
// nothing else. An entry that a crash left unfinished at the end is cut off.
//
// All that is kept stands in memory, where readers find it; the files are read
// here and never again, so LogOptions bound the memory, and the files take that
// and at most one segment more. An append encodes the value, waits for its turn,
// writes, and then sends to the readers, who never see an entry that is not
// written.
//
// The error matches [flux.ErrInvalid] for wrong options, [ErrCorrupt] for files
// that are damaged elsewhere than at the end (in particular none is ever skipped),
// or is what the file system or Decode said. A directory belongs to one Log at
// a time: to open it twice is an error, where the system has file locks (Unix,
// Windows). Close the log to let go of it.
//
// If a write fails, its append fails, nothing of it stays, and the next append
// tries again. If an fsync fails, nobody knows what is on disk: that and every
// later append fail, and the log can still be read.
func OpenLog[T any](dir string, o ...LogOptions[T]) (*Log[T], error) {
	options := firstLog(o)
	l, err := newLog(options, true)
	if err != nil {
		return nil, err
	}
	f, err := newLogFile(dir, options.File)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	if f.lock, err = lockDir(dir); err != nil {
		return nil, fmt.Errorf("sink: %s cannot be locked: another log may have it open: %w", dir, err)
	}
	if err := f.recover(l); err != nil {
		return nil, errors.Join(err, f.release())
	}
	f.count(l)
	l.file = f
	return l, nil
}

// logFile is the side of a log that writes.
//
// # Group commit
//
// Appends that come while another is writing gather in a group, which the first
// of them writes with one write and one fsync when its turn has come:
//
//	write+fsync │ group 1 ├──────▶│ group 2 (3 appends) ├──────▶│ group 3 │
//	joining       2a 2b 2c          3a                            4a 4b ...
//
// INVARIANTS
//   - turn has one place; who is in it alone touches the fields below it, decides
//     ids and numbers, and publishes. So the order in the files is that of the log.
//   - joining is the group that has not got its turn. Its first append leads it;
//     the others wait for its done.
//   - The active segment has good bytes of whole records. A failed write is cut
//     off again; if that fails too, or an fsync did, broken says so for ever.
//   - Every entry that is kept stands in a segment; a segment whose entries were all
//     evicted is deleted, unless it is the active one.
type logFile[T any] struct {
	dir    string
	limit  int64
	sync   time.Duration
	cut    bool
	encode func(T) ([]byte, error)
	decode func([]byte) (T, error)
	lock   *os.File

	mu      sync.Mutex // guards joining
	joining *group[T]

	turn     chan struct{} // one place, and not a mutex, because it is held while the disk works
	active   *os.File
	segments []segment // the last one is active
	broken   error
	buf      []byte
	late     *time.Timer // an fsync that is due, nil if none is
	closed   bool
}

// group is the appends that are written together.
type group[T any] struct {
	parts []*part[T]
	done  chan struct{} // closed when each part has its result
}

type part[T any] struct {
	slot[T]
	number  uint64
	payload []byte
	stored  bool
	err     error
}

// errAbandoned is for the unlikely: a NextID that ended the goroutine which was
// to write the group.
var errAbandoned = errors.New("sink: the entry was not written: the goroutine that was to do it has ended")

const (
	defaultSegment = 8 << 20
	leastSegment   = 1 << 10
	mostSegment    = 1 << 30

	// keepBuffer is how much of the memory for writing stays between two groups.
	keepBuffer = 256 << 10
)

func newLogFile[T any](dir string, o LogFile[T]) (*logFile[T], error) {
	f := &logFile[T]{
		dir: dir, limit: o.SegmentBytes, sync: o.Sync, cut: o.CutDamage, encode: o.Encode, decode: o.Decode,
		turn: make(chan struct{}, 1),
	}
	if f.limit == 0 {
		f.limit = defaultSegment
	}
	if f.encode == nil {
		f.encode = func(v T) ([]byte, error) { return json.Marshal(v) }
	}
	if f.decode == nil {
		f.decode = func(b []byte) (v T, err error) { return v, json.Unmarshal(b, &v) }
	}
	switch {
	case dir == "":
		return nil, fmt.Errorf("%w: sink: the directory of the log has no name", flux.ErrInvalid)
	case f.limit < leastSegment || f.limit > mostSegment:
		return nil, fmt.Errorf("%w: sink: SegmentBytes is %d, must be from %d to %d, or 0 for %d",
			flux.ErrInvalid, f.limit, leastSegment, mostSegment, defaultSegment)
	case f.sync < SyncNever:
		return nil, fmt.Errorf("%w: sink: Sync is %v, must not be negative unless it is SyncNever", flux.ErrInvalid, f.sync)
	case (o.Encode == nil) != (o.Decode == nil):
		return nil, fmt.Errorf("%w: sink: Encode and Decode must be given together or not at all", flux.ErrInvalid)
	}
	return f, nil
}

// append encodes v, and leads a group or joins one.
func (f *logFile[T]) append(l *Log[T], id string, v T, size int64) (string, error) {
	p := &part[T]{slot: slot[T]{id: id, value: v, size: size}}
	var err error
	if panicked := safely(func() { p.payload, err = f.encode(v) }); panicked != nil {
		err = panicked
	}
	if err != nil {
		return "", fmt.Errorf("sink: encode an entry of the log: %w", err)
	}
	if len(p.payload) > maxPayload {
		return "", fmt.Errorf("%w: an entry of %d bytes is larger than the %d that a file of the log takes", ErrOverflow, len(p.payload), maxPayload)
	}
	if l.size == nil {
		p.size = int64(len(p.payload))
	}
	g, first := f.join(p)
	if first {
		f.lead(l, g)
	} else {
		<-g.done
	}
	switch {
	case p.err != nil:
		return "", p.err
	case !p.stored:
		return "", errAbandoned
	}
	l.wake(p.number)
	return p.id, nil
}

func (f *logFile[T]) join(p *part[T]) (g *group[T], first bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if first = f.joining == nil; first {
		f.joining = &group[T]{done: make(chan struct{})}
	}
	g = f.joining
	g.parts = append(g.parts, p)
	return g, first
}

// lead writes a group, when its turn has come.
func (f *logFile[T]) lead(l *Log[T], g *group[T]) {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	f.mu.Lock()
	f.joining = nil
	f.mu.Unlock()
	defer close(g.done)
	f.commit(l, g.parts)
}

// end closes the files, in turn, and then ends the log.
func (f *logFile[T]) end(l *Log[T], cause error) error {
	f.turn <- struct{}{}
	if f.closed {
		<-f.turn
		return ErrTerminated
	}
	f.closed = true
	if f.late != nil {
		f.late.Stop()
	}
	var err error
	if f.sync != SyncNever && f.broken == nil {
		err = f.active.Sync()
	}
	err = errors.Join(err, f.release())
	<-f.turn
	return errors.Join(err, l.finish(cause))
}

// release closes what is open.
func (f *logFile[T]) release() (err error) {
	if f.active != nil {
		err = f.active.Close()
	}
	if f.lock != nil {
		err = errors.Join(err, f.lock.Close())
	}
	return err
}

// count puts the size of the files into the log's stats.
func (f *logFile[T]) count(l *Log[T]) {
	l.stats.Segments, l.stats.FileBytes = len(f.segments), 0
	for _, s := range f.segments {
		l.stats.FileBytes += s.size
	}
}
