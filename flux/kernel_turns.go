package flux

import (
	"sync"
	"sync/atomic"
)

// Kernel: turns
//
// Where signals of several goroutines steer one operator (values, boundaries,
// timers, requests), each becomes an event, and the events act one at a time, in
// the order in which they came:
//
//	source, trigger, timer, subscriber ── add ──▶ │ events │ ──▶ act
//
// INVARIANTS
//   - wip > 0 means that somebody is acting; only that goroutine calls act and
//     settle, so act needs no lock for what it alone touches.
//   - wip == 0 means that queue is empty: an event that raises wip from 0 acts at
//     once and is never queued.
//   - mu guards queue and is never held while calling out.
type turns[E any] struct {
	act    func(e E)
	settle func(p error) // takes a panic of act

	wip   atomic.Int32
	mu    sync.Mutex
	queue ring[E]
}

func (t *turns[E]) add(e E) {
	if t.wip.CompareAndSwap(0, 1) {
		t.one(e)
		if t.wip.Add(-1) == 0 {
			return
		}
	} else {
		t.mu.Lock()
		t.queue.push(e)
		t.mu.Unlock()
		if t.wip.Add(1) != 1 {
			return
		}
	}
	for seen := t.wip.Load(); seen != 0; seen = t.wip.Add(-seen) {
		for t.next() {
		}
	}
}

// next lets one event act; false means that none waits.
func (t *turns[E]) next() bool {
	t.mu.Lock()
	if t.queue.len() == 0 {
		t.mu.Unlock()
		return false
	}
	e := t.queue.pop()
	t.mu.Unlock()
	t.one(e)
	return true
}

func (t *turns[E]) one(e E) {
	defer func() {
		if p := caught(recover()); p != nil {
			t.settle(p)
		}
	}()
	t.act(e)
}
