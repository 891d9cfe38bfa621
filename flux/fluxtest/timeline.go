package fluxtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Timeline is the record of what passed between a publisher and its
// subscribers, in order, with times. [Recorder], [Probe] and [TestPublisher]
// contain one. A Request or a Cancel that comes after the end of its
// subscription does nothing by the rules, and is not recorded.
//
// The zero Timeline is empty. All methods are safe for concurrent use; each
// walks the whole record (a copy for Events).
type Timeline[T any] struct {
	mu     sync.Mutex
	start  time.Time
	events []Event[T]
	ended  []bool // by subscription: saw its terminal or its cancel
}

// record adds an event at the current time, and reports whether it counts.
func (l *Timeline[T]) record(e Event[T]) (Event[T], bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.recordLocked(e)
}

func (l *Timeline[T]) recordLocked(e Event[T]) (Event[T], bool) {
	over := e.Sub > 0 && e.Sub <= len(l.ended) && l.ended[e.Sub-1]
	if over && (e.Kind == Request || e.Kind == Cancel) {
		return e, false
	}
	now := time.Now()
	if l.start.IsZero() {
		l.start = now
	}
	e.At = now.Sub(l.start)
	l.events = append(l.events, e)
	for len(l.ended) < e.Sub {
		l.ended = append(l.ended, false)
	}
	if e.Kind == Cancel || e.terminal() {
		l.ended[e.Sub-1] = true
	}
	return e, true
}

// open records a new subscription and gives its number.
func (l *Timeline[T]) open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = append(l.ended, false)
	l.recordLocked(Event[T]{Kind: Subscribe, Sub: len(l.ended)})
	return len(l.ended)
}

// Start gives the time of the first event, the zero time where there is none.
func (l *Timeline[T]) Start() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.start
}

// Events gives a copy of all events, in order.
func (l *Timeline[T]) Events() []Event[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// Of gives the events of the given kinds, in order.
func (l *Timeline[T]) Of(kinds ...Kind) []Event[T] {
	return slices.DeleteFunc(l.Events(), func(e Event[T]) bool { return !slices.Contains(kinds, e.Kind) })
}

// Values gives the values sent, of all subscriptions, in order.
func (l *Timeline[T]) Values() []T {
	var vs []T
	for _, e := range l.Of(Next) {
		vs = append(vs, e.Value)
	}
	return vs
}

// Requests gives the arguments of all Request calls, in order.
func (l *Timeline[T]) Requests() []int64 {
	var ns []int64
	for _, e := range l.Of(Request) {
		ns = append(ns, e.N)
	}
	return ns
}

// Requested gives the sum of all positive requests; it saturates at
// [flux.Unbounded].
func (l *Timeline[T]) Requested() int64 {
	sum := int64(0)
	for _, n := range l.Requests() {
		sum = plus(sum, max(n, 0))
	}
	return sum
}

// Violations gives the rules that were broken, in order.
func (l *Timeline[T]) Violations() []*Violation {
	var vs []*Violation
	for _, e := range l.Of(Violated) {
		if v, ok := errors.AsType[*Violation](e.Err); ok {
			vs = append(vs, v)
		}
	}
	return vs
}

// SubscribeCount gives the number of subscriptions there have ever been.
func (l *Timeline[T]) SubscribeCount() int { return len(l.Of(Subscribe)) }

// CancelCount gives the number of subscriptions that were cancelled.
func (l *Timeline[T]) CancelCount() int { return len(l.Of(Cancel)) }

// Subscribers gives the number of subscriptions that have neither ended nor been
// cancelled.
func (l *Timeline[T]) Subscribers() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	open := 0
	for _, ended := range l.ended {
		if !ended {
			open++
		}
	}
	return open
}

// WasSubscribed reports whether there has been a subscription.
func (l *Timeline[T]) WasSubscribed() bool { return l.SubscribeCount() > 0 }

// WasRequested reports whether any demand was requested.
func (l *Timeline[T]) WasRequested() bool { return len(l.Of(Request)) > 0 }

// WasCancelled reports whether a subscription was cancelled.
func (l *Timeline[T]) WasCancelled() bool { return l.CancelCount() > 0 }

// Terminal gives the first terminal signal, if there has been one.
func (l *Timeline[T]) Terminal() (e Event[T], ok bool) {
	if es := l.Of(Complete, Error); len(es) > 0 {
		return es[0], true
	}
	return e, false
}

// String draws the timeline, one event a line: time in milliseconds, the
// subscription's number where there are several, the event. Of a long timeline
// only the end is drawn.
func (l *Timeline[T]) String() string {
	const most = 60 // lines; a failure should fit a screen
	events := l.Events()
	if len(events) == 0 {
		return "  (nothing happened)\n"
	}
	several := slices.ContainsFunc(events, func(e Event[T]) bool { return e.Sub > 1 })
	var b strings.Builder
	if skip := len(events) - most; skip > 0 {
		fmt.Fprintf(&b, "  … %d earlier events\n", skip)
		events = events[skip:]
	}
	for _, e := range events {
		fmt.Fprintf(&b, "  %10s  ", millis(e.At))
		if several {
			fmt.Fprintf(&b, "#%d ", e.Sub)
		}
		fmt.Fprintln(&b, e)
	}
	return b.String()
}

// plus adds two demands; it saturates.
func plus(a, b int64) int64 {
	if s := a + b; s >= 0 {
		return s
	}
	return flux.Unbounded
}
