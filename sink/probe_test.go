package sink_test

import (
	"context"
	"sync"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/leaktest"
	"github.com/freshet-go/freshet/sink"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, leaktest.Profile()) }

// probe is a subscriber that notes what it gets, and does what a test says
// inside a signal.
type probe struct {
	demand   int64
	onNext   func(v int)
	onEnd    func()
	mu       sync.Mutex
	sub      flux.Subscription
	values   []int
	err      error
	terminal int
}

// watching subscribes a new probe; demand 0 requests nothing.
func watching(s flux.Publisher[int], demand int64, onNext ...func(v int)) *probe {
	p := &probe{demand: demand}
	if len(onNext) > 0 {
		p.onNext = onNext[0]
	}
	s.Subscribe(context.Background(), p)
	return p
}

func (p *probe) OnSubscribe(s flux.Subscription) {
	p.sub = s
	if p.demand != 0 {
		s.Request(p.demand)
	}
}

func (p *probe) OnNext(v int) {
	p.mu.Lock()
	p.values = append(p.values, v)
	p.mu.Unlock()
	if p.onNext != nil {
		p.onNext(v)
	}
}

func (p *probe) OnError(err error) {
	p.mu.Lock()
	p.err = err
	p.mu.Unlock()
	p.OnComplete()
}

func (p *probe) OnComplete() {
	p.mu.Lock()
	p.terminal++
	p.mu.Unlock()
	if p.onEnd != nil {
		p.onEnd()
	}
}

func (p *probe) got() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]int{}, p.values...)
}

func (p *probe) completed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.terminal == 1 && p.err == nil
}

func (p *probe) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// kinds runs a test for both direct sinks.
func kinds(t *testing.T, test func(t *testing.T, s *sink.Direct[int]), o ...sink.Options) {
	t.Helper()
	t.Run("best effort", func(t *testing.T) { test(t, sink.DirectBestEffort[int](o...)) })
	t.Run("all or nothing", func(t *testing.T) { test(t, sink.DirectAllOrNothing[int](o...)) })
}
