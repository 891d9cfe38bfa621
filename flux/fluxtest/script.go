package fluxtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Kernel: the script
//
// A script is a list of steps and a cursor. Two parties move the cursor. Signals
// move it over expectations, and over the Request or Cancel that follows one:
// those run inside the signal, as in a real subscriber, so that a source
// without end can be cut off. The goroutine of the test moves it over all that
// takes time or runs code of the test. Whoever drives does so alone; a signal
// that comes meanwhile waits in pending.
//
//	publisher ──signal──▶ pending ──drive──▶ steps[pc] expects
//	test ──settle, perform──────────────────▶ steps[pc] performs
//
// INVARIANTS
//   - mu is not held while a step's function runs or the subscription is called.
//   - driving is true while a goroutine feeds pending to the steps; only that one
//     moves pc over expectations. perform steps are passed by the test's
//     goroutine alone, and the driver stops before them.
//   - driving is given up during a Request or Cancel, because a synchronous
//     source sends its values inside them and each must be able to drive.
//   - once failure is set, nothing moves any more.
type script[T any] struct {
	clock clock
	steps []*step[T]
	rec   *Recorder[T]
	// wake has room for one note that a signal came, so that a sender never
	// waits for the test.
	wake chan struct{}

	mu      sync.Mutex
	pc      int
	pending []Event[T]
	driving bool
	cut     bool // cancelled by a step: what is still under way is no concern of the script
	failure string
	checks  []func() // user code that matched signals are waiting for
}

// endless is the number of signals that may wait for one step to end. A source
// without end, met with unbounded demand while the script is busy, would
// otherwise fill the memory without ever coming to rest.
const endless = 100_000

// run subscribes and plays the script to its end, or to its first failure.
func (s *script[T]) run(ctx context.Context, p flux.Publisher[T]) {
	s.wake = make(chan struct{}, 1)
	s.rec.tap = s.take
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer s.end() // also when a callback leaves with FailNow
	s.subscribe(ctx, p)
	for {
		s.drive()
		s.clock.settle()
		s.runChecks()
		st := s.current()
		if st == nil {
			break
		}
		if st.perform != nil {
			s.pass(st.perform(s))
		} else if !s.signalled(s.clock.patience()) {
			s.starve(st)
		}
	}
	s.end()
	stop()
	s.clock.settle()
	if d := s.clock.aftermath(); d > 0 && s.failure == "" {
		s.sleep(d)
	}
}

// current gives the step at the cursor, nil when there is nothing left to do.
func (s *script[T]) current() *step[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != "" || s.pc == len(s.steps) {
		return nil
	}
	return s.steps[s.pc]
}

func (s *script[T]) subscribe(ctx context.Context, p flux.Publisher[T]) {
	if p == nil {
		s.fail("Verify(nil): the publisher must not be nil")
		return
	}
	s.rec.guard("1.9", "Subscribe", func() { p.Subscribe(ctx, s.rec) })
	s.clock.settle()
}

// end cancels a subscription that has not ended.
func (s *script[T]) end() {
	if _, ok := s.rec.Terminal(); !ok {
		s.rec.Cancel()
	}
}

// take receives a signal from the recorder.
func (s *script[T]) take(e Event[T]) {
	s.mu.Lock()
	if s.cut || s.failure != "" {
		s.mu.Unlock()
		return
	}
	s.pending = append(s.pending, e)
	flood := len(s.pending) > endless
	if flood {
		s.failure = fmt.Sprintf("more than %d signals came while the script was busy: "+
			"give a source without end a demand (WithDemand)", endless)
	}
	s.mu.Unlock()
	if flood {
		s.rec.Cancel()
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	s.drive()
}

// drive moves the cursor as far as the signals that are there allow.
func (s *script[T]) drive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.driving && s.failure == "" && s.pc < len(s.steps) {
		st := s.steps[s.pc]
		switch {
		case st.signal != nil:
			s.pc++
			s.outside(func() { st.signal(s) })
		case st.expect != nil && len(s.pending) > 0:
			s.feed(st)
		default:
			return
		}
	}
}

// feed shows the oldest pending signal to the step.
func (s *script[T]) feed(st *step[T]) {
	e := s.pending[0]
	s.pending = s.pending[1:]
	var v verdict
	s.driving = true
	defer func() { s.driving = false }()
	s.outside(func() { v = st.expect(e) })
	switch {
	case s.failure != "":
	case v.fail != "":
		s.failure = v.fail
	default:
		if v.leave {
			s.pending = append([]Event[T]{e}, s.pending...)
		}
		if v.then != nil {
			s.checks = append(s.checks, v.then)
		}
		if v.pass {
			s.pc++
		}
	}
	if s.failure != "" {
		s.outside(s.end)
	}
}

// outside runs f without the lock. A predicate of the user that panics or
// leaves with FailNow must not take the publisher's goroutine for its own.
func (s *script[T]) outside(f func()) {
	s.mu.Unlock()
	whole := false
	defer func() {
		p := recover()
		s.mu.Lock()
		if !whole && s.failure == "" {
			s.failure = fmt.Sprintf("the step's function did not return: panic: %v", p)
			if p == nil {
				s.failure = "the step's function did not return: it must not call FailNow, use NextFunc for that"
			}
		}
	}()
	f()
	whole = true
}

// starve ends a step whose signal did not come.
func (s *script[T]) starve(st *step[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.failure != "" || s.pc == len(s.steps) || s.steps[s.pc] != st: // it came in the last moment
	case st.optional:
		s.pc++
	default:
		s.failure = "no signal came"
	}
}

// pass ends a step that the goroutine of the test performed.
func (s *script[T]) pass(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.failure != "":
	case err != nil:
		s.failure = err.Error()
	default:
		s.pc++
	}
}

// runChecks runs the user's inspections of matched values, in order.
func (s *script[T]) runChecks() {
	for {
		s.mu.Lock()
		if len(s.checks) == 0 {
			s.mu.Unlock()
			return
		}
		f := s.checks[0]
		s.checks = s.checks[1:]
		s.mu.Unlock()
		f()
	}
}

func (s *script[T]) fail(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = text
}

// waiting gives the oldest signal that no step has taken.
func (s *script[T]) waiting() (e Event[T], ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return e, false
	}
	return s.pending[0], true
}

func (s *script[T]) sleep(d time.Duration) {
	time.Sleep(d)
	s.clock.settle()
}

// signalled waits until a signal comes, at most for the given time.
func (s *script[T]) signalled(most time.Duration) bool {
	if most <= 0 {
		return false
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-s.wake:
		return true
	case <-timer.C:
		return false
	}
}

// await lets time pass until there is a signal that no step has taken.
func (s *script[T]) await(most time.Duration) bool {
	deadline := time.Now().Add(most)
	for {
		if _, ok := s.waiting(); ok {
			s.clock.settle()
			return true
		}
		if !s.signalled(time.Until(deadline)) {
			s.clock.settle() // what is due at this very instant has come in time
			_, ok := s.waiting()
			return ok
		}
	}
}

// cancel is the step that cuts the script short.
func (s *script[T]) cancel() {
	s.mu.Lock()
	s.cut = true
	s.mu.Unlock()
	s.rec.Cancel()
}
