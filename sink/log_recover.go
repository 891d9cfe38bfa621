package sink

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// segment is one file of a log: the entries from first up to the first of the
// next segment.
type segment struct {
	first uint64
	size  int64
}

// recover reads what is on disk into the log and cuts off what a crash left
// unfinished at its end. What retention would not keep is let go on the way.
func (f *logFile[T]) recover(l *Log[T]) error {
	numbers, err := f.list()
	if err == nil {
		numbers, err = f.dropUnborn(numbers)
	}
	if err != nil {
		return err
	}
	for i, first := range numbers {
		last := i == len(numbers)-1
		if err := f.load(l, first, last); err != nil {
			return err
		}
	}
	if len(f.segments) == 0 {
		if err := f.begin(l.kept.next, l.kept.newestID()); err != nil {
			return err
		}
	}
	l.ids.follow(l.kept.newestID())
	l.expire(time.Now().UnixNano())
	l.stats.Emitted, l.stats.Evicted = 0, 0 // by this Log
	return f.prune(l.kept.oldest)
}

// list gives the first numbers of the segments, in order.
func (f *logFile[T]) list() ([]uint64, error) {
	names, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, e := range names {
		if first, ok := segmentNumber(e.Name()); ok {
			numbers = append(numbers, first)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// dropUnborn deletes the newest file if a crash came while it was made: it has
// no whole head yet, and so nothing else.
func (f *logFile[T]) dropUnborn(numbers []uint64) ([]uint64, error) {
	if len(numbers) == 0 {
		return numbers, nil
	}
	newest := len(numbers) - 1
	name := segmentName(f.dir, numbers[newest])
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if _, _, _, torn, _ := readHeader(b); !torn || resumes(b, 0) {
		return numbers, nil
	}
	return numbers[:newest], os.Remove(name)
}

// load reads one segment.
func (f *logFile[T]) load(l *Log[T], number uint64, last bool) error {
	name := segmentName(f.dir, number)
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	first, before, at, _, reason := readHeader(b)
	switch {
	case reason != "":
		return &CorruptError{File: name, Reason: reason}
	case first != number:
		return &CorruptError{File: name, Reason: fmt.Sprintf("its first entry is the number %d", first)}
	case len(f.segments) == 0:
		l.kept.startAt(first, before)
	case first != l.kept.next:
		return &CorruptError{File: name, Reason: fmt.Sprintf("the entries from %d on should stand before it and are missing", l.kept.next)}
	}
	end, err := f.replay(l, name, b, at, last)
	if err != nil {
		return err
	}
	f.segments = append(f.segments, segment{first: number, size: int64(end)})
	if !last {
		return nil
	}
	return f.reopen(name, int64(end), int64(len(b)))
}

// replay puts the records of a segment into the log and gives the place behind
// the last one.
func (f *logFile[T]) replay(l *Log[T], name string, b []byte, at int, last bool) (end int, err error) {
	for at < len(b) {
		r, size, reason := readRecord(b[at:])
		if reason == "" && r.number != l.kept.next {
			reason = fmt.Sprintf("a record has the number %d instead of %d", r.number, l.kept.next)
		}
		switch {
		case reason == "":
		case last && (f.cut || !resumes(b[at+1:], l.kept.next)):
			return at, nil
		default:
			return 0, &CorruptError{File: name, Offset: int64(at), Reason: reason}
		}
		if err := f.restore(l, r); err != nil {
			return 0, fmt.Errorf("sink: %s, the entry %q at byte %d: %w", name, r.id, at, err)
		}
		at += size
	}
	return at, nil
}

// restore puts one record into the log.
func (f *logFile[T]) restore(l *Log[T], r record) error {
	s := slot[T]{id: r.id, at: r.at, size: int64(len(r.payload))}
	var err error
	if p := safely(func() { s.value, err = f.decode(r.payload) }); p != nil {
		err = p
	}
	if err != nil {
		return err
	}
	if l.size != nil {
		if s.size, err = l.measure(s.value); err != nil {
			return err
		}
	}
	s.size += int64(len(s.id))
	l.publish(s)
	return nil
}

// reopen takes the last segment for appending, without what is behind end.
func (f *logFile[T]) reopen(name string, end, size int64) error {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if end < size {
		err = file.Truncate(end)
		if err == nil && f.sync != SyncNever {
			err = file.Sync()
		}
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.active = file
	return nil
}
