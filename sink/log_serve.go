package sink

import (
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// Kernel: the log
//
//	          kept, by number                       next
//	  oldest                                         │
//	   │ 70 │ 71 │ 72 │ 73 │ 74 │ 75 │ 76 │ 77 │ 78 │
//	          ▲              ▲                        ▲
//	          │ idle:        │ running:               │ parked: caught up, in a
//	          │ behind and   │ one goroutine owns     │ list, first come first
//	          │ no demand    │ its signals            │ served, from which the next
//	          │              │                        │ append takes it
//
// An append adds the entry and takes one parked reader after the other. Whoever
// has taken a reader sends it entries, a few at a time and without the lock,
// until it has read everything (parked), has no demand (idle), or is over (done).
// Any of them may be overtaken by oldest, which is a gap.
//
// INVARIANTS (all under log.mu, which is not held while a subscriber runs)
//   - Only the goroutine that made a reader running signals it, and only that
//     goroutine makes it parked, idle or done again. A parked reader is made
//     running by an append, the end, or a bad Request; an idle one by a Request. A
//     Cancel ends those two by itself, and leaves a note for who runs the others.
//   - A reader parks when its cursor is next, at the back of the list. So the list
//     is sorted by cursor, and once the first of it is behind the entry n,
//     somebody has taken up n for every reader. Nobody parks after the end.
//   - A reader becomes idle when it is behind and has no demand, which is looked
//     at under the lock: a Request that finds it running is seen by who runs it.
//     Of a gap and of the end it learns when it asks again.
//   - Every id stands in the log once. An entry is published when it is written,
//     so nobody has seen what a crash takes away (unless the machine stops, as
//     LogFile.Sync says).

// readAhead is how many entries a reader takes from the log under one lock.
const readAhead = 16

// wake sends every entry up to the number upTo to the readers that waited for
// it. When it returns, each has been sent it or is being sent it by another
// goroutine.
func (l *Log[T]) wake(upTo uint64) {
	through := false
	defer func() {
		if !through { // runtime.Goexit in a subscriber: this goroutine comes no further than here
			l.wake(upTo)
		}
	}()
	l.mu.Lock()
	for r := l.parked.head; r != nil && r.cursor <= upTo; r = l.parked.head {
		l.parked.remove(r)
		r.state = running
		l.drive(r)
	}
	l.mu.Unlock()
	through = true
}

// drive sends a reader, which the caller has made running, what it can be sent,
// until it rests. mu is held at the call and at the return, and let go while the
// subscriber runs.
func (l *Log[T]) drive(r *reader[T]) {
	var batch [readAhead]Entry[T]
	for r.state == running {
		demand := r.requested.Load()
		switch {
		case demand < 0:
			l.settle(r, nil)
		case r.cursor < l.kept.oldest:
			l.overtaken(r)
		case r.cursor == l.kept.next && l.ended:
			l.settle(r, l.last(r))
		case r.cursor == l.kept.next:
			r.state = parked
			l.parked.push(r)
		case demand == 0:
			r.state = idle
		default:
			n := l.fill(batch[:min(readAhead, demand)], r)
			l.mu.Unlock()
			sent := l.send(r, batch[:n])
			clear(batch[:n])
			l.mu.Lock()
			l.stats.Delivered += sent
		}
	}
}

// fill copies the next entries of a reader: mu is held.
func (l *Log[T]) fill(batch []Entry[T], r *reader[T]) int {
	n := min(len(batch), int(min(l.kept.next-r.cursor, readAhead)))
	for i := range n {
		s := l.kept.at(r.cursor + uint64(i))
		batch[i] = Entry[T]{ID: s.id, Value: s.value}
	}
	batch[0].Missed, r.missed = r.missed, 0
	return n
}

// overtaken deals with a reader whose next entry was evicted: mu is held.
func (l *Log[T]) overtaken(r *reader[T]) {
	missed := int64(l.kept.oldest - r.cursor)
	if r.src.at.or == orNow {
		missed = int64(l.kept.next - r.cursor)
	}
	l.stats.Gaps++
	l.stats.Missed += missed
	if err := l.jump(r, missed); err != nil {
		l.settle(r, err)
	}
}

// last is the error that a reader ends with which has read everything: that of
// the log, or that of a gap behind which no entry came to tell of it.
func (l *Log[T]) last(r *reader[T]) error {
	if r.missed != 0 {
		return l.gap(r.last, r.missed)
	}
	return l.err
}

// settle ends a reader, with the error it is owed, err or completion: mu is
// held, and let go while the subscriber runs.
func (l *Log[T]) settle(r *reader[T], err error) {
	state := r.requested.Swap(cancelled)
	down := r.down
	l.retire(r)
	if state == cancelled {
		return
	}
	if state < 0 {
		err = owed(state)
	}
	l.mu.Unlock()
	r.tell(down, err)
	l.mu.Lock() // not deferred: nobody would unlock it after a runtime.Goexit
}

// tell sends the terminal.
func (r *reader[T]) tell(down flux.Subscriber[Entry[T]], err error) {
	defer func() {
		if p := recover(); p != nil {
			report(r.ctx, panicked(p))
		}
	}()
	if err != nil {
		down.OnError(err)
		return
	}
	down.OnComplete()
}

// send gives a reader some entries and returns how many. It sets one recover up
// for all of them: a deferred function for each would cost more than the call.
func (l *Log[T]) send(r *reader[T], batch []Entry[T]) (sent int64) {
	used, calling := int64(0), false
	defer func() {
		r.take(used)
		if !calling {
			return
		}
		if p := recover(); p != nil {
			r.fault(p)
			return
		}
		l.mu.Lock() // runtime.Goexit: nobody else comes back to this reader
		l.drive(r)
		l.mu.Unlock()
	}()
	try, conditional := r.down.(inside.Conditional[Entry[T]])
	for i := range batch {
		if r.requested.Load() < 0 {
			break
		}
		r.cursor++
		r.last = batch[i].ID
		sent++
		calling = true
		if !conditional {
			used++
			r.down.OnNext(batch[i])
		} else if try.TryOnNext(batch[i]) {
			used++
		}
		calling = false
	}
	return sent
}

// fault settles a panic that came out of the subscriber: the stage below whose
// user function it was takes it as an error; one that nobody takes costs the
// reader its subscription (rule 2.13).
func (r *reader[T]) fault(p any) {
	err := panicked(p)
	if r.takes(err) {
		return
	}
	r.Cancel()
	report(r.ctx, err)
}

// takes offers a panic; a second one on the way is reported beside it.
func (r *reader[T]) takes(p error) (taken bool) {
	t, ok := r.down.(inside.PanicTaker)
	if !ok {
		return false
	}
	defer func() {
		if again := recover(); again != nil {
			report(r.ctx, panicked(again))
		}
	}()
	return t.TakePanic(p)
}

var _ flux.Subscription = (*reader[int])(nil)
