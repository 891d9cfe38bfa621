package fluxtest

import (
	"context"
	"sync"

	"github.com/freshet-go/freshet/flux"
)

// Probe passes a publisher on unchanged, and records what passes: each
// subscription, request and cancel on its way up, each signal on its way down.
// It shows what an operator asks of its sources, and whether a fallback was
// taken at all:
//
//	fallback := fluxtest.NewProbe(flux.Just("cached"))
//	fluxtest.Verify(t, prices.SwitchIfEmpty(fallback)).Next("live").Complete()
//	fallback.AssertWasNotSubscribed(t)
//
// A Probe keeps operators from fusing across it. It may be subscribed to any
// number of times, also concurrently.
//
// Source: reactor-test's PublisherProbe.
type Probe[T any] struct {
	Timeline[T]
	src flux.Publisher[T]
}

// NewProbe gives a probe over src.
func NewProbe[T any](src flux.Publisher[T]) *Probe[T] { return &Probe[T]{src: src} }

// Subscribe implements [flux.Publisher].
func (p *Probe[T]) Subscribe(ctx context.Context, s flux.Subscriber[T]) {
	p.src.Subscribe(ctx, &probed[T]{probe: p, ctx: ctx, down: s, n: p.open()})
}

// probed is one subscription through a probe: a subscriber to the source and a
// subscription to the subscriber.
type probed[T any] struct {
	probe *Probe[T]
	ctx   context.Context
	down  flux.Subscriber[T]
	n     int

	mu     sync.Mutex
	up     flux.Subscription
	unhook func() bool // takes the cancellation off ctx
}

func (p *probed[T]) OnSubscribe(s flux.Subscription) {
	if s == nil {
		p.down.OnSubscribe(nil) // a fault of the source, for the subscriber to see
		return
	}
	p.mu.Lock()
	p.up = s
	// The source watches ctx too, but a cancel that comes that way would not be
	// seen here.
	p.unhook = context.AfterFunc(p.ctx, p.Cancel)
	p.mu.Unlock()
	p.down.OnSubscribe(p)
}

func (p *probed[T]) OnNext(v T) {
	p.record(Event[T]{Kind: Next, Value: v})
	p.down.OnNext(v)
}

func (p *probed[T]) OnError(err error) {
	p.record(Event[T]{Kind: Error, Err: err})
	p.release()
	p.down.OnError(err)
}

func (p *probed[T]) OnComplete() {
	p.record(Event[T]{Kind: Complete})
	p.release()
	p.down.OnComplete()
}

func (p *probed[T]) Request(n int64) {
	p.record(Event[T]{Kind: Request, N: n})
	if up := p.upstream(); up != nil {
		up.Request(n)
	}
}

func (p *probed[T]) Cancel() {
	p.record(Event[T]{Kind: Cancel})
	p.release()
	if up := p.upstream(); up != nil {
		up.Cancel()
	}
}

func (p *probed[T]) record(e Event[T]) {
	e.Sub = p.n
	p.probe.record(e)
}

func (p *probed[T]) upstream() flux.Subscription {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.up
}

func (p *probed[T]) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.unhook != nil {
		p.unhook()
	}
}
