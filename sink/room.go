package sink

import (
	"sync"
	"time"

	"github.com/freshet-go/freshet/internal/hub"
)

// room is one key of a [Keyed] sink.
//
// INVARIANTS, all under Keyed.mu
//   - A room is in rooms from its first enter until it is struck, and never again.
//   - entering counts the subscribers between enter and entered. A room is struck
//     only while that is 0 and its sink has no subscribers; so who has entered
//     joins a room that is in rooms, and stays in one until it leaves.
//   - present is what the hooks were told; rooms tell only while they are in rooms,
//     so what is told of a key alternates.
//   - timer runs while an empty room is kept for its grace.
type room[K comparable, T any] struct {
	*Direct[T]
	key      K
	entering int
	present  bool
	timer    *time.Timer
	graces   int // so many have begun; a timer that comes too late knows by it
}

// enter finds or makes the room of a key, for a subscriber that is about to join.
// Without a room, the sink has ended with err, or err says what is wrong.
func (k *Keyed[K, T]) enter(key K) (r *room[K, T], ended bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, true, k.err
	}
	r = k.rooms[key]
	if r == nil {
		if k.o.MaxKeys > 0 && len(k.rooms) >= k.o.MaxKeys {
			return nil, false, tooMany(k.o.MaxKeys)
		}
		r = &room[K, T]{key: key}
		r.Direct = direct[T](hub.BestEffort, k.o.Options, func() { k.vacant(r) })
		k.rooms[key] = r
	}
	r.entering++
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	return r, false, nil
}

// entered is called when that subscriber has joined, or not.
func (k *Keyed[K, T]) entered(r *room[K, T]) {
	k.mu.Lock()
	r.entering--
	if k.rooms[r.key] == r && !r.present && r.SubscriberCount() > 0 {
		r.present = true
		k.presence.note(r.key, true)
	}
	k.settle(r)
	k.mu.Unlock()
	k.presence.tell()
}

// vacant is called when the last subscriber of a room has left.
func (k *Keyed[K, T]) vacant(r *room[K, T]) {
	k.mu.Lock()
	k.settle(r)
	k.mu.Unlock()
	k.presence.tell()
}

// settle strikes a room that nobody needs, or lets its grace begin. mu is held.
func (k *Keyed[K, T]) settle(r *room[K, T]) {
	if k.rooms[r.key] != r || r.entering > 0 || r.SubscriberCount() > 0 {
		return
	}
	if k.o.Grace == 0 || !r.present {
		k.strike(r)
		return
	}
	if r.timer == nil {
		r.graces++
		n := r.graces
		r.timer = time.AfterFunc(k.o.Grace, func() { k.expire(r, n) })
	}
}

// expire ends the n-th grace of a room, unless somebody has come meanwhile.
func (k *Keyed[K, T]) expire(r *room[K, T], n int) {
	k.mu.Lock()
	if k.rooms[r.key] == r && r.timer != nil && r.graces == n {
		k.strike(r)
	}
	k.mu.Unlock()
	k.presence.tell()
}

// strike takes a room out of the rooms. mu is held.
func (k *Keyed[K, T]) strike(r *room[K, T]) {
	delete(k.rooms, r.key)
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	if r.present {
		r.present = false
		k.presence.note(r.key, false)
	}
	past := r.Stats()
	past.Subscribers, past.Pending = 0, 0
	k.past.add(past)
}

// endKey ends a key with its subscriptions.
func (k *Keyed[K, T]) endKey(key K, err error) Result {
	k.mu.Lock()
	r, closed := k.rooms[key], k.closed
	if r != nil {
		k.strike(r)
	}
	k.mu.Unlock()
	switch {
	case r != nil:
		result := r.core.end(err)
		k.presence.tell()
		return result
	case closed:
		return FailTerminated
	}
	return FailZeroSubscriber
}

// end ends all keys, and the sink.
func (k *Keyed[K, T]) end(err error) Result {
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return FailTerminated
	}
	k.closed, k.err = true, err
	var rooms []*room[K, T]
	for _, r := range k.rooms {
		rooms = append(rooms, r)
		k.strike(r)
	}
	k.mu.Unlock()
	for _, r := range rooms {
		r.core.end(err)
	}
	k.presence.tell()
	return OK
}

// presence tells the hooks who came and went, one at a time and in order: whoever
// finds nobody telling tells, the others leave a note.
type presence[K comparable] struct {
	in, out func(K)

	mu      sync.Mutex // guards what follows; the hooks are called without it
	notes   []change[K]
	telling bool
}

type change[K comparable] struct {
	key K
	in  bool
}

// note leaves a note, in the order in which things happened.
func (p *presence[K]) note(key K, in bool) {
	if p.in == nil && p.out == nil {
		return
	}
	p.mu.Lock()
	p.notes = append(p.notes, change[K]{key, in})
	p.mu.Unlock()
}

// tell tells what was noted.
func (p *presence[K]) tell() {
	for {
		p.mu.Lock()
		if p.telling || len(p.notes) == 0 {
			p.mu.Unlock()
			return
		}
		c := p.notes[0]
		if p.notes = p.notes[1:]; len(p.notes) == 0 {
			p.notes = nil
		}
		p.telling = true
		p.mu.Unlock()
		p.call(c)
	}
}

func (p *presence[K]) call(c change[K]) {
	defer func() { // deferred, for a hook that ends the goroutine
		p.mu.Lock()
		p.telling = false
		p.mu.Unlock()
	}()
	hook := p.out
	if c.in {
		hook = p.in
	}
	if hook != nil {
		shield(func() { hook(c.key) })
	}
}
