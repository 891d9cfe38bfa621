package flux_test

import (
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// resuming are operators that answer an error with something else.
func resuming() map[string]func(s ints) ints {
	return map[string]func(s ints) ints{
		"OnErrorResume":     func(s ints) ints { return s.OnErrorResume(func(error) pub { return flux.Range(1, 100) }) },
		"OnErrorReturn":     func(s ints) ints { return s.OnErrorReturn(-1) },
		"OnErrorMap":        func(s ints) ints { return s.OnErrorMap(func(error) error { return errBoom }) },
		"OnErrorComplete":   func(s ints) ints { return s.OnErrorComplete() },
		"OnErrorCompleteIf": func(s ints) ints { return s.OnErrorCompleteIf(func(error) bool { return true }) },
		"Retry":             func(s ints) ints { return s.Retry(1) },
		"Retry for ever":    func(s ints) ints { return s.Retry(flux.Unbounded) },
		"Retry under Retry": func(s ints) ints { return s.Retry(1).Retry(1) },
		"RetryWhen":         func(s ints) ints { return s.RetryWhen(flux.RetryIndefinitely()) },
		"RetryWhen later":   func(s ints) ints { return s.RetryWhen(flux.RetryFixedDelay(3, time.Second)) },
		"RetryWhenCompanion": func(s ints) ints {
			return flux.RetryWhenCompanion(s, func(f flux.Flux[flux.RetrySignal]) flux.Flux[flux.RetrySignal] { return f })
		},
		"Repeat":     func(s ints) ints { return s.Repeat(1) },
		"RepeatWhen": func(s ints) ints { return flux.RepeatWhen(s, func(n flux.Flux[int64]) flux.Flux[int64] { return n }) },
	}
}

func TestBadRequestIsTheEndAlsoWhereErrorsAreAnswered(t *testing.T) {
	for name, with := range resuming() {
		for moment, play := range badMoments {
			t.Run(name+" "+moment, func(t *testing.T) {
				fluxtest.Run(t, func(t *testing.T) {
					l, up, rec := &lost{}, &ends{}, fluxtest.NewRecorder[int](0)
					with(up.watch(live(upTo(5)...))).Subscribe(l.context(t.Context()), rec)
					play(rec, -1)
					fluxtest.Advance(time.Minute)
					rec.AssertErrorIs(t, flux.ErrBadRequest)
					rec.AssertNoViolations(t)
					require.Len(t, up.all(), 1, "it must not be tried again")
				})
			})
		}
	}
}

func TestPanicOfASequenceKeepsItsStackUnderBoundedDemand(t *testing.T) {
	var seq iter.Seq[int] = panickingSequence
	rec := fluxtest.NewRecorder[int](5)
	flux.FromSeq(seq).Subscribe(t.Context(), rec)
	e, _ := rec.Terminal()
	var p *flux.PanicError
	require.True(t, errors.As(e.Err, &p), "%v", e.Err)
	require.ErrorIs(t, e.Err, errBoom)
	require.Contains(t, string(p.Stack), "panickingSequence")
}

func panickingSequence(yield func(int) bool) {
	yield(1)
	panic(errBoom)
}
