package sink

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// commit writes the parts of a group and publishes those that were written. The
// caller has the turn.
func (f *logFile[T]) commit(l *Log[T], parts []*part[T]) {
	written := f.number(l, parts)
	if len(written) == 0 {
		return
	}
	err := f.write(l, written)
	if err != nil {
		for _, p := range written {
			p.err = fmt.Errorf("sink: write the log in %s: %w", f.dir, err)
		}
		return
	}
	l.mu.Lock()
	for _, p := range written {
		l.publish(p.slot)
		p.stored = true
	}
	oldest := l.kept.oldest
	l.mu.Unlock()
	// A file that cannot be deleted is in nobody's way: the next commit tries again.
	_ = f.prune(oldest)
	l.mu.Lock()
	f.count(l)
	l.mu.Unlock()
}

// number gives each part its id and its number, encodes its record into buf, and
// returns those that nothing speaks against.
func (f *logFile[T]) number(l *Log[T], parts []*part[T]) (accepted []*part[T]) {
	if cap(f.buf) > keepBuffer {
		f.buf = nil
	}
	f.buf = f.buf[:0]
	now := time.Now().UnixNano()
	l.mu.Lock()
	next := l.kept.next
	l.mu.Unlock()
	taken := map[string]bool{} // by this group
	for _, p := range parts {
		p.at, p.number = now, next
		if p.err = f.admit(l, p, taken); p.err != nil {
			continue
		}
		taken[p.id] = true
		next++
		f.buf = appendRecord(f.buf, record{p.number, p.at, p.id, p.payload})
		accepted = append(accepted, p)
	}
	return accepted
}

func (f *logFile[T]) admit(l *Log[T], p *part[T], taken map[string]bool) (err error) {
	switch {
	case f.closed:
		return ErrTerminated
	case f.broken != nil:
		return f.broken
	}
	if p.id == "" && l.nextID != nil {
		if p.id, err = l.named(p.number); err != nil {
			return err
		}
	}
	if taken[p.id] {
		return fmt.Errorf("%w: %q", ErrDuplicateID, p.id)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.admit(&p.slot, p.number)
}

// write puts buf behind what is there, in a new segment if it is time for one,
// and waits for the disk if that is wanted.
func (f *logFile[T]) write(l *Log[T], parts []*part[T]) error {
	s := &f.segments[len(f.segments)-1]
	if s.size+int64(len(f.buf)) > f.limit && parts[0].number > s.first {
		l.mu.Lock()
		before := l.kept.newestID()
		l.mu.Unlock()
		if err := f.rotate(parts[0].number, before); err != nil {
			return err
		}
		s = &f.segments[len(f.segments)-1]
	}
	if _, err := f.active.WriteAt(f.buf, s.size); err != nil {
		if cut := f.active.Truncate(s.size); cut != nil {
			f.broken = errors.Join(err, cut)
		}
		return err
	}
	if err := f.flush(); err != nil {
		return err
	}
	s.size += int64(len(f.buf))
	return nil
}

// flush sees to the fsync that Sync asks for.
func (f *logFile[T]) flush() error {
	switch {
	case f.sync == 0:
		return f.fsync()
	case f.sync > 0 && f.late == nil:
		f.late = time.AfterFunc(f.sync, f.flushLate)
	}
	return nil
}

// flushLate is the fsync some time after an append, on the timer's goroutine.
func (f *logFile[T]) flushLate() {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	f.late = nil
	if !f.closed && f.broken == nil {
		_ = f.fsync() // the next append is told
	}
}

func (f *logFile[T]) fsync() error {
	if err := f.active.Sync(); err != nil {
		f.broken = fmt.Errorf("fsync has failed, so nobody knows what is on disk: %w", err)
	}
	return f.broken
}

// rotate closes the active segment and begins the next one.
func (f *logFile[T]) rotate(first uint64, before string) error {
	if f.sync != SyncNever {
		if err := f.fsync(); err != nil {
			return err
		}
	}
	full := f.active
	if err := f.begin(first, before); err != nil {
		return err
	}
	return full.Close()
}

// begin makes a segment and makes it the active one.
func (f *logFile[T]) begin(first uint64, before string) error {
	name := segmentName(f.dir, first)
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	header := appendHeader(nil, first, before)
	_, err = file.Write(header)
	if err == nil && f.sync != SyncNever {
		err = errors.Join(file.Sync(), syncDir(f.dir))
	}
	if err != nil {
		return errors.Join(err, file.Close(), os.Remove(name))
	}
	f.active = file
	f.segments = append(f.segments, segment{first: first, size: int64(len(header))})
	return nil
}

// prune deletes the segments in which every entry is older than oldest.
func (f *logFile[T]) prune(oldest uint64) error {
	for len(f.segments) > 1 && f.segments[1].first <= oldest {
		if err := os.Remove(segmentName(f.dir, f.segments[0].first)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		f.segments = f.segments[1:]
	}
	return nil
}
