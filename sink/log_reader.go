package sink

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// reader is one subscription to a log: a cursor, and what it takes to send. 112
// bytes, whatever it has not read yet.
type reader[T any] struct {
	// requested is the open demand, or one of the states below. Atomic, because
	// any goroutine requests and cancels while another one sends.
	requested atomic.Int64

	// Of the goroutine that runs the reader, or under log.mu while nobody does.
	cursor uint64 // the number of the next entry to read
	missed int64  // how many were skipped before it, -1 for unknown
	last   string // the id of the last entry sent, or the one asked for
	down   flux.Subscriber[Entry[T]]
	ctx    context.Context

	src        *logSource[T]
	prev, next *reader[T] // in parked; guarded by log.mu
	state      readerState
}

type readerState uint8

const (
	running readerState = iota
	parked
	idle
	done
)

const (
	// cancelled is the state of requested after Cancel and after the terminal.
	cancelled = int64(math.MinInt64)
	// below 0 and above cancelled: Request(n+1) was called, n+1 <= 0, and the
	// goroutine that runs the reader owes it an error.
)

// logSource is a place in a log as a publisher that needs no guard.
type logSource[T any] struct {
	log *Log[T]
	at  after
}

func (*logSource[T]) KeepsContract(inside.Token) {}

// Subscribe finds the place first, so that what is appended from now on counts
// as coming later, whatever OnSubscribe does.
func (s *logSource[T]) Subscribe(ctx context.Context, down flux.Subscriber[Entry[T]]) {
	l := s.log
	r := &reader[T]{src: s, down: down, ctx: ctx, last: s.at.id}
	l.mu.Lock()
	l.stats.Subscribers++
	err := l.locate(r)
	l.mu.Unlock()
	if !r.greet() {
		return
	}
	l.mu.Lock()
	if err != nil {
		l.settle(r, err)
	} else {
		l.drive(r)
	}
	l.mu.Unlock()
}

// locate sets the cursor: mu is held.
func (l *Log[T]) locate(r *reader[T]) error {
	l.refresh()
	at := &r.src.at
	if at.id == "" {
		r.cursor = l.kept.oldest
		if at.fromNow {
			r.cursor = l.kept.next
		}
		return nil
	}
	if err := checkID(at.id); err != nil {
		return err
	}
	n, ok := l.kept.behind(at.id)
	if ok {
		r.cursor = n
		return nil
	}
	l.stats.Gaps++
	return l.jump(r, -1)
}

// jump does what the reader asked for in the case that entries are missing: mu
// is held.
func (l *Log[T]) jump(r *reader[T], missed int64) error {
	switch r.src.at.or {
	case orOldest:
		r.cursor = l.kept.oldest
	case orNow:
		r.cursor = l.kept.next
	default:
		return l.gap(r.last, missed)
	}
	if missed < 0 || r.missed < 0 {
		r.missed = -1
	} else {
		r.missed += missed
	}
	return nil
}

// greet calls OnSubscribe and tells whether it returned.
func (r *reader[T]) greet() (ok bool) {
	defer func() {
		if ok {
			return
		}
		if p := recover(); p != nil {
			r.fault(p)
		}
		r.requested.Store(cancelled)
		l := r.src.log
		l.mu.Lock()
		l.retire(r)
		l.mu.Unlock()
	}()
	r.down.OnSubscribe(r)
	return true
}

// Request implements the subscription of every reader: one that is behind is
// served by it.
func (r *reader[T]) Request(n int64) {
	for {
		cur := r.requested.Load()
		if cur < 0 || cur == flux.Unbounded && n > 0 {
			return
		}
		next := cur + n
		if n <= 0 {
			next = max(n, cancelled+2) - 1
		} else if next < 0 {
			next = flux.Unbounded
		}
		if !r.requested.CompareAndSwap(cur, next) {
			continue
		}
		if cur == 0 || n <= 0 {
			r.src.log.rouse(r)
		}
		return
	}
}

// Cancel implements the subscription of every reader.
func (r *reader[T]) Cancel() {
	if r.requested.Load() == cancelled || r.requested.Swap(cancelled) == cancelled {
		return
	}
	l := r.src.log
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.state {
	case parked:
		l.parked.remove(r)
		l.retire(r)
	case idle:
		l.retire(r)
	}
}

// rouse runs a reader whose demand has changed, unless somebody does.
func (l *Log[T]) rouse(r *reader[T]) {
	l.mu.Lock() // without a deferred Unlock: drive lets go of it while subscribers run
	switch {
	case r.state == idle:
		l.refresh()
		r.state = running
		l.drive(r)
	case r.state == parked && r.requested.Load() < 0:
		l.parked.remove(r)
		r.state = running
		l.drive(r)
	default: // whoever runs it, or the next append, sees the demand
	}
	l.mu.Unlock()
}

// retire lets go of what a reader holds: mu is held.
func (l *Log[T]) retire(r *reader[T]) {
	r.state = done
	r.down = nil
	l.stats.Subscribers--
}

// take takes used values off the demand.
func (r *reader[T]) take(used int64) {
	for {
		cur := r.requested.Load()
		if cur == flux.Unbounded || cur < 0 || used == 0 || r.requested.CompareAndSwap(cur, cur-used) {
			return
		}
	}
}

// owed gives the error for a bad request, from a state of requested.
func owed(state int64) error {
	return fmt.Errorf("Request(%d): %w", state+1, flux.ErrBadRequest)
}

// parkedList is the readers that have read everything, in the order in which
// they came to the end. It is linked through them, so that each joins and leaves
// at the price of a few stores.
type parkedList[T any] struct {
	head, tail *reader[T]
	n          int
}

func (p *parkedList[T]) push(r *reader[T]) {
	r.prev, r.next = p.tail, nil
	if p.tail == nil {
		p.head = r
	} else {
		p.tail.next = r
	}
	p.tail = r
	p.n++
}

func (p *parkedList[T]) remove(r *reader[T]) {
	if r.prev == nil {
		p.head = r.next
	} else {
		r.prev.next = r.next
	}
	if r.next == nil {
		p.tail = r.prev
	} else {
		r.next.prev = r.prev
	}
	r.prev, r.next = nil, nil
	p.n--
}
