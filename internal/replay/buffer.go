// Package replay is the mechanics of replaying: values that are kept for
// subscribers that come late, and a reader for each subscriber, which sends it
// what is kept, then what comes, then the end. It knows neither package flux nor
// package sink; what a signal looks like and what is an error come from outside,
// as an interface and as [Rules].
package replay

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Buffer keeps values, within bounds, and sends them to its readers.
//
// # Kernel: the replay buffer
//
//	       evicted             kept                appended here
//	    ┌───────────┐ ┌────────────────────────┐   │
//	╳ ──▶ v3 ──▶ v4 ──▶ v5 ──▶ v6 ──▶ v7 ──▶ v8    ▼      Close ──▶ end
//	      ▲      ▲                    ▲      ▲
//	      │      └ head               │      └ tail, and reader C (has everything)
//	      reader A (slow)             reader B
//
// Values are linked one way. head stands before the oldest value that is kept,
// and a new reader starts there; a reader's cursor stands at the last value that
// it sent. Eviction only moves head: what a slow reader still has before it stays
// reachable from its cursor, and from nowhere else, so it loses nothing and its
// values go when it goes. The end is a node like a value, so that nobody can see
// that there is an end without seeing every value and the error before it.
//
// Concurrency: every method may be called by any goroutine and from inside any
// signal. Appending is a step under the mutex and then a walk over the readers
// without it, each of which has a drainer of its own: values that two goroutines
// append, or that OnNext appends to its own buffer, reach every reader in the one
// order in which they were linked. A caller that must know which came first
// serializes its calls.
//
// Complexity: Append O(readers), one allocation; Join and Cancel O(1) amortised.
// What the bounds evict by age leaves the memory at the next Append or Join.
//
// INVARIANTS
//   - A node does not change once it is linked, but for next, which is set once.
//   - end is linked last, by the one Close that set closed; err is set before.
//   - size is the number of values after head; the last one evicted may stay in
//     memory as the node that head points at.
//   - readers is only appended to, or replaced; what a walk has read never
//     changes under it. A reader that has left stays in it until the next
//     replacement, which comes when they are more than a quarter.
//   - live counts the readers that have joined and not left; none after Close.
//   - mark is a multiple of batch that some reader, or the appending, has not
//     come to yet, unless somebody is on the way to see that (see pace.go).
type Buffer[T any] struct {
	bounds Bounds
	rules  Rules
	began  time.Time
	end    *node[T]
	batch  int64
	// delivered counts pairs of a value and a reader; atomic, because readers
	// send beside each other.
	delivered atomic.Int64

	// mu guards everything below, and is never held while calling out.
	mu      sync.Mutex
	head    *node[T]
	tail    *node[T]
	size    int64
	closed  bool
	err     error         // of the end, nil for completion
	ended   time.Duration // when it was closed, since began
	readers []*Reader[T]
	holes   int // of readers: those that have left
	live    int
	mark    int64
	seen    int // of readers: so many have come to mark
}

// Receiver is a subscriber whose OnSubscribe has been called.
type Receiver[T any] interface {
	OnNext(v T)
	OnError(err error)
	OnComplete()
}

// Bounds say what is kept for those who come late: at most Count values, each
// younger than Age. Unbounded and Forever bound nothing; a Count or an Age of 0
// keeps nothing. Neither bounds what a reader that is there already has to come.
type Bounds struct {
	Count int64
	Age   time.Duration
}

const (
	// Unbounded is a Count without a bound, and the demand that is not counted.
	Unbounded = int64(math.MaxInt64)
	// Forever is an Age without a bound.
	Forever = time.Duration(math.MaxInt64)
)

// All are the bounds that keep everything.
func All() Bounds { return Bounds{Count: Unbounded, Age: Forever} }

// Rules is what the buffer's owner decides. BadRequest, Panicked and Report are
// required; all are called without a lock and must not panic.
type Rules struct {
	// BadRequest gives the error for Request(n), n <= 0.
	BadRequest func(n int64) error
	// Panicked gives the error for a recovered panic; it is called on the stack
	// of the panic.
	Panicked func(value any) error
	// Report gets an error that has no subscriber to go to; ctx is the
	// subscriber's.
	Report func(ctx context.Context, err error)
	// Batch, above 0, paces the appending: each time Batch values more have been
	// appended and sent by all readers, More is called, by the goroutine that was
	// the last to do so.
	Batch int64
	More  func()
}

// node is a value in its place. n is the number of values up to it, itself
// included.
type node[T any] struct {
	next atomic.Pointer[node[T]] // atomic, because readers follow it while Append sets it
	n    int64
	at   time.Duration // when it was appended, since began; only with an Age
	v    T
}

// New makes an empty buffer.
func New[T any](b Bounds, r Rules) *Buffer[T] {
	first := &node[T]{}
	return &Buffer[T]{
		bounds: b, rules: r, began: time.Now(), end: &node[T]{},
		head: first, tail: first, batch: r.Batch, mark: r.Batch,
	}
}

// Append keeps v and sends it to the readers that have demand, on the calling
// goroutine; those that another goroutine is sending to get it from that one. It
// does nothing and returns false after Close.
func (b *Buffer[T]) Append(v T) bool {
	n := &node[T]{v: v}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return false
	}
	n.n = b.tail.n + 1
	n.at = b.age()
	b.tail.next.Store(n)
	b.tail = n
	if b.size++; b.size > b.bounds.Count {
		b.evict()
	}
	b.expire(n.at)
	readers := b.readers
	due := b.live == 0 && b.batch > 0 && n.n >= b.mark
	b.mu.Unlock()
	walk(readers)
	if due {
		b.pace()
	}
	return true
}

// Close ends the buffer: completion if err is nil. Every reader gets the end once
// it has sent what is before it, without demand for it; those that join later get
// what is kept and the end. It does nothing and returns false after Close.
func (b *Buffer[T]) Close(err error) bool {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return false
	}
	b.closed, b.err, b.ended = true, err, b.age()
	b.tail.next.Store(b.end)
	readers := b.readers
	b.readers, b.holes, b.live = nil, 0, 0
	b.mu.Unlock()
	walk(readers)
	return true
}

// Closed tells whether there is an end.
func (b *Buffer[T]) Closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// Expired tells whether the buffer was closed longer than its Age ago, so that
// all it keeps is too old. The end itself does not expire.
func (b *Buffer[T]) Expired() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed && b.bounds.Age != Forever && time.Since(b.began)-b.ended > b.bounds.Age
}

// Stats are the counts of one moment.
type Stats struct {
	Subscribers int   // have joined, and neither left nor been given the end
	Kept        int64 // values that a reader would get that joined now
	Appended    int64 // since the buffer was made
	Delivered   int64 // values times readers, since the buffer was made
}

// Stats counts, after evicting what is too old.
func (b *Buffer[T]) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire(b.age())
	return Stats{Subscribers: b.live, Kept: b.size, Appended: b.tail.n, Delivered: b.delivered.Load()}
}

// age is the present time, if ages matter.
func (b *Buffer[T]) age() time.Duration {
	if b.bounds.Age == Forever {
		return 0
	}
	return time.Since(b.began)
}

// expire evicts what has come of age at the time now. After the end nothing
// does: the values are kept until the whole buffer has expired.
func (b *Buffer[T]) expire(now time.Duration) {
	if b.bounds.Age == Forever || b.closed {
		return
	}
	for b.size > 0 && now-b.head.next.Load().at >= b.bounds.Age {
		b.evict()
	}
}

// evict moves head past the oldest value.
func (b *Buffer[T]) evict() {
	b.head = b.head.next.Load()
	b.size--
}
