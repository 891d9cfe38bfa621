package mono_test

import (
	"context"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest/rules"
	"github.com/freshet-go/freshet/flux/mono"
)

// shapingOperators do not pass the value, or the end, of their source as they are:
// of the contract's tests only those of the rules run over them.
func shapingOperators() []operator {
	truth := func(m mono.Mono[bool]) one {
		return mono.Map(m, func(b bool) int {
			if b {
				return 1
			}
			return 0
		})
	}
	done := func(m mono.Mono[struct{}]) one { return mono.ThenReturn(m, 1) }
	return []operator{
		{name: "IgnoreElement", build: func(m one) one { return m.IgnoreElement() }},
		{name: "HasElement", build: func(m one) one { return truth(mono.HasElement(m)) }},
		{name: "Materialize", build: func(m one) one {
			return mono.Map(mono.Materialize(m), func(s flux.Signal[int]) int { return s.Value })
		}, catches: true},
		{name: "SequenceEqual", build: func(m one) one { return truth(mono.SequenceEqual(m, just(1))) }},
		{name: "ThenReturn", build: func(m one) one { return mono.ThenReturn(m, 2) }},
		{name: "Then as the first", build: func(m one) one { return mono.Then(m, just(2)) }},
		{name: "ThenMany as the first", build: func(m one) one { return mono.FromDirect(mono.ThenMany(m, just(2))) }},
		{name: "When", build: func(m one) one { return done(mono.When[int](m, just(1))) }},
		{name: "WhenDelayError", build: func(m one) one { return done(mono.WhenDelayError[int](m, just(1))) }},
		{name: "And", build: func(m one) one { return done(mono.And(m, just(1))) }},
		{name: "DelayUntil as the trigger", build: func(m one) one { return mono.DelayUntil(just(1), func(int) one { return m }) }},
		{name: "SwitchIfEmpty to its source again", build: func(m one) one { return m.Filter(func(int) bool { return false }).SwitchIfEmpty(m) }},
	}
}

func allOperators() []operator { return append(operators(), shapingOperators()...) }

// sources are the functions that make a Mono, as the rules take them: each has one
// value at most.
func sources() map[string]rules.Config[int] {
	of := func(f func(some bool) one) func(n int) pub { return func(n int) pub { return f(n > 0) } }
	all := map[string]rules.Config[int]{
		"Just":        {Of: of(func(some bool) one { return just(1).Filter(func(int) bool { return some }) })},
		"JustOrEmpty": {Of: of(func(some bool) one { return mono.JustOrEmpty(1, some) })},
		"FromPointer": {Of: of(func(some bool) one {
			if some {
				return mono.FromPointer(new(int))
			}
			return mono.FromPointer[int](nil)
		})},
		"Delay": {Of: of(func(some bool) one {
			return later(time.Second, 1).Filter(func(int) bool { return some })
		})},
		"FromFunc": {
			Of: of(func(some bool) one {
				return mono.FromFunc(func(ctx) (int, error) { return 1, nil }).Filter(func(int) bool { return some })
			}),
			Failing: func(err error) pub { return mono.FromFunc(func(ctx) (int, error) { return 0, err }) },
		},
		"Run": {
			Of:      of(func(bool) one { return mono.ThenReturn(mono.Run(func(ctx) error { return nil }), 1) }),
			Failing: func(err error) pub { return mono.ThenReturn(mono.Run(func(ctx) error { return err }), 1) },
		},
		"Create": {
			Of: of(func(some bool) one {
				return mono.Create(func(_ context.Context, e *mono.Emitter[int]) {
					if some {
						go e.Success(1)
						return
					}
					e.Empty()
				})
			}),
			Failing: func(err error) pub {
				return mono.Create(func(_ context.Context, e *mono.Emitter[int]) { e.Error(err) })
			},
		},
	}
	for name, c := range all {
		c.Most = 1
		all[name] = c
	}
	return all
}
