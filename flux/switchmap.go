package flux

import (
	"context"
	"sync"
	"sync/atomic"
)

// SwitchMap maps each value to a publisher with f and gives the values of the
// latest one: a new value of src cancels the publisher before it. src is asked
// for everything; a publisher is asked for the demand that is open, and for what is
// requested while it owes values when it has sent one. It completes
// when src and the last publisher have; an error of either ends it at once. f is
// called by the goroutine that sends the value of src; its panic is the error of
// the stream.
//
// Source: Reactor's Flux.switchMap.
func SwitchMap[T, R any, P Publisher[R]](src Publisher[T], f func(T) P) Flux[R] {
	if f == nil {
		return nilFunc[R]("SwitchMap")
	}
	main := sourceOf(src)
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		main.subscribe(ctx, &switchMap[T, R]{
			ctx: ctx, down: s, push: pusher(s),
			f: func(v T) Publisher[R] { return f(v) },
		})
	})}
}

// SwitchOnNext gives the values of the latest publisher that came as a value:
// [SwitchMap] of publishers.
//
// Source: Reactor's Flux.switchOnNext.
func SwitchOnNext[T any, P Publisher[T]](srcs Publisher[P]) Flux[T] {
	return SwitchMap(srcs, func(p P) P { return p })
}

// switchMap lets one inner have the word at a time.
//
// INVARIANTS
//   - mu guards cur, open, asked, queue, done, err and the fields of the inners, and
//     is never held while calling out. A value takes its demand under mu, when it is
//     still its inner's turn, so that the next inner is asked for exactly what is left.
//   - What is open is asked of the inner at once if asked is 0, and otherwise when a
//     value has gone down: asked counts the requests since no demand was open.
//   - wip > 0 means that somebody is sending down; a value that comes meanwhile,
//     from the inner that took over, waits in queue.
type switchMap[T, R any] struct {
	ctx  context.Context
	main Subscription
	down Subscriber[R]
	push func(R) bool
	f    func(T) Publisher[R]

	wip  solo
	over atomic.Bool

	mu    sync.Mutex
	cur   *switchInner[T, R]
	open  int64
	asked int
	queue ring[R]
	done  bool
	err   error

	running bool
}

type switchInner[T, R any] struct {
	m    *switchMap[T, R]
	up   Subscription
	owed int64 // what it was asked for and has not sent
	done bool
}

func (m *switchMap[T, R]) OnSubscribe(s Subscription) {
	m.main = s
	m.down.OnSubscribe(m)
	s.Request(Unbounded)
}

func (m *switchMap[T, R]) OnNext(v T) {
	if m.over.Load() {
		dropNext(m.ctx, v)
		return
	}
	in := &switchInner[T, R]{m: m}
	m.mu.Lock()
	last := m.cur
	m.cur = in
	m.mu.Unlock()
	if last != nil {
		last.cancel()
	}
	m.running = true
	p := m.f(v)
	m.running = false
	sourceOf(p).subscribe(m.ctx, in)
}

func (m *switchMap[T, R]) OnError(err error) { m.fail(err) }

func (m *switchMap[T, R]) OnComplete() {
	m.mu.Lock()
	m.done = true
	m.mu.Unlock()
	m.change()
}

func (m *switchMap[T, R]) TakePanic(p error) bool {
	if !m.running {
		return false // panics from below are taken by the drainer
	}
	m.running = false
	m.main.Cancel()
	m.fail(p)
	return true
}

func (m *switchMap[T, R]) fail(err error) {
	m.mu.Lock()
	late := m.err != nil || m.over.Load()
	if !late {
		m.err = err
	}
	m.mu.Unlock()
	if late {
		dropError(m.ctx, err)
		return
	}
	m.change()
}

func (in *switchInner[T, R]) OnSubscribe(s Subscription) {
	m := in.m
	m.mu.Lock()
	in.up = s
	turn := m.cur == in && !m.over.Load()
	n := m.open
	in.owed = n
	m.mu.Unlock()
	switch {
	case !turn:
		s.Cancel()
	case n > 0:
		s.Request(n)
	}
}

func (in *switchInner[T, R]) cancel() {
	in.m.mu.Lock()
	up := in.up
	in.m.mu.Unlock()
	if up != nil {
		up.Cancel()
	}
}

func (in *switchInner[T, R]) OnNext(v R) {
	m := in.m
	first := m.wip.enter()
	m.mu.Lock()
	turn := m.cur == in && !m.over.Load()
	direct := turn && first && m.queue.len() == 0
	if turn {
		m.open, in.owed = less(m.open), less(in.owed)
		if !direct {
			m.queue.push(v)
		}
	}
	all, asked := turn && in.owed == Unbounded, m.asked
	m.mu.Unlock()
	switch {
	case direct:
		m.send(v, all, asked)
	case !turn:
		discard(m.ctx, v)
	}
	if !first {
		m.change()
	} else if !m.wip.leave() {
		m.wip.run(m.pass)
	}
}

func (in *switchInner[T, R]) OnError(err error) {
	in.m.mu.Lock()
	turn := in.m.cur == in
	in.m.mu.Unlock()
	if !turn {
		dropError(in.m.ctx, err)
		return
	}
	in.m.fail(err)
}

func (in *switchInner[T, R]) OnComplete() {
	in.m.mu.Lock()
	in.done = true
	in.m.mu.Unlock()
	in.m.change()
}

func (m *switchMap[T, R]) Request(n int64) {
	var up Subscription
	var more int64
	m.mu.Lock()
	if n > 0 {
		m.open = addCap(m.open, n)
		if m.asked++; m.asked == 1 {
			up, more = m.ask()
		}
	} else if m.err == nil {
		m.err = badRequest(n)
	}
	m.mu.Unlock()
	if up != nil {
		up.Request(more)
	}
	if n <= 0 {
		m.change()
	}
}

// ask tells what the inner is to be asked for, which it owes from here on; the
// caller holds mu. One that has no subscription yet is asked for what is open then.
func (m *switchMap[T, R]) ask() (up Subscription, n int64) {
	in := m.cur
	if in == nil || in.up == nil || in.done || in.owed == m.open {
		return nil, 0
	}
	n = Unbounded
	if m.open != Unbounded {
		n = m.open - in.owed
	}
	in.owed = m.open
	return in.up, n
}

func (m *switchMap[T, R]) Cancel() {
	if m.leave() {
		m.change()
	}
}

// leave cancels everything upstream, at once, unless that was done.
func (m *switchMap[T, R]) leave() bool {
	if m.over.Swap(true) {
		return false
	}
	m.main.Cancel()
	m.mu.Lock()
	in := m.cur
	m.mu.Unlock()
	if in != nil {
		in.cancel()
	}
	return true
}

func (m *switchMap[T, R]) change() { m.wip.add(m.pass) }

// less is a demand after a value.
func less(open int64) int64 {
	if open == Unbounded || open == 0 {
		return open
	}
	return open - 1
}

// send passes one value; the caller is the drainer. all says that the inner was
// asked for everything, and asked is how often something was, before that.
func (m *switchMap[T, R]) send(v R, all bool, asked int) {
	defer m.guard()
	took := m.push(v)
	if all {
		return
	}
	var up Subscription
	var n int64
	m.mu.Lock()
	if !took {
		m.open = addCap(m.open, 1)
		m.asked++
	}
	switch {
	case m.open == 0:
		m.asked = 0
	case asked > 1 || m.cur != nil && m.cur.owed == 0:
		up, n = m.ask()
	}
	m.mu.Unlock()
	if up != nil {
		up.Request(n)
	}
}

// pass sends one waiting value or the end; false means that nothing waits.
func (m *switchMap[T, R]) pass() bool {
	if m.over.Load() {
		m.release()
		return false
	}
	m.mu.Lock()
	err := m.err
	var v R
	some := err == nil && m.queue.len() > 0
	if some {
		v = m.queue.pop()
	}
	end := err != nil || !some && m.done && (m.cur == nil || m.cur.done)
	all, asked := m.cur != nil && m.cur.owed == Unbounded, m.asked
	m.mu.Unlock()
	switch {
	case some:
		m.send(v, all, asked)
	case end:
		m.finish(err)
	}
	return some
}

func (m *switchMap[T, R]) finish(err error) {
	defer m.guard()
	down := m.down
	m.leave()
	m.release()
	(&ending{err: err}).deliver(down)
}

// release discards what waits.
func (m *switchMap[T, R]) release() {
	m.mu.Lock()
	q := m.queue
	m.cur, m.queue = nil, ring[R]{}
	m.mu.Unlock()
	m.down, m.push = nil, nil
	q.drop(func(v R) { discard(m.ctx, v) })
}

// guard settles a panic from below.
func (m *switchMap[T, R]) guard() {
	p := caught(recover())
	if p == nil {
		return
	}
	down := m.down
	m.leave()
	m.release()
	settle(m.ctx, down, p, nil)
}
