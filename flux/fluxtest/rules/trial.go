package rules

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// inconclusive is the verdict where a rule does not apply, or where a more basic
// one is broken.
type inconclusive struct{ why string }

func (i *inconclusive) Error() string { return i.why }

func moot(format string, args ...any) error { return &inconclusive{fmt.Sprintf(format, args...)} }

func faulty(format string, args ...any) error { return fmt.Errorf(format, args...) }

// trial is the judging of one rule.
type trial[T any] struct {
	Config[T]
	ctx  context.Context
	recs []*fluxtest.Recorder[T]
	// answers means that an error is a way of completing: an operator that is not
	// satisfied with its source's values.
	answers bool
}

// judged gives a rule's judge that begins a trial and cancels what it left.
func judged[T any](c Config[T], answers bool, judge func(x *trial[T]) error) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		// What the publisher drops late is no affair of the rules, nor of the log.
		ctx = flux.WithHooks(ctx, flux.Hooks{ErrorDropped: func(error) {}})
		x := &trial[T]{Config: c, ctx: ctx, answers: answers}
		if x.Patience <= 0 {
			x.Patience = time.Minute
		}
		defer x.end()
		return judge(x)
	}
}

func (x *trial[T]) end() {
	for _, rec := range x.recs {
		rec.Cancel()
	}
	x.settle()
}

// settle lets happen what is due.
func (x *trial[T]) settle() { fluxtest.Advance(x.Patience) }

// of gives a publisher of n values, as far as there may be that many.
func (x *trial[T]) of(n int) flux.Publisher[T] {
	if x.Most > 0 {
		n = min(n, x.Most)
	}
	return x.Of(n)
}

// atLeast reports that a rule needs more values than there can be.
func (x *trial[T]) atLeast(n int) error {
	if x.Most > 0 && x.Most < n {
		return moot("this needs %d values, and Config.Most is %d", n, x.Most)
	}
	return nil
}

// recorder gives a recorder that is cancelled at the end of the trial.
func (x *trial[T]) recorder(demand int64) *fluxtest.Recorder[T] {
	rec := fluxtest.NewRecorder[T](demand)
	x.recs = append(x.recs, rec)
	return rec
}

// subscribe subscribes a recorder. The error is inconclusive: nothing else can be
// judged of a publisher without a subscription.
func (x *trial[T]) subscribe(p flux.Publisher[T], rec *fluxtest.Recorder[T]) error {
	if err := subscribeNormally(x.ctx, p, rec); err != nil {
		return moot("not judged, since rule 1.9 is broken: %v", err)
	}
	for _, v := range rec.Violations() {
		if v.Rule == "2.13" && len(rec.Of(fluxtest.Error)) == 0 {
			return moot("not judged, since rule 2.13 is broken: %v", v)
		}
	}
	return nil
}

// on subscribes a new recorder and lets happen what is due.
func (x *trial[T]) on(p flux.Publisher[T], demand int64) (*fluxtest.Recorder[T], error) {
	rec := x.recorder(demand)
	err := x.subscribe(p, rec)
	if err == nil {
		x.settle()
	}
	return rec, err
}

// subscribeNormally calls Subscribe, and reports how it breaks rule 1.9.
func subscribeNormally[T any](ctx context.Context, p flux.Publisher[T], rec *fluxtest.Recorder[T]) (err error) {
	if p == nil {
		return faulty("there is no publisher, but nil")
	}
	defer func() {
		if r := recover(); r != nil {
			err = faulty("Subscribe panicked: %v", r)
		}
	}()
	p.Subscribe(ctx, rec)
	if !rec.WasSubscribed() {
		return faulty("OnSubscribe was not called before Subscribe returned")
	}
	for _, v := range rec.Violations() {
		if v.Rule == "1.9" {
			return v
		}
	}
	return nil
}

// count gives the number of values that a publisher of n really sends.
func (x *trial[T]) count(n int) (int, error) {
	rec, err := x.on(x.of(n), flux.Unbounded)
	if err != nil {
		return 0, err
	}
	if len(rec.Values()) == 0 {
		return 0, moot("not judged, since there are no values")
	}
	return len(rec.Values()), nil
}

// signals counts the signals that a recorder has got.
func signals[T any](rec *fluxtest.Recorder[T]) int {
	return len(rec.Of(fluxtest.Next, fluxtest.Error, fluxtest.Complete))
}

// keeps reports the first violation of a rule that a recorder has seen.
func keeps[T any](number string, recs ...*fluxtest.Recorder[T]) error {
	for _, rec := range recs {
		for _, v := range rec.Violations() {
			if v.Rule == number {
				return faulty("%s\n%s", v.Detail, rec)
			}
		}
	}
	return nil
}

// firstOf gives the first error, of which a broken rule counts more than an
// inconclusive one.
func firstOf(errs ...error) (first error) {
	for _, err := range errs {
		if _, weak := errors.AsType[*inconclusive](err); err != nil && !weak {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// panics calls f and gives what it panicked with.
func panics(f func()) (p any) {
	defer func() { p = recover() }()
	f()
	return nil
}
