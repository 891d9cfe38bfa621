package flux

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Kernel: publish
//
// A publishing runs one source for many subscribers, each with a demand of its
// own, at the pace of the slowest:
//
//	source ──▶ │ queue │ ──▶ one drainer ──▶ subscriber (demand)
//	                                   ╰───▶ subscriber (demand)
//
// The drainer goes in rounds: it looks at who is subscribed and how much all of
// them have demand for, sends so many values to those, and asks the source for as
// many again. So the source is never asked for more than the prefetch ahead of the
// slowest. Before the first subscriber comes values are let go, as a hot source
// does; once all have left they wait for the next. A terminal that finds the queue
// empty is the end, whoever is there.
//
// INVARIANTS
//   - wip > 0 means that somebody is sending down; that goroutine alone takes
//     from queue and sends signals.
//   - mu guards subs, queue, up, done and err, and is never held while calling out.
//     subs is replaced, never changed in place, so that the drainer walks the
//     slice it has read.
//   - A subscriber that left (gone) gets nothing more.
//   - Whoever is added after the end gets it: closed does not shut the door, it
//     only tells the connectable to make another.
type publishing[T any] struct {
	tether
	prefetch int
	batches  bool // ask again for three quarters of the prefetch at a time, not for each round
	keeps    bool // those who come after the end get the end
	holds    bool // values wait for the first subscriber too

	wip    solo
	closed atomic.Bool // the terminal went out, or the source was let go
	used   int64       // the drainer's: sent since it asked for a batch
	seen   bool        // somebody has subscribed; guarded by mu

	mu    sync.Mutex
	up    Subscription
	subs  []*published[T]
	queue ring[T]
	done  bool
	err   error
}

// published is one subscriber of a publishing.
type published[T any] struct {
	from   *publishing[T]
	ctx    context.Context
	down   Subscriber[T]
	push   func(T) bool
	demand demand
	gone   atomic.Bool
	left   func(ended bool)
}

func (p *publishing[T]) add(ctx context.Context, s Subscriber[T], left func(ended bool)) {
	sub := &published[T]{from: p, ctx: ctx, down: s, push: pusher(s), left: left}
	sub.greet()
	if sub.gone.Load() {
		return
	}
	p.mu.Lock()
	p.subs, p.seen = append(slices.Clip(p.subs), sub), true
	p.mu.Unlock()
	if sub.gone.Load() {
		p.remove(sub)
	}
	p.change()
}

func (p *publishing[T]) remove(sub *published[T]) {
	p.mu.Lock()
	if i := slices.Index(p.subs, sub); i >= 0 {
		p.subs = slices.Delete(slices.Clone(p.subs), i, i+1)
	}
	p.mu.Unlock()
}

func (p *publishing[T]) over() bool { return !p.keeps && p.closed.Load() }

func (p *publishing[T]) disconnect(err error) {
	p.mu.Lock()
	up, late := p.up, p.done
	if !late {
		p.done, p.err = true, err
	}
	q := p.queue
	p.queue = ring[T]{}
	p.mu.Unlock()
	p.untie()
	ctx := p.context()
	q.drop(func(v T) { discard(ctx, v) })
	if up != nil && !late {
		up.Cancel()
	}
	p.change()
}

func (p *publishing[T]) OnSubscribe(s Subscription) {
	p.mu.Lock()
	p.up = s
	late := p.done
	p.mu.Unlock()
	if late {
		s.Cancel()
		return
	}
	s.Request(prefetchDemand(p.prefetch))
}

func (p *publishing[T]) OnNext(v T) {
	p.mu.Lock()
	full := p.queue.len() >= queueBound(p.prefetch)
	late := p.done
	if !full && !late {
		p.queue.push(v)
	}
	p.mu.Unlock()
	switch {
	case late:
		dropNext(p.ctx, v)
	case full:
		p.up.Cancel()
		p.end(ErrOverflow)
	default:
		p.change()
	}
}

func (p *publishing[T]) OnError(err error) { p.end(err) }
func (p *publishing[T]) OnComplete()       { p.end(nil) }

func (p *publishing[T]) end(err error) {
	p.mu.Lock()
	late := p.done
	if !late {
		p.done, p.err = true, err
	}
	p.mu.Unlock()
	p.untie()
	if late {
		if err != nil {
			dropError(p.ctx, err)
		}
		return
	}
	p.change()
}

func (p *publishing[T]) change() { p.wip.add(p.round) }

// round sends what everybody has demand for, once, asks for as much again, and
// tells whether there may be more to do before something changes.
func (p *publishing[T]) round() (more bool) {
	subs, room, bad := p.look()
	if bad != nil {
		bad.leave(bad.demand.err())
		return true
	}
	sent := int64(0)
	more = true
	for stays := true; stays; {
		v, what := p.next(sent < room)
		if what == foundEnd {
			return false
		}
		if what == foundNothing {
			more = sent > 0 && sent == room
			break
		}
		for _, s := range subs {
			stays = s.send(v) && stays
		}
		if len(subs) == 0 {
			discard(p.ctx, v)
		}
		sent++
	}
	p.replenish(sent)
	return more
}

// look gives the subscribers of a round and the least of their demands, or one
// who requested what may not be requested. Without subscribers it is no demand, or
// all of it where values are let go.
func (p *publishing[T]) look() (subs []*published[T], room int64, bad *published[T]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	some := false
	room = Unbounded
	for _, s := range p.subs {
		n := s.demand.load()
		if s.gone.Load() {
			continue
		}
		if n < 0 {
			return nil, 0, s
		}
		some, room = true, min(room, n)
	}
	switch {
	case some:
	case p.seen || p.holds:
		room = 0
	default:
		room = Unbounded // to nobody
	}
	return p.subs, room, nil
}

// found is what there was to send.
type found uint8

const (
	foundNothing found = iota
	foundValue
	foundEnd
)

// next takes a value, if one is wanted, or deals with the end.
func (p *publishing[T]) next(want bool) (v T, what found) {
	p.mu.Lock()
	if p.done && (p.err != nil || p.queue.len() == 0) {
		subs, q, err := p.subs, p.queue, p.err
		p.subs, p.queue = nil, ring[T]{}
		p.mu.Unlock()
		p.finish(subs, q, err)
		return v, foundEnd
	}
	defer p.mu.Unlock()
	if !want || p.queue.len() == 0 {
		return v, foundNothing
	}
	return p.queue.pop(), foundValue
}

// finish sends the end to those who are there.
func (p *publishing[T]) finish(subs []*published[T], left ring[T], err error) {
	p.closed.Store(true)
	ctx := p.context()
	left.drop(func(v T) { discard(ctx, v) })
	for _, s := range subs {
		s.finish(err)
	}
}

// replenish asks for as many values as were sent, or for a batch when it is due.
func (p *publishing[T]) replenish(sent int64) {
	switch {
	case sent == 0 || p.prefetch == unlimited:
	case !p.batches:
		p.up.Request(sent)
	default:
		batch := int64(refillAt(p.prefetch))
		for p.used += sent; p.used >= batch; p.used -= batch {
			p.up.Request(batch)
		}
	}
}

// greet hands over the subscription; a panic of the subscriber costs it that.
func (s *published[T]) greet() {
	defer s.guard()
	s.down.OnSubscribe(s)
}

// send passes v, and tells whether the subscriber is still there.
func (s *published[T]) send(v T) bool {
	if s.gone.Load() {
		return false
	}
	defer s.guard()
	if s.push(v) {
		s.demand.sub(1)
	}
	return !s.gone.Load()
}

// finish sends the end, unless the subscriber has left.
func (s *published[T]) finish(err error) {
	if s.gone.Swap(true) {
		return
	}
	if s.left != nil {
		s.left(true)
	}
	s.signal(err)
}

func (s *published[T]) signal(err error) {
	defer s.guard()
	(&ending{err: err}).deliver(s.down)
}

// leave ends a subscriber that broke the rules.
func (s *published[T]) leave(err error) {
	s.from.remove(s)
	if s.gone.Swap(true) {
		return
	}
	s.signal(err)
	if s.left != nil {
		s.left(false)
	}
}

// guard settles a panic from below; it concerns this subscriber alone.
func (s *published[T]) guard() {
	p := caught(recover())
	if p == nil || passPanic(s.down, p) {
		return
	}
	s.Cancel()
	dropError(s.ctx, p)
}

func (s *published[T]) Request(n int64) {
	s.demand.add(n)
	s.from.change()
}

func (s *published[T]) Cancel() {
	if s.gone.Swap(true) {
		return
	}
	s.from.remove(s)
	s.from.change()
	if s.left != nil {
		s.left(false)
	}
}
