package mono_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
	"github.com/freshet-go/freshet/internal/leaktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, leaktest.Profile()) }

var errBoom = errors.New("boom")

type (
	ctx = context.Context
	one = mono.Mono[int]
	pub = flux.Publisher[int]
)

func same(v int) int { return v }

func just(v int) one { return mono.Just(v) }

// later gives v after d, from a timer's goroutine.
func later(d time.Duration, v int) one {
	return mono.Map(mono.Delay(d), func(int64) int { return v })
}

// failing fails after d.
func failing(d time.Duration, err error) one {
	return mono.TryMap(mono.Delay(d), func(int64) (int, error) { return 0, err })
}

// runs counts the subscriptions of a source, and how they ended.
type runs struct {
	mu      sync.Mutex
	started int
	ended   []flux.SignalType
}

func (r *runs) watch(m one) one {
	return m.DoFinally(func(s flux.SignalType) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ended = append(r.ended, s)
	}).DoFirst(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.started++
	})
}

func (r *runs) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.started
}

func (r *runs) ends() []flux.SignalType {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]flux.SignalType(nil), r.ended...)
}

// lost collects what the hooks of a context receive.
type lost struct {
	mu        sync.Mutex
	errs      []error
	dropped   []any
	discarded []any
}

func (l *lost) context(parent ctx) ctx {
	add := func(f func()) {
		l.mu.Lock()
		defer l.mu.Unlock()
		f()
	}
	return flux.WithHooks(parent, flux.Hooks{
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

// contextWith gives a context with a value, and its end.
func contextWith(t *testing.T, key, value any) (ctx, context.CancelFunc) {
	return context.WithCancel(context.WithValue(t.Context(), key, value))
}
