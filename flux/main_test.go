package flux_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/leaktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, leaktest.Profile()) }

var errBoom = errors.New("boom")

type (
	pub = flux.Publisher[int]
	ctx = context.Context
)

func same(v int) int { return v }

func yes(int) bool { return true }

func one(v int) flux.Flux[int] { return flux.Just(v) }

// two gives v in a publisher that operators must subscribe to: it is not known
// to be a single value.
func two(v int) flux.Flux[int] { return flux.FromSlice([]int{v, v}).Take(1) }

// upTo gives the integers from 1 to n.
func upTo(n int) []int {
	vs := make([]int, n)
	for i := range vs {
		vs[i] = i + 1
	}
	return vs
}

// live gives values and then stays open, so that only a cancel ends it.
func live(values ...int) flux.Flux[int] {
	return flux.Create(func(_ ctx, e *flux.Emitter[int]) {
		for _, v := range values {
			e.Next(v)
		}
	})
}

// ends counts how the subscriptions of a source ended.
type ends struct {
	mu  sync.Mutex
	how []flux.SignalType
}

// watch puts e behind src; what is behind it is not fused with what is above.
func (e *ends) watch(src flux.Flux[int]) flux.Flux[int] {
	return src.DoFinally(func(s flux.SignalType) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.how = append(e.how, s)
	})
}

func (e *ends) all() []flux.SignalType {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]flux.SignalType(nil), e.how...)
}

// lost collects what the hooks of a context receive.
type lost struct {
	mu        sync.Mutex
	errs      []error
	dropped   []any
	discarded []any
}

func (l *lost) context(ctx context.Context) context.Context {
	add := func(f func()) {
		l.mu.Lock()
		defer l.mu.Unlock()
		f()
	}
	return flux.WithHooks(ctx, flux.Hooks{
		ErrorDropped: func(err error) { add(func() { l.errs = append(l.errs, err) }) },
		NextDropped:  func(v any) { add(func() { l.dropped = append(l.dropped, v) }) },
		Discarded:    func(v any) { add(func() { l.discarded = append(l.discarded, v) }) },
	})
}

func (l *lost) errors() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]error(nil), l.errs...)
}

func (l *lost) values() (dropped, discarded []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]any(nil), l.dropped...), append([]any(nil), l.discarded...)
}

// last is a subscriber that writes signals down, and keeps a subscription that
// has ended.
type last struct {
	up  flux.Subscription
	mu  sync.Mutex
	got []string
}

func (l *last) OnSubscribe(s flux.Subscription) {
	l.up = s
	s.Request(flux.Unbounded)
}

func (l *last) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got = append(l.got, s)
}

func (l *last) OnNext(v int)      { l.add(strconv.Itoa(v)) }
func (l *last) OnError(err error) { l.add(err.Error()) }
func (l *last) OnComplete()       { l.add("complete") }

func (l *last) signals() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.got...)
}
