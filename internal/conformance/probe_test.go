package conformance

import (
	"context"

	"github.com/freshet-go/freshet/flux"
)

// probe stands between two operators and records what passes upward.
type probe struct {
	r   *rig
	id  string
	src flux.Publisher[any]
}

func (p *probe) Subscribe(ctx context.Context, s flux.Subscriber[any]) {
	p.r.step()
	p.r.up(p.id, "subscribe")
	p.src.Subscribe(ctx, &probed{probe: p, down: s})
}

// probed is one subscription through a probe. Signals go down unchanged.
type probed struct {
	*probe
	down flux.Subscriber[any]
	src  flux.Subscription
	over bool // a terminal or a cancel has passed; guarded by r.mu
}

func (p *probed) OnSubscribe(s flux.Subscription) {
	p.r.mu.Lock()
	p.src = s
	p.r.live[p] = true
	p.r.mu.Unlock()
	p.down.OnSubscribe(p)
}

func (p *probed) OnNext(v any) {
	p.r.step()
	p.down.OnNext(v)
}

func (p *probed) OnError(err error) {
	p.end()
	p.down.OnError(err)
}

func (p *probed) OnComplete() {
	p.end()
	p.down.OnComplete()
}

// end reports whether this was the first end.
func (p *probed) end() bool {
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	first := !p.over
	p.over = true
	delete(p.r.live, p)
	return first
}

func (p *probed) Request(n int64) {
	p.r.mu.Lock()
	over := p.over
	p.r.mu.Unlock()
	if !over {
		p.r.up(p.id, "request", amount(n))
	}
	p.src.Request(n)
}

func (p *probed) Cancel() {
	if p.end() {
		p.r.up(p.id, "cancel")
	}
	p.src.Cancel()
}

// amount is how a trace writes a demand.
func amount(n int64) any {
	if n == flux.Unbounded {
		return "max"
	}
	return n
}

// hidden is a publisher that nothing is known of.
type hidden struct{ src flux.Publisher[any] }

func (h hidden) Subscribe(ctx context.Context, s flux.Subscriber[any]) { h.src.Subscribe(ctx, s) }
