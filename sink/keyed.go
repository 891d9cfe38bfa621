package sink

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/inside"
)

// ErrTooManyKeys means that a subscriber came for a new key when a [Keyed] sink
// had as many as it may have.
var ErrTooManyKeys = errors.New("sink: too many keys")

// Keyed is a best-effort sink for each key: for each user, room, document. A key
// begins with its first subscriber and ends with its last one; any number of
// subscribers share it (the tabs of one user). What is emitted for a key reaches
// those who are subscribed to it, and nothing is kept for those who are not. Make
// one with [NewKeyed].
//
// Every method may be called by any goroutine and from inside any signal or hook.
// An emission looks the key up under a read lock and is then that of a [Direct]
// sink, with everything said there; emissions for different keys run beside each
// other. A subscriber whose subscription has begun before an emission is reached
// by it, whoever else leaves at that moment. A key with a subscriber takes
// about 950 bytes, each further subscriber about 100.
type Keyed[K comparable, T any] struct {
	o        KeyedOptions[K]
	presence presence[K]

	mu     sync.RWMutex // guards what follows; nothing is called while it is held
	rooms  map[K]*room[K, T]
	closed bool
	err    error // of the end, nil for completion
	past   Stats // of the rooms that are gone
}

// KeyedOptions of a [Keyed] sink. The zero value is the usual choice.
type KeyedOptions[K comparable] struct {
	Options // of the sink of each key
	// Grace is how long a key without subscribers is kept before it ends, so that
	// a client that reconnects does not leave and come. Below 0 is an error.
	Grace time.Duration
	// MaxKeys bounds the number of keys; a subscriber for one more gets an error
	// matching ErrTooManyKeys. 0 means no bound, below 0 is an error.
	MaxKeys int
	// FirstIn is told each key that begins, after its first subscriber has
	// joined, and LastOut each key that ends, after its last one has left and the
	// grace is over. Both are called one call at a time, in order, by the goroutine
	// of a subscriber that came or left (or of the timer), and must not block. A
	// subscriber that comes and leaves again from inside OnSubscribe is not told.
	FirstIn, LastOut func(key K)
}

// NewKeyed makes a keyed sink. At most one KeyedOptions is used; bad ones make a
// sink that has failed with an error matching [flux.ErrInvalid].
//
// Reactor has no such sink; there it is a map of Sinks.Many, and the races between
// the last to leave, the next to come, and who emits.
func NewKeyed[K comparable, T any](o ...KeyedOptions[K]) *Keyed[K, T] {
	k := &Keyed[K, T]{rooms: map[K]*room[K, T]{}}
	if len(o) > 0 {
		k.o = o[0]
	}
	k.presence.in, k.presence.out = k.o.FirstIn, k.o.LastOut
	_, err := k.o.handOff()
	switch {
	case err != nil:
		k.end(err)
	case k.o.Grace < 0 || k.o.MaxKeys < 0:
		k.end(invalid("Grace is %v and MaxKeys is %d, must not be negative", k.o.Grace, k.o.MaxKeys))
	}
	return k
}

// Flux gives what is emitted for key, to chain operators on. It is hot: every
// subscription joins the key anew and sees what is emitted from then on. A policy
// may be chosen, as on [Direct.Flux].
func (k *Keyed[K, T]) Flux(key K, p ...Policy) flux.Flux[T] {
	if err := checked[T](p); err != nil {
		return flux.Error[T](err)
	}
	return flux.From[T](door[K, T]{k, key, p})
}

// TryEmit emits v to the subscribers of key, as [Direct.TryEmit] does. Without any
// it gives FailZeroSubscriber.
func (k *Keyed[K, T]) TryEmit(key K, v T) Result {
	k.mu.RLock()
	r, closed := k.rooms[key], k.closed
	k.mu.RUnlock()
	switch {
	case r != nil:
		return r.TryEmit(v)
	case closed:
		return FailTerminated
	}
	return FailZeroSubscriber
}

// Emit is TryEmit with a [Handler], and deals with a failure as the Emit of every
// sink does, but for FailOverflow: the value goes to Hooks.Discarded, and the key
// goes on.
func (k *Keyed[K, T]) Emit(key K, v T, h Handler) Result {
	r := persist(SignalNext, h, func() Result { return k.TryEmit(key, v) })
	switch r {
	case FailOverflow:
		discard(&k.o.Hooks, v)
	case FailTerminated:
		dropNext(&k.o.Hooks, v)
	}
	return r
}

// Broadcast emits v for every key there is, one after the other, and gives the
// number of those that accepted it. It is O(keys + subscribers). The order between
// a broadcast and the emissions for one key is the same for all its subscribers.
func (k *Keyed[K, T]) Broadcast(v T) (keys int) {
	for _, r := range k.all() {
		if r.TryEmit(v).Accepted() {
			keys++
		}
	}
	return keys
}

// TryComplete completes the subscriptions to key, and ends the key at once,
// without a grace; who subscribes to it later begins it anew. It gives
// FailZeroSubscriber if there is no such key.
func (k *Keyed[K, T]) TryComplete(key K) Result { return k.endKey(key, nil) }

// TryError is TryComplete with an error.
func (k *Keyed[K, T]) TryError(key K, err error) Result { return k.endKey(key, orInvalid(err)) }

// Complete completes every subscription, those to come included; emissions give
// FailTerminated from now on. It gives FailTerminated the second time.
func (k *Keyed[K, T]) Complete() Result { return k.end(nil) }

// Fail is Complete with an error.
func (k *Keyed[K, T]) Fail(err error) Result { return k.end(orInvalid(err)) }

// Keys gives the keys of the moment, in no order: those with subscribers, and those
// in their grace.
func (k *Keyed[K, T]) Keys() []K {
	k.mu.RLock()
	defer k.mu.RUnlock()
	keys := make([]K, 0, len(k.rooms))
	for key := range k.rooms {
		keys = append(keys, key)
	}
	return keys
}

// KeyCount counts the keys of the moment.
func (k *Keyed[K, T]) KeyCount() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return len(k.rooms)
}

// SubscriberCount counts the subscribers of one key.
func (k *Keyed[K, T]) SubscriberCount(key K) int {
	k.mu.RLock()
	r := k.rooms[key]
	k.mu.RUnlock()
	if r == nil {
		return 0
	}
	return r.SubscriberCount()
}

// Stats adds up the counts of all keys, those that have ended included. It is
// O(keys).
func (k *Keyed[K, T]) Stats() Stats {
	rooms := k.all()
	k.mu.RLock()
	sum := k.past
	k.mu.RUnlock()
	for _, r := range rooms {
		sum.add(r.Stats())
	}
	return sum
}

func (s *Stats) add(o Stats) {
	s.Subscribers += o.Subscribers
	s.Pending += o.Pending
	s.Emitted += o.Emitted
	s.Delivered += o.Delivered
	s.Dropped += o.Dropped
	s.Overflowed += o.Overflowed
	s.Lost += o.Lost
	s.Kicked += o.Kicked
}

func (k *Keyed[K, T]) all() []*room[K, T] {
	k.mu.RLock()
	defer k.mu.RUnlock()
	rooms := make([]*room[K, T], 0, len(k.rooms))
	for _, r := range k.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// door is a key as a publisher that needs no guard.
type door[K comparable, T any] struct {
	keyed  *Keyed[K, T]
	key    K
	policy []Policy
}

func (door[K, T]) KeepsContract(inside.Token) {}

func (d door[K, T]) Subscribe(ctx context.Context, s flux.Subscriber[T]) {
	r, ended, err := d.keyed.enter(d.key)
	switch {
	case r != nil:
		defer d.keyed.entered(r) // deferred, for a subscriber that ends the goroutine
		r.under(d.policy).Subscribe(ctx, s)
	case ended && err == nil:
		flux.Empty[T]().Subscribe(ctx, s)
	default:
		flux.Error[T](err).Subscribe(ctx, s)
	}
}

func tooMany(n int) error { return fmt.Errorf("%w: MaxKeys is %d", ErrTooManyKeys, n) }
