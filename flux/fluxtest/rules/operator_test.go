package rules

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

// passing is an operator that passes everything on, except for its flaws.
type passing struct {
	src   flux.Publisher[int]
	flaws passFlaws
}

type passFlaws struct {
	asksNothing  bool // of its source
	cancelsEnded bool // its source, inside OnComplete and OnError
	takesSecond  bool // subscription
	keepsSource  bool // when its subscriber cancels
	fussy        bool // panics when a value comes after a cancel
	losesEarly   bool // loses an OnComplete that comes before a Request
	losesFailure bool // loses an OnError that comes before a Request
}

func (p *passing) Subscribe(ctx context.Context, s flux.Subscriber[int]) {
	p.src.Subscribe(ctx, &passed{flaws: p.flaws, down: s})
}

type passed struct {
	flaws     passFlaws
	down      flux.Subscriber[int]
	up        flux.Subscription
	asked     atomic.Bool
	cancelled atomic.Bool
}

func (p *passed) OnSubscribe(s flux.Subscription) {
	if p.up != nil {
		if !p.flaws.takesSecond {
			s.Cancel()
		}
		return
	}
	p.up = s
	p.down.OnSubscribe(p)
}

func (p *passed) OnNext(v int) {
	if p.cancelled.Load() && p.flaws.fussy {
		panic("broken")
	}
	p.down.OnNext(v)
}

func (p *passed) OnError(err error) {
	if p.flaws.cancelsEnded {
		p.up.Cancel()
	}
	if p.asked.Load() || !p.flaws.losesFailure {
		p.down.OnError(err)
	}
}

func (p *passed) OnComplete() {
	if p.flaws.cancelsEnded {
		p.up.Cancel()
	}
	if p.asked.Load() || !p.flaws.losesEarly {
		p.down.OnComplete()
	}
}

func (p *passed) Request(n int64) {
	p.asked.Store(true)
	if !p.flaws.asksNothing || n <= 0 {
		p.up.Request(n)
	}
}

func (p *passed) Cancel() {
	p.cancelled.Store(true)
	if !p.flaws.keepsSource {
		p.up.Cancel()
	}
}

func TestExactlyTheRulesThatAnOperatorBreaksComplain(t *testing.T) {
	for name, c := range map[string]struct {
		flaws passFlaws
		want  []string
	}{
		"none":                           {passFlaws{}, nil},
		"nothing requested":              {passFlaws{asksNothing: true}, []string{"1.5", "2.1"}},
		"a cancel of what has ended":     {passFlaws{cancelsEnded: true}, []string{"2.3"}},
		"no cancel of a second":          {passFlaws{takesSecond: true}, []string{"2.5"}},
		"a source that is not cancelled": {passFlaws{keepsSource: true}, []string{"2.6", "3.6", "3.12", "3.13"}},
		"a panic over a late value":      {passFlaws{fussy: true}, []string{"2.8"}},
		"an early completion lost":       {passFlaws{losesEarly: true}, []string{"2.9"}},
		"an early failure lost":          {passFlaws{losesFailure: true}, []string{"2.10"}},
	} {
		t.Run(name, func(t *testing.T) {
			op := func(src flux.Publisher[int]) flux.Publisher[int] { return &passing{src, c.flaws} }
			require.Equal(t, c.want, complaints(t, operatorRules(op)))
		})
	}
}

func TestOperatorMayHaveTraits(t *testing.T) {
	completing := func(src flux.Publisher[int]) flux.Publisher[int] { return flux.From(src).OnErrorComplete() }
	require.Equal(t, []string{"1.4"}, complaints(t, operatorRules(completing)))
	Operator(t, completing, Swallows)
	dropping := func(src flux.Publisher[int]) flux.Publisher[int] { return flux.From(src).OnBackpressureDrop(nil) }
	require.Equal(t, []string{"3.8", "3.17"}, complaints(t, operatorRules(dropping)))
	Operator(t, dropping, Sheds)
	waiting := func(src flux.Publisher[int]) flux.Publisher[int] { return flux.From(src).ConcatWith(flux.Never[int]()) }
	require.Equal(t, []string{"1.2", "1.5", "2.9"}, complaints(t, operatorRules(waiting)))
	Operator(t, waiting, Endless)
}

func TestRulesAreAllThereInOrder(t *testing.T) {
	var numbers []string
	for _, r := range operatorRules(func(src flux.Publisher[int]) flux.Publisher[int] { return src }) {
		numbers = append(numbers, r.number)
		require.NotEmpty(t, r.sentence)
		require.NotEqual(t, r.judge == nil, r.why == "", r.number)
	}
	require.Equal(t, []string{"1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11",
		"2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "2.13",
		"3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15", "3.16", "3.17"}, numbers)
}
