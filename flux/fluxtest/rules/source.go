package rules

import (
	"context"
	"runtime"
	"strings"
	"sync"

	"github.com/freshet-go/freshet/flux"
)

// source is the source of an operator on trial: it keeps the rules and watches
// how its subscribers keep theirs.
type source struct {
	n     int   // it sends 1 to n,
	err   error // then fails with err, or completes
	spawn bool  // on a goroutine that lives while there is something to send
	// silent means that it sends what the trial tells it to, and nothing else.
	silent bool
	// twice has it call OnSubscribe twice.
	twice bool

	mu    sync.Mutex
	feeds []*feed
}

// Subscribe implements [flux.Publisher].
func (s *source) Subscribe(ctx context.Context, down flux.Subscriber[int]) {
	f := &feed{src: s, down: down}
	f.stop = context.AfterFunc(ctx, f.close)
	s.mu.Lock()
	s.feeds = append(s.feeds, f)
	s.mu.Unlock()
	down.OnSubscribe(f)
	if s.twice {
		f.second = &second{}
		down.OnSubscribe(f.second)
	}
	f.mu.Lock()
	f.begun = true
	f.mu.Unlock()
	f.drive(0)
}

// all gives the subscriptions so far.
func (s *source) all() []*feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*feed(nil), s.feeds...)
}

// second is a subscription too many: all that one may do with it is cancel it.
type second struct {
	mu        sync.Mutex
	cancelled bool
}

func (*second) Request(int64) {}

func (s *second) Cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancelled = true
}

// feed is one subscription of a source.
//
// INVARIANTS: busy is true while somebody sends, and nobody else does; down is let
// go when nothing more is sent; mu is not held while the subscriber is called.
type feed struct {
	src  *source
	down flux.Subscriber[int]
	stop func() bool
	// second is the subscription of an OnSubscribe too many.
	second *second

	mu        sync.Mutex
	demand    int64
	requested int64
	sent      int
	begun     bool // OnSubscribe has returned
	bad       bool // a demand of 0 or less was requested
	busy      bool
	over      bool // a terminal signal was sent, or is about to be
	cancels   int
	inEnd     string // the call that was made inside a terminal signal
}

// drive adds n to the demand and sends what it allows.
func (f *feed) drive(n int64) {
	f.mu.Lock()
	if f.demand += n; f.demand < 0 {
		f.demand = flux.Unbounded
	}
	mine := f.begun && !f.busy && !f.src.silent
	f.busy = f.busy || mine
	f.mu.Unlock()
	switch {
	case !mine:
	case f.src.spawn:
		go f.work() // a goroutine, because that is what the operator is to cope with
	default:
		f.work()
	}
}

// work sends values while there is demand, then the terminal signal.
func (f *feed) work() {
	for {
		f.mu.Lock()
		last := f.bad || f.sent == f.src.n
		if f.over || f.cancels > 0 || !last && f.demand == 0 {
			f.busy = false
			f.mu.Unlock()
			return
		}
		down := f.down
		if last {
			f.over, f.down = true, nil
		} else {
			f.demand--
			f.sent++
		}
		v, err := f.sent, f.src.err
		if f.bad {
			err = flux.ErrBadRequest
		}
		f.mu.Unlock()
		if last {
			f.stop()
			sendLast(down, err)
		} else {
			down.OnNext(v)
		}
	}
}

// next sends v on the trial's account, if it was requested; it reports whether.
func (f *feed) next(v int) bool {
	f.mu.Lock()
	ok := f.demand > 0
	if ok {
		f.demand--
	}
	f.mu.Unlock()
	if ok {
		f.down.OnNext(v)
	}
	return ok
}

// end sends the terminal signal on the trial's account.
func (f *feed) end(err error) {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	f.stop()
	sendLast(f.down, err)
}

// sendLast sends a terminal signal. Its name is what called looks for.
//
//go:noinline
func sendLast(down flux.Subscriber[int], err error) {
	if err != nil {
		down.OnError(err)
		return
	}
	down.OnComplete()
}

// Request implements [flux.Subscription].
func (f *feed) Request(n int64) {
	f.called("Request")
	if n <= 0 {
		f.mu.Lock()
		f.bad = true
		f.mu.Unlock()
		f.drive(0)
		return
	}
	f.mu.Lock()
	if f.requested += n; f.requested < 0 {
		f.requested = flux.Unbounded
	}
	f.mu.Unlock()
	f.drive(n)
}

// Cancel implements [flux.Subscription].
func (f *feed) Cancel() {
	f.called("Cancel")
	f.close()
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return
	}
	f.cancels++
	if !f.src.silent {
		f.down = nil
	}
	f.stop()
}

// called notes a call that is made inside a terminal signal of this very
// subscription: on the same goroutine, below sendLast.
func (f *feed) called(what string) {
	f.mu.Lock()
	over := f.over
	f.mu.Unlock()
	if !over {
		return
	}
	pcs := make([]uintptr, 100) // deep enough for any chain of a test
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		at, more := frames.Next()
		if strings.HasSuffix(at.Function, "rules.sendLast") {
			f.mu.Lock()
			f.inEnd = what
			f.mu.Unlock()
			return
		}
		if !more {
			return
		}
	}
}

func (f *feed) state() (requested int64, cancelled, over bool, inEnd string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requested, f.cancels > 0, f.over, f.inEnd
}
