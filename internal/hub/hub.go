// Package hub is the multicast mechanics under the sinks: who is subscribed, who
// may send, and what becomes of a value that two goroutines send at the same
// time. It knows neither package flux nor package sink; what a signal looks like
// and what is an error come from outside, as an interface and as [Rules].
package hub

import (
	"context"
	"math"
	"sync"
)

// Hub knows who is subscribed, and lets one goroutine at a time send.
//
// # Kernel: the hub
//
//	 emitter A ──Emit──▶ takes the baton ──┐
//	 emitter B ──Emit──▶ baton is taken ─┐ │
//	                                     ▼ │
//	         hand-off ring   [ b1 b2 … ]   │   (bounded; A sends these too, in order)
//	                               │       ▼
//	                               └──▶  pass: one walk over the entries
//
//	entries  │ s0 │ s1 │ ╳  │ s3 │ s4 │ ╳  │ s6 │     contiguous, in order of subscription
//	           │              │         ╳ = hole: points at a subscription that is gone
//	           ▼              ▼
//	          Sub            Sub         requested (any goroutine) / sent (baton)
//
//	joining  │ s7 s8 │  subscribed during a pass, with the number of the last value they missed
//	leaving  │ s1 s4 │  cancelled or misbehaved during a pass; settled after it
//
// One goroutine at a time has the baton. It alone signals subscribers and reads
// the entries, and it calls them with no lock held. Everybody else leaves a note
// under the mutex, and the holder looks at the notes between two values.
//
// Concurrency: every method may be called by any goroutine and from inside any
// signal. Complexity: Subscribe and Cancel O(1) amortised; Emit O(subscribers),
// of which each costs one load and one call.
//
// INVARIANTS
//   - entries change only under mu while busy is false, or by the holder between
//     two passes. So a pass walks a slice that does not move.
//   - Every value has a number; started is that of the last one that was not put
//     into the ring or was taken out of it. A subscriber that joins is given every
//     value numbered above started+len(ring) at the moment it joined, and none
//     below.
//   - closed is set, together with the error, under mu before anybody can see
//     it; no value enters the ring after it, and the terminal is sent after the
//     ring is empty.
//   - live counts the subscriptions that have joined and not left; leaving counts
//     at the moment of the Cancel, not when the entry is removed.
//   - busy is false only when ring, joining and leaving are empty and a terminal
//     that was accepted has been sent.
//   - Sub.requested moves from a sum to bad or gone and from bad to gone, never
//     back; whoever moves it to gone owns what is to be done about it. So no
//     subscriber gets two terminals.
//   - holes are at most a quarter of the entries, or fewer than minHoles, after
//     every settlement.
type Hub[T any] struct {
	policy Policy
	strict bool
	limit  int // of the ring
	rules  Rules

	// mu guards everything down to the baton's fields. Nothing is called
	// while it is held.
	mu      sync.Mutex
	busy    bool
	closed  bool
	ended   bool  // the terminal was sent
	err     error // of the terminal, nil for completion
	live    int
	ring    ring[T]
	joining []joiner[T]
	leaving []*Sub[T]
	stats   Stats

	// The baton's: read and written by the goroutine that set busy, or under mu
	// while busy is false.
	entries []entry[T]
	holes   int
	started uint64
	batch   []T // out of the ring, from taken on still to be sent
	taken   int
	wrong   []entry[T] // taken out, and owed an error
	missed  int        // of the pass under way: subscribers without demand
	absent  int        // of the pass under way: holes and subscribers that have left
	report  tally

	gone Sub[T] // what a hole points at, so that a pass needs no test for holes
}

// Receiver is a subscriber whose OnSubscribe has been called.
type Receiver[T any] interface {
	OnNext(v T)
	OnError(err error)
	OnComplete()
}

// Policy says what a missing demand means.
type Policy uint8

const (
	// BestEffort leaves a subscriber without demand out.
	BestEffort Policy = iota
	// AllOrNothing refuses a value that one subscriber has no demand for.
	AllOrNothing
)

// Rules is what the hub's owner decides. BadRequest, Panicked and Report are
// required; all are called without a lock, by the goroutine whose doing it was
// or by the one that has the baton, and must not panic.
type Rules struct {
	// BadRequest gives the error for Request(n), n <= 0.
	BadRequest func(n int64) error
	// Panicked gives the error for a recovered panic; it is called on the stack
	// of the panic.
	Panicked func(value any) error
	// Report gets an error that has no subscriber to go to.
	Report func(ctx context.Context, err error)
	// Lost gets a value that was handed off and reached nobody. May be nil.
	Lost func(v any)
}

// Outcome is what became of one emission.
type Outcome uint8

// The outcomes.
const (
	Sent         Outcome = iota // reached every subscriber, or with BestEffort at least one
	Handed                      // left to the goroutine that is emitting
	Closed                      // the hub has its terminal
	Overflow                    // no demand
	Contended                   // another goroutine is emitting and takes no more (or the hub is strict)
	NoSubscriber                // nobody there
)

// Stats counts since the hub was made. Values: Emitted reached somebody, Refused
// met no demand, Lost were handed off and reached nobody. Pairs of a value and a
// subscriber: Delivered, Dropped.
type Stats struct {
	Subscribers, Pending                       int
	Emitted, Refused, Lost, Delivered, Dropped int64
}

// Unbounded is the demand that is not counted.
const Unbounded = int64(math.MaxInt64)

// New makes a hub. limit is the number of values the ring takes, at least 0.
func New[T any](p Policy, limit int, strict bool, rules Rules) *Hub[T] {
	h := &Hub[T]{policy: p, strict: strict, limit: limit, rules: rules}
	h.gone.requested.Store(gone)
	return h
}

// Subscribers counts those that have joined and not left.
func (h *Hub[T]) Subscribers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.live
}

// Stats gives the counts at one moment between two values.
func (h *Hub[T]) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.stats
	s.Subscribers, s.Pending = h.live, h.ring.n
	return s
}
