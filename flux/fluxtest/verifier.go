package fluxtest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Verifier is a script of what a publisher is expected to do. Each method but
// the last adds a step and returns the verifier; the last (Complete, Error,
// ErrorIs, ErrorAs, ErrorMatches, AnyError or Cancel) subscribes and plays the
// script, once. A script that lacks its last step fails the test at its end.
//
// A failure ends the test (Errorf, then FailNow) with the step that failed, its
// line in the program, and all that happened with times. So does a rule of the
// contract that the publisher broke, whatever the script says.
//
// A Verifier belongs to the goroutine of its test.
//
// Source: reactor-test's StepVerifier.
type Verifier[T any] struct {
	t        TB
	src      flux.Publisher[T]
	rec      *Recorder[T]
	steps    []*step[T]
	demand   int64
	ctx      context.Context
	equal    func(a, b T) bool
	patience time.Duration // more than 0: the real clock
	tolerate []string
	misuse   string // the first wrong use of the verifier itself
	line     string
	ran      bool
}

// Verify begins a script for p with unbounded demand; p is subscribed to when
// the last step is added.
//
// Time: inside a bubble (see [Run]) the script uses its clock. Otherwise, where
// t is a *testing.T, the script runs in a bubble of its own, so that a single
// statement tests hours; channels and goroutines of the publisher must then be
// made by the subscription, not before it. For any other t, and after
// [Verifier.RealTime], time is real.
func Verify[T any](t TB, p flux.Publisher[T]) *Verifier[T] {
	v := &Verifier[T]{t: t, src: p, demand: flux.Unbounded, line: callerLine(2)}
	v.equal = func(a, b T) bool { return reflect.DeepEqual(a, b) }
	if c, ok := t.(interface{ Cleanup(f func()) }); ok {
		c.Cleanup(v.checkRan)
	}
	return v
}

// checkRan finds the script that somebody forgot to end.
func (v *Verifier[T]) checkRan() {
	if f, ok := v.t.(interface{ Failed() bool }); v.ran || ok && f.Failed() {
		return
	}
	v.t.Errorf("fluxtest: the script begun at %s never ran: it lacks its last step (Complete, Error... or Cancel)", v.line)
}

// WithDemand sets the demand that is requested inside OnSubscribe; 0 requests
// nothing. It stands before the first step.
func (v *Verifier[T]) WithDemand(n int64) *Verifier[T] {
	v.setup("WithDemand(%s)", showDemand(n))
	if n < 0 {
		v.wrong("WithDemand(%d): the demand must not be negative; use WithDemand(0).Request(%d) to break the rule", n, n)
	}
	v.demand = n
	return v
}

// WithContext sets the context of the subscription. Without it the context is a
// new one, whose hooks write dropped and discarded values and errors to the
// timeline; ctx keeps its own hooks. Either way the context that the publisher
// gets is cancelled when the script has ended.
func (v *Verifier[T]) WithContext(ctx context.Context) *Verifier[T] {
	v.setup("WithContext(...)")
	if ctx == nil {
		v.wrong("WithContext(nil): the context must not be nil")
		return v
	}
	ctx.Done() // makes its channel here, outside of a bubble that the script may open
	v.ctx = ctx
	return v
}

// WithEqual sets how values are compared, instead of by [reflect.DeepEqual].
func (v *Verifier[T]) WithEqual(equal func(got, want T) bool) *Verifier[T] {
	v.setup("WithEqual(...)")
	if equal == nil {
		v.wrong("WithEqual(nil): the function must not be nil")
		return v
	}
	v.equal = equal
	return v
}

// RealTime plays the script by the clock on the wall, also where a bubble would
// be possible: for publishers that do real I/O. A step waits up to patience for
// its signal; NoEvent and Advance really take their time.
func (v *Verifier[T]) RealTime(patience time.Duration) *Verifier[T] {
	v.setup("RealTime(%v)", patience)
	if patience <= 0 {
		v.wrong("RealTime(%v): the patience must be positive", patience)
	}
	v.patience = patience
	return v
}

// Tolerate lets the publisher break the given rules, for example "1.1" where it
// ignores demand on purpose. They still show in the timeline.
func (v *Verifier[T]) Tolerate(rules ...string) *Verifier[T] {
	v.setup("Tolerate(%s)", showAll(rules))
	v.tolerate = append(v.tolerate, rules...)
	return v
}

func (v *Verifier[T]) setup(format string, args ...any) {
	if len(v.steps) > 0 {
		v.wrong("%s must stand before the first step", fmt.Sprintf(format, args...))
	}
}

func (v *Verifier[T]) wrong(format string, args ...any) {
	if v.misuse == "" {
		v.misuse = fmt.Sprintf(format, args...)
	}
}

// finish adds the last step, plays the script and reports.
func (v *Verifier[T]) finish(last ...*step[T]) *Recorder[T] {
	v.t.Helper()
	if v.ran {
		v.misuse = "the script has run already: it ends with exactly one of Complete, Error... and Cancel"
	}
	v.ran = true
	v.steps = append(v.steps, last...)
	if v.misuse != "" {
		v.report("fluxtest: " + v.misuse)
		return NewRecorder[T](0)
	}
	v.rec = NewRecorder[T](v.demand) // here, so that its channel does not belong to a bubble of the script
	if text := v.play(); text != "" {
		v.report(text)
		return v.rec
	}
	v.logLost()
	return v.rec
}

func (v *Verifier[T]) report(text string) {
	v.t.Helper()
	v.t.Errorf("%s", text)
	v.t.FailNow()
}

// aftermath is how long a bubble of the script's own lives on: long enough for a
// goroutine that sleeps between two looks at its context, and for a timer that
// was not stopped to give itself away. With a source that ticks on it costs as
// many ticks.
const aftermath = time.Minute

// play runs the script on the clock that fits, and gives "" or the failure.
func (v *Verifier[T]) play() string {
	tt, isTest := v.t.(*testing.T)
	switch {
	case v.patience > 0:
		return v.playOn(realClock{v.patience})
	case inBubble():
		return v.playOn(virtualClock{})
	case !isTest:
		return v.playOn(realClock{5 * time.Second})
	}
	var text string
	if leak := inBubbleOf(tt, func() { text = v.playOn(virtualClock{after: aftermath}) }); leak != nil && text == "" {
		text = fmt.Sprintf("fluxtest: %v\ntimeline (virtual time):\n%s", leak, v.rec)
	}
	return text
}

func (v *Verifier[T]) playOn(c clock) string {
	s := &script[T]{clock: c, steps: v.steps, rec: v.rec}
	ctx, stop := v.context()
	defer stop()
	s.run(ctx, v.src)
	if !v.rec.watch.seenOnSubscribe() && v.src != nil {
		v.rec.violated(&Violation{"1.9", "OnSubscribe was never called"})
	}
	return s.render(v.intolerable())
}

// context gives the context of the subscription, on the goroutine and in the
// bubble where the script runs.
func (v *Verifier[T]) context() (context.Context, context.CancelFunc) {
	if v.ctx == nil {
		return context.WithCancel(flux.WithHooks(context.Background(), v.rec.hooks()))
	}
	// A goroutine that waits for the Done of a context from outside the bubble
	// would keep it from coming to rest; this one belongs to the bubble.
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(v.ctx))
	stop := context.AfterFunc(v.ctx, func() { cancel(context.Cause(v.ctx)) })
	return ctx, func() { stop(); cancel(nil) }
}

// intolerable gives the broken rules that fail the script.
func (v *Verifier[T]) intolerable() []*Violation {
	return slices.DeleteFunc(v.rec.Violations(), func(b *Violation) bool {
		return slices.Contains(v.tolerate, b.Rule)
	})
}

// logLost tells of errors that had nowhere to go in a script that holds.
func (v *Verifier[T]) logLost() {
	v.t.Helper()
	if l, ok := v.t.(interface {
		Logf(format string, args ...any)
	}); ok {
		for _, e := range v.rec.Of(ErrorDropped) {
			l.Logf("fluxtest: at %s an error was dropped: %v", millis(e.At), e.Err)
		}
	}
}
