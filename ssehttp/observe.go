package ssehttp

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
)

// observers are the hooks of a server. Who has something to tell asks wants
// first, which is a load of a field, so that nothing is made that nobody hears.
type observers struct {
	list   []*observer
	wants  hookKinds
	missed atomic.Int64 // added to by whoever finds a queue full, read by Stats
}

// observer is a hook and what it is still to be told.
//
// INVARIANTS (mu guards everything below it)
//   - notices is in the order in which they were put, and no longer than
//     mostNotices.
//   - running: one goroutine takes notices out, and it alone calls the hook.
//   - quiet, if not nil, is closed when that goroutine ends.
//   - mu is not held during a call.
type observer struct {
	hook  Hook
	kinds hookKinds
	log   func(p *flux.PanicError)

	mu      sync.Mutex
	notices []notice
	head    int
	running bool
	failed  bool // a panic has been logged
	quiet   chan struct{}
}

// notice calls the method it is for.
type notice func(Hook)

// mostNotices bounds what waits for a hook that blocks: about 2 MiB of notices,
// each for a stream that opened or closed.
const mostNotices = 8 << 10

func (s *Server) observe(hooks []Hook) {
	for _, h := range hooks {
		k := kindsOf(h)
		s.observers.wants |= k
		s.observers.list = append(s.observers.list, &observer{hook: h, kinds: k, log: func(p *flux.PanicError) {
			s.opts.Logger.Error("ssehttp: a hook panicked; its next panics are not logged",
				"hook", fmt.Sprintf("%T", h), "error", p, "stack", string(p.Stack))
		}})
	}
}

func (o *observers) hear(k hookKinds) bool { return o.wants&k != 0 }

// tell queues a notice for every hook of a kind. It does not block.
func (o *observers) tell(k hookKinds, n notice) {
	for _, ob := range o.list {
		if ob.kinds&k != 0 && !ob.put(n) {
			o.missed.Add(1)
		}
	}
}

func (ob *observer) put(n notice) bool {
	ob.mu.Lock()
	defer ob.mu.Unlock()
	if len(ob.notices)-ob.head >= mostNotices {
		return false
	}
	ob.notices = append(ob.notices, n)
	if !ob.running {
		ob.running = true
		go ob.run() // lives while there are notices
	}
	return true
}

func (ob *observer) run() {
	ended := false
	defer func() {
		if !ended {
			go ob.run() // the hook called runtime.Goexit; take its place
		}
	}()
	for {
		n, ok := ob.next()
		if !ok {
			ended = true
			return
		}
		ob.call(n)
	}
}

func (ob *observer) next() (notice, bool) {
	ob.mu.Lock()
	defer ob.mu.Unlock()
	if ob.head == len(ob.notices) {
		ob.notices, ob.head, ob.running = nil, 0, false
		if ob.quiet != nil {
			close(ob.quiet)
			ob.quiet = nil
		}
		return nil, false
	}
	n := ob.notices[ob.head]
	ob.notices[ob.head] = nil
	if ob.head++; ob.head == mostNotices { // a hook that always lags a little would never let it be rewound
		ob.notices, ob.head = append([]notice(nil), ob.notices[ob.head:]...), 0
	}
	return n, true
}

func (ob *observer) call(n notice) {
	defer func() {
		if p := recover(); p != nil && !ob.failed {
			ob.failed = true // by the one goroutine that calls
			ob.log(&flux.PanicError{Value: p, Stack: debug.Stack()})
		}
	}()
	n(ob.hook)
}

// calm returns when every hook has heard what there was to hear when it was
// called, or when enough is closed.
func (o *observers) calm(enough <-chan struct{}) {
	for _, ob := range o.list {
		if quiet := ob.whenQuiet(); quiet != nil {
			select {
			case <-quiet:
			case <-enough:
				return
			}
		}
	}
}

// whenQuiet is nil for an observer that is.
func (ob *observer) whenQuiet() <-chan struct{} {
	ob.mu.Lock()
	defer ob.mu.Unlock()
	if ob.running && ob.quiet == nil {
		ob.quiet = make(chan struct{})
	}
	return ob.quiet
}
