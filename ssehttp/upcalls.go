package ssehttp

import (
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Upstream calls
//
// Subscribe, Request and Cancel reach user code (doOnRequest, doOnCancel, a
// source of the user's own), which may block for as long as it likes. No shard
// and no writer runs them: they are put into this queue, and goroutines that
// live only while there is something in it take them out, one call at a time.
//
// Mostly that is one goroutine, because most calls add to a counter and return:
// a goroutine for each would cost five times as much as the call, and a
// broadcast makes thousands of them due at once. A timer that runs while the
// queue is not empty sees a call that blocks, or calls that are slow: each time
// it still finds the queue filled it writes the goroutines it has off and
// starts new ones, twice as many as the last time. So a call that blocks delays
// the others once, by patience, and a thousand of them by ten times that.
//
// INVARIANTS (mu guards everything below it)
//   - calls[head:] are due, in the order in which they were put.
//   - running counts the goroutines of this epoch; one of an earlier epoch was
//     written off, and leaves when its call returns.
//   - queue not empty => running > 0, or the timer is about to start one.
//   - mu is not held during a call.
type upcalls struct {
	mu      sync.Mutex
	calls   []upcall
	head    int
	epoch   uint32
	running int
	burst   int // goroutines to start when the timer next finds calls waiting
	armed   bool
	timer   *time.Timer
}

const (
	patience   = time.Millisecond
	mostAtOnce = 1 << 16 // goroutines, so that doubling ends
)

// upcall is one call of a connection to its publisher.
type upcall struct {
	c      *conn
	what   upcallKind
	events flux.Publisher[Event] // to subscribe to
}

type upcallKind uint8

const (
	request upcallKind = iota // what is owed
	cancel
	subscribe
)

// put adds a call; the connection is held until it has returned.
func (u *upcalls) put(call upcall) {
	call.c.holds.Add(1)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls = append(u.calls, call)
	if u.running == 0 {
		u.running = 1
		go u.run(u.epoch)
	}
	if !u.armed {
		u.armed, u.burst = true, 1
		if u.timer == nil {
			u.timer = time.AfterFunc(patience, u.look)
			return
		}
		u.timer.Reset(patience)
	}
}

// look is the timer's.
func (u *upcalls) look() {
	u.mu.Lock()
	defer u.mu.Unlock()
	waiting := len(u.calls) - u.head
	if waiting == 0 {
		u.armed = false
		return
	}
	u.epoch++
	u.running = min(u.burst, waiting)
	for range u.running {
		go u.run(u.epoch)
	}
	u.burst = min(2*u.burst, mostAtOnce)
	u.timer.Reset(patience)
}

func (u *upcalls) run(epoch uint32) {
	ended := false
	defer func() {
		if !ended {
			go u.run(epoch) // user code called runtime.Goexit; take its place
		}
	}()
	for {
		call, ok := u.next(epoch)
		if !ok {
			ended = true
			return
		}
		call.c.upstream(call)
	}
}

func (u *upcalls) next(epoch uint32) (upcall, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.epoch != epoch {
		return upcall{}, false
	}
	if u.head == len(u.calls) {
		u.running--
		u.rewind()
		return upcall{}, false
	}
	call := u.calls[u.head]
	u.calls[u.head] = upcall{}
	u.head++
	return call, true
}

// rewind starts the queue over, and lets go of one that a storm made large.
func (u *upcalls) rewind() {
	const usual = 1024
	u.calls, u.head = u.calls[:0], 0
	if cap(u.calls) > usual {
		u.calls = nil
	}
}
