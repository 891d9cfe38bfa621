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
// under the mutex, and the holder looks at the notes between two values. As long as
// others keep emitting, the holder's own call does not return, unless Config.Relief
// lets it leave the rest to a goroutine, which ends when there is nothing left.
//
// With the policy [Buffer] the ring is also where values wait for demand: every
// value goes through it, and whoever changes what a value waits for (a request, a
// join, a cancel) takes the baton or leaves a note (store.go).
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
//   - busy is false only when joining and leaving are empty, and when the ring is
//     empty and a terminal that was accepted has been sent. With Buffer the last
//     two may wait: for the first subscriber, or for one without demand.
//   - cancelled: closed was set because the last subscriber left; nothing is sent
//     after it but completion to those that come later.
//   - Sub.requested moves from a sum to bad or gone and from bad to gone, never
//     back; whoever moves it to gone owns what is to be done about it. So no
//     subscriber gets two terminals.
//   - entries[:seen] have demand for the next value that leaves the ring, or have
//     left.
//   - holes are at most a quarter of the entries, or fewer than minHoles, after
//     every settlement.
type Hub[T any] struct {
	Config

	// mu guards everything down to the baton's fields. Nothing is called
	// while it is held.
	mu        sync.Mutex
	busy      bool
	closed    bool
	cancelled bool
	ended     bool  // the terminal was sent
	known     bool  // somebody has subscribed
	again     bool  // Buffer: there may be more demand than the holder knows of
	err       error // of the terminal, nil for completion
	live      int
	ring      ring[T]
	joining   []joiner[T]
	leaving   []*Sub[T]
	bye       farewell[T] // left to the holder
	stats     Stats

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
	seen    int        // Buffer: so many of the entries have demand for the next value
	served  int        // values of others sent since the baton was taken to emit
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
	// Buffer keeps values, Config.Limit of them, until there is a subscriber and
	// all subscribers have demand.
	Buffer
)

// Config is what a hub is made of. Rules is required.
type Config struct {
	Policy Policy
	// Limit is the number of values the ring takes, at least 0: those handed
	// off, and with Buffer those that wait.
	Limit int
	// Strict refuses what meets an emission in progress, instead of handing it
	// off.
	Strict bool
	// Relief, above 0, is the number of values of others that an emitter sends
	// before it leaves the rest to a goroutine.
	Relief int
	// AutoCancel closes the hub when its last subscriber has left.
	AutoCancel bool
	// Audience refuses a terminal before the first subscriber.
	Audience bool
	// Patient lets an error wait for the values before it; otherwise it cuts in.
	Patient bool
	// Vacant is called after the last subscriber has left or was sent the
	// terminal, by the goroutine that saw it; others may have come meanwhile. May
	// be nil.
	Vacant func()
	// Taken is called with Buffer after values have left the ring, by the holder,
	// with the number of all that ever did. May be nil.
	Taken func(total uint64)
	Rules Rules
}

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
	// Lost gets a value that was accepted and reached nobody. May be nil.
	Lost func(v any)
}

// Outcome is what became of one emission.
type Outcome uint8

// The outcomes.
const (
	Sent         Outcome = iota // reached every subscriber, or with BestEffort at least one
	Handed                      // left to the goroutine that is emitting
	Closed                      // the hub has its terminal
	Overflow                    // no demand, or no room
	Contended                   // another goroutine is emitting and takes no more (or the hub is strict)
	NoSubscriber                // nobody there
	Cancelled                   // the last subscriber has left, and AutoCancel
)

// Stats counts since the hub was made. Values: Emitted reached somebody,
// Overflowed met no demand or no room, Lost were accepted and reached nobody. Pairs
// of a value and a subscriber: Delivered, Dropped.
type Stats struct {
	Subscribers, Pending                          int
	Emitted, Delivered, Dropped, Overflowed, Lost int64
}

// Unbounded is the demand that is not counted.
const Unbounded = int64(math.MaxInt64)

// New makes a hub.
func New[T any](c Config) *Hub[T] {
	h := &Hub[T]{Config: c}
	h.gone.requested.Store(gone)
	return h
}

// Subscribers counts those that have joined and not left.
func (h *Hub[T]) Subscribers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.live
}

// Room tells how many values the ring of a Buffer hub has room for, and how many
// ever left it; ok is false once the hub is closed.
func (h *Hub[T]) Room() (free int, total uint64, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.Limit - h.ring.n, h.started, !h.closed
}

// Stats gives the counts at one moment between two values.
func (h *Hub[T]) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.stats
	s.Subscribers, s.Pending = h.live, h.ring.n
	return s
}
